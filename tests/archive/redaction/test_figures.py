"""One figure for all the names somebody goes by: joined and parted by people, and gone with her words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from archive import people, review, roles
from archive.keeping.shredding import shred_testimony
from archive.redaction import choices, figure_key, figures
from archive.redaction.choices import Choice
from archive.redaction.figures import FigureRefused, gather, known_aliases
from archive.redaction.joining import join, part, tell_apart, told_apart, undo
from archive.redaction.known import KNOWN, known_in
from archive.redaction.likeness import alike
from archive.standing import TakenBack
from archive.vault import Vault
from crypto.receipt import Receipt
from tests.people import TODAY, Archive, statement

DOCUMENT = "제 이름은 김영숙입니다. 박순이는 옆집에 살았습니다."
SECOND = "영숙이와 함께 강을 건넜습니다. 김영순은 남았습니다."
CHAT = "小玉说她要走。"
TRANSCRIPT = "Her account was yongsuk_79 and Kim Yong-suk wrote every week."
NAMES = {
    DOCUMENT: ("김영숙", "박순이"),
    SECOND: ("영숙", "김영순"),
    CHAT: ("小玉",),
    TRANSCRIPT: ("yongsuk_79", "Kim Yong-suk"),
}


def hide(archive: Archive, told: str, *words: str, category: str = "name") -> None:
    """Minji hides these words wherever they stand, and the map is told."""
    text = archive.vault.testimony(told).text
    made = [
        Choice(found.start(), found.end(), "contact" if "_" in each else category, True)
        for each in words
        for found in re.finditer(re.escape(each), text)
    ]
    choices.keep(archive.vault, archive.minji, told, made)
    gather(archive.vault, archive.minji, told)


def called(vault: Vault, surface: str) -> str:
    """The one figure that goes by this name."""
    [found] = {each.id for each in figures.figures(vault) if surface in each.surfaces}
    return found


def by_surfaces(vault: Vault) -> set[tuple[str, ...]]:
    return {each.surfaces for each in figures.figures(vault)}


@pytest.fixture
def told(archive: Archive) -> dict[str, str]:
    """Four testimonies that speak of one woman under four names, and of two others."""
    langs = {CHAT: "zho", TRANSCRIPT: "eng"}
    found = {text: archive.told(text, lang=langs.get(text, "kor")) for text in NAMES}
    for text, names in NAMES.items():
        hide(archive, found[text], *names)
    return found


def test_one_spelling_in_one_testimony_is_one_figure_and_nothing_else_is(
    archive: Archive, told: dict[str, str]
) -> None:
    """
    What is joined by itself can be told apart by nobody; the same letters in another testimony wait.
    """
    twice = archive.told("김영숙이 왔습니다. 김영숙이 갔습니다.")
    hide(archive, twice, "김영숙")

    assert by_surfaces(archive.vault) == {(each,) for names in NAMES.values() for each in names}
    assert sum("김영숙" in each.surfaces for each in figures.figures(archive.vault)) == 2


def test_four_names_become_one_figure_and_a_similar_one_stays_another(
    archive: Archive, told: dict[str, str]
) -> None:
    """
    A full name, a first name, a nickname and a handle in four testimonies; 김영순 is somebody else.
    """
    vault = archive.vault
    hers = ("김영숙", "영숙", "小玉", "yongsuk_79", "Kim Yong-suk")
    into, *others = [called(vault, each) for each in hers]
    join(vault, archive.minji, into, others, TODAY)

    [one] = [each for each in figures.figures(vault) if each.id == into]
    assert set(one.surfaces) == set(hers)
    assert one.testimonies == tuple(sorted(told.values()))
    assert called(vault, "김영순") != into


def test_a_joining_is_taken_back_exactly(archive: Archive, told: dict[str, str]) -> None:
    """
    Every name is where it was, with what was decided of it; what was done since elsewhere stays.
    """
    vault = archive.vault
    first, second, other = (called(vault, each) for each in ("김영숙", "영숙", "김영순"))
    figures.decide(vault, second, figures.Decided("friend", True, {"pool": "7"}))
    before = figures.figures(vault)
    act = join(vault, archive.minji, first, [second], TODAY)
    assert second not in {each.id for each in figures.figures(vault)}
    figures.decide(vault, other, figures.Decided("broker"))
    undo(vault, archive.sora, act.name)

    found = {each.id: each for each in figures.figures(vault)}
    assert found.pop(other).decided.role == "broker"
    assert found == {each.id: each for each in before if each.id != other}
    with pytest.raises(FigureRefused, match="already"):
        undo(vault, archive.sora, act.name)


def test_a_parting_is_taken_back_exactly(archive: Archive, told: dict[str, str]) -> None:
    """
    One figure was two people after all, and then was not.
    """
    vault = archive.vault
    into, other = called(vault, "김영숙"), called(vault, "김영순")
    join(vault, archive.minji, into, [other], TODAY)
    before = figures.figures(vault)
    wrong = [each.id for each in figures.figure(vault, into).aliases if each.surface == "김영순"]
    act = part(vault, archive.minji, into, wrong, TODAY)
    assert called(vault, "김영순") not in (into, other)
    undo(vault, archive.minji, act.name)

    assert figures.figures(vault) == before


def test_the_later_act_is_taken_back_first(archive: Archive, told: dict[str, str]) -> None:
    """
    Otherwise it would be guessed where a name belongs that was moved twice.
    """
    vault = archive.vault
    one, two, three = (called(vault, each) for each in ("영숙", "김영숙", "小玉"))
    first = join(vault, archive.minji, two, [one], TODAY)
    second = join(vault, archive.minji, three, [two], TODAY)
    with pytest.raises(FigureRefused, match="take that back first"):
        undo(vault, archive.minji, first.name)
    for act in (second, first):
        undo(vault, archive.minji, act.name)

    assert (called(vault, "영숙"), called(vault, "김영숙"), called(vault, "小玉")) == (one, two, three)


@pytest.mark.parametrize("step", ["join", "part", "undo", "apart", "gather"])
def test_only_who_may_mark_changes_the_map(archive: Archive, told: dict[str, str], step: str) -> None:
    """
    R13: a person with another role joins, parts and takes back nothing.
    """
    vault = archive.vault
    people.add(vault, "hana", "hana keeps a third phrase", [archive.minji, archive.sora])
    roles.begin(vault)
    roles.give(vault, archive.minji, "hana", "editor")
    hana = people.unlock(vault, "hana", "hana keeps a third phrase")
    one, two = called(vault, "김영숙"), called(vault, "영숙")
    act = join(vault, archive.minji, called(vault, "小玉"), [called(vault, "Kim Yong-suk")], TODAY)
    steps: dict[str, Callable[[], object]] = {
        "join": lambda: join(vault, hana, one, [two], TODAY),
        "part": lambda: part(vault, hana, one, [], TODAY),
        "undo": lambda: undo(vault, hana, act.name),
        "apart": lambda: tell_apart(vault, hana, one, two),
        "gather": lambda: gather(vault, hana, told[DOCUMENT]),
    }
    before, count = figures.figures(vault), len(vault.journal.events())
    with pytest.raises(roles.RoleRefused):
        steps[step]()

    assert (figures.figures(vault), len(vault.journal.events())) == (before, count)


@pytest.mark.parametrize("chosen", [[], ["all"], ["somebody else's"]], ids=str)
def test_a_figure_keeps_at_least_one_name(archive: Archive, told: dict[str, str], chosen: list[str]) -> None:
    """
    Nothing is parted that would leave nobody, or that is not hers.
    """
    vault, one = archive.vault, called(archive.vault, "김영숙")
    mine = [each.id for each in figures.figure(vault, one).aliases]
    with pytest.raises(FigureRefused):
        part(vault, archive.minji, one, mine if chosen == ["all"] else chosen, TODAY)


def test_one_figure_alone_is_neither_joined_nor_told_apart(archive: Archive, told: dict[str, str]) -> None:
    """
    And whom nobody speaks of is found under no name.
    """
    vault, one = archive.vault, called(archive.vault, "김영숙")
    with pytest.raises(FigureRefused, match="alone"):
        join(vault, archive.minji, one, [one], TODAY)
    with pytest.raises(FigureRefused, match="alone"):
        tell_apart(vault, archive.minji, one, one)
    with pytest.raises(FigureRefused, match="any more"):
        figures.figure(vault, "nobody")


def test_neither_journal_nor_vault_shows_a_name(archive: Archive, told: dict[str, str]) -> None:
    """
    The records of the map are sealed under its own key; the journal has random names only.
    """
    vault = archive.vault
    join(vault, archive.minji, called(vault, "김영숙"), [called(vault, "영숙")], TODAY)
    tell_apart(vault, archive.minji, called(vault, "박순이"), called(vault, "김영순"))
    kept = [json.dumps(vault.every(kind)) for kind in (*figure_key.KINDS, figures.TWO)]
    said = " ".join(str(each) for each in vault.journal.events())

    for each in (each for names in NAMES.values() for each in names):
        for shown in (each, each.encode().hex(), json.dumps(each)[1:-1]):
            assert shown not in said
            assert not any(shown in row for row in kept)
    assert all(each not in repr(figures.figures(vault)) for names in NAMES.values() for each in names)


def test_a_changed_record_or_key_opens_nothing(archive: Archive, told: dict[str, str]) -> None:
    """
    A flipped bit, a record in another's place, and another archive's key: each closes the map, and says so.
    """
    vault, kind = archive.vault, figures.ALIASES
    one, other = told[DOCUMENT], told[SECOND]
    row = vault.json(kind, one)
    for sealed in (row["sealed"][:-1] + ("0" if row["sealed"][-1] != "0" else "1"), "", "words"):
        vault.put_json(kind, one, row | {"sealed": sealed})
        with pytest.raises(figure_key.MapClosed, match="damaged"):
            figures.figures(vault)
    vault.put_json(kind, one, vault.json(kind, other))
    with pytest.raises(figure_key.MapClosed, match="another"):
        figures.figures(vault)
    vault.put_json(kind, one, row)
    file = vault.home / figure_key.FILE
    key = file.read_bytes()
    for wrong in (key[:-1] + bytes([key[-1] ^ 1]), b"", bytes(72)):
        file.write_bytes(wrong)
        with pytest.raises(figure_key.MapClosed, match="put it back"):
            known_aliases(vault)
    file.write_bytes(key)

    assert len(known_aliases(vault)) == sum(map(len, NAMES.values()))


def test_a_lost_key_is_never_replaced_by_a_new_one(archive: Archive, told: dict[str, str]) -> None:
    """
    The map stays closed until its key is put back; nothing is begun beside what is sealed.
    """
    file = archive.vault.home / figure_key.FILE
    key = file.read_bytes()
    file.unlink()
    with pytest.raises(figure_key.MapClosed, match="gone"):
        gather(archive.vault, archive.minji, told[DOCUMENT])
    assert not file.exists()
    file.write_bytes(key)

    assert called(archive.vault, "김영숙")


def test_the_keys_of_testimonies_do_not_open_the_map(archive: Archive, told: dict[str, str]) -> None:
    """
    Whoever has every record of the database with its key still reads no name of the map.
    """
    opened = [record.open() for record in archive.vault.store.records() if record.kind in figure_key.KINDS]

    assert opened
    assert not any(each.encode() in row for row in opened for names in NAMES.values() for each in names)
    assert archive.vault.figures_key.hex() not in (archive.vault.home / figure_key.FILE).read_bytes().hex()


def test_what_is_destroyed_takes_its_names_and_its_figures_along(
    archive: Archive, told: dict[str, str]
) -> None:
    """
    R36: no alias of it is known any more; who was spoken of nowhere else goes, the others keep theirs.
    """
    vault = archive.vault
    into = called(vault, "김영숙")
    act = join(vault, archive.minji, into, [called(vault, "영숙")], TODAY)
    figures.decide(vault, gone := called(vault, "김영순"), figures.Decided("broker"))
    tell_apart(vault, archive.minji, into, gone)
    shred_testimony(vault, told[SECOND], archive.minji, archive.sora, TODAY)

    assert {each for each, _ in known_aliases(vault)} == {
        each for text, names in NAMES.items() if text != SECOND for each in names
    }
    assert figures.figure(vault, into).surfaces == ("김영숙",)
    assert not vault.holds(figures.FIGURE, gone)
    assert not vault.holds(figures.ACT, act.name)
    assert not vault.names(figures.TWO)


def test_a_map_that_does_not_open_keeps_nothing_from_being_destroyed(
    archive: Archive, told: dict[str, str]
) -> None:
    """
    Her words go even when the map's key is lost.
    """
    (archive.vault.home / figure_key.FILE).unlink()
    shred_testimony(archive.vault, told[CHAT], archive.minji, archive.sora, TODAY)

    assert not archive.vault.holds(figures.ALIASES, told[CHAT])


def test_a_name_that_is_shown_again_leaves_the_map(archive: Archive, told: dict[str, str]) -> None:
    """
    What a person decided to leave in the text is not looked for elsewhere.
    """
    text = archive.vault.testimony(told[DOCUMENT]).text
    at = text.index("박순이")
    choices.keep(archive.vault, archive.minji, told[DOCUMENT], [Choice(at, at + 3, "name", False)])
    gather(archive.vault, archive.minji, told[DOCUMENT])

    assert ("박순이", "PER") not in known_aliases(archive.vault)


def test_a_number_of_a_phone_is_nobodys_name(archive: Archive) -> None:
    """
    Of contacts only what has letters is what somebody is called.
    """
    told = archive.told("전화는 138-4527-9912, 위챗은 xiaoyu입니다.")
    hide(archive, told, "138-4527-9912", "xiaoyu", category="contact")

    assert known_aliases(archive.vault) == {("xiaoyu", "HANDLE")}


def test_a_name_that_was_hidden_once_is_found_in_every_other_testimony(
    archive: Archive, told: dict[str, str]
) -> None:
    """
    In its other spellings, and the reason says that it is known.
    """
    texts = ["金英淑没有回来。", "그때 영숙이가 울었습니다.", "날이 추웠습니다."]
    found = known_in(texts, known_aliases(archive.vault))

    seen = [{text[s.start : s.end] for s in row} for text, row in zip(texts, found, strict=True)]
    assert ("金英淑" in seen[0], "영숙" in seen[1], seen[2]) == (True, True, set())
    assert {s.reason for row in found for s in row} == {KNOWN}


def test_who_was_told_apart_is_not_suggested_as_one_again(archive: Archive, told: dict[str, str]) -> None:
    """
    By a person who said so, or by one who parted them.
    """
    vault = archive.vault
    one, two = called(vault, "김영숙"), called(vault, "영숙")
    row = {each.id: each.surfaces for each in figures.figures(vault)}
    assert {one, two} in [{each.one, each.other} for each in alike(row, told_apart(vault))]
    tell_apart(vault, archive.minji, one, two)

    assert {one, two} not in [{each.one, each.other} for each in alike(row, told_apart(vault))]


def test_what_she_took_back_is_not_looked_for(archive: Archive) -> None:
    """
    From the day of her withdrawal on, before anything is destroyed.
    """
    receipt = Receipt.generate()
    [told] = archive.take(statement(archive, DOCUMENT, receipt=receipt)).taken
    hide(archive, told, "김영숙")
    assert known_aliases(archive.vault)
    archive.take(statement(archive, "", receipt=receipt, seq=1, grants=[], kind="withdrawal"))

    assert not known_aliases(archive.vault)
    assert not figures.figures(archive.vault)
    with pytest.raises(TakenBack):
        gather(archive.vault, archive.minji, told)


def test_gathering_again_changes_nothing(archive: Archive, told: dict[str, str]) -> None:
    """
    And proposing what was chosen loses no name.
    """
    vault = archive.vault
    join(vault, archive.minji, called(vault, "김영숙"), [called(vault, "영숙")], TODAY)
    before, id = figures.figures(vault), told[DOCUMENT]
    review.propose(vault, archive.minji, id, choices.redactions(choices.choices(vault, id)))
    choices.forget_hidden(vault, archive.minji, id)

    assert gather(vault, archive.minji, id) == 0
    assert figures.figures(vault) == before
