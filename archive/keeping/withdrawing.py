"""What was taken back, to its end: who waits, what had left already, and that she is told.

1. Her own signed withdrawal decides; one person carries it out, and the record names both.
2. All that one account took back is destroyed in one transaction with the answer to her, which somebody may
   have put in words of her own.
3. What had left is reported and not called back: release, day, and who could read it (R9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from archive import replies
from archive.keeping.shredding import ShredRefused, proof, shred_testimony, shred_withdrawn
from archive.notices import AUDIENCE
from archive.people import Person
from archive.releasing import releases_of
from archive.standing import Withdrawal, place, withdrawals
from archive.testimony import Language
from archive.vault import Vault
from crypto.reply import compose

DESTROYED: Final[dict[Language, str]] = {
    "kor": "거두어 달라고 하신 말씀을 {day}에 기록 보관소에서 모두 없앴습니다. "
    "이제 아무도 그것을 열 수 없습니다.",
    "zho": "您收回了所讲的话。{day}，档案馆已把收到的全部销毁，任何人都无法再打开。",
    "eng": "You took back what you told. On {day} the archive destroyed all of it that it had received. "
    "Nobody can open it any more.",
}
DESTROYED_PART: Final[dict[Language, str]] = {
    "kor": "거두어 달라고 고르신 말씀을 {day}에 기록 보관소에서 없앴습니다. "
    "이제 아무도 그것을 열 수 없습니다. 고르지 않으신 말씀은 그대로 있습니다.",
    "zho": "您选择收回的话，档案馆已在{day}销毁，任何人都无法再打开。您没有选的仍按您的意愿保存。",
    "eng": "You took back a part of what you told. On {day} the archive destroyed that part. "
    "Nobody can open it any more. The rest is kept, as you allowed.",
}
WAS_READ: Final[dict[Language, str]] = {
    "kor": "그 전에 이름을 가린 글을 연구자들이 읽을 수 있었습니다. 열람실에도 지우라고 알립니다. "
    "이미 읽었거나 적어 간 것은 저희가 되돌리지 못합니다.",
    "zho": "在此之前，隐去姓名的文字曾供研究者阅读。我们会通知阅览室把它删除。"
    "别人已经读过或抄走的，我们无法追回。",
    "eng": "Before that, researchers could read it with names hidden. The reading room is told to remove it. "
    "What somebody has read or copied already we cannot call back.",
}


@dataclass(frozen=True)
class Out:
    """A release that somebody's words went out in."""

    number: int
    day: str
    audience: str = AUDIENCE


@dataclass(frozen=True)
class Waiting:
    """A testimony that was taken back and is still here, behind every gate."""

    testimony: str
    account: str
    day: str
    """When her withdrawal was read here."""
    out: tuple[Out, ...]
    proven: bool
    """Her signed withdrawal is here, so that one person may carry it out."""
    stays: bool = False
    """Something else that she told is here and stays."""


@dataclass(frozen=True)
class Asked:
    """All that one account took back and is still here, with the answer that would be kept for her."""

    account: str
    day: str
    testimonies: tuple[Waiting, ...]
    lang: Language
    answer: str = field(repr=False)

    @property
    def stays(self) -> bool:
        """Whether something else that she told is here and stays."""
        return self.testimonies[0].stays

    @property
    def proven(self) -> bool:
        """Whether one person may destroy all of it."""
        return all(each.proven for each in self.testimonies)


@dataclass(frozen=True)
class Destroyed:
    """What was destroyed of one testimony, and where else its words may be."""

    testimony: str
    records: int
    out: tuple[Out, ...]


def waiting(vault: Vault) -> list[Waiting]:
    """What was taken back and not destroyed yet, the oldest withdrawal first."""
    with vault.together():
        days = _days(vault)
        return [
            Waiting(id, each.account, each.day, _out(vault, id, days), _is_proven(vault, id), each.stays)
            for each in withdrawals(vault)
            for id in each.testimonies
        ]


def asked(vault: Vault, today: date) -> list[Asked]:
    """The same by the account that asked, each with a draft of the answer in her language."""
    with vault.together():
        found = dict[str, list[Waiting]]()
        for each in waiting(vault):
            found.setdefault(each.account, []).append(each)
        return [_asked(vault, account, tuple(theirs), today) for account, theirs in found.items()]


