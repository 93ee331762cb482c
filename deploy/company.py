"""Invented women for the demonstration, so that a reading room has something to count and to draw.

Each tells in six sentences, drawn of a seed from `company.json`, in Korean, Chinese or English. Two people
then do what archivists would: one proposes that nothing be hidden, for no sentence has a name in it, the
other approves, and what was told is coded.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive import people, review
from archive.coding import versions
from archive.coding.record import NARRATOR, life
from archive.vault import Vault
from deploy.house import PHRASES, House

SEED: Final = 7
MANY: Final = 60
LANGUAGES: Final = ("kor",) * 6 + ("zho",) * 2 + ("eng",) * 2


class Told(NamedTuple):
    """What one of them tells, in which language, and what is coded of it."""

    lang: str
    text: str
    coding: dict[str, Any]


@cache
def company() -> tuple[Told, ...]:
    """All of them, the same ones each time; no two tell the same."""
    way = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    found: dict[str, Told] = {}
    for told in _drawn(way, random.Random(SEED)):
        found[told.text] = told
        if len(found) == MANY:
            break
    return tuple(found.values())


def _drawn(way: list[list[dict[str, Any]]], chance: random.Random) -> Iterator[Told]:
    while True:
        lang = chance.choice(LANGUAGES)
        turns = [chance.choices(each, [turn["often"] for turn in each])[0] for each in way]
        codes = {name: code for turn in turns for name, code in turn["codes"].items()}
        yield Told(lang, "\n".join(chance.choice(turn[lang]) for turn in turns), _coding(codes))


def _coding(codes: Mapping[str, Any]) -> dict[str, Any]:
    """How she was won, the way across, how she was held, and how it went on."""
    home, there = codes["from"], codes["to"]
    held = {name: codes[name] for name in ("exploitation", "control")}
    acts = [
        {"type": "Recruitment", "recruitment": codes["recruitment"], "place_ref": home},
        {"type": "x_Crossing", "movements": [{"from_ref": home, "to_ref": there}]},
        {"type": "Exploitation", "place_ref": there, **held},
    ]
    if "onward" in codes:
        acts.append({"type": codes["type"], "movements": [{"from_ref": there, "to_ref": codes["onward"]}]})
    dated = [{"act_id": f"e{n}", "date_edtf": codes["year"], **act} for n, act in enumerate(acts, 1)]
    return {"actors": [{"actor_id": NARRATOR}], "acts": dated}


def work_on(house: House) -> int:
    """Let two people of *house* approve and code those of the company who wait in its vault; how many."""
    told, today, many = {each.text: each.coding for each in company()}, datetime.now(UTC).date(), 0
    with Vault.open(house.home("archive"), PHRASES[""]) as vault:
        minji, sora = (people.unlock(vault, name, PHRASES[name]) for name in ("minji", "sora"))
        for id in list(vault.testimonies()):
            held = review.reading(vault, id).told
            if held.text not in told or versions.current(vault, id).number:
                continue
            review.propose(vault, minji, id)
            review.approve(vault, sora, id, review.reading(vault, id).proposal)
            versions.keep(vault, minji, held, life(told[held.text]), today, seen=0)
            many += 1
    return many
