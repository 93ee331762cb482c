"""Who did what to which record: append-only, hash-chained, content-free (PREMIS 3 events).

1. Each event carries the hash of the one before; an edit, a deletion or a new order breaks the chain.
2. The count and the last hash are signed, so that a journal cut short is noticed too.
3. No event holds words of a testimony: types, agents, object ids and outcomes only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from archive.tables import EventRow, HeadRow
from crypto.errors import BadSignature
from crypto.keys import SigningKey

EventType = Literal[
    "tra", "qua", "unq", "mes", "fix", "dsg", "dig", "der", "enc", "for", "ren", "mee", "mem", "poa", "app",
    "acc", "ins", "ine", "cre", "mod", "red", "ipc", "pac", "exp", "dis", "prt",
    "dsp", "rep", "dea", "del", "rec",
]  # fmt: skip
"""Codes of the Library of Congress' PREMIS event type vocabulary."""
Outcome = Literal["pass", "partial pass", "fail"]
FIRST: Final = "0" * 64


class JournalBroken(Exception):
    """The journal is not the one that was written: an event was changed, moved, removed or cut off."""


@dataclass(frozen=True)
class Event:
    """One line of the journal."""

    type: EventType
    at: str
    agent: str
    objects: tuple[str, ...]
    outcome: Outcome


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """The journal of one vault, signed by the vault's own key."""

    def __init__(self, engine: Engine, key: SigningKey, now: Callable[[], datetime] = _now) -> None:
        self._engine, self._key, self._now = engine, key, now

    def append(self, type: EventType, agent: str, objects: Sequence[str], outcome: Outcome = "pass") -> None:
        """Write one event and sign the new head, both or neither."""
        with Session(self._engine) as session, session.begin():
            head = session.get(HeadRow, 1) or HeadRow(id=1, count=0, hash=FIRST, signature=b"")
            at = self._now().isoformat(timespec="seconds")
            body = json.dumps([type, at, agent, list(objects), outcome, head.hash], ensure_ascii=False)
            head.count += 1
            head.hash = hashlib.sha256(body.encode()).hexdigest()
            head.signature = self._key.sign(_signed(head.count, head.hash))
            session.add(EventRow(number=head.count, body=body))
            session.merge(head)

    def events(self) -> tuple[Event, ...]:
        """Every event, oldest first, after the whole journal was verified; `JournalBroken` otherwise."""
        with Session(self._engine) as session:
            rows = session.scalars(select(EventRow).order_by(EventRow.number)).all()
            head = session.get(HeadRow, 1)
            self._check_head(head, len(rows))
            previous, events = FIRST, []
            for number, row in enumerate(rows, 1):
                kind, at, agent, objects, outcome, before = json.loads(row.body)
                if row.number != number or before != previous:
                    raise JournalBroken(f"event {number} does not follow the one before it")
                previous = hashlib.sha256(row.body.encode()).hexdigest()
                events.append(Event(kind, at, agent, tuple(objects), outcome))
            if head is not None and head.hash != previous:
                raise JournalBroken("the last event is not the one that was signed")
        return tuple(events)

    def _check_head(self, head: HeadRow | None, count: int) -> None:
        if head is None:
            if count:
                raise JournalBroken("the signed head is gone")
            return
        try:
            self._key.public.verify(head.signature, _signed(head.count, head.hash))
        except BadSignature:
            raise JournalBroken("the head is not signed by this vault") from None
        if head.count != count:
            raise JournalBroken(f"{head.count} events were signed, but {count} are here")


def _signed(count: int, last: str) -> bytes:
    return f"onggi-journal1|{count}|{last}".encode()