def destroy_of(vault: Vault, person: Person, account: str, answer: str, today: date) -> list[Destroyed]:
    """Destroy what one *account* took back, and keep *answer* for her; an empty one is drafted.

    `ShredRefused` where nothing of it waits with her proof, `MalformedReply` for what no reply can say.
    """
    with vault.together():
        for each in withdrawals(vault):
            if each.account == account and (gone := _destroy(vault, each, person, today, answer.strip())):
                return gone
    raise ShredRefused("nothing of hers waits with a withdrawal that she signed")


def destroy_by_two(vault: Vault, testimony_id: str, one: Person, two: Person, today: date) -> Destroyed:
    """Destroy a testimony by the decision of two people, as `shredding.shred_testimony` does, and report."""
    with vault.together():
        went = out(vault, testimony_id)
        return Destroyed(testimony_id, shred_testimony(vault, testimony_id, one, two, today).records, went)


def out(vault: Vault, testimony_id: str) -> tuple[Out, ...]:
    """Every release that a testimony went out in, and to whom."""
    return _out(vault, testimony_id, _days(vault))


def destroy(
    vault: Vault, person: Person, today: date, progress: Callable[[int, int], None] = lambda done, all: None
) -> list[Destroyed]:
    """Destroy all that was taken back by a signed withdrawal. May be stopped and run again.

    What came with no such proof stays behind the gates, for two people to decide. A `ShredRefused` for
    somebody whom the archive does not know.
    """
    gone, found = list[Destroyed](), withdrawals(vault)
    for number, each in enumerate(found, 1):
        with vault.together():
            gone += _destroy(vault, each, person, today)
        progress(number, len(found))
    return gone


def _destroy(
    vault: Vault, each: Withdrawal, person: Person, today: date, answer: str = ""
) -> list[Destroyed]:
    # In her order: a later telling may stand in an earlier one, which goes first.
    hers = sorted(each.testimonies, key=lambda id: place(vault, id))
    proven = [id for id in hers if _is_proven(vault, id)]
    if not proven:
        return []
    lang, days = vault.testimony(proven[-1]).lang_original, _days(vault)
    out = {id: _out(vault, id, days) for id in proven}
    said = answer or _words(lang, today, any(out.values()), each.stays)
    compose(1, today, lang, said)  # before anything is destroyed
    gone = [Destroyed(id, shred_withdrawn(vault, id, person, today).records, out[id]) for id in proven]
    replies.answer(vault, person, each.account, said, lang, today)
    return gone


def _asked(vault: Vault, account: str, theirs: tuple[Waiting, ...], today: date) -> Asked:
    lang = vault.testimony(theirs[-1].testimony).lang_original
    words = _words(lang, today, any(each.out for each in theirs), theirs[0].stays)
    return Asked(account, theirs[0].day, theirs, lang, words)


def _words(lang: Language, day: date, was_read: bool, stays: bool) -> str:
    spelt: dict[Language, str] = {
        "kor": f"{day.year}년 {day.month}월 {day.day}일",
        "zho": f"{day.year}年{day.month}月{day.day}日",
        "eng": f"{day.day} {day:%B %Y}",
    }
    told = (DESTROYED_PART if stays else DESTROYED)[lang].format(day=spelt[lang])
    return f"{told}\n{WAS_READ[lang]}" if was_read else told


def _is_proven(vault: Vault, testimony_id: str) -> bool:
    try:
        proof(vault, testimony_id)
    except ShredRefused:
        return False
    return True


def _days(vault: Vault) -> dict[str, str]:
    """The day on which each release was signed, by the journal."""
    signed = (e for e in vault.journal.events() if e.type == "dsg" and e.objects[0].startswith("release:"))
    return {event.objects[0].removeprefix("release:"): event.at[:10] for event in signed}


def _out(vault: Vault, testimony_id: str, days: dict[str, str]) -> tuple[Out, ...]:
    return tuple(Out(number, days.get(str(number), "")) for number in releases_of(vault, testimony_id))
