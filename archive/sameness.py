"""Testimonies that may be the same text, or by the same woman: suggested with evidence, decided by a person.

1. Nothing is merged, ever: a decision says what somebody found when she had read both, and signs it.
2. A pair that was decided does not come again as a suggestion.
3. A decision is kept under both names, so that whoever destroys one testimony finds it.

What is suggested comes through the gate (`index_search` for archivists) and stays in memory.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any, Final, Literal, get_args

from archive import people, roles
from archive.errors import ArchiveError
from archive.finding import Collection
from archive.people import Person
from archive.search.alike import Styles, may_be_of_one, nearly_the_same
from archive.standing import require_not_taken_back
from archive.vault import Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = "sameness"
Verdict = Literal["same_text", "same_teller", "different"]
VERDICTS: Final = get_args(Verdict)
LEAST: Final = 0.3
"""The share of the shorter text that two nearly equal ones have in common."""
RARE: Final = 4
"""A word in more testimonies than this is no sign of one teller."""
MOST: Final = 200
"""Pairs that are suggested for one teller, the likeliest first."""


class SamenessRefused(ArchiveError):
    """A decision that cannot be kept."""


@dataclass(frozen=True)
class Evidence:
    """Why two testimonies are suggested. *words* stand in few others and *people* are coded in both."""

    one: str
    other: str
    containment: float = 0.0
    resemblance: float = 0.0
    account: bool = False
    words: tuple[str, ...] = field(default=(), repr=False)
    people: tuple[str, ...] = field(default=(), repr=False)
    style: float = 0.0
    weight: float = 0.0


@dataclass(frozen=True)
class Decided:
    """What somebody found of two testimonies."""

    one: str
    other: str
    verdict: Verdict
    by: str
    day: str


def suggested(
    vault: Vault, collection: Collection, progress: Callable[[int], None] = lambda done: None
) -> list[Evidence]:
    """The pairs that nobody has decided: nearly equal texts, one account, then what may be one teller."""
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    texts = {id: collection.text(id) for id in collection.ids}
    for near in nearly_the_same(texts.items(), LEAST, progress):
        found[_pair(near.one, near.other)] |= {
            "containment": near.containment,
            "resemblance": near.resemblance,
        }
    for pair in _of_one_account(vault, set(texts)):
        found[pair]["account"] = True
    for pair, names in _with_one_name(collection).items():
        found[pair]["people"] = names
    for voice in _voices(collection, texts)[:MOST]:
        more = {"words": voice.words, "style": voice.style, "weight": voice.weight}
        found[_pair(voice.one, voice.other)] |= more
    done = {_pair(each.one, each.other) for each in decided(vault)}
    made = [Evidence(*pair, **more) for pair, more in found.items() if pair not in done]
    return sorted(made, key=_likeliest)


def decide(vault: Vault, person: Person, one: str, other: str, verdict: str, today: date) -> Decided:
    """Keep what *person* found when she had read both; an earlier decision is replaced. `SamenessRefused`."""
    with vault.together():
        if people.public_key(vault, person.name) != person.key.public:
            raise SamenessRefused("this archive does not know the key of that person")
        roles.require(vault, person, *roles.MARKERS)
        if verdict not in VERDICTS:
            raise SamenessRefused("decide: same_text, same_teller or different")
        if one == other or not all(vault.holds("testimony", each) for each in (one, other)):
            raise SamenessRefused("two testimonies that are here are needed")
        for each in (one, other):
            require_not_taken_back(vault, each)
        first, second = _pair(one, other)
        body = {"v": 1, "verdict": verdict, "day": today.isoformat()}
        by = {"name": person.name, "public": person.key.public.to_text()}
        row = body | {"by": by | {"signature": person.key.sign(_message(first, second, body)).hex()}}
        for name in (f"{first}:{second}", f"{second}:{first}"):
            vault.put_json(KIND, name, row)
        vault.journal.append("app", person.name, [f"testimony:{first}", f"testimony:{second}"])
    return Decided(first, second, verdict, person.name, body["day"])  # type: ignore[arg-type]


def decided(vault: Vault) -> list[Decided]:
    """Every pair that somebody known has decided, of testimonies that are still here."""
    with vault.together():
        here, known = set(vault.names("testimony")), people.known(vault)
        rows = vault.every(KIND)
    found = []
    for name, row in rows.items():
        one, _, other = name.partition(":")
        if one < other and {one, other} <= here and _is_signed(row, one, other, known):
            found.append(Decided(one, other, row["verdict"], row["by"]["name"], row["day"]))
    return found


def _voices(collection: Collection, texts: Mapping[str, str]) -> list[Any]:
    lang = {id: collection.language(id) for id in texts}
    styles = {
        each: Styles({id: text for id, text in texts.items() if lang[id] == each})
        for each in set(lang.values())
    }
    return may_be_of_one(collection.index.rare(RARE), styles, lang)


def _of_one_account(vault: Vault, ids: set[str]) -> Iterator[tuple[str, str]]:
    told: defaultdict[str, list[str]] = defaultdict(list)
    for id, account in vault.every("told-by").items():
        if id in ids:
            told[account].append(id)
    for each in told.values():
        yield from combinations(sorted(each), 2)


def _with_one_name(collection: Collection) -> dict[tuple[str, str], tuple[str, ...]]:
    """Pairs in which somebody of one name is coded, where few testimonies have that name."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for id, facts in collection.facts().items():
        for name in facts.people:
            named[name].append(id)
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, ids in named.items():
        if len(ids) <= RARE:
            for pair in combinations(sorted(ids), 2):
                found[pair].append(name)
    return {pair: tuple(sorted(names)) for pair, names in found.items()}


def _likeliest(each: Evidence) -> tuple[Any, ...]:
    return (-each.containment, not each.account, -len(each.people), -each.weight, each.one, each.other)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _message(one: str, other: str, body: dict[str, Any]) -> bytes:
    text = json.dumps([one, other, body], sort_keys=True, separators=(",", ":"))
    return b"onggi-sameness1|" + text.encode()


def _is_signed(row: dict[str, Any], one: str, other: str, known: Mapping[str, VerifyKey]) -> bool:
    """Whether somebody known signed it; else the pair is open, and comes again."""
    try:
        body = {key: value for key, value in row.items() if key != "by"}
        signature = bytes.fromhex(row["by"]["signature"])
        known[row["by"]["name"]].verify(signature, _message(one, other, body))
        return body["v"] == 1 and body["verdict"] in VERDICTS
    except (KeyError, TypeError, ValueError, CryptoError):
        return False
