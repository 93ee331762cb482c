"""What crosses the air gap on a stick."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import bundle, errors
from crypto.keys import SigningKey
from crypto.notes import open_note, sign_note
from crypto.stick import MANIFEST

COURIER = SigningKey.generate()
ORIGIN = "archive.example"
ONE, TWO = "ab" * 16, "cd" * 16


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "one").write_bytes(b"first" * 1000)
    (tmp_path / "two").write_bytes(b"second" * 1000)
    folder = tmp_path / "stick"
    envelopes = [(ONE, tmp_path / "one"), (TWO, tmp_path / "two")]
    bundle.write(folder, number=1, previous=bundle.FIRST, envelopes=envelopes, courier=COURIER)
    return folder


def test_a_bundle_delivers_what_was_packed(stick: Path) -> None:
    """
    Every envelope arrives byte for byte.
    """
    into = io.BytesIO()
    read = bundle.read(stick, COURIER.public)
    read.copy(TWO, into)

    assert (into.getvalue(), read.damaged) == (b"second" * 1000, ())


def test_a_damaged_stick_still_delivers_its_whole_envelopes(stick: Path) -> None:
    """
    One bad part costs one envelope, and the bundle says which.
    """
    part = bundle.read(stick, COURIER.public).entries[0].parts[0][0]
    (stick / part).write_bytes(b"rotten")
    read = bundle.read(stick, COURIER.public)

    assert (read.damaged, tuple(e.id for e in read.entries)) == ((ONE,), (TWO,))


def test_a_part_swapped_after_reading_is_refused(stick: Path) -> None:
    """
    What is copied is checked again while it is copied.
    """
    read = bundle.read(stick, COURIER.public)
    (stick / read.entries[0].parts[0][0]).write_bytes(b"FIRST" * 1000)
    with pytest.raises(errors.DamagedPart):
        read.copy(ONE, io.BytesIO())


def test_another_courier_is_refused(stick: Path) -> None:
    """
    The manifest is not parsed before its signature is known.
    """
    with pytest.raises(errors.UntrustedBundle):
        bundle.read(stick, SigningKey.generate().public)


sticks = st.dictionaries(
    st.from_regex(r"[0-9a-f]{32}", fullmatch=True), st.binary(max_size=300), min_size=1, max_size=5
)


@settings(deadline=None)  # writes to a disk, durably
@given(sticks, st.data())
def test_a_stick_under_any_damage_delivers_whole_envelopes_and_names_the_rest(
    packed: dict[str, bytes], data: st.DataObject
) -> None:
    """
    No envelope arrives with a wrong byte, and none is lost without being named.
    """
    with TemporaryDirectory() as home, patch.object(bundle, "PART", 100):
        folder = Path(home) / "stick"
        for entry_id, content in packed.items():
            (Path(home) / entry_id).write_bytes(content)
        listed = [(entry_id, Path(home) / entry_id) for entry_id in packed]
        bundle.write(folder, number=1, previous=bundle.FIRST, envelopes=listed, courier=COURIER)
        parts = sorted(p for p in folder.iterdir() if p.name != MANIFEST)
        hurt = data.draw(st.lists(st.sampled_from(parts), unique=True)) if parts else []
        for part in hurt:
            damage(part, data.draw(st.sampled_from(["gone", "cut", "longer", "bit", "other"])))
        read = bundle.read(folder, COURIER.public)

        assert {e.id for e in read.entries}.isdisjoint(read.damaged)
        assert {e.id for e in read.entries} | set(read.damaged) == set(packed)
        for entry in read.entries:
            into = io.BytesIO()
            read.copy(entry.id, into)
            assert into.getvalue() == packed[entry.id]
        bad = {part.name for part in hurt}
        assert all((e.id in read.damaged) == any(n in bad for n, _ in e.parts) for e in all_of(folder))


def damage(part: Path, how: str) -> None:
    content = part.read_bytes()
    if how == "gone":
        part.unlink()
    elif how == "cut":
        part.write_bytes(content[:-1])
    elif how == "longer":
        part.write_bytes(content + b"\0")
    elif how == "bit":
        part.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    else:
        part.write_bytes(bytes(len(content) + 1)[1:-1] + b"?")


def all_of(folder: Path) -> list[bundle.Entry]:
    text = open_note((folder / MANIFEST).read_bytes(), "onggi-courier", COURIER.public)
    return bundle._parse(text)[2]


@given(st.text(max_size=400))
def test_a_manifest_of_any_words_only_ever_raises_our_errors(text: str) -> None:
    """
    A courier's key that was stolen can sign anything; the reader is not broken by it.
    """
    for front in ("", f"onggi-bundle\nv1\nnumber 1\nprevious {bundle.FIRST}\n", "onggi-bundle\nv1\nnumber "):
        with suppress(errors.BundleError):
            bundle._parse(front + text)


def test_a_manifest_that_is_no_file_is_refused(stick: Path) -> None:
    """
    A pipe in its place would make the archive wait for ever, and a link could point anywhere.
    """
    manifest = stick / MANIFEST
    manifest.unlink()
    os.mkfifo(manifest)
    with pytest.raises(errors.MalformedBundle):
        bundle.read(stick, COURIER.public)
    manifest.unlink()
    manifest.symlink_to("/dev/zero")
    with pytest.raises(errors.MalformedBundle):
        bundle.read(stick, COURIER.public)


def test_packing_again_keeps_good_parts_and_mends_bad_ones(stick: Path, tmp_path: Path) -> None:
    """
    A courier whose stick was pulled out runs the same command again.
    """
    part = bundle.read(stick, COURIER.public).entries[0].parts[0][0]
    (stick / part).write_bytes(b"half")
    bundle.write(stick, number=1, previous=bundle.FIRST, envelopes=[(ONE, tmp_path / "one")], courier=COURIER)

    assert bundle.read(stick, COURIER.public).damaged == ()


def test_the_bad_part_is_named_and_nothing_else_is_opened(stick: Path, tmp_path: Path) -> None:
    """
    A link to the very bytes is bad too; what was not packed is counted, and the archive's own word is not.
    """
    part = bundle.read(stick, COURIER.public).entries[0].parts[0][0]
    (stick / part).unlink()
    (stick / part).symlink_to(tmp_path / "one")
    (stick / "autorun.inf").symlink_to("/dev/zero")
    (stick / "ACKNOWLEDGEMENT").write_bytes(b"")
    read = bundle.read(stick, COURIER.public)

    assert (read.bad, read.damaged, read.foreign) == ((part,), (ONE,), 1)


def test_a_stick_that_forgot_its_capitals_is_read(stick: Path) -> None:
    """
    FAT keeps names in any case; the manifest's case is the one that counts.
    """
    for path in list(stick.iterdir()):
        path.rename(stick / path.name.swapcase())
    into, read = io.BytesIO(), bundle.read(stick, COURIER.public)
    read.copy(ONE, into)

    assert (into.getvalue(), read.damaged, read.foreign) == (b"first" * 1000, (), 0)


def test_parts_that_are_wanted_no_more_leave_the_stick(stick: Path, tmp_path: Path) -> None:
    """
    Between a stopped packing and the next a deposit may be gone; only what a bundle can hold is touched.
    """
    (stick / "MANIFEST").unlink()
    (stick / ("0" * 64 + ".tmp")).write_bytes(b"half")
    (stick / "holiday.txt").write_bytes(b"")
    bundle.write(stick, number=1, previous=bundle.FIRST, envelopes=[(TWO, tmp_path / "two")], courier=COURIER)

    assert bundle.read(stick, COURIER.public).foreign == 1
    assert len(list(stick.iterdir())) == 3


def test_only_the_archive_can_acknowledge() -> None:
    """
    A forged acknowledgement deletes nothing.
    """
    archive = SigningKey.generate()
    note = bundle.acknowledge(7, "0" * 64, [ONE], origin=ORIGIN, desk=archive)

    assert bundle.read_acknowledgement(note, origin=ORIGIN, desk=archive.public) == bundle.Acknowledgement(
        7, "0" * 64, (ONE,)
    )
    with pytest.raises(errors.CryptoError):
        bundle.read_acknowledgement(
            note.replace(ONE.encode(), TWO.encode()), origin=ORIGIN, desk=archive.public
        )
    with pytest.raises(errors.CryptoError):
        bundle.read_acknowledgement(note, origin=ORIGIN, desk=SigningKey.generate().public)


@given(st.binary(max_size=500))
def test_strangers_notes_only_ever_raise_our_errors(untrusted: bytes) -> None:
    """
    Neither noise nor a well-signed foreign text is taken for an acknowledgement.
    """
    text = "".join(c for c in untrusted.decode("utf-8", "replace") if c >= " " or c == "\n")
    for candidate in (untrusted, sign_note(text + "\n", f"{ORIGIN}/desk", COURIER)):
        with pytest.raises(errors.CryptoError):
            bundle.read_acknowledgement(candidate, origin=ORIGIN, desk=COURIER.public)


def test_an_envelope_that_is_not_there_is_not_copied(stick: Path) -> None:
    """
    Neither one that the bundle never named nor one whose part was damaged.
    """
    into = io.BytesIO()
    with pytest.raises(errors.DamagedPart, match="no whole envelope of this id"):
        bundle.read(stick, COURIER.public).copy("ef" * 16, into)
    assert into.getvalue() == b""


def test_more_than_a_manifest_holds_is_not_packed(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The manifest that is there stays: the courier is told to pack fewer.
    """
    before = (stick / MANIFEST).read_bytes()
    monkeypatch.setattr(bundle, "MAX_MANIFEST", len(before))
    envelopes = [(number * 16, tmp_path / "one") for number in ("ab", "cd", "ef")]

    with pytest.raises(errors.MalformedBundle, match="too many envelopes"):
        bundle.write(stick, number=2, previous="0" * 64, envelopes=envelopes, courier=COURIER)
    assert (stick / MANIFEST).read_bytes() == before


