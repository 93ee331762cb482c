"""The encrypted store, on a real SQLCipher file, and its journal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.journal import JournalBroken
from archive.vault import UnknownRecord, Vault, VaultError, WrongPassphrase
from migrations.run import migrate

PASSPHRASE = "항아리 속의 겨울 김치 2026"
WORDS = "노란 집 뒤의 우물"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with Vault.create(tmp_path / "home", PASSPHRASE) as vault:
        yield vault


def on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_what_is_kept_is_there_after_the_vault_was_locked(tmp_path: Path) -> None:
    """
    A vault opened again with its passphrase holds what was put into it.
    """
    with Vault.create(tmp_path, PASSPHRASE) as vault:
        vault.put_json("testimony", "t1", {"text": WORDS})
    with Vault.open(tmp_path, PASSPHRASE) as vault:
        assert vault.json("testimony", "t1") == {"text": WORDS}
        assert list(vault.names("testimony")) == ["t1"]


def test_no_word_of_hers_is_readable_on_the_disk(vault: Vault, tmp_path: Path) -> None:
    """
    Neither the database nor anything beside it holds plaintext, in either normal form.
    """
    vault.put_json("testimony", "t1", {"text": WORDS})

    for form in ("NFC", "NFD"):
        assert unicodedata.normalize(form, WORDS).encode() not in on_disk(tmp_path)
    assert not on_disk(tmp_path / "home").startswith(b"SQLite format 3")


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    """
    The error says so, and names no secret.
    """
    Vault.create(tmp_path, PASSPHRASE).close()
    with pytest.raises(WrongPassphrase) as caught:
        Vault.open(tmp_path, PASSPHRASE + "!")

    assert PASSPHRASE not in str(caught.value)


def test_a_vault_is_never_made_over_another(vault: Vault, tmp_path: Path) -> None:
    """
    A second `create` in the same folder, or a short passphrase, is refused.
    """
    with pytest.raises(VaultError):
        Vault.create(tmp_path / "home", PASSPHRASE)
    with pytest.raises(VaultError):
        Vault.create(tmp_path / "other", "짧은말")


def test_a_shredded_record_is_gone_and_the_journal_says_so(vault: Vault) -> None:
    """
    Its key is destroyed; the others stay.
    """
    vault.put_json("testimony", "t1", WORDS)
    vault.put_json("testimony", "t2", WORDS)
    vault.shred("testimony", "t1", "minji")

    with pytest.raises(UnknownRecord):
        vault.json("testimony", "t1")
    assert vault.json("testimony", "t2") == WORDS
    assert (vault.journal.events()[-1].type, vault.journal.events()[-1].objects) == ("del", ("testimony:t1",))


@pytest.mark.parametrize(
    "damage",
    [
        "delete from event where number = 2",
        "delete from event where number = 3",
        "update event set body = replace(body, 'minji', 'sora') where number = 2",
        "update event set body = replace(body, 'minji', 'sora') where number = 3",
        "update event set number = case number when 1 then -2 when 2 then -1 else number end",
        "update head set count = 2",
        "delete from head",
        "delete from event",
    ],
)
def test_a_journal_that_was_touched_is_noticed(vault: Vault, damage: str) -> None:
    """
    R37: an event deleted, moved or edited, and a journal cut short, all fail.
    """
    for number in range(3):
        vault.journal.append("acc", "minji", [f"t{number}"])
    assert len(vault.journal.events()) == 3
    with vault._engine.begin() as connection:
        connection.execute(text(damage))
    with pytest.raises(JournalBroken):
        vault.journal.events()


def test_the_vaults_migrations_go_up_and_down_with_rows(vault: Vault) -> None:
    """
    A migration is tried on a vault in use, both ways.
    """
    vault.put_json("testimony", "t1", WORDS)
    vault.journal.append("acc", "minji", ["t1"])
    migrate(vault._engine, "vault", "base")
    migrate(vault._engine, "vault")

    assert list(vault.names("testimony")) == []
