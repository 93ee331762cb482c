"""Four eyes: one person proposes what to hide, another approves exactly that.

The one place, with the gate, where an archivist's eyes meet the words as they were told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from archive import roles
from archive.people import Person
from archive.redaction import decision
from archive.redaction.decision import DecisionRefused, canonical, marks_of, segments_of, stored, verify
from archive.redaction.spans import Redaction, RedactionError, check, redact, spread, version_of
from archive.standing import Withdrawal, require_not_taken_back, withdrawals
from archive.testimony import Step, Summary, Testimony
from archive.vault import Vault
from archive.versions.basis import basis

Piece = tuple[str, Redaction | None]
SIGNERS: Final = ("proposer", "approver")


@dataclass(frozen=True)
class Part:
    """One paragraph: as it was told, with the mark on each piece, and as the marks would leave it."""

    id: str
    pieces: tuple[Piece, ...] = field(repr=False)
    preview: str = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """A testimony on the archivist's desk: the words, the marks, and who has signed them."""

    told: Testimony
    marks: tuple[Redaction, ...] = field(repr=False)
    proposer: str | None
    approver: str | None
    proposal: str | None
    """The digest by which a second person says which proposal she has read."""
    taken_back: bool = False
    """She took it back: no word of it is here."""

    @property
    def preview(self) -> str:
        """The text as the marks would leave it, approved or not."""
        text = self.told.text
        return redact(text, self.marks, version_of(text), self.told.lang_original)

    @property
    def parts(self) -> list[Part]:
        """Its paragraphs, in order, each cut where a mark begins or ends."""
        text, at, found = self.told.text, 0, list[Part]()
        shown = dict(segments_of(self.told, self.marks))
        for segment in self.told.segments:
            start = text.find(segment.text, at)
            at = start + len(segment.text)
            mine = [each for each in self.marks if start <= each.start < at]
            found.append(Part(segment.id, tuple(_cut(text, start, at, mine)), shown[segment.id]))
        return found


def _cut(text: str, at: int, end: int, marks: list[Redaction]) -> Iterator[Piece]:
    for each in marks:
        yield from [(text[at : each.start], None)] if at < each.start else []
        yield text[each.start : each.end], each
        at = each.end
    yield from [(text[at:end], None)] if at < end else []


def reading(vault: Vault, testimony_id: str) -> Reading:
    """The testimony and its marks as they stand; `UnknownRecord`, or `TakenBack`."""
    with vault.together():
        return _reading(_told(vault, testimony_id), _review(vault, testimony_id))


@dataclass(frozen=True)
class Listed:
    """A testimony as a list shows it: who has signed, whether its files are here; no word of it."""

    told: Summary
    proposer: str | None
    approver: str | None
    files: tuple[str, ...]
    """What `accession.attachment_state` says of each."""
    taken_back: bool


def summaries(vault: Vault, taken_back: Iterable[Withdrawal] | None = None) -> list[Listed]:
    """Every testimony as a list shows it, in order of their names. Nobody's words are opened.

    *taken_back* are all withdrawals, for whoever has asked for them already.

    A vault of an earlier version has no summaries; there they are made once, which takes longer.
    """
    with vault.together():
        kept, here = vault.every("summary"), vault.names("testimony")
        if missing := set(here) - set(kept):
            for told in vault.read_testimonies():
                if told.id in missing:
                    vault.put_testimony(told)
                    kept[told.id] = told.summary.to_json()
        reviews, came = vault.every("review"), vault.every("file")
        gone = {testimony for each in withdrawals(vault) for testimony in each.testimonies}
        return [
            _listed(Summary.from_json(id, kept[id]), reviews.get(id, {}), came, id in gone) for id in here
        ]


def _listed(told: Summary, review: dict[str, Any], came: dict[str, Any], gone: bool) -> Listed:
    if gone:
        return Listed(told, None, None, (), True)
    proposer, approver = (review[role]["name"] if role in review else None for role in SIGNERS)
    files = tuple(each.state(came.get(each.digest)) for each in told.attachments)
    return Listed(told, proposer, approver, files, False)


def _reading(told: Testimony, review: dict[str, Any]) -> Reading:
    marks = marks_of(review)
    proposer, approver = (review[role]["name"] if role in review else None for role in SIGNERS)
    proposal = _proposal(told.id, review, marks) if proposer else None
    return Reading(told, marks, proposer, approver, proposal)


