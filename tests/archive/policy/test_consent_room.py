"""The page of consent and policy, the list of what is due, and their commands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import review
from archive.coding import versions as codings
from archive.coding.record import life
from archive.commands.group import archive as command
from archive.commands.policies import LARGEST
from archive.policy import versions
from archive.policy.record import Embargo, Policy, ThirdParty
from archive.workbench.page import texts
from crypto.receipt import Receipt
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, PASSPHRASE, SORAS, TODAY, Archive, statement

FORM: dict[str, Any] = {
    "minor_at_time": "", "minor_at_telling": "", "guardian": "", "list_existence": "", "attribution": "",
    "review_by": "", "until_personal": "", "until_operational": "", "grounds": "본인이 바람",
}  # fmt: skip


def coded(archive: Archive, told: str) -> None:
    row = {
        "actors": [
            {"actor_id": "a1", "label": "이웃", "whereabouts_class": "in_dprk", "names": [{"form": "혜숙"}]}
        ]
    }
    words = review.reading(archive.vault, told).told
    codings.keep(archive.vault, archive.minji, words, life(row), TODAY, seen=0)


def test_what_is_granted_held_and_why_stands_on_the_page(archive: Archive) -> None:
    """
    R1, R12: every use and audience has its cell; the reason stands there in Korean, with the coded id.
    """
    told = archive.told()
    review.propose(archive.vault, archive.minji, told)
    archive.approve(told)
    coded(archive, told)
    page = Desk(archive).opened().get(f"/testimony/{told}/consent", **{"Accept-Language": "ko"}).text
    cells = re.findall(r'<td class="(granted|held|over|none)">', page)

    assert len(cells) == 16 * 4
    assert (cells.count("granted"), cells.count("held")) == (2, 2)
    assert "북한에 있고 허락하지 않은 사람의 이름이 아직 읽힙니다." in page
    assert "(a1)" in page


def test_one_person_holds_back_on_the_page_and_two_open(archive: Archive) -> None:
    """
    R13: the form says what counts; a loosening waits, shows what it opens, and another signs it.
    """
    told = archive.told()
    coded(archive, told)
    desk, there = Desk(archive).opened(), f"/testimony/{told}/consent"
    desk.post(f"{there}/save", seen="0", **FORM)
    assert versions.current(archive.vault, told).number == 0
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    person: dict[str, Any] = {
        "who_actor": "a1",
        "who_names": "혜숙, Hye-suk",
        "who_finding": "not_consented",
        "who_whereabouts": "",
        "who_basis": "",
    }
    desk.post(
        f"{there}/save",
        seen="0",
        **FORM,
        personal="yes",
        **person,
        withheld_part="s0002",
        withheld_use="",
        withheld_audience="public",
    )
    made = versions.current(archive.vault, told).policy
    assert made.embargoes == (Embargo("personal", ""),)
    assert made.third_parties == (ThirdParty("a1", ("혜숙", "Hye-suk"), "not_consented"),)
    assert [(each.part, each.use, each.audience) for each in made.withheld] == [("s0002", "", "public")]
    desk.post(f"{there}/save", seen="1", **FORM)
    assert versions.current(archive.vault, told).policy == made
    page = desk.get(there, **{"Accept-Language": "en"}).text
    assert "Embargo, Others who are named, Parts that do not go out" in page
    change = re.search(r'name="change" value="([0-9a-f]{64})"', page)
    assert change
    desk.post(f"{there}/second", change=change[1])
    assert versions.current(archive.vault, told).number == 1
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.post(f"{there}/second", change=change[1])

    assert versions.current(archive.vault, told).by == ("minji", "sora")
    assert versions.current(archive.vault, told).policy == Policy(grounds="본인이 바람")
    assert [desk.get(f"{there}/{step}").status_code for step in ("save", "x")] == [405, 405]


def test_what_was_taken_back_has_no_page_and_is_not_due(archive: Archive) -> None:
    """
    R6: neither its policy nor its days are shown.
    """
    receipt = Receipt.generate()
    told = archive.told(receipt=receipt)
    versions.decide(archive.vault, archive.minji, told, Policy(review_by="2020-01-01"), TODAY, seen=0)
    desk = Desk(archive).opened()
    assert told in desk.get("/due").text
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))

    assert desk.get(f"/testimony/{told}/consent").status_code == 404
    assert told not in desk.get("/due").text


def test_every_reason_of_the_gate_has_korean_words() -> None:
    """
    What holds a record back is said in the language of the desk.
    """
    root = Path(__file__).parents[3] / "archive"
    source = "".join((root / each).read_text("utf-8") for each in ("policy/verdict.py", "policy/versions.py"))
    said = re.findall(r'(?:Reason|PolicyRefused|PolicyDamaged)\(\s*"([^"]+)"', source)
    said += re.findall(r'return "([^"]{12,})"', source)

    assert len(said) > 10
    assert [each for each in said if each not in texts("ko")] == []


@pytest.fixture
def run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ONGGI_ARCHIVE_HOME", str(archive.vault.home))
    monkeypatch.setenv("ONGGI_PASSPHRASE", PASSPHRASE)

    def run(*words: str, passphrase: str = MINJIS) -> Any:
        monkeypatch.setenv("ONGGI_PERSON_PASSPHRASE", passphrase)
        return CliRunner().invoke(command, list(words))

    return run


def test_the_commands_do_what_the_page_does(run: Any, archive: Archive, tmp_path: Path) -> None:
    """
    Show, set, second, drop, history, years, due; a name in FILE stands in no refusal.
    """
    told, file = archive.told(), tmp_path / "policy.json"
    file.write_text(json.dumps({"embargoes": [{"kind": "personal"}], "review_by": "2020-01-01"}))
    assert (
        "version 1 counts now" in run("policy", "set", told, str(file), "--seen", "0", "--as", "minji").output
    )
    file.write_text("{}")
    assert (
        "it loosens embargoes, review_by"
        in run("policy", "set", told, str(file), "--seen", "1", "--as", "minji").output
    )
    shown = run("policy", "show", told).output
    change = re.search(r"change ([0-9a-f]{64})", shown)
    assert change
    assert "look at it again" in run("due").output
    assert "waits for a second person" in run("due").output
    signed = run("policy", "second", told, "--change", change[1], "--as", "sora", passphrase=SORAS)
    assert "version 2 counts now" in signed.output
    assert (
        run("policy", "history", told)
        .output.splitlines()[0]
        .endswith("minji and sora  loosens embargoes, review_by")
    )
    assert "no change waits" in run("policy", "drop", told, "--as", "minji").output
    assert "after 3 years" in run("policy", "years", "3", "--as", "minji").output
    file.write_text(json.dumps({"third_parties": [{"actor": "혜숙"}]}))
    refused = run("policy", "set", told, str(file), "--seen", "2", "--as", "minji")

    assert refused.exit_code == 1
    assert "policy.third_parties[0].actor" in refused.output
    assert "혜숙" not in refused.output
    assert run("policy", "show", "nobody").exit_code == 1


def test_a_change_is_let_go_by_command_and_no_file_is_too_large_to_refuse(
    run: Any, archive: Archive, tmp_path: Path
) -> None:
    """
    What waits is let go, what counts stays; what is no policy by its size is not read.
    """
    told, file = archive.told(), tmp_path / "policy.json"
    file.write_text(json.dumps({"review_by": "2020-01-01"}))
    run("policy", "set", told, str(file), "--seen", "0", "--as", "minji")
    file.write_text("{}")
    run("policy", "set", told, str(file), "--seen", "1", "--as", "minji")
    assert "let go" in run("policy", "drop", told, "--as", "minji").output
    assert versions.waiting(archive.vault, told) is None
    assert "waits" not in run("policy", "show", told).output

    for content, reason in ((" " * (LARGEST + 1), "is too large"), ("[" * 9, "not JSON")):
        file.write_text(content)
        refused = run("policy", "set", told, str(file), "--seen", "1", "--as", "minji")
        assert (refused.exit_code, reason in refused.output) == (1, True)
    assert versions.current(archive.vault, told).number == 1
