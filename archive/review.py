"""Four eyes: one person proposes what to hide, another approves exactly that."""

from collections.abc import Iterable
from typing import Any

from archive.redaction.decision import DecisionRefused, canonical, verify
from archive.redaction.spans import Redaction, check, spread, version_of


def propose(vault: Any, person: Any, testimony_id: str, spans: Iterable[Redaction]) -> None:
    """Store a signed proposal, spread to every further occurrence; any earlier approval is gone."""
    text = vault.testimony(testimony_id).text
    version = version_of(text)
    chosen = spread(text, check(text, spans, version))
    signed = _sign(person, canonical(testimony_id, version, chosen, "proposer"))
    rows = [[s.start, s.end, s.category] for s in chosen]
    vault.put_json("review", testimony_id, {"version_sha256": version, "spans": rows, "proposer": signed})


def approve(vault: Any, person: Any, testimony_id: str) -> None:
    """Sign the proposal as a second person, or raise `DecisionRefused`."""
    review = dict(vault.json("review", testimony_id))
    if review["proposer"]["public"] == person.key.public.to_text():
        raise DecisionRefused("you proposed this; a second person must approve")
    spans = tuple(Redaction(a, b, c) for a, b, c in review["spans"])
    message = canonical(testimony_id, review["version_sha256"], spans, "approver")
    before = dict(review)
    vault.put_json("review", testimony_id, {**review, "approver": _sign(person, message)})
    try:
        verify(vault, testimony_id)
    except Exception:
        vault.put_json("review", testimony_id, before)
        raise


def _sign(person: Any, message: bytes) -> dict[str, str]:
    key = person.key
    return {"name": person.name, "public": key.public.to_text(), "signature": key.sign(message).hex()}


def withdraw_proposal(vault: Any, testimony_id: str) -> None:
    """Take the proposal back; what is left verifies as no decision at all."""
    vault.put_json("review", testimony_id, {})
