"""Everything `crypto` raises.

CryptoError
├── EnvelopeError
│   ├── MalformedEnvelope    the bytes do not follow docs/formats/envelope.md
│   ├── WrongKey             sealed to another key or for another purpose; the box cannot say which
│   ├── DamagedEnvelope      the key is right, the payload is not what was sealed
│   └── SourceChanged        what is being sealed grew or shrank while it was read
├── DamagedMessage           a sealed stream is cut short or changed, or the key is another
├── KeyFormatError           a key text or key bytes that no key can have
├── BadSignature             not signed by this key
├── NoteError                not a signed note, or not signed under this name
├── MalformedNotice          a notice of withdrawal does not follow docs/formats/withdrawal.md
├── KeycardError
│   ├── MalformedKeycard     the signed text does not follow docs/formats/keycard.md
│   ├── ExpiredKeycard       out of date, or dated in the future; check this machine's clock
│   └── RolledBackKeycard    older than one already seen
├── ReceiptError
│   ├── MalformedReceipt     a word or digit is wrong, missing or out of order
│   └── MalformedArrivals    the list of what has arrived does not follow docs/formats/resume.md
├── CapsuleError
│   ├── MalformedCapsule     the file does not follow docs/formats/capsule.md
│   ├── ForeignPage          a page that the archive did not sign as it is here
│   └── MalformedPages       a list of pages does not follow docs/formats/page.md
├── BoardError
│   ├── MalformedBoard       the bytes do not follow docs/formats/board.md, or are not those that were signed
│   ├── BoardFull            more parts of replies than entries
│   └── MalformedReply       words or keys that no reply can have
├── CustodyError
│   ├── NoSuchCustody        no k of n people can be set up, or nobody has this number
│   ├── MalformedTable       the table does not follow docs/formats/custody.md, or is damaged
│   ├── WrongTable           the table was not made for this key, or its boxes were changed
│   ├── MisreadSlip          a sign of a slip is wrong, missing or one too many
│   ├── ForeignSlip          a slip of another set
│   ├── FalseSlip            of this set, but not the slip that the table knows
│   └── TooFewSlips          good slips, but not enough of them
└── BundleError
    ├── MalformedBundle      the manifest does not follow docs/formats/bundle.md
    ├── UntrustedBundle      signed by another courier, or by another desk
    ├── DamagedPart          a file on the stick is missing or not what the manifest names
    └── BrokenFrames         codes from a screen that do not join to a note: one is missing or damaged
"""


class CryptoError(Exception):
    """The root of everything this room raises."""


class EnvelopeError(CryptoError):
    """An envelope cannot be made or opened."""


class MalformedEnvelope(EnvelopeError):
    """The bytes do not follow docs/formats/envelope.md."""


class WrongKey(EnvelopeError):
    """Sealed to another key or for another purpose, or its header is damaged."""


class DamagedEnvelope(EnvelopeError):
    """The header opens, but the payload is not what was sealed."""


class SourceChanged(EnvelopeError):
    """What is being sealed grew or shrank while it was read; nothing usable was written."""


class DamagedMessage(CryptoError):
    """A sealed stream is cut short or changed, or its key or context is another."""


class KeyFormatError(CryptoError):
    """A key text or key bytes that no key can have."""


class BadSignature(CryptoError):
    """Not signed by this key, or not over these bytes."""


class NoteError(CryptoError):
    """Not a signed note, or no signature under the name that was asked for."""


class MalformedNotice(CryptoError):
    """Well signed, but it does not follow docs/formats/withdrawal.md."""


class KeycardError(CryptoError):
    """A keycard must not be used."""


class MalformedKeycard(KeycardError):
    """Well signed, but it does not follow docs/formats/keycard.md."""


class ExpiredKeycard(KeycardError):
    """Out of date, or dated in the future."""


class RolledBackKeycard(KeycardError):
    """Older than a keycard this client already knows."""


class ReceiptError(CryptoError):
    """A receipt, or what is found with one, cannot be read."""


class MalformedReceipt(ReceiptError):
    """A word or digit is wrong, missing or out of order."""


class MalformedArrivals(ReceiptError):
    """The list of what has arrived does not follow docs/formats/resume.md."""


class CapsuleError(CryptoError):
    """A capsule, or the page that makes one, must not be used."""


class MalformedCapsule(CapsuleError):
    """The file does not follow docs/formats/capsule.md."""


class ForeignPage(CapsuleError):
    """A page that the archive did not sign as it is here."""


class MalformedPages(CapsuleError):
    """A list of pages does not follow docs/formats/page.md."""


class BoardError(CryptoError):
    """A reply board cannot be made or must not be read."""


class MalformedBoard(BoardError):
    """The bytes do not follow docs/formats/board.md, or are not those that were signed."""


class BoardFull(BoardError):
    """More parts of replies than entries."""


class MalformedReply(BoardError):
    """Words that no reply can have, or keys that nothing can be sealed to."""


class CustodyError(CryptoError):
    """Slips and their table do not open a key."""


class NoSuchCustody(CustodyError):
    """No k of n people can be set up like this, or nobody has this number."""


class MalformedTable(CustodyError):
    """The table does not follow docs/formats/custody.md, or is damaged."""


class WrongTable(CustodyError):
    """The table was not made for this key, or its boxes were changed."""


class MisreadSlip(CustodyError):
    """A sign is wrong, missing or one too many. `group` is where to look again, if one sign explains it."""

    def __init__(self, fact: str, group: int | None = None) -> None:
        super().__init__(fact)
        self.group = group


class ForeignSlip(CustodyError):
    """A slip of another set."""


class FalseSlip(CustodyError):
    """Of this set, but not the slip that the table knows: replaced, forged or relabelled."""


class TooFewSlips(CustodyError):
    """Good slips, but not enough of them."""


class BundleError(CryptoError):
    """A bundle cannot be written or read."""


class MalformedBundle(BundleError):
    """The manifest does not follow docs/formats/bundle.md."""


class UntrustedBundle(BundleError):
    """The manifest is not signed by the courier this archive trusts, or by the desk this intake obeys."""


class DamagedPart(BundleError):
    """A file of the bundle is missing, or is not what the manifest names."""


class BrokenFrames(BundleError):
    """Frames that do not join to a note: one is missing, or one is damaged."""
