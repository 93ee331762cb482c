"""Sends as a client does: begins with an id of its own, and brings the parts."""

from __future__ import annotations

from server.intake.deposits import Deposits


def begin(deposits: Deposits, size: int) -> str:
    """A new deposit's id."""
    return deposits.begin(size)


def beginning(size: int) -> dict[str, object]:
    """The body of a request that begins a deposit."""
    return {"size": size}