def test_an_acknowledgement_of_any_length_is_not_read() -> None:
    """
    What comes back is bounded before its signature is looked for.
    """
    with pytest.raises(errors.MalformedBundle, match="longer than 16 MiB"):
        bundle.read_acknowledgement(
            bytes(bundle.MAX_MANIFEST + 1), origin=ORIGIN, desk=SigningKey.generate().public
        )


def signed(*lines: str) -> bytes:
    head = ["onggi-bundle", "v1", "number 1", f"previous {bundle.FIRST}"]
    return sign_note("\n".join([*head, *lines]) + "\n", "onggi-courier", COURIER)


def test_a_part_has_the_size_that_a_part_may_have(tmp_path: Path) -> None:
    """
    Exactly the limit is looked for on the stick, and missed there; one byte more is no manifest of ours.
    """
    for size, error in ((bundle.PART, None), (bundle.PART + 1, "do not add up")):
        note = signed(f"env {ONE} {size}", f"part {'0' * 64} {size}")
        (tmp_path / MANIFEST).write_bytes(note)
        if error:
            with pytest.raises(errors.MalformedBundle, match=error):
                bundle.read(tmp_path, COURIER.public)
        else:
            read = bundle.read(tmp_path, COURIER.public)
            assert (read.entries, read.damaged) == ((), (ONE,))


def test_who_names_a_folder_without_a_bundle_is_asked_whether_it_is_the_right_one(tmp_path: Path) -> None:
    """
    That is another mistake than a stick whose manifest cannot be read, and needs another thing done.
    """
    with pytest.raises(errors.MalformedBundle, match="no MANIFEST here"):
        bundle.read(tmp_path, COURIER.public)
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(errors.MalformedBundle, match="is no file"):
        bundle.read(tmp_path, COURIER.public)


def test_a_bundle_is_named_by_the_hash_of_its_manifest(stick: Path, tmp_path: Path) -> None:
    """
    The next one names it as the one before; who reads it finds the same.
    """
    named = bundle.write(
        stick, number=2, previous="1" * 64, envelopes=[(TWO, tmp_path / "two")], courier=COURIER
    )

    assert named == hashlib.sha256((stick / MANIFEST).read_bytes()).hexdigest()
    assert bundle.read(stick, COURIER.public).hash == named
