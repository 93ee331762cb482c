"""What is heard: plain samples behind a header of ours, or the archive's own safe copy, from any place."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import wave
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.standing import TakenBack
from archive.testimony import Segment
from archive.versions import loudness
from archive.versions.loudness import COLUMNS, heard_as, peaks
from archive.versions.record import history, keep
from archive.versions.recordings import opened, recording, recordings
from archive.versions.wav import NoSound, Rebuilt, samples_of
from crypto.receipt import Receipt
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, TODAY, Archive, seal_file, statement, wav

CUE = Segment("s0001", "혜산에서 왔다.", 0, 1000, "narrator")


def with_chunk(sound: bytes) -> bytes:
    """A WAV with a chunk that names its maker before the samples."""
    info = b"LIST" + struct.pack("<I", 12) + b"INFOmaker of"
    return sound[:36] + info + sound[36:]


def copied(archive: Archive, told: str, sound: bytes) -> None:
    """A safe copy lies where the archive keeps it."""
    with archive.vault.stage() as staged:
        staged.write(sound)
    archive.vault.adopt("rendition", f"{told}:1:1", staged)


def test_a_wav_is_heard_behind_a_header_of_ours(archive: Archive) -> None:
    """
    R20: samples and nothing else: what its maker wrote into it is in no byte that is played.
    """
    told = archive.recorded(with_chunk(wav(2)))
    heard = recording(archive.vault, told, 1)
    with opened(archive.vault, heard) as source:
        assert isinstance(source, Rebuilt)
        played = source.read()
        source.seek(40_000)
        assert source.read(100) == played[40_000:40_100]

    assert heard.media == "audio/wav"
    assert b"maker" not in played
    with wave.open(io.BytesIO(played)) as rebuilt:
        assert (rebuilt.getframerate(), rebuilt.getnframes()) == (16000, 32000)
        assert rebuilt.readframes(32000) == wav(2)[44:]


def test_a_strangers_file_is_not_heard_before_there_is_a_safe_copy(archive: Archive) -> None:
    """
    R20: nothing but plain samples is opened as it came; a safe copy is preferred to both.
    """
    told = archive.recorded(b"\x1aE\xdf\xa3" + bytes(3000), "audio/webm")
    heard = recording(archive.vault, told, 1)
    assert heard.source is None
    with pytest.raises(NoSound, match="safe copy"):
        opened(archive.vault, heard)
    copied(archive, told, wav(1))
    heard = recording(archive.vault, told, 1)
    assert heard.source == ("rendition", f"{told}:1:1")

    with opened(archive.vault, heard) as source:
        assert source.length == len(wav(1))


def test_photographs_are_no_recordings(archive: Archive) -> None:
    """
    And what was taken back has none.
    """
    receipt = Receipt.generate()
    told = archive.recorded(b"photo", "image/jpeg", receipt=receipt)
    assert recordings(archive.vault, told) == ()
    with pytest.raises(NoSound):
        recording(archive.vault, told, 1)
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))
    with pytest.raises(TakenBack):
        recordings(archive.vault, told)


@given(st.binary(max_size=200), st.integers(0, 44))
def test_no_bytes_break_the_reader_of_a_wav(noise: bytes, at: int) -> None:
    """
    Samples inside the file, or a refusal.
    """
    untrusted = wav(0.01)[:at] + noise
    try:
        found = samples_of(io.BytesIO(untrusted))
    except NoSound:
        return
    assert 0 <= found.offset <= found.offset + found.length <= len(untrusted)


def test_loudness_is_drawn_of_every_form(archive: Archive) -> None:
    """
    Loud where the tone is, silent where it is not; of a WAV in place, of a safe copy through ffmpeg.
    """
    told = archive.recorded(wav(4))
    drawn = [peaks(archive.vault, recording(archive.vault, told, 1))]
    if shutil.which("ffmpeg"):
        flac = ["ffmpeg", "-loglevel", "quiet", "-i", "pipe:0", "-f", "flac", "pipe:1"]
        copied(archive, told, subprocess.run(flac, input=wav(4), capture_output=True, check=True).stdout)
        heard = recording(archive.vault, told, 1)
        assert heard.media == "audio/flac"
        drawn.append(peaks(archive.vault, heard))
    for found in drawn:
        assert len(found) == COLUMNS
        assert [found[at] > 0.3 for at in (50, 100, 200, 250, 350, 400, 500, 550)] == [
            True,
            True,
            False,
            False,
        ] * 2


def test_a_sound_that_ffmpeg_cannot_read_says_so(archive: Archive) -> None:
    """
    A safe copy that is none ends in a sentence, and no program is left running.
    """
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed on this machine")
    told = archive.recorded(b"x", "audio/webm")
    copied(archive, told, b"fLaC" + bytes(300_000))
    with pytest.raises(NoSound, match="nothing of this sound"):
        list(heard_as(archive.vault, recording(archive.vault, told, 1), "-f", "s16le"))


def test_an_hour_is_drawn_in_as_many_columns_as_a_second(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Columns that are too many are put together two by two, the louder of each; no sound has none that is loud.
    """
    monkeypatch.setattr(loudness, "COLUMNS", 40)
    sound = wav(4)[44:]
    drawn = loudness._peaks_of(sound[at : at + 999] for at in range(0, len(sound), 999))

    assert len(drawn) == 40
    assert [drawn[at] > 0.3 for at in (5, 15, 25, 35)] == [True, False] * 2
    assert loudness._peaks_of(each for each in [b""]) == [0.0] * 40


