"""The intake's pages at the archive: what is shown before it is signed, and what travels back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import capsule, courier, keyring
from archive import pages as at_archive
from archive.commands.group import archive as onggi_archive
from crypto import outgoing, pages
from crypto.capsule import page
from crypto.errors import MalformedPages
from tests.people import ORIGIN, PASSPHRASE, TODAY, Archive

OURS = {"/static/app.js": (at_archive.OURS / "static" / "app.js").read_bytes(), "/?lang=ko": b"<html>"}


def asked(archive: Archive, folder: Path, files: dict[str, bytes], answer: str) -> Result:
    file = folder / "page.txt"
    file.write_bytes(pages.listing(ORIGIN, files))
    words = ["sign-page", "--home", str(archive.vault.home), str(file)]
    return CliRunner().invoke(onggi_archive, words, input=answer, env={"ONGGI_PASSPHRASE": PASSPHRASE})


def test_a_script_of_another_version_is_pointed_out_before_the_desk_signs(
    archive: Archive, tmp_path: Path
) -> None:
    """
    Whoever signs sees which scripts are not those that came with the archive's own Onggi; a no signs nothing.
    """
    archive.vault.close()
    good = asked(archive, tmp_path, OURS, "n\n")
    bad = asked(archive, tmp_path, OURS | {"/static/app.js": b"evil()", "/static/../views.py": b"x"}, "n\n")

    assert "NOT OURS" not in good.output
    assert "/static/app.js" in good.output
    assert "NOT OURS  /static/app.js" in bad.output
    assert "NOT OURS  /static/../views.py" in bad.output
    assert "2 files are not those of this version" in bad.output
    assert (good.exit_code, bad.exit_code) == (1, 1)
    assert not (archive.vault.home / "outgoing").exists()
    signed = asked(archive, tmp_path, OURS, "y\n")
    assert "list 1 is signed until" in signed.output
    assert (archive.vault.home / "outgoing" / pages.NOTE).is_file()


def test_the_signed_list_goes_with_the_next_stick(archive: Archive, tmp_path: Path) -> None:
    """
    Each signing has the next serial; the stick carries the newest, under the desk's name.
    """
    listing = pages.listing(ORIGIN, OURS)
    serials = [at_archive.sign(archive.vault, listing, TODAY).serial for _ in range(2)]
    courier.send(archive.vault, tmp_path / "stick", TODAY)
    desk = keyring.desk(archive.vault).public
    found = outgoing.read(tmp_path / "stick", origin=ORIGIN, desk=desk)
    signed = pages.verify(found.files[pages.NOTE], origin=ORIGIN, desk=desk, today=TODAY)

    assert serials == [1, 2]
    assert (signed.serial, pages.differing(signed, OURS)) == (2, [])


def test_another_archives_list_is_not_signed(archive: Archive) -> None:
    """
    The list names whose pages it is about.
    """
    with pytest.raises(MalformedPages):
        at_archive.sign(archive.vault, pages.listing("other.example", OURS), TODAY)


def test_the_offline_pages_go_with_every_stick(archive: Archive, tmp_path: Path) -> None:
    """
    One in each language with the desk's note, as `onggi archive capsule` would write it.
    """
    courier.send(archive.vault, tmp_path / "stick", TODAY, capsule.every(archive.vault, TODAY))
    found = outgoing.read(tmp_path / "stick", origin=ORIGIN, desk=keyring.desk(archive.vault).public).files

    for name in page.NAMES.values():
        mandate = found["mandate.note"]
        signed = page.check(found[name], found[f"{name}.note"], mandate, archive.root, TODAY)
        assert signed.origin == ORIGIN
