"""A helper with a laptop: checks the page, seals what she tells and a film of any size, keeps nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import capsule
from archive.accession import accession_capsule
from archive.redaction.residue import variants
from crypto.receipt import Receipt
from onggi import main
from tests.people import TODAY, Archive

SENTINEL = "노란 집 뒤의 우물 sentinel 7730"
ROOT = Path(__file__).parents[2]


class Laptop:
    """What the archive gave to a helper, and her commands."""

    def __init__(self, archive: Archive, home: Path) -> None:
        self.notes, self.digits = home / "stick", archive.root.fingerprint()
        self.into = home / "photo-backup.bin"
        capsule.write(archive.vault, self.notes, "ko", TODAY)

    def words(self, *more: str, digits: str = "") -> list[str]:
        known = ["--notes", str(self.notes), "--fingerprint", digits or self.digits]
        return ["seal", *known, "--into", str(self.into), *more]

    def seal(self, *more: str, given: str | bytes | None = None, digits: str = "") -> Result:
        return CliRunner().invoke(main, self.words(*more, digits=digits), input=given)

    def check(self, digits: str = "") -> Result:
        asked = ["check", "--fingerprint", digits or self.digits, str(self.notes / "album.html")]
        return CliRunner().invoke(main, asked)


@pytest.fixture
def laptop(archive: Archive, tmp_path: Path) -> Laptop:
    return Laptop(archive, tmp_path)


def test_what_a_helper_seals_is_what_the_archive_holds(
    archive: Archive, laptop: Laptop, tmp_path: Path
) -> None:
    """
    Words from the pipe, a photo and a sound; the receipt on the terminal alone is the account that told.
    """
    (tmp_path / "hyesan-1998.jpg").write_bytes(b"\xff\xd8photo" * 9_000)
    (tmp_path / "voice.mp3").write_bytes(os.urandom(3_000_000))
    files = [str(tmp_path / name) for name in ("hyesan-1998.jpg", "voice.mp3")]
    ran = laptop.seal("--text", "-", "--allow", "keep", "--allow", "research", *files, given=SENTINEL)
    words = re.findall(r"^ *\d+ (\S+)$", ran.stdout, re.MULTILINE)
    digits = ran.stdout.splitlines()[-1].replace(" ", "")
    receipt = Receipt.parse(" ".join(words))
    report = accession_capsule(archive.vault, laptop.into, today=lambda: TODAY)
    held = archive.vault.testimony(report.taken[0])

    assert ran.exit_code == 0, ran.output
    assert Receipt.parse(digits) == receipt
    assert held.text == SENTINEL
    assert [a.media for a in held.attachments] == ["image/jpeg", "audio/mpeg"]
    assert archive.vault.json("told-by", held.id) == receipt.keys(archive.root).signing.public.key_id
    for hidden in (SENTINEL, " ".join(words), "hyesan-1998"):
        assert not any(spelling in laptop.into.read_bytes().lower() for spelling in variants(hidden))
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "hyesan-1998.jpg",
        "photo-backup.bin",
        "voice.mp3",
    ]


def test_what_an_office_calls_its_files_does_not_keep_her_words_out(
    archive: Archive, laptop: Laptop, tmp_path: Path
) -> None:
    """
    Long types and those with capitals are written as the format has them: the archive believes the statement.
    """
    names = ["slides.pptx", "letter.docm", "book.xlsm", "voice.amr", "no ending"]
    for name in names:
        (tmp_path / name).write_bytes(b"content")
    ran = laptop.seal("--text", "-", "--allow", "keep", *[str(tmp_path / n) for n in names], given=SENTINEL)
    report = accession_capsule(archive.vault, laptop.into, today=lambda: TODAY)

    assert ran.exit_code == 0, ran.output
    assert (len(report.taken), report.files, report.quarantined) == (1, 5, [])


def test_a_text_of_control_characters_alone_is_no_text(laptop: Laptop) -> None:
    """
    She is told at once; no receipt is printed for what the archive would refuse.
    """
    ran = laptop.seal("--text", "-", "--allow", "keep", given=" \x02\x1b\n")

    assert (ran.exit_code, ran.stdout, laptop.into.exists()) == (2, "", False)
    assert "no words" in ran.stderr


def test_she_is_asked_before_anything_is_sealed(laptop: Laptop) -> None:
    """
    Without her yes to keeping there is no file; with it, the sentences that she was read are shown with it.
    """
    refused = laptop.seal("--text", "-", "--allow", "research", given=SENTINEL)
    assert (refused.exit_code, laptop.into.exists()) == (2, False)
    assert "read her the choices" in refused.output
    sealed = laptop.seal("--text", "-", "--allow", "keep", given=SENTINEL)
    assert "yes  보관소에서 간직하고, 읽고, 다시 찾아보아도 됩니다." in sealed.stderr
    assert "no   이름을 지운 글의 한 부분을" in sealed.stderr


def test_notes_of_another_archive_are_not_used(laptop: Laptop) -> None:
    """
    The digits that were heard elsewhere decide; one that differs seals nothing and believes no page.
    """
    other = laptop.digits[:-1] + str((int(laptop.digits[-1]) + 1) % 10)
    for ran in (laptop.seal("--text", "-", "--allow", "keep", given="x", digits=other), laptop.check(other)):
        assert (ran.exit_code, "another archive" in ran.output) == (1, True)
    assert not laptop.into.exists()
    assert "40 digits" in laptop.check("12345").output


def test_a_page_is_checked_before_it_is_handed_on(laptop: Laptop) -> None:
    """
    The right one is named with its archive and its days; one changed byte is refused.
    """
    assert "good until" in laptop.check().output
    file = laptop.notes / "album.html"
    file.write_bytes(file.read_bytes().replace(b"photo-backup", b"photo-backus"))
    ran = laptop.check()

    assert (ran.exit_code, "not the one that the archive signed" in ran.output) == (1, True)


def test_nothing_is_overwritten_and_no_half_file_stays(laptop: Laptop, tmp_path: Path) -> None:
    """
    A file that is there stays as it is; an error on the way leaves none, and says nothing of her words.
    """
    laptop.into.write_bytes(b"hers")
    assert "is here already" in laptop.seal("--text", "-", "--allow", "keep", given="x").output
    assert laptop.into.read_bytes() == b"hers"
    laptop.into.unlink()
    broken = laptop.seal("--text", "-", "--allow", "keep", given=b"\xffsecret words")
    assert "not UTF-8" in broken.output
    assert "secret" not in broken.output
    # A source without an end: it grows while it is read.
    endless = laptop.seal("--allow", "keep", "/dev/zero")
    assert endless.exit_code == 1
    assert [p for p in tmp_path.iterdir() if p.is_file()] == []


def test_a_film_that_is_stopped_half_way_leaves_nothing(laptop: Laptop, tmp_path: Path) -> None:
    """
    Ctrl-C while it seals: one line, exit code 1, no file.
    """
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(2_000_000_000)
    command = [sys.executable, "-m", "onggi", *laptop.words("--allow", "keep", str(film))]
    # As a terminal starts it: what a shell put into the background would pass on that Ctrl-C is ignored.
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeds
    )
    part = laptop.into.with_name("photo-backup.bin.part")
    for _ in range(600):
        if part.exists() and part.stat().st_size > 1_000_000:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)

    assert (process.returncode, out) == (1, "")
    assert "stopped; nothing was written" in errors
    assert not part.exists()
    assert not laptop.into.exists()


def test_a_stop_before_the_words_are_shown_names_the_file_that_stands(laptop: Laptop) -> None:
    """
    Ctrl-C when the file is there and the terminal has not taken the words: the message says so.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"full")
    os.set_blocking(writing, True)
    command = [sys.executable, "-m", "onggi", *laptop.words("--text", "-", "--allow", "keep")]
    process = subprocess.Popen(
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        args=command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    assert process.stdin
    assert process.stderr
    process.stdin.write(b"words")
    process.stdin.close()
    for line in process.stderr:
        if line.startswith(b"sealed into"):
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    told = process.stderr.readline().decode()
    os.close(reading)
    process.stderr.close()
    process.wait(timeout=60)

    assert f"stopped; {laptop.into} was written" in told
    assert laptop.into.exists()


MEMORY = """
import resource, sys
from onggi import main
try:
    main(sys.argv[1:])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_a_film_is_sealed_at_constant_memory(laptop: Laptop, tmp_path: Path) -> None:
    """
    Three hundred megabytes more need no more memory than a small file does.
    """
    peaks = []
    for size in (1_000_000, 300_000_000):
        film = tmp_path / f"{size}.mp4"
        with film.open("wb") as file:
            file.truncate(size)
        laptop.into.unlink(missing_ok=True)
        command = [sys.executable, "-c", MEMORY, *laptop.words("--allow", "keep", str(film))]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks.append(int(ran.stderr.split()[-1]))

    assert laptop.into.stat().st_size > 300_000_000
    assert peaks[1] < peaks[0] + 30_000
