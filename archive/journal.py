"""Who did what to which record: append-only, hash-chained, content-free (PREMIS 3 events).

1. Each event carries the hash of the one before; an edit, a deletion or a new order breaks the chain.
2. The count and the last hash are signed, so that a journal cut short is noticed too.
3. No event holds words of a testimony: types, agents, object ids and outcomes only.

A vault's file replaced by an older copy of itself is whole and well signed. Only a head noted elsewhere shows
that: every accession and release prints it, and `events(seen=...)` compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from archive.errors import ArchiveError
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
Transaction = Callable[[], AbstractContextManager[Session]]
FIRST: Final = "0" * 64


class JournalBroken(ArchiveError):
    """The journal is not the one that was written: an event was changed, moved, removed or cut off."""


@dataclass(frozen=True)
class Event:
    """One line of the journal."""

    type: EventType
    at: str
    agent: str
    objects: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True)
class Head:
    """How many events there are, and the hash of the last: short enough to note on paper."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` wrote, or raise `JournalBroken`."""
        count, _, last = text.strip().partition(":")
        if not count.isdecimal() or len(last) != 64:
            raise JournalBroken("a noted head is a count, a colon and 64 hex digits")
        return cls(int(count), last)


@dataclass(frozen=True, repr=False)
class Copy:
    """A whole journal and its signed head, for a backup."""

    events: tuple[str, ...]
    head: Head
    signature: bytes


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """The journal of one vault, signed by the vault's own key."""

    def __init__(self, transaction: Transaction, key: SigningKey, now: Callable[[], datetime] = _now) -> None:
        self._transaction, self._key, self._now = transaction, key, now
        self._newest: dict[str, tuple[int, str, Event | None]] = {}
        self._counted = False

    def begin(self) -> None:
        """Sign an empty journal. Once, when the vault is made: a journal without a head is broken."""
        with self._transaction() as session:
            session.add(HeadRow(id=1, count=0, hash=FIRST, signature=self._key.sign(_signed(0, FIRST))))

    def copy(self) -> Copy:
        """The whole journal, once it was verified; `JournalBroken` otherwise."""
        with self._transaction() as session:
            self.events()
            head = self._head(session)
            bodies = session.scalars(select(EventRow.body).order_by(EventRow.number))
            return Copy(tuple(bodies), Head(head.count, head.hash), head.signature)

    def continue_from(self, copy: Copy) -> None:
        """Be the journal that was copied, in the place of `begin`; `JournalBroken` for another key's."""
        with self._transaction() as session:
            session.execute(delete(EventRow))
            session.execute(delete(HeadRow))
            session.add(HeadRow(id=1, count=copy.head.count, hash=copy.head.hash, signature=copy.signature))
            session.add_all(EventRow(number=number, body=body) for number, body in enumerate(copy.events, 1))
            session.flush()
            self.events()

    def append(self, type: EventType, agent: str, objects: Sequence[str], outcome: Outcome = "pass") -> None:
        """Write one event and sign the new head, both or neither; `JournalBroken` for a false head."""
        with self._transaction() as session:
            head = self._head(session)
            at = self._now().isoformat(timespec="seconds")
            body = json.dumps([type, at, agent, list(objects), outcome, head.hash], ensure_ascii=False)
            head.count += 1
            head.hash = hashlib.sha256(body.encode()).hexdigest()
            head.signature = self._key.sign(_signed(head.count, head.hash))
            session.add(EventRow(number=head.count, body=body))

    def head(self) -> Head:
        """The signed head, to be noted where this machine cannot change it."""
        with self._transaction() as session:
            row = self._head(session)
            return Head(row.count, row.hash)

    def newest(self, prefix: str) -> Event | None:
        """The last event whose first object's id begins so. The chain before it is `events`' to verify."""
        with self._transaction() as session:
            head = self._head(session)
            count, last, found = self._newest.get(prefix, (0, FIRST, None))
            row = session.get(EventRow, count) if count else None
            if row is None or hashlib.sha256(row.body.encode()).hexdigest() != last:
                count, found = 0, None  # what was looked through was undone since
            asked = select(EventRow.body).where(EventRow.number > count, EventRow.body.contains(prefix))
            for body in session.scalars(asked.order_by(EventRow.number.desc())):
                event, _ = _parse(body)
                if event.objects and event.objects[0].startswith(prefix):
                    found = event
                    break
            self._newest[prefix] = (head.count, head.hash, found)
            return found

    def events(self, seen: Head | None = None) -> tuple[Event, ...]:
        """Every event, oldest first, after the whole journal was verified; `JournalBroken` otherwise.

        With *seen*, a head that was noted earlier, a journal from before that moment is refused too.
        """
        with self._transaction() as session:
            head = self._head(session)
            rows = session.scalars(select(EventRow).order_by(EventRow.number)).all()
            hashes, events = [FIRST], []
            for number, row in enumerate(rows, 1):
                event, before = _parse(row.body)
                if row.number != number or before != hashes[-1]:
                    raise JournalBroken(f"event {number} does not follow the one before it")
                hashes.append(hashlib.sha256(row.body.encode()).hexdigest())
                events.append(event)
            if head.hash != hashes[-1]:
                raise JournalBroken("the last event is not the one that was signed")
        if seen is not None and (seen.count >= len(hashes) or hashes[seen.count] != seen.hash):
            raise JournalBroken("the head that was noted is not in this journal; is this an older copy?")
        return tuple(events)

    def _head(self, session: Session) -> HeadRow:
        head = session.get(HeadRow, 1)
        if head is None:
            raise JournalBroken("the signed head is gone")
        try:
            self._key.public.verify(head.signature, _signed(head.count, head.hash))
        except BadSignature:
            raise JournalBroken("the head is not signed by this vault") from None
        count = self._count(session)
        if head.count != count:
            raise JournalBroken(f"{head.count} events were signed, but {count} are here")
        return head

    def _count(self, session: Session) -> int:
        """How many events are here: counted once, and then known by the number of the last."""
        # Counting reads every event, and there are many; what is removed later ends the numbers too early.
        asked = select(func.max(EventRow.number) if self._counted else func.count()).select_from(EventRow)
        self._counted = True
        return session.scalar(asked) or 0


def _signed(count: int, last: str) -> bytes:
    return f"onggi-journal1|{count}|{last}".encode()


def _parse(body: str) -> tuple[Event, str]:
    try:
        kind, at, agent, objects, outcome, before = json.loads(body)
        return Event(kind, at, agent, tuple(objects), outcome), before
    except (ValueError, TypeError, RecursionError):
        raise JournalBroken("an event is not in the form that was written") from None
