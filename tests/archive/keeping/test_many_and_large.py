"""Media that are full, large, of another version, or of another past; and vaults of many records."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive import store
from archive.keeping import boxes as kept
from archive.keeping import keyring as rings
from archive.keeping import restore as restoring
from archive.keeping.boxes import Boxes, NoBoxes
from archive.keeping.check import verify_backup
from archive.keeping.keyring import KeyringRefused, Shut
from archive.keeping.restore import restore
from archive.vault import Vault
from tests.archive.keeping.media import Media, Told
from tests.people import PASSPHRASE


def test_a_vault_of_more_records_than_a_page_comes_back_whole(
    media: Media, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Read, packed and laid a page at a time: none is lost or doubled at the edge of one.
    """
    for module in (store, restoring):
        monkeypatch.setattr(module, "PAGE", 7)
    monkeypatch.setattr(kept, "FULL", 2000)
    count = media.archive.vault.store.count()
    media.back_up()
    restored = restore(media.backup(), tmp_path / "again")

    assert count > 3 * 7
    assert restored.records == len(media.backup().ring.records) >= count
    assert restored.lost == []
    assert len(list((media.boxes / "records").iterdir())) > 2
    with Vault.open(tmp_path / "again", PASSPHRASE) as vault:
        assert vault.testimony(told.id) == media.archive.vault.testimony(told.id)


def test_a_pack_that_nobody_wrote_so_large_is_damaged_and_not_read(
    media: Media, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It is named, and what it held is written again.
    """
    media.back_up()
    [pack] = (media.boxes / "records").iterdir()
    monkeypatch.setattr(kept, "LARGEST", pack.stat().st_size - 1)

    assert list(Boxes(media.boxes).sealed()) == []
    assert media.back_up().packs == [pack.name]


def test_media_of_another_kind_are_refused_before_anything_is_opened(
    media: Media, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Boxes of another version, a file larger than any keyring, one whose parts are longer than it says.
    """
    media.back_up()
    whole = media.keyring.read_bytes()
    at = len(rings.MAGIC)
    media.keyring.write_bytes(whole[:at] + b"\xff" * 4 + whole[at + 4 :])
    with pytest.raises(KeyringRefused, match="damaged"):
        Shut.read(media.keyring)
    media.keyring.write_bytes(whole)
    monkeypatch.setattr(rings, "LARGEST_KEYRING", len(whole) - 1)
    with pytest.raises(KeyringRefused, match="larger than any keyring"):
        Shut.read(media.keyring)
    (media.boxes / kept.MARK).write_text("2\n")
    with pytest.raises(NoBoxes, match="another version"):
        Boxes(media.boxes)


def test_a_key_that_opens_no_box_is_told_by_the_check_of_a_backup(media: Media, told: Told) -> None:
    """
    By the record that it should open.
    """
    media.back_up()
    ring = media.backup().ring
    wrong = [replace(each, key=bytes(32)) if each.kind == "testimony" else each for each in ring.records]
    found = verify_backup(media.archive.vault, Boxes(media.boxes), replace(ring, records=tuple(wrong)))

    assert found.problems == [f"1 records do not open in the backup: testimony:{told.id}"]


def test_a_backup_that_is_newer_than_the_vault_is_told(media: Media, told: Told, tmp_path: Path) -> None:
    """
    Whoever put an older copy in the vault's place is asked for what came since.
    """
    media.archive.vault.close()
    shutil.copytree(media.archive.vault.home, tmp_path / "older")
    media.archive.vault = Vault.open(media.archive.vault.home, PASSPHRASE)
    media.archive.told("나중에 온 말")
    media.back_up()
    with Vault.open(tmp_path / "older", PASSPHRASE) as older:
        found = verify_backup(older, Boxes(media.boxes), media.backup().ring)

    assert "the keyring holds events that this vault does not: is this vault an older copy?" in found.problems


def test_an_envelope_that_is_half_come_is_in_no_backup(media: Media, told: Told) -> None:
    """
    A stop left it beside the others; it is taken in when its bundle comes again.
    """
    (media.archive.vault.home / "quarantine" / "0123.part").write_bytes(b"half")
    media.back_up()
    boxed = {held.name for held in media.backup().ring.records if held.kind == "boxed:quarantine"}

    assert boxed == {told.unopened}
