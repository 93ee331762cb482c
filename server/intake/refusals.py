"""What the intake refuses, and what a sender can do about it. For clients: docs/formats/api.md.

No message holds anything of what was sent: neither a name nor a byte.
"""

from __future__ import annotations


class DepositError(Exception):
    """The root of what the rules raise; `hint` says what the sender can do."""

    hint = "start a new deposit"


class UnknownDeposit(DepositError):
    """No such deposit: never begun, expired, or already collected."""


class RefusedSize(DepositError):
    """Too large, or no size that an envelope can have."""

    hint = "an envelope is padded before it is sent; see docs/formats/envelope.md"


class Malformed(DepositError):
    """A name, hash or token that none can be."""

    hint = "see docs/formats/resume.md"


class Taken(DepositError):
    """Another deposit has this name, or another part this place; what is here stays."""

    hint = "begin again: of a file, to see what is missing; of a statement, with the next number"


class NoRoom(DepositError):
    """The shelf is nearly full."""

    hint = "try again later"


class TooMany(DepositError):
    """Everybody together has begun as much as one day may bring, or too much is unfinished."""

    hint = "nothing of it was kept; come back tomorrow"


class NotAnEnvelope(DepositError):
    """The first part does not begin as an envelope does, or a part was not sealed."""

    hint = "seal it first: this server takes nothing that it could read"


class WrongPart(DepositError):
    """A part of the wrong place or length."""

    hint = "ask which parts are still missing and send those"


class TooEarly(WrongPart):
    """A part before the first one was checked."""

    hint = "send the part at offset 0 first, and wait until it was taken"


class Incomplete(DepositError):
    """Parts are missing."""

    hint = "send the missing parts, then complete again"


class Unreadable(DepositError):
    """A part on the shelf cannot be read, or is not as long as it was."""

    hint = "look at the disk that the shelf is on"