def mark(
    vault: Vault, person: Person, testimony_id: str, surface: str, category: str, shown: str = ""
) -> int:
    """Hide every occurrence of *surface*, with *shown* instead of it, and propose the result.

    Returns how many were added.

    Raises `RedactionError` when it does not occur outside what is hidden already.
    """
    with vault.together():
        text, marks = _told(vault, testimony_id).text, stored(vault, testimony_id)
        at = text.find(surface) if surface.strip() else -1
        while at >= 0 and any(m.start < at + len(surface) and at < m.end for m in marks):
            at = text.find(surface, at + 1)
        if at < 0:
            raise RedactionError("these words are not in the text, or are hidden already; copy them exactly")
        here = Redaction(at, at + len(surface), category, shown)
        chosen = propose(vault, person, testimony_id, [*marks, here])
    return len(chosen) - len(marks)


def unmark(vault: Vault, person: Person, testimony_id: str, start: int) -> None:
    """Show again what the mark at *start* hides, everywhere, and propose the rest."""
    with vault.together():
        text, marks = _told(vault, testimony_id).text, stored(vault, testimony_id)
        taken = {text[m.start : m.end] for m in marks if m.start == start}
        propose(vault, person, testimony_id, [m for m in marks if text[m.start : m.end] not in taken])


def propose(
    vault: Vault, person: Person, testimony_id: str, spans: Iterable[Redaction] | None = None
) -> tuple[Redaction, ...]:
    """Store a signed proposal, spread to every further occurrence; any earlier approval is gone.

    Without *spans*, what is marked already is proposed, or that nothing be hidden.
    """
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        testimony = _told(vault, testimony_id)
        version = version_of(testimony.text)
        wanted = stored(vault, testimony_id) if spans is None else spans
        chosen = spread(testimony.text, check(testimony.text, wanted, version))
        segments_of(testimony, chosen)
        signed = _sign(person, canonical(testimony_id, version, chosen, "proposer"))
        rows = decision.rows(chosen)
        review = {"v": decision.VERSION, "version_sha256": version, "spans": rows, "proposer": signed}
        _store(vault, testimony, "propose", review, person.name)
    return chosen


def approve(vault: Vault, person: Person, testimony_id: str, proposal: str | None) -> None:
    """Sign, as a second person, the *proposal* that she has read, or change nothing: `DecisionRefused`."""
    with vault.together():
        roles.require(vault, person, "reviewer")
        testimony, review = _told(vault, testimony_id), _review(vault, testimony_id)
        spans = marks_of(review)
        if "proposer" not in review:
            raise DecisionRefused("nothing was proposed yet; mark what to hide, or propose to hide nothing")
        if review["proposer"]["public"] == person.key.public.to_text():
            raise DecisionRefused("you proposed this; a second person must approve")
        if proposal != _proposal(testimony_id, review, spans):
            raise DecisionRefused("this is not the proposal that you read; it has changed, read it again")
        message = _signed(testimony_id, review, spans, "approver")
        signed = {**review, "approver": _sign(person, message)}
        _store(vault, testimony, "approve", signed, person.name)
        verify(vault, testimony_id)


def withdraw_proposal(vault: Vault, person: Person, testimony_id: str) -> None:
    """Take the proposal back; what is left verifies as no decision at all."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        _store(vault, _told(vault, testimony_id), "take_back", {}, person.name)


def _told(vault: Vault, testimony_id: str) -> Testimony:
    """The words that count, which nobody opens that she took back."""
    require_not_taken_back(vault, testimony_id)
    return basis(vault, testimony_id)


def _proposal(testimony_id: str, review: dict[str, Any], marks: tuple[Redaction, ...]) -> str:
    return hashlib.sha256(_signed(testimony_id, review, marks, "proposer")).hexdigest()[:32]


def _signed(testimony_id: str, review: dict[str, Any], marks: tuple[Redaction, ...], role: str) -> bytes:
    """What the proposer signed, or the approver signs: in the version in which it was proposed."""
    try:
        form = decision.version_in(review)
    except ValueError as unknown:
        raise DecisionRefused(f"{unknown}; propose it again") from None
    return canonical(testimony_id, review["version_sha256"], marks, role, form)


def _review(vault: Vault, testimony_id: str) -> dict[str, Any]:
    return dict(vault.json("review", testimony_id)) if vault.holds("review", testimony_id) else {}


def _store(vault: Vault, testimony: Testimony, step: Step, review: dict[str, Any], agent: str) -> None:
    with vault.together():
        # What was received moves on; *testimony* may have the words of a version.
        vault.put_testimony(vault.testimony(testimony.id).after(step))
        vault.put_json("review", testimony.id, review)
        vault.journal.append("app" if step == "approve" else "red", agent, [f"testimony:{testimony.id}"])


def _sign(person: Person, message: bytes) -> dict[str, str]:
    key = person.key
    return {"name": person.name, "public": key.public.to_text(), "signature": key.sign(message).hex()}