def test_without_ffmpeg_a_safe_copy_is_not_heard(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The sentence says what is not installed; nor is there a sound of a file that has not come.
    """
    told = archive.recorded(b"x", "audio/webm")
    copied(archive, told, b"fLaC")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoSound, match="ffmpeg is not installed"):
        list(heard_as(archive.vault, recording(archive.vault, told, 1), "-f", "s16le"))
    _, row = seal_file(archive, b"x", "audio/webm")
    waits = archive.take(statement(archive, "", files=[row])).taken[0]
    with pytest.raises(NoSound):
        opened(archive.vault, recording(archive.vault, waits, 1))


@pytest.fixture
def desk(archive: Archive) -> Desk:
    return Desk(archive).opened()


def test_the_player_gets_what_it_asks_for_and_no_more(archive: Archive, desk: Desk) -> None:
    """
    RFC 9110: a range of the sound, from any place; beyond the end is said so; the head alone needs no sound.
    """
    told = archive.recorded(wav(2))
    whole = desk.get(f"/testimony/{told}/recording/1/sound")
    part = desk.get(f"/testimony/{told}/recording/1/sound", Range="bytes=60000-60009")
    beyond = desk.get(f"/testimony/{told}/recording/1/sound", Range="bytes=70000-")

    assert (whole.status_code, whole.data, whole.mimetype) == (200, wav(2), "audio/wav")
    assert (part.status_code, part.data) == (206, wav(2)[60000:60010])
    assert part.headers["Content-Range"] == f"bytes 60000-60009/{len(wav(2))}"
    assert part.headers["Cache-Control"] == "no-store"
    assert beyond.status_code == 416
    for answer in (whole, part, beyond):
        answer.close()
    for path in ("2/sound", "1/sound?x", "2/waveform.svg"):
        answer = desk.get(f"/testimony/{told}/recording/{path}")
        assert answer.status_code == (200 if path.startswith("1") else 404)
        answer.close()
    assert desk.get(f"/testimony/{told}/recording/1/waveform.svg").text.count("M") == COLUMNS


def test_nobody_writes_down_before_she_has_signed_in(archive: Archive, desk: Desk) -> None:
    """
    R13: neither a transcript nor a step on a version; and a broken transcript is refused with its cue.
    """
    told = archive.recorded(wav(1))
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v narrator>혜산에서 왔다.\n"
    path = f"/testimony/{told}/recording/1/save"
    desk.post(path, vtt=vtt, version="0")
    assert len(history(archive.vault, told)) == 1
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    for broken, version in ((vtt.replace("00:01", "0:1"), "0"), (vtt, "7")):
        desk.post(path, vtt=broken, version=version)
        assert re.search("cue 1: a time is written|no version of that number", desk.notices()[0])
    assert len(history(archive.vault, told)) == 1
    desk.post(path, vtt=vtt, version="0")

    assert history(archive.vault, told)[1].segments == (CUE,)


def stepped(desk: Desk, told: str, step: str, **form: Any) -> list[str]:
    desk.post(f"/testimony/{told}/versions/{step}", **form)
    return desk.notices()


def test_two_people_make_a_version_count_at_one_desk(archive: Archive, desk: Desk) -> None:
    """
    R13: each refusal is told; the page shows both sides, and mark-up in words is letters.
    """
    told = archive.told("혜숙이는 강을 건넜다.", grants=[("translate", "archivists")])
    stepped(desk, told, "save", number="0", lang="kor", s0001="x")
    assert len(history(archive.vault, told)) == 1
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    stepped(desk, told, "save", number="0", lang="kor", s0001="<script>x</script> 혜숙이는 강을 건넜다.")
    assert "a second person reviews" in stepped(desk, told, "sign", number="1")[0]
    assert "can count" in stepped(desk, told, "choose", number="1")[0]
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    stepped(desk, told, "sign", number="1")
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    stepped(desk, told, "sign", number="2")
    stepped(desk, told, "choose", number="3")
    stepped(desk, told, "save", number="3", lang="eng", s0001="Hyesuk crossed.\n\nThe river.")
    page = desk.get(f"/testimony/{told}/versions?before=0&after=3&edit=3").text

    assert [v.kind for v in history(archive.vault, told)][1:] == [
        "corrected",
        "reviewed",
        "approved",
        "translation",
    ]
    assert "<script>x" not in page
    assert re.search(r"<ins>[^<]*&lt;script&gt;", page)
    assert "Hyesuk crossed.\nThe river." in page
    for path in ("/versions/save", "/versions/nothing"):
        assert desk.post(f"/testimony/{told}{path}", number="0", lang="xx").status_code == 404
    assert desk.post(f"/testimony/{told}/versions/sign", number="9").status_code == 404
    assert desk.get("/testimony/none/versions").status_code == 404
    assert desk.get("/testimony/none/recording").status_code == 404


def test_nothing_is_translated_that_she_did_not_allow(archive: Archive, desk: Desk) -> None:
    """
    R1: the page does not offer it, and refuses it.
    """
    told = archive.told("혜숙이는 강을 건넜다.")
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    refused = stepped(desk, told, "save", number="0", lang="eng", s0001="Hyesuk")
    page = desk.get(f"/testimony/{told}/versions", **{"Accept-Language": "en"}).text

    assert refused == ["translate for archivists was not granted"]
    assert "Translate into" not in page
    assert "She did not allow translation." in page


def test_severe_segments_are_closed_on_every_page_until_they_are_opened(archive: Archive, desk: Desk) -> None:
    """
    R23: in versions, comparison, boxes and transcripts; what she did not open she cannot lose by saving.
    """
    severe = "그 사람이 나를 강간했다."
    told = archive.recorded(
        wav(1), text=f"나는 혜산에서 왔다.\n\n{severe}", grants=[("translate", "archivists")]
    )
    cue = Segment("s0003", severe, 0, 900, "narrator")
    keep(archive.vault, archive.minji, told, "corrected", (cue,), TODAY, derived_from=0, recording=1)
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    paths = [
        f"/testimony/{told}/versions?before=0&after=1",
        f"/testimony/{told}/versions?edit=0",
        f"/testimony/{told}/versions?edit=0&into=eng",
        f"/testimony/{told}/recording",
    ]
    assert not [path for path in paths if severe in desk.get(path).text]
    stepped(desk, told, "save", number="0", lang="kor", s0001="나는 혜산시에서 왔다.")
    assert [s.text for s in history(archive.vault, told)[2].segments] == ["나는 혜산시에서 왔다.", severe]
    stepped(desk, told, "open", number="0")
    events = [e.objects for e in archive.vault.journal.events() if e.type == "dsp"]

    assert [path for path in paths if severe not in desk.get(path).text] == []
    assert (f"testimony:{told}", "part:s0003") in events


def test_a_recording_of_hours_fits_into_one_form(archive: Archive, desk: Desk) -> None:
    """
    What was written for hours is not refused for its length.
    """
    told = archive.recorded(wav(1))
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    cue = "00:00.000 --> 00:01.000\n" + "강을 건넜다 " * 20 + "\n"
    desk.post(f"/testimony/{told}/recording/1/save", vtt="WEBVTT\n\n" + f"{cue}\n" * 4000, version="0")

    assert len(history(archive.vault, told)[1].segments) == 4000


def test_the_page_says_when_a_program_wrote(archive: Archive, desk: Desk) -> None:
    """
    A draft is called a draft, with the program's name.
    """
    told = archive.recorded(wav(1))
    options: dict[str, Any] = {"program": "recogniser whisper-cli 1.7.4", "recording": 1}
    keep(archive.vault, archive.minji, told, "machine_literal", (CUE,), TODAY, derived_from=0, **options)
    page = desk.get(f"/testimony/{told}/recording", **{"Accept-Language": "en"}).text

    assert "A program drafted this." in page
    assert "recogniser whisper-cli 1.7.4" in page
    assert 'value="narrator" selected' in page
