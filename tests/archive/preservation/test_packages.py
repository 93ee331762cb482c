"""Packages: made by us, verified and opened by others' tools alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive import releasing, review
from archive.coding import versions as codings
from archive.coding.record import life
from archive.keeping.shredding import shred_testimony
from archive.preservation import bags, opened, records, sealed
from archive.preservation.bags import BagRefused
from archive.redaction.residue import ResidueFound
from archive.redaction.spans import Redaction
from archive.releasing import ReleaseRefused
from archive.testimony import Segment
from archive.versions.record import keep
from crypto.receipt import Receipt
from tests.archive.test_commands import Terminal
from tests.people import TODAY, Archive, seal_file, statement

PREMIS = {"p": records.PREMIS}
WORDS = "혜숙이는 강을 건넜다.\n\n얼음이 얇았다."


@dataclass
class Custodians:
    """Who keeps the secret of the keyring on paper."""

    secret: Path
    recipient: str


@pytest.fixture
def custodians(tmp_path: Path) -> Custodians:
    """A pair of keys by `age-keygen`, as the manual says."""
    told = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
    (secret := tmp_path / "paper.txt").write_text(told)
    [public] = [line for line in told.splitlines() if "public key" in line]
    return Custodians(secret, public.split()[-1])


def released(archive: Archive) -> str:
    told = archive.told(WORDS)
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "name")])
    archive.approve(told)
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    return told


def verified_by_bagit_alone(bag: Path) -> bool:
    """What `bagit.py --validate` says, in a process that knows nothing of ours."""
    command = [sys.executable, "-I", "-m", "bagit", "--validate", "--quiet", str(bag)]
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


def restored(bag: Path, custodians: Custodians, into: Path) -> Path:
    """The drill of the manual, with age and tar and none of our code."""
    ring = unsealed(bag / "data" / sealed.KEYRING, custodians.secret)
    for name, key in json.loads(ring).items():
        (identity := into / "key").write_text(key)
        (folder := into / name.partition(".")[0]).mkdir()
        (into / "plain.tar").write_bytes(unsealed(bag / "data" / name, identity))
        subprocess.run(["tar", "-xf", into / "plain.tar", "-C", folder], check=True)
    return into


def unsealed(file: Path, identity: Path) -> bytes:
    return subprocess.run(["age", "-d", "-i", identity, file], capture_output=True, check=True).stdout


def test_an_open_bag_holds_what_was_released_and_verifies_by_bagit_alone(
    archive: Archive, tmp_path: Path
) -> None:
    """
    The note, the words, what they are and what was done to them; no name that is hidden, none of ours.
    """
    told = released(archive)
    assert opened.write(archive.vault, archive.minji, 1, tmp_path / "bag", TODAY) == 1
    [folder] = (tmp_path / "bag" / "data" / "testimonies").iterdir()

    assert verified_by_bagit_alone(tmp_path / "bag")
    assert (folder / "words.txt").read_text() == "[이름]이는 강을 건넜다.\n\n얼음이 얇았다.\n"
    described = ElementTree.fromstring((folder / "description.xml").read_bytes())
    assert described.findtext(f"{{{records.DC}}}language") == "ko"
    assert described.findtext(f"{{{records.DC}}}identifier", "").endswith(f"{folder.name}@1")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "bag").rglob("*") if path.is_file())
    assert "혜숙".encode() not in everything
    assert told.encode() not in everything


def test_events_outside_say_a_kind_and_a_year_and_nobody(archive: Archive, tmp_path: Path) -> None:
    """
    No day, no name of an archivist, and none of what looking at it cost them.
    """
    released(archive)
    opened.write(archive.vault, archive.minji, 1, tmp_path / "bag", TODAY)
    [path] = (tmp_path / "bag").rglob("events.xml")
    found = ElementTree.fromstring(path.read_bytes())
    assert {each.text for each in found.findall(".//p:eventDateTime", PREMIS)} == {str(TODAY.year)}
    assert found.findall(".//p:linkingAgentIdentifier", PREMIS) == []
    kinds = {each.text for each in found.findall(".//p:eventType", PREMIS)}
    assert "redaction" in kinds
    assert not kinds & {"displaying", "policy assignment"}


def test_no_bag_is_left_when_something_stops_it(archive: Archive, tmp_path: Path) -> None:
    """
    Not of an older release, not where something is, and not with a hidden word that came in by another way.
    """
    told = released(archive)
    (tmp_path / "there").mkdir()
    with pytest.raises(BagRefused):
        opened.write(archive.vault, archive.minji, 1, tmp_path / "there", TODAY)
    with pytest.raises(ReleaseRefused):
        opened.write(archive.vault, archive.minji, 7, tmp_path / "bag", TODAY)
    review.mark(archive.vault, archive.minji, told, "얼음", "other")
    archive.approve(told)
    with pytest.raises(ResidueFound):
        opened.write(archive.vault, archive.minji, 1, tmp_path / "bag", TODAY)
    assert list(tmp_path.glob("*bag*")) == []


def test_a_sealed_bag_opens_with_age_and_tar_alone(
    archive: Archive, custodians: Custodians, tmp_path: Path
) -> None:
    """
    Words, consent, files and every event come back to the byte; without the paper nothing can be read.
    """
    envelope, row = seal_file(archive, photo := b"\xff\xd8 not really a photo", "image/jpeg")
    told = archive.take(envelope, statement(archive, WORDS, files=[row])).taken[0]
    held = sealed.write(archive.vault, archive.minji, custodians.recipient, tmp_path / "bag", TODAY)
    (out := tmp_path / "out").mkdir()
    [folder] = [each for each in restored(tmp_path / "bag", custodians, out).iterdir() if each.is_dir()]

    assert held == 1
    assert verified_by_bagit_alone(tmp_path / "bag")
    assert (folder / "words.txt").read_text() == WORDS
    assert (folder / "files" / "01.jpeg").read_bytes() == photo
    assert json.loads((folder / "consent.json").read_text())["granted"]
    assert "accession" in (folder / "events.xml").read_text()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "bag").rglob("*") if path.is_file())
    assert "얼음".encode() not in everything
    assert told.encode() not in everything


def test_packages_are_made_and_checked_at_a_terminal(
    archive: Archive, custodians: Custodians, tmp_path: Path
) -> None:
    """
    With every version, its times and what is coded; a file that has not come is in none.
    """
    _, row = seal_file(archive, b"never sent")
    told = archive.take(statement(archive, WORDS, files=[row])).taken[0]
    parts = [
        Segment("s0001", "혜숙이는 강을 건너갔다.", 0, 900),
        Segment("s0002", "얼음이 얇았다.", 900, 2000),
    ]
    keep(archive.vault, archive.minji, told, "corrected", parts, TODAY, derived_from=0)
    acts = {"acts": [{"act_id": "e1", "type": "x_Crossing"}]}
    read = review.reading(archive.vault, told).told
    codings.keep(archive.vault, archive.minji, read, life(acts), TODAY, seen=0)
    terminal, bag = Terminal(archive.vault.home), tmp_path / "bag"
    words = ("package", "seal", custodians.recipient, str(bag), "--as", "minji")
    made = terminal.done(*words, person="minji")
    (out := tmp_path / "out").mkdir()
    [folder] = [each for each in restored(bag, custodians, out).iterdir() if each.is_dir()]

    assert f"1 testimonies in {bag}" in made
    assert "destroy the keyring.age of every earlier package" in made
    assert (folder / "versions" / "01-corrected-kor.txt").read_text().startswith("혜숙이는 강을 건너갔다.")
    assert "00:00:00.900 --> 00:00:02.000" in (folder / "versions" / "01-corrected-kor.vtt").read_text()
    assert "x_Crossing" in (folder / "coding.json").read_text()
    assert not (folder / "files").exists()
    assert terminal.done("package", "check", str(bag)).startswith("whole: ")
    (bag / "bagit.txt").write_text("BagIt-Version: 0.97\n")
    assert terminal("package", "check", str(bag)).exit_code == 1


def test_what_was_destroyed_opens_with_no_newer_keyring(
    archive: Archive, custodians: Custodians, tmp_path: Path
) -> None:
    """
    The key went with her: a new keyring beside an older bag opens what was kept, and not what was destroyed.
    """
    gone, kept = archive.told("사라질 말"), archive.told("남을 말")
    sealed.write(archive.vault, archive.minji, custodians.recipient, tmp_path / "older", TODAY)
    shred_testimony(archive.vault, gone, archive.minji, archive.sora, TODAY)
    sealed.write(archive.vault, archive.minji, custodians.recipient, tmp_path / "newer", TODAY)
    keys = json.loads(unsealed(tmp_path / "newer" / "data" / sealed.KEYRING, custodians.secret))

    opened_by_newer = []
    for path in sorted((tmp_path / "older" / "data").glob("*.tar.age")):
        for key in keys.values():
            (identity := tmp_path / "key").write_text(key)
            command = ["age", "-d", "-i", str(identity), str(path)]
            plain = subprocess.run(command, capture_output=True, check=False).stdout
            opened_by_newer.append("남을 말".encode() in plain)
            assert "사라질 말".encode() not in plain
    assert opened_by_newer.count(True) == 1
    assert archive.vault.names(sealed.KEY) == [kept]


def test_only_what_may_be_preserved_is_sealed(
    archive: Archive, custodians: Custodians, tmp_path: Path
) -> None:
    """
    R1, R6: nothing without `preserve`, and nothing that was taken back.
    """
    receipt = Receipt.generate()
    archive.told("허락하지 않은 말", grants=[])
    archive.take(statement(archive, "거둔 말", receipt=receipt))
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))
    assert sealed.write(archive.vault, archive.minji, custodians.recipient, tmp_path / "bag", TODAY) == 0
    assert [path.name for path in (tmp_path / "bag" / "data").iterdir()] == [sealed.KEYRING]
    with pytest.raises(BagRefused, match="age1"):
        sealed.write(archive.vault, archive.minji, "age1nobody", tmp_path / "other", TODAY)


def test_a_bag_that_was_changed_or_cut_is_told(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A changed file, one that is missing or was put in, and a line that the library itself passes over.
    """
    released(archive)
    opened.write(archive.vault, archive.minji, 1, tmp_path / "bag", TODAY)
    assert bags.check(tmp_path / "bag") > 3

    def spoilt(name: str) -> Path:
        return Path(shutil.copytree(tmp_path / "bag", tmp_path / name))

    changed = next(spoilt("changed").rglob("words.txt"))
    changed.write_text("다른 말")
    next(spoilt("cut").rglob("description.xml")).unlink()
    for manifest in spoilt("odd").glob("*manifest-*.txt"):
        with manifest.open("a") as file:
            file.write("this is no line\n")
    (spoilt("more") / "data" / "stray.txt").write_text("nobody listed this")
    (spoilt("none") / "manifest-sha256.txt").unlink()
    (spoilt("link") / "data" / "link").symlink_to(tmp_path)
    for name in ("changed", "cut", "odd", "more", "none", "link"):
        with pytest.raises(BagRefused):
            bags.check(tmp_path / name)
    monkeypatch.setattr(bags, "LARGEST", 9)
    with pytest.raises(BagRefused, match="longer than"):
        bags.check(tmp_path / "bag")
