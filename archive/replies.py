"""What the archive writes back, and the board on which it leaves.

1. A reply is written only to somebody who allowed it, and leaves only while she still does (R1).
2. For every board every reply is sealed anew, from the text and her public keys, which the vault keeps.
3. A board that cannot hold all of them is not made: nobody's reply is left out in silence.

Format: docs/formats/board.md. Why no mailboxes: docs/decisions/0013-reply-board.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from nacl.bindings import crypto_scalarmult_base

from archive import keyring
from archive.consent import ConsentRefused, require_granted
from archive.errors import ArchiveError
from archive.people import Person, public_key
from archive.testimony import Language
from archive.vault import UnknownRecord, Vault
from crypto import board as boards
from crypto.errors import MalformedReply
from crypto.keys import IntakePublic
from crypto.reply import Reply, compose, seal_reply

STAYS: Final = timedelta(days=120)
"""A reply is on every board from its day on for so long: somebody may come back once in a season."""
LIVES: Final = timedelta(days=30)
"""A board is good for so long; the courier brings the next one before."""


class ReplyRefused(ArchiveError):
    """Nothing was written, or no board was made."""


@dataclass(frozen=True)
class Posted:
    """A board, and what is on it."""

    serial: int
    replies: int
    parts: int
    withheld: int
    """Replies to people who do not allow it any more, or whose latest keys do not work."""
    early: int
    """Answers to a withdrawal that say "destroyed", and wait for the backup that makes it true."""
    content: bytes


def write(vault: Vault, person: Person, testimony_id: str, text: str, lang: Language, today: date) -> Reply:
    """Keep a reply by *person* to whoever told this testimony; it leaves with the next board.

    Raises `ConsentRefused`, `ReplyRefused`, or `MalformedReply` for a text that no reply can have.
    """
    if public_key(vault, person.name) != person.key.public:
        raise ReplyRefused("this archive does not know the key of that person")
    with vault.together():
        require_granted(vault, testimony_id, "recontact", "archivists")
        account, to = _account(vault, testimony_id)
        number = 1 + _counted(vault, f"replies-{account}")
        reply = compose(number, today, lang, text)
        # Keys that do not work are told now, and not on the day of a board.
        seal_reply(reply, to, keyring.reply(vault))
        row = {"account": account, "testimony": testimony_id, "by": person.name, "number": number}
        row |= {"day": today.isoformat(), "lang": lang, "text": "".join(map(str, reply.parts))}
        vault.put_json("reply", name := f"{account}-{number:06d}", row)
        vault.put_json("setting", f"replies-{account}", number)
        vault.journal.append("cre", person.name, [f"reply:{name}", f"testimony:{testimony_id}"])
    return reply


def answer(vault: Vault, person: Person, account: str, text: str, lang: Language, today: date) -> None:
    """Keep an answer to her withdrawal: she asked for it, so it needs no *recontact*.

    It leaves with the first board after the next backup, for until then an older keyring opens what was hers.
    """
    with vault.together():
        number = 1 + _counted(vault, f"replies-{account}")
        row = {"account": account, "testimony": "", "by": person.name, "number": number}
        row |= {"day": today.isoformat(), "lang": lang, "text": text, "since": vault.journal.head().count}
        vault.put_json("reply", name := f"{account}-{number:06d}", row)
        vault.put_json("setting", f"replies-{account}", number)
        vault.journal.append("cre", person.name, [f"reply:{name}", f"account:{account}"])


def early(vault: Vault) -> int:
    """How many answers to withdrawals wait for the backup that makes them true."""
    rows = vault.every("reply").values()
    return sum(not row["testimony"] and _opens_still(vault, row["since"]) for row in rows)


def post(vault: Vault, size: int, today: date) -> Posted:
    """The next board, with every reply of the last 120 days whose reader still allows it, sealed anew.

    Raises `BoardFull` when *size* entries do not hold them, `KeyringError` without a mandate for today.
    """
    with vault.together():
        given, _ = keyring.mandate(vault, today)
        sender = keyring.reply(vault)
        if given.reply != crypto_scalarmult_base(sender):
            raise ReplyRefused("the mandate names another reply key; run `onggi archive keys publish`")
        entries: list[bytes] = []
        told = withheld = unsaid = 0
        for row in vault.every("reply").values():
            if not date.fromisoformat(row["day"]) <= today < date.fromisoformat(row["day"]) + STAYS:
                continue
            try:
                if row["testimony"]:
                    require_granted(vault, row["testimony"], "recontact", "archivists")
                elif _opens_still(vault, row["since"]):
                    unsaid += 1
                    continue
                entries += _sealed(vault, row, sender)
            except (ConsentRefused, UnknownRecord, ReplyRefused, MalformedReply):
                withheld += 1  # one account's keys or no must not keep everybody's board back
                continue
            told += 1
        serial = 1 + _counted(vault, "board")
        content = boards.issue(
            entries,
            origin=keyring.origin(vault),
            serial=serial,
            issued=today,
            expires=today + LIVES,
            size=size,
            desk=keyring.desk(vault),
        )
        vault.put_json("setting", "board", serial)
        vault.journal.append("dsg", "archive", [f"board:{serial}"])
    return Posted(serial, told, len(entries), withheld, unsaid, content)


def _sealed(vault: Vault, row: dict[str, Any], sender: bytes) -> list[bytes]:
    to = _keys(vault, row["account"])
    reply = compose(row["number"], date.fromisoformat(row["day"]), row["lang"], row["text"])
    return seal_reply(reply, to, sender)


def _account(vault: Vault, testimony_id: str) -> tuple[str, IntakePublic]:
    """Who told a testimony, and the keys that she sent last."""
    try:
        account = str(vault.json("told-by", testimony_id))
        return account, _keys(vault, account)
    except UnknownRecord:
        raise ReplyRefused("it came without an account that could be written to") from None


def _keys(vault: Vault, account: str) -> IntakePublic:
    return IntakePublic(bytes.fromhex(vault.json("account-keys", account)))


def _opens_still(vault: Vault, since: int) -> bool:
    """Whether a keyring from before event *since* is the newest one that this vault has written."""
    numbered = enumerate(vault.journal.events())
    backups = [n for n, e in numbered if e.type == "rep" and e.objects[0].startswith("backup:")]
    return bool(backups) and backups[-1] < since


def _counted(vault: Vault, name: str) -> int:
    return int(vault.json("setting", name)) if vault.holds("setting", name) else 0
