"""What is coded is signed, kept version by version, checked against the words, and never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import review
from archive.coding import versions
from archive.coding.record import Life, found_in, life
from archive.coding.schema import MalformedCoding
from archive.coding.versions import Coding, CodingDamaged, CodingRefused
from archive.commands.group import archive as command
from archive.standing import TakenBack
from archive.testimony import Testimony as Told
from crypto.receipt import Receipt
from tests.archive.coding.lives import TEXT, WHOLE
from tests.people import MINJIS, PASSPHRASE, TODAY, Archive, statement

ACT = {"act_id": "e1", "type": "x_Sale"}


@pytest.fixture
def told(archive: Archive) -> Told:
    return review.reading(archive.vault, archive.told(TEXT)).told


@pytest.fixture
def keep(archive: Archive, told: Told) -> Callable[..., Coding]:
    def kept(row: dict[str, Any], seen: int = 0, by: str = "minji") -> Coding:
        return versions.keep(archive.vault, getattr(archive, by), told, life(row), TODAY, seen=seen)

    return kept


def test_a_life_is_kept_as_it_was_coded(archive: Archive, told: Told, keep: Callable[..., Coding]) -> None:
    """
    Whole, signed by who coded it, with the hash of the words it rests on; the journal has no word of it.
    """
    keep(WHOLE)
    found = versions.current(archive.vault, told.id)
    assert (found.number, found.coder, found.day) == (1, "minji", TODAY.isoformat())
    assert found.rests_on(told)
    assert {act.coder for act in found.life.acts} == {"minji"}
    assert found.life.acts[0].date_verbatim == "1998년 겨울"
    last = archive.vault.journal.events()[-1]

    assert (last.type, last.agent, last.objects) == ("cre", "minji", (f"testimony:{told.id}",))
    assert "혜산" not in repr(found)
    assert "리순옥" not in repr(found)


def test_each_version_stays_and_an_earlier_one_can_be_had_again(
    archive: Archive, told: Told, keep: Callable[..., Coding]
) -> None:
    """
    Undo is a new version; what was not changed keeps the coder it had.
    """
    keep({"acts": [ACT]})
    keep({"acts": [ACT, {"act_id": "e2", "type": "x_Escape"}]}, seen=1, by="sora")
    second = versions.current(archive.vault, told.id)
    assert [act.coder for act in second.life.acts] == ["minji", "sora"]
    versions.restore(archive.vault, archive.sora, told, 1, TODAY, seen=2)
    assert [len(each.life.acts) for each in versions.history(archive.vault, told.id)] == [1, 2, 1]
    versions.restore(archive.vault, archive.sora, told, 0, TODAY, seen=3)
    assert versions.current(archive.vault, told.id).life == Life()
    assert versions.version(archive.vault, told.id, 2) == second

    with pytest.raises(CodingRefused, match="no version"):
        versions.version(archive.vault, told.id, 9)
    assert archive.vault.names("coding") == [told.id, *(f"{told.id}:{n}" for n in (1, 2, 3))]


def test_two_who_code_at_once_do_not_overwrite_each_other(
    archive: Archive, told: Told, keep: Callable[..., Coding]
) -> None:
    """
    Who looked at an older version is told, and nothing is changed.
    """
    keep({"acts": [ACT]})
    events = archive.vault.journal.events()
    with pytest.raises(CodingRefused, match="meanwhile"):
        keep({}, seen=0, by="sora")

    assert archive.vault.journal.events() == events
    assert versions.current(archive.vault, told.id).number == 1


def test_a_coding_that_somebody_changed_in_the_vault_is_refused(
    archive: Archive, told: Told, keep: Callable[..., Coding]
) -> None:
    """
    Another word, another coder, another number, another testimony's: the signature no longer fits.
    """
    keep({"acts": [ACT]})
    row = archive.vault.json("coding", told.id)
    life_ = {"acts": [{**row["life"]["acts"][0], "type": "x_Escape"}]}
    for other in ({"life": life_}, {"number": 7}, {"by": {**row["by"], "name": "sora"}}, {"by": None}):
        archive.vault.put_json("coding", told.id, row | other)
        with pytest.raises(CodingDamaged):
            versions.current(archive.vault, told.id)
    other_told = archive.told("다른 말")
    archive.vault.put_json("coding", other_told, row)
    with pytest.raises(CodingDamaged):
        versions.current(archive.vault, other_told)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"acts": [ACT | {"date_edtf": "1998-02-29"}]}, "coding.acts[0].date_edtf: this month does not have"),
    ({"acts": [ACT | {"place_ref": "kp-nowhere"}]}, "coding.acts[0].place_ref: no place"),
    (
        {"acts": [ACT | {"control": ["PhysicalAbuse", "Nonsense"]}]},
        "coding.acts[0].control[1]: no code of vic_",
    ),
    ({"acts": [ACT | {"control": ["Other", "Other"]}]}, "coding.acts[0].control: a code is here twice"),
    ({"acts": [{"act_id": "e1"}]}, "coding.acts[0].type: what was done"),
    ({"acts": [ACT, ACT]}, "coding.acts: two have the same name"),
    ({"acts": [ACT | {"act_id": "순옥"}]}, "coding.acts[0].act_id: an actor is called narrator or a1"),
    ({"acts": [ACT | {"email": "x"}]}, "coding.acts[0]: email is not a field"),
    ({"acts": [ACT | {"role_links": [{"actor": "a1", "role": "victim"}]}]}, "role_links[0].actor: nobody"),
    ({"acts": [ACT | {"role_links": [{"actor": "narrator"}]}]}, "role_links[0].role: what was this person"),
    ({"acts": [ACT | {"transactions": [{"kind": "sale", "amount_min": 9}]}]}, "transactions[0].currency"),
    (
        {
            "acts": [
                ACT
                | {"transactions": [{"kind": "sale", "currency": "CNY", "amount_min": 9, "amount_max": 8}]}
            ]
        },
        "transactions[0].amount_max: less than amount_min",
    ),
    (
        {"acts": [ACT | {"transactions": [{"kind": "sale", "amount_min": True}]}]},
        "amount_min: a whole number",
    ),
    ({"acts": [ACT | {"movements": [{"via": "road", "river_ref": "river-tuman"}]}]}, "river_ref: only a way"),
    (
        {"acts": [ACT | {"movements": [{"via": "river", "river_ref": "kp-hyesan"}]}]},
        "river_ref: this place is no",
    ),
    ({"acts": [ACT | {"date_verbatim": " 말"}]}, "date_verbatim: words are in NFC"),
    ({"acts": [ACT | {"date_verbatim": "\u1112\u1161\u11ab"}]}, "date_verbatim: words are in NFC"),
    ({"acts": [ACT | {"date_verbatim": "말" * 401}]}, "date_verbatim: words of 400"),
    ({"acts": {}}, "coding.acts: a list"),
    ({"actors": [{"actor_id": "a1", "phone": "1"}]}, "coding.actors[0]: phone is not a field"),
    ({"actors": [{"label": "순옥"}]}, "coding.actors[0]: it needs a name"),
]


@pytest.mark.parametrize(("row", "says"), WRONG, ids=[says for _, says in WRONG])
def test_what_does_not_follow_the_data_model_is_refused_by_its_field(row: dict[str, Any], says: str) -> None:
    """
    R29: with the field's whole name; what stood there is not repeated, and nobody's e-mail or phone is taken.
    """
    with pytest.raises(MalformedCoding) as refused:
        life(row)

    assert says in str(refused.value)
    assert "순옥" not in str(refused.value)


SPANS = [
    ("s0001", 0, 99, "lies outside"),
    ("s0001", 5, 5, "lies outside"),
    ("s0099", 0, 1, "no such segment"),
]


@pytest.mark.parametrize(("segment", "start", "end", "says"), SPANS)
def test_evidence_rests_on_words_that_are_there(
    keep: Callable[..., Coding], segment: str, start: int, end: int, says: str
) -> None:
    """
    Of an act, of a movement and of a payment: a span outside the words is refused by its place.
    """
    span = {"evidence_spans": [{"segment": segment, "start": start, "end": end}]}
    for more, at in (
        (span, "acts[0].evidence_spans[0]"),
        ({"movements": [span]}, "acts[0].movements[0].evidence_spans[0]"),
        ({"transactions": [{"kind": "fee", **span}]}, "acts[0].transactions[0].evidence_spans[0]"),
    ):
        with pytest.raises(MalformedCoding, match=says) as refused:
            keep({"acts": [ACT | more]})
        assert at in str(refused.value)


def test_words_are_found_where_they_stand(told: Told) -> None:
    """
    In code points, in the segment that was named or in any; what is not there is not found.
    """
    found = found_in(told.segments, "두만강 얼음")
    assert found is not None
    assert told.segments[1].text[found.start : found.end] == "두만강 얼음"
    assert found.segment == "s0002"
    assert found_in(told.segments, "두만강 얼음", "s0001") is None
    assert found_in(told.segments, "  ") is None


def test_what_was_taken_back_has_no_coding_any_more(archive: Archive) -> None:
    """
    R6: read by nobody, coded by nobody, from the moment the withdrawal is here.
    """
    receipt = Receipt.generate()
    told = review.reading(archive.vault, archive.told(TEXT, receipt=receipt)).told
    versions.keep(archive.vault, archive.minji, told, life({"acts": [ACT]}), TODAY, seen=0)
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))

    with pytest.raises(TakenBack):
        versions.current(archive.vault, told.id)
    with pytest.raises(TakenBack):
        versions.keep(archive.vault, archive.minji, told, life({}), TODAY, seen=1)


def run(home: Path, *words: str) -> str:
    names = {
        "ONGGI_ARCHIVE_HOME": str(home),
        "ONGGI_PASSPHRASE": PASSPHRASE,
        "ONGGI_PERSON_PASSPHRASE": MINJIS,
    }
    done = CliRunner().invoke(command, ["code", *words], env=names)
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.output


def test_coding_can_be_done_at_a_terminal(archive: Archive, told: Told, tmp_path: Path) -> None:
    """
    Set, show, history, restore; export where it is allowed, and the same comes in elsewhere.
    """
    home, file = archive.vault.home, tmp_path / "life.json"
    file.write_text(json.dumps(WHOLE), "utf-8")
    other = archive.told("아무것도 허락하지 않은 말", grants=[])
    archive.vault.close()
    assert "version 1: 18 acts" in run(home, "set", told.id, str(file), "--as", "minji", "--seen", "0")
    assert "두만강" not in run(home, "set", told.id, str(file), "--as", "minji", "--seen", "0")
    assert '"x_FalseJobOffer"' in run(home, "show", told.id)
    csv, out = tmp_path / "out.csv", tmp_path / "out.json"
    to_all = ["--as", "minji", "--use", "research_read", "--audience", "vetted_researchers"]
    said = run(home, "export", str(csv), *to_all)
    assert "1 codings" in said
    assert f"not {other}: research_read for vetted_researchers was not granted" in said
    assert "kp-hyesan" not in csv.read_text("utf-8")
    assert "words leave only" in run(home, "export", str(csv), *to_all, "--words")
    ours = [
        "--as",
        "minji",
        "--use",
        "preserve",
        "--audience",
        "archivists",
        "--words",
        "--testimony",
        told.id,
    ]
    run(home, "export", str(out), *ours)
    assert "coded already" in run(home, "import", str(out), "--as", "minji")
    assert "imported 1" in run(home, "import", str(out), "--as", "minji", "--replace")
    assert "리순옥" in run(home, "show", told.id)
    assert "version 3 says what version 1 said" in run(home, "restore", told.id, "1", "--as", "minji")
    assert run(home, "history", told.id).count("18 acts") == 3
    assert "no version" in run(home, "show", told.id, "--number", "9")
    file.write_text("{", "utf-8")
    assert f"{file.name} is not JSON" in run(home, "set", told.id, str(file), "--as", "minji", "--seen", "3")
