"""What the archive sends on a stick: signed as a whole, checked file by file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from crypto import outgoing
from crypto.bundle import FIRST
from crypto.errors import BundleError, MalformedBundle, UntrustedBundle
from crypto.keys import SigningKey
from crypto.notes import sign_note

ORIGIN = "archive.example"
DESK = SigningKey.generate()
FILES = {
    "keycard.note": b"a card",
    "mandate.note": b"a mandate",
    "board": b"replies" * 200_000,
    outgoing.acknowledgement_name(7): b"held",
}


def sent(folder: Path, files: dict[str, bytes] = FILES, number: int = 1, previous: str = FIRST) -> str:
    note = outgoing.sign(ORIGIN, number, previous, files, DESK)
    outgoing.lay(folder, ORIGIN, files)
    outgoing.finish(folder, note)
    return hashlib.sha256(note).hexdigest()


def read(folder: Path) -> outgoing.Outgoing:
    return outgoing.read(folder, origin=ORIGIN, desk=DESK.public)


def test_what_was_sent_is_what_is_read(tmp_path: Path) -> None:
    """
    Every file byte for byte, with the number and the hash that the next stick will name.
    """
    last = sent(tmp_path / "stick")
    found = read(tmp_path / "stick")

    assert (found.number, found.previous, found.hash) == (1, FIRST, last)
    assert (dict(found.files), found.damaged, found.foreign) == (FILES, (), 0)


@pytest.mark.parametrize("how", ["gone", "changed", "cut", "longer", "a link", "a folder"])
def test_a_damaged_file_is_named_and_keeps_no_other_back(tmp_path: Path, how: str) -> None:
    """
    Whatever became of it on the way; a link is not followed, even to the very bytes.
    """
    stick = tmp_path / "stick"
    sent(stick)
    board = stick / "board"
    board.rename(tmp_path / "elsewhere")
    content = FILES["board"]
    if how == "a folder":
        board.mkdir()
    elif how == "a link":
        board.symlink_to(tmp_path / "elsewhere")
    elif how != "gone":
        board.write_bytes({"changed": b"R" + content[1:], "cut": content[:-1], "longer": content + b"s"}[how])
    found = read(stick)

    assert found.damaged == ("board",)
    assert dict(found.files) == {name: FILES[name] for name in FILES if name != "board"}


def test_a_stick_that_forgot_its_capitals_is_read(tmp_path: Path) -> None:
    """
    FAT shows short names in any case; the manifest says which is meant.
    """
    sent(tmp_path)
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / path.name.swapcase())

    assert (dict(read(tmp_path).files), read(tmp_path).foreign) == (FILES, 0)


def test_nobody_but_the_desk_sends(tmp_path: Path) -> None:
    """
    Another key, another archive's name, an edited line: refused before a line is parsed.
    """
    sent(tmp_path)
    note = (tmp_path / "MANIFEST").read_bytes()
    for changed, desk, origin in (
        (note, SigningKey.generate(), ORIGIN),
        (note, DESK, "other.example"),
        (note.replace(b"number 1", b"number 2"), DESK, ORIGIN),
        (b"no note", DESK, ORIGIN),
    ):
        (tmp_path / "MANIFEST").write_bytes(changed)
        with pytest.raises(UntrustedBundle):
            outgoing.read(tmp_path, origin=origin, desk=desk.public)


FRONT = ["archive.example/outgoing", "v1", "number 1", f"previous {FIRST}"]
GOOD = f"file board {'0' * 64} 5"
WRONG = {
    "another kind": ["archive.example/incoming", *FRONT[1:]],
    "another version": [FRONT[0], "v2", *FRONT[2:]],
    "number nought": [*FRONT[:2], "number 0", FRONT[3]],
    "number with nought": [*FRONT[:2], "number 01", FRONT[3]],
    "cut short": FRONT[:3],
    "previous short": [*FRONT[:3], "previous 00"],
    "listed twice": [*FRONT, GOOD, GOOD],
    "an empty line": [*FRONT, GOOD, ""],
    "another name": [*FRONT, f"file autorun.inf {'0' * 64} 5"],
    "another folder": [*FRONT, f"file ../board {'0' * 64} 5"],
    "capitals": [*FRONT, f"file BOARD {'0' * 64} 5"],
    "one digit": [*FRONT, f"file acknowledgement-7.note {'0' * 64} 5"],
    "hash in capitals": [*FRONT, f"file board {'A' * 64} 5"],
    "size below nought": [*FRONT, f"file board {'0' * 64} -5"],
    "too large": [*FRONT, f"file board {'0' * 64} {outgoing.LARGEST + 1}"],
    "too many": [*FRONT, *(f"file acknowledgement-{n:06d}.note {'0' * 64} 5" for n in range(65))],
}


@pytest.mark.parametrize("how", WRONG)
def test_even_the_desk_sends_nothing_that_is_not_on_the_list(tmp_path: Path, how: str) -> None:
    """
    A stolen desk key writes no file of its own choosing into the intake's home.
    """
    (tmp_path / "MANIFEST").write_bytes(sign_note("\n".join(WRONG[how]) + "\n", f"{ORIGIN}/desk", DESK))
    with pytest.raises(MalformedBundle):
        read(tmp_path)


@pytest.mark.parametrize(
    "files",
    [
        [f"file board {'0' * 64} {outgoing.LARGEST}"],
        [f"file acknowledgement-{n:06d}.note {'0' * 64} 5" for n in range(outgoing.MOST)],
    ],
    ids=["the largest", "the most"],
)
def test_the_largest_file_and_the_most_files_may_be_sent(tmp_path: Path, files: list[str]) -> None:
    """
    A full board, and everything at once after a long silence; the files themselves are not here.
    """
    (tmp_path / "MANIFEST").write_bytes(sign_note("\n".join([*FRONT, *files]) + "\n", f"{ORIGIN}/desk", DESK))

    assert len(read(tmp_path).damaged) == len(files)


def test_nothing_is_signed_that_would_not_be_read(tmp_path: Path) -> None:
    """
    The desk learns it before the stick is written, not the intake afterwards; nothing to send is no mistake.
    """
    for number, files in ((0, FILES), (1, {"autorun.inf": b"x"})):
        with pytest.raises(MalformedBundle):
            outgoing.sign(ORIGIN, number, FIRST, files, DESK)
    sent(tmp_path, {})

    assert read(tmp_path).files == {}


def test_a_stick_is_used_again_and_holds_only_the_newest(tmp_path: Path) -> None:
    """
    What is whole there is not written again; what is sent no longer, or half written, is taken away.
    """
    first = sent(tmp_path)
    (tmp_path / "board.tmp").write_bytes(b"half")
    kept = (tmp_path / "board").stat().st_ino
    newer = {"board": FILES["board"], outgoing.acknowledgement_name(8): b"held too"}
    sent(tmp_path, newer, 2, first)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["MANIFEST", *newer])
    assert (tmp_path / "board").stat().st_ino == kept
    assert (read(tmp_path).number, read(tmp_path).previous, read(tmp_path).foreign) == (2, first, 0)


def test_foreign_files_are_counted_and_left_alone(tmp_path: Path) -> None:
    """
    Whoever carries the stick is told that something else lies on it.
    """
    sent(tmp_path)
    (tmp_path / "autorun.inf").symlink_to("/dev/zero")  # whoever opened it would never come to an end
    (tmp_path / "System Volume Information").mkdir()
    sent(tmp_path)

    assert read(tmp_path).foreign == 2
    assert (tmp_path / "autorun.inf").is_symlink()


def test_another_bundle_is_not_written_over(tmp_path: Path) -> None:
    """
    The courier's own stick holds a MANIFEST too, and testimony.
    """
    theirs = sign_note("onggi-bundle\nv1\n", "onggi-courier", DESK)
    (tmp_path / "MANIFEST").write_bytes(theirs)
    with pytest.raises(MalformedBundle):
        outgoing.lay(tmp_path, ORIGIN, FILES)

    assert [path.name for path in tmp_path.iterdir()] == ["MANIFEST"]
    assert (tmp_path / "MANIFEST").read_bytes() == theirs


def test_before_the_manifest_there_is_no_bundle(tmp_path: Path) -> None:
    """
    A stick that was pulled out too early is not taken for an old one or half a new one.
    """
    sent(tmp_path)
    outgoing.lay(tmp_path, ORIGIN, FILES | {"board": b"newer"})
    with pytest.raises(BundleError, match="no MANIFEST"):
        read(tmp_path)


def test_a_manifest_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    """
    It may be anybody's: a folder in its place, or more than any manifest has.
    """
    (tmp_path / "MANIFEST").mkdir()

    with pytest.raises(MalformedBundle, match="holds another bundle"):
        outgoing.lay(tmp_path, ORIGIN, FILES)
