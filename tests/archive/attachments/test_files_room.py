"""The desk's pages of files, without a browser: what a page shows before and after somebody opens a file."""

from __future__ import annotations

import io
import re
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from archive.attachments import copies
from archive.workbench.copying import Copying
from archive.workbench.site import create_app
from tests.archive.attachments.samples import AUTHOR, NOTE, document, photo, recording, require_sandbox, sent
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, Archive


@pytest.fixture
def desk(archive: Archive) -> Desk:
    require_sandbox("ffmpeg", "exiftool", "pdftoppm")
    return Desk(archive).opened()


def made(desk: Desk, told: str, number: int = 1) -> str:
    """The page of the files when the safe copy of one is there."""
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    desk.post(f"/testimony/{told}/files/{number}")
    for _ in range(400):
        answer = desk.get(f"/testimony/{told}/files", **{"Accept-Language": "en"})
        if "Refresh" not in answer.headers:
            return str(answer.text)
        time.sleep(0.05)
    raise AssertionError("the copy is never done")


def test_nothing_is_opened_until_somebody_asks(desk: Desk, archive: Archive) -> None:
    """
    R20: the page says what the bytes say, and that it is closed; no record was made, and no picture is on it.
    """
    told = sent(archive, photo(), document(1), media="image/png")
    page = desk.get(f"/testimony/{told}/files", **{"Accept-Language": "en"}).text

    assert page.count("not opened") == 2
    assert "image/jpeg" in page
    assert "application/pdf" in page
    assert "<img" not in page
    assert archive.vault.names("attachment") == []


def test_a_copy_is_made_only_by_who_has_signed_in(desk: Desk, archive: Archive) -> None:
    """
    R36: the journal must be able to say who it was.
    """
    told = sent(archive, photo())
    desk.post(f"/testimony/{told}/files/1")

    assert archive.vault.names("rendition") == []


def test_before_it_is_opened_a_picture_is_small_grey_and_blurred(desk: Desk, archive: Archive) -> None:
    """
    R24: the stamp has no colour and no edge; the whole is on a page of its own; the journal says who saw it.
    """
    told = sent(archive, photo((400, 300), orientation=1))
    page = made(desk, told)
    small = desk.get(f"/testimony/{told}/files/1/1/small")
    with Image.open(io.BytesIO(small.data)) as image:
        edge = [image.getpixel((x, 60)) for x in range(70, 90)]
        stamp = (image.mode, image.size)
    opened = desk.get(f"/testimony/{told}/files/1/1")
    whole = desk.get(f"/testimony/{told}/files/1/1/content")

    assert stamp == ("L", (160, 120))
    assert max(abs(a - b) for a, b in pairwise(edge)) < 20  # type: ignore[operator]
    assert "/content" not in page
    assert "/content" in opened.text
    assert whole.data == b"".join(copies.content(archive.vault, copies.copy(archive.vault, f"{told}:1:1")))
    assert [e.agent for e in archive.vault.journal.events() if e.type == "dsp"] == ["minji"]


def test_what_the_file_said_of_itself_is_shown_and_its_links_are_not_links(
    desk: Desk, archive: Archive
) -> None:
    """
    R19, R21: the archivist reads it; nothing on the page leads anywhere but to this desk.
    """
    told = sent(archive, photo(), b"<html><a href='https://example.invalid/'>x</a></html>")
    made(desk, told)
    page = made(desk, told, 2)  # whichever of the two is the photo

    assert NOTE in page
    assert all(
        link.startswith("/")
        for link in re.findall(r'(?:href|src|action)="([^"]+)"', page)
        if link != "data:,"
    )
    assert "shown as bytes only" in page
    assert "3c 68 74 6d 6c" in page


def test_a_code_stays_covered_until_somebody_says_that_no_phone_is_near(desk: Desk, archive: Archive) -> None:
    """
    R21: what is sent to the browser has a box in its place; with the tick it has not.
    """
    told = sent(archive, photo((400, 300), orientation=1, code="https://example.invalid/"))
    made(desk, told)
    kept = copies.copy(archive.vault, f"{told}:1:1")
    left, top, right, bottom = kept.codes[0]
    inside = (left + 2, top + 2, right - 2, bottom - 2)
    covered, shown = (
        Image.open(io.BytesIO(desk.get(f"/testimony/{told}/files/1/1/content{asked}").data)).crop(inside)
        for asked in ("", "?codes=shown")
    )
    page = desk.get(f"/testimony/{told}/files/1/1", **{"Accept-Language": "en"}).text

    assert covered.getcolors() == [(covered.width * covered.height, (40, 40, 40))]
    assert len(shown.getcolors(1 << 20) or []) > 1
    assert 'type="checkbox" name="codes" value="shown" required' in page


