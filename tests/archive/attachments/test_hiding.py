"""Two people hide a face or a name that is spoken: what they hide is in no bit of the file that is built."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from archive.attachments import films, hiding
from archive.attachments.copies import make
from archive.attachments.hiding import HidingRefused, approve, hidden, propose, redacted
from archive.attachments.memory import Memory
from archive.attachments.sniff import HEAD, sniff
from tests.archive.attachments.samples import copied, photo, recording, require_sandbox
from tests.people import TODAY, Archive


@pytest.fixture(autouse=True)
def _programs() -> None:
    require_sandbox("ffmpeg", "exiftool")


def test_a_box_leaves_nothing_of_what_was_under_it(archive: Archive) -> None:
    """
    R13, R14: proposed by one and approved by another; every pixel of the box has one colour, others stay.
    """
    [kept] = copied(archive, photo((240, 160), orientation=1)).copies
    asked = propose(archive.vault, archive.minji, kept.name, [(20, 20, 100, 100)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    with Image.open(io.BytesIO(b"".join(redacted(archive.vault, kept.name)))) as image:
        covered = image.crop((24, 24, 96, 96)).getextrema()
        beside = image.getpixel((60, 130))

    assert all(high - low < 8 and high < 60 for low, high in covered)  # type: ignore[misc]
    assert beside[0] > 170  # type: ignore[index]


def test_a_silence_is_zeros_and_no_sample_is_lost(archive: Archive, tmp_path: Path) -> None:
    """
    From its beginning until just before its end each sample is 0; the length stays, and both sides are heard.
    """
    [kept] = copied(archive, recording(tmp_path, "a.wav", 3)).copies
    for beyond in ((2000, 1000), (-1, 5), (0, 9000)):
        with pytest.raises(HidingRefused, match="inside the recording"):
            propose(archive.vault, archive.minji, kept.name, [], [beyond])
    asked = propose(archive.vault, archive.minji, kept.name, [], [(1000, 2000)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    with Memory(redacted(archive.vault, kept.name)) as built:
        heard = b"".join(films.samples(built.seal(), sniff(built.read(HEAD))))
    second = films.RATE * films.SAMPLE

    assert heard[second : 2 * second] == bytes(second)
    assert max(heard[second - 1000 : second]) > 0
    assert max(heard[2 * second : 2 * second + 1000]) > 0
    assert len(heard) == kept.milliseconds * second // 1000


def test_a_film_is_covered_and_silenced_to_its_end(archive: Archive, tmp_path: Path) -> None:
    """
    The box is in every frame; the silence is in the sound.
    """
    [kept] = copied(archive, recording(tmp_path, "a.mp4", 2, film=True)).copies
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 80, 120)], [(0, 1500)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    with Memory(redacted(archive.vault, kept.name)) as built:
        kind = sniff(built.seal().read(HEAD))
        film = films.frames(built, kind)
        rows = [frame[60 * 160 + 4 : 60 * 160 + 72] for frame in film.pieces]
        heard = b"".join(films.samples(built, kind))

    assert len(rows) >= 48
    assert all(max(row) - min(row) < 24 and max(row) < 70 for row in rows)
    assert (
        max(abs(int.from_bytes(heard[n : n + 2], "little", signed=True)) for n in range(0, 120_000, 2)) < 64
    )


def test_a_film_without_a_sound_is_covered_and_stays_without_one(archive: Archive, tmp_path: Path) -> None:
    """
    In its safe copy and in what two people made of it.
    """
    [kept] = copied(archive, recording(tmp_path, "a.mp4", 1, film=True, sound=False)).copies
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 160, 120)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    with Memory(redacted(archive.vault, kept.name)) as built:
        kind = sniff(built.seal().read(HEAD))
        rows = [frame[: 160 * 120] for frame in films.frames(built, kind).pieces]
        heard = b"".join(films.samples(built, kind))

    assert kept.media == "video/webm"
    assert len(rows) >= 24
    assert all(max(row) < 70 for row in rows)
    assert heard == b""


def test_one_person_cannot_decide_and_no_stale_proposal_counts(archive: Archive) -> None:
    """
    R13: neither who proposed, nor by another proposal than was read, nor for a copy that was made again.
    """
    [kept] = copied(archive, photo()).copies
    with pytest.raises(HidingRefused, match="nothing was proposed"):
        approve(archive.vault, archive.sora, kept.name, "")
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 9, 9)])
    with pytest.raises(HidingRefused, match="a second person"):
        approve(archive.vault, archive.minji, kept.name, asked.proposal or "")
    with pytest.raises(HidingRefused, match="not the proposal"):
        approve(archive.vault, archive.sora, kept.name, "0" * 32)
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    propose(archive.vault, archive.minji, kept.name, [(0, 0, 8, 8)])

    assert hidden(archive.vault, kept.name).approver is None
    with pytest.raises(HidingRefused, match="missing"):
        redacted(archive.vault, kept.name)
    assert not archive.vault.holds(hiding.BUILT, kept.name)


def test_a_decision_that_was_edited_is_no_decision(archive: Archive) -> None:
    """
    R13: another box, another signer, or the same signer twice, each written into the vault past its rules.
    """
    [kept] = copied(archive, photo()).copies
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 9, 9)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    signed = archive.vault.json(hiding.KIND, kept.name)
    hers = hiding._sign(archive.minji, hiding._message(kept.name, signed, "approver"))
    for changes in (
        {"boxes": [[0, 0, 8, 8]]},
        {"approver": hers},
        {"approver": signed["proposer"]},
        {"approver": signed["approver"] | {"name": "minji"}},
        {"approver": signed["approver"] | {"signature": "00" * 64}},
    ):
        archive.vault.put_json(hiding.KIND, kept.name, json.loads(json.dumps(signed | changes)))
        with pytest.raises(HidingRefused):
            redacted(archive.vault, kept.name)
    archive.vault.put_json(hiding.KIND, kept.name, signed)

    assert b"".join(redacted(archive.vault, kept.name))


def test_what_is_not_in_the_file_is_not_hidden(archive: Archive) -> None:
    """
    R15: it fails closed; a box beyond the picture, a silence in one, or too many places propose nothing.
    """
    [kept] = copied(archive, photo()).copies
    boxes = [(-1, 0, 9, 9), (0, 0, 9, 9999), (9, 0, 9, 9), (5, 5, 4, 9)]
    for box in boxes:
        with pytest.raises(HidingRefused, match="inside the picture"):
            propose(archive.vault, archive.minji, kept.name, [box])
    with pytest.raises(HidingRefused, match="no sound"):
        propose(archive.vault, archive.minji, kept.name, [], [(0, 10)])
    with pytest.raises(HidingRefused, match="more than 500 places"):
        propose(archive.vault, archive.minji, kept.name, [(0, 0, 9, 9)] * (hiding.MOST + 1))

    assert hidden(archive.vault, kept.name).proposer is None


def test_a_file_is_not_kept_when_the_proposal_changed_while_it_was_built(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R13: what the second person signs is what stands there at the end; the file that was built is gone.
    """
    [kept] = copied(archive, photo()).copies
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 9, 9)])
    objects, build = set((archive.vault.home / "objects").iterdir()), hiding.build

    def meanwhile(*given: Any) -> Memory:
        propose(archive.vault, archive.minji, kept.name, [(0, 0, 8, 8)])
        return build(*given)

    monkeypatch.setattr(hiding, "build", meanwhile)
    with pytest.raises(HidingRefused, match="it has changed"):
        approve(archive.vault, archive.sora, kept.name, asked.proposal or "")

    assert hidden(archive.vault, kept.name).approver is None
    assert set((archive.vault.home / "objects").iterdir()) == objects


def test_a_copy_made_again_needs_a_new_decision(archive: Archive) -> None:
    """
    The pixels that were looked at are not these.
    """
    file = copied(archive, photo())
    [kept] = file.copies
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 9, 9)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    make(archive.vault, archive.minji, file.name, TODAY)
    with pytest.raises(HidingRefused):
        redacted(archive.vault, kept.name)

    assert hidden(archive.vault, kept.name).proposer is None
    assert archive.vault.names(hiding.BUILT) == []


def test_a_decision_is_for_the_very_bytes_that_were_looked_at(archive: Archive) -> None:
    """
    Another copy under the same name, put there past the rules, is not covered by it.
    """
    [kept] = copied(archive, photo()).copies
    asked = propose(archive.vault, archive.minji, kept.name, [(0, 0, 9, 9)])
    approve(archive.vault, archive.sora, kept.name, asked.proposal or "")
    row = archive.vault.json("rendition", kept.name)
    archive.vault.put_json("rendition", kept.name, row | {"sha256": "0" * 64})

    with pytest.raises(HidingRefused):
        redacted(archive.vault, kept.name)