def test_a_sound_is_muted_and_can_be_wound(desk: Desk, archive: Archive, tmp_path: Path) -> None:
    """
    R24: the player's sound is off, nothing is loaded before it is asked for, and a part can be asked for.
    """
    told = sent(archive, recording(tmp_path, "a.wav"), media="audio/wav")
    made(desk, told)
    page = desk.get(f"/testimony/{told}/files/1/1").text
    whole = desk.get(f"/testimony/{told}/files/1/1/content").data
    part = desk.get(f"/testimony/{told}/files/1/1/content", Range="bytes=100-199")

    assert '<audio controls muted preload="none"' in page
    assert (part.status_code, part.data) == (206, whole[100:200])


def test_two_people_hide_a_face_on_the_page(desk: Desk, archive: Archive) -> None:
    """
    R13: proposed by one, refused to her, approved by another.
    """
    told = sent(archive, photo())
    made(desk, told)
    there = f"/testimony/{told}/files/1/1"
    desk.post(f"{there}/propose", left="1", top="1", right="50", bottom="60")
    proposal = re.search(r'name="proposal" value="([^"]+)"', desk.get(there).text)
    assert proposal
    desk.post(f"{there}/approve", proposal=proposal[1])
    assert "you proposed this; a second person must approve" in desk.notices()
    proposed = desk.get(f"{there}/hidden").data
    desk.post("/sign-out")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.post(f"{there}/approve", proposal=proposal[1])
    approved = desk.get(f"{there}/hidden").data

    for seen in (proposed, approved):
        with Image.open(io.BytesIO(seen)) as image:
            assert max(high for _, high in image.crop((8, 8, 40, 48)).getextrema()) < 60  # type: ignore[misc]

    assert archive.vault.json("media-redaction", f"{told}:1:1")["approver"]["name"] == "sora"
    assert archive.vault.names("redacted-media") == [f"{told}:1:1"]


def test_a_recording_is_built_without_what_is_hidden_while_the_desk_goes_on(
    desk: Desk, archive: Archive, tmp_path: Path
) -> None:
    """
    R13: the approval is in the journal when the file is there, and the page then plays the silenced one.
    """
    told = sent(archive, recording(tmp_path, "a.wav"), media="audio/wav")
    made(desk, told)
    there = f"/testimony/{told}/files/1/1"
    times: dict[str, Any] = {"from": "0.5", "until": "1.5"}
    desk.post(f"{there}/propose", **times)
    proposal = re.search(r'name="proposal" value="([^"]+)"', desk.get(there).text)
    assert proposal
    desk.post("/sign-out")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.post(f"{there}/approve", proposal=proposal[1])
    for _ in range(400):
        if "Refresh" not in desk.get(there).headers:
            break
        time.sleep(0.05)

    assert f'src="{there}/hidden"' in desk.get(there).text
    assert desk.get(f"{there}/hidden").data.startswith(b"fLaC")
    assert desk.get(f"{there}/hidden").data != desk.get(f"{there}/content").data


def test_the_desk_answers_while_a_copy_is_being_made(desk: Desk, archive: Archive) -> None:
    """
    The page says that it is on its way, asks again by itself, and every other page is served meanwhile.
    """
    told = sent(archive, photo())
    app = create_app(archive.vault, desk.door)
    copying: Copying = desk.app.extensions["copying"]
    goes_on = threading.Event()
    assert copying.start(f"{told}:1", lambda progress: goes_on.wait(20))
    try:
        started = time.monotonic()
        page = desk.get(f"/testimony/{told}/files", **{"Accept-Language": "en"})
        other = desk.get("/")
        again = copying.start(f"{told}:1", lambda progress: None)
    finally:
        goes_on.set()

    assert app.extensions["copying"] is not copying
    assert "Making a safe copy" in page.text
    assert page.headers["Refresh"] == "2"
    assert other.status_code == 200
    assert not again
    assert time.monotonic() - started < 5


def test_what_goes_wrong_while_a_copy_is_made_is_told_on_the_page(desk: Desk, archive: Archive) -> None:
    """
    Without a word of the file, and another try may begin.
    """
    told, copying = sent(archive, photo()), desk.app.extensions["copying"]

    def fails(progress: object) -> None:
        raise ZeroDivisionError(AUTHOR)

    copying.start(f"{told}:1", fails)
    for _ in range(100):
        page = desk.get(f"/testimony/{told}/files", **{"Accept-Language": "en"}).text
        if "something went wrong" in page:
            break
        time.sleep(0.02)

    assert "something went wrong; nothing was kept" in page
    assert AUTHOR not in page
    assert copying.start(f"{told}:1", lambda progress: None)


def test_there_is_no_page_of_a_file_that_is_not_there(desk: Desk, archive: Archive) -> None:
    """
    Neither of another number, nor of another testimony, nor of a copy that was never made.
    """
    told = sent(archive, photo())

    for path in (f"{told}/files/1/1", f"{told}/files/1/1/content", f"{told}/files/9/1/small", "none/files"):
        assert desk.get(f"/testimony/{path}").status_code == 404
