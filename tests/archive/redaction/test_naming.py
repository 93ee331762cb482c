"""One person, one replacement: drawn, kept, another in another collection, and never a real name."""

from __future__ import annotations

import json
import re

import pytest

from archive import consent, review
from archive.redaction import choices, figure_key, figures, naming
from archive.redaction.figures import FigureRefused, figure
from archive.redaction.joining import join, undo
from archive.redaction.naming import COLLECTION, draw, linking, set_role, shown_for, use
from archive.testimony import LANGUAGES
from tests.archive.redaction.test_figures import (
    CHAT,
    DOCUMENT,
    NAMES,
    SECOND,
    TRANSCRIPT,
    called,
    hide,
    told,
)
from tests.people import TODAY, Archive

__all__ = ["told"]
HERS = ("김영숙", "영숙", "小玉", "yongsuk_79", "Kim Yong-suk")
WORDS = {"kor": "여동생", "zho": "妹妹", "eng": "younger sister"}


@pytest.fixture
def one(archive: Archive, told: dict[str, str]) -> str:
    """The figure that goes by four names in four testimonies: a younger sister."""
    into, *others = [called(archive.vault, each) for each in HERS]
    join(archive.vault, archive.minji, into, others, TODAY)
    set_role(archive.vault, archive.minji, into, "younger_sister")
    return into


def approved(archive: Archive, told: dict[str, str]) -> dict[str, str]:
    """Two people propose and approve all of it; what the gate hands out, by testimony."""
    vault, found = archive.vault, dict[str, str]()
    for id in told.values():
        review.propose(vault, archive.minji, id, choices.redactions(choices.choices(vault, id)))
        archive.approve(id)
        made = consent.rendition(vault, id, "research_read", "vetted_researchers")
        found[id] = "\n".join(each.text for each in made.segments)
    return found


def test_one_person_has_one_replacement_everywhere_and_no_name_of_hers_is_left(
    archive: Archive, told: dict[str, str], one: str
) -> None:
    """
    A full name, a first name, a nickname and a handle: one tag, in the language of each testimony.
    A woman with a similar name has another.
    """
    other = called(archive.vault, "김영순")
    set_role(archive.vault, archive.minji, other, "younger_sister")
    for id in (one, other):
        use(archive.vault, archive.minji, id, COLLECTION)
    shown = {
        lang: shown_for(archive.vault, figure(archive.vault, one), COLLECTION, lang) for lang in LANGUAGES
    }
    texts = approved(archive, told)

    for text, lang in ((DOCUMENT, "kor"), (SECOND, "kor"), (CHAT, "zho"), (TRANSCRIPT, "eng")):
        assert shown[lang] in texts[told[text]]
        assert not any(each in texts[told[text]] for names in NAMES.values() for each in names)
    assert texts[told[TRANSCRIPT]].count(shown["eng"]) == 2
    similar = shown_for(archive.vault, figure(archive.vault, other), COLLECTION, "kor")
    assert similar in texts[told[SECOND]]
    assert similar != shown["kor"]


def test_a_tag_says_the_role_in_each_language_with_one_letter(
    archive: Archive, told: dict[str, str], one: str
) -> None:
    """
    Nothing stands for her before it was drawn; then the same letter of each alphabet.
    """
    assert shown_for(archive.vault, figure(archive.vault, one), COLLECTION, "kor") == ""
    found = draw(archive.vault, archive.minji, one, COLLECTION)

    letters = []
    for lang, alphabet in (
        ("kor", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"),
        ("zho", "甲乙丙丁戊己庚辛壬癸"),
        ("eng", "ABCDEFGHIJ"),
    ):
        shown = re.fullmatch(rf"\[{WORDS[lang]} ?(.)\]", shown_for(archive.vault, found, COLLECTION, lang))
        assert shown is not None
        letters.append(alphabet.index(shown[1]))
    assert len(set(letters)) == 1


@pytest.mark.parametrize("invented", [False, True], ids=["tag", "name"])
def test_in_another_collection_she_has_another(
    archive: Archive, told: dict[str, str], one: str, invented: bool
) -> None:
    """
    So that what is released to one reader and to another cannot be laid side by side.
    """
    set_role(archive.vault, archive.minji, one, "younger_sister", invented=invented)
    for collection in (COLLECTION, "book of 2027", "court"):
        draw(archive.vault, archive.minji, one, collection)
    found = figure(archive.vault, one)

    for lang in LANGUAGES:
        assert len({shown_for(archive.vault, found, c, lang) for c in naming.collections(archive.vault)}) == 3


def test_it_is_drawn_and_kept_and_no_two_figures_have_one(archive: Archive, told: dict[str, str]) -> None:
    """
    Asking again changes nothing. What she had before a new draw is given to nobody, nor when she is gone.
    """
    vault, everyone = archive.vault, figures.figures(archive.vault)
    for each in everyone:
        draw(vault, archive.minji, each.id, COLLECTION)
    first = [shown_for(vault, figure(vault, each.id), COLLECTION, "kor") for each in everyone]
    for each in everyone:
        draw(vault, archive.minji, each.id, COLLECTION)
    assert first == [shown_for(vault, figure(vault, each.id), COLLECTION, "kor") for each in everyone]
    assert len(set(first)) == len(everyone)
    second = []
    for each in everyone:
        made = draw(vault, archive.minji, each.id, COLLECTION, again=True)
        second.append(shown_for(vault, made, COLLECTION, "kor"))

    assert not set(first) & set(second)
    assert len(set(second)) == len(everyone)


def test_one_name_in_twenty_collections_gives_twenty_tags(archive: Archive) -> None:
    """
    Nothing of the name goes into it.
    """
    made = archive.told("혜숙이 울었다.")
    hide(archive, made, "혜숙")
    one = called(archive.vault, "혜숙")
    drawn = set()
    for number in range(20):
        found = draw(archive.vault, archive.minji, one, f"collection {number}")
        drawn.add(shown_for(archive.vault, found, f"collection {number}", "eng"))

    assert len(drawn) == 20


def test_more_than_ten_of_a_role_have_two_letters(archive: Archive) -> None:
    """
    Ten have one letter; the eleventh has two, and none is anybody's twice.
    """
    names = [f"손님{sign}" for sign in "가나다라마바사아자차카타"]
    id = archive.told(" ".join(f"{each}." for each in names))
    hide(archive, id, *names)
    shown = []
    for each in figures.figures(archive.vault):
        found = draw(archive.vault, archive.minji, each.id, COLLECTION)
        shown.append(shown_for(archive.vault, found, COLLECTION, "eng"))

    assert len(set(shown)) == 12
    assert sorted(len(each) for each in shown) == [len("[person A]")] * 10 + [len("[person AB]")] * 2


def test_when_all_tags_of_a_role_are_taken_another_role_is_asked_for() -> None:
    """
    No tag is given twice, whatever stands on the map.
    """
    taken = {str(number) for block in naming.BLOCKS for number in block}
    last = str(naming.BLOCKS[-1][-1])

    assert naming._number(taken - {last}) == last
    with pytest.raises(FigureRefused, match="another role"):
        naming._number(taken)


def test_an_invented_name_is_nobodys(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Not one that is hidden anywhere, in any spelling, and none that stands in a testimony.
    """
    id = archive.told("도담은 웃었다. 이름은 김소담입니다.")
    other = archive.told("Garam and Sodam left.", lang="eng")
    hide(archive, id, "김소담")
    hide(archive, other, "Garam")
    lists = naming._lists()
    few = {"kor": "가람 도담 소담 나린", "zho": "青禾", "eng": "Garam Sodam Wren"}
    monkeypatch.setattr(naming, "_lists", lambda: lists | {"invented": few})
    one = called(archive.vault, "김소담")
    set_role(archive.vault, archive.minji, one, "friend", invented=True)
    found = draw(archive.vault, archive.minji, one, COLLECTION)
    shown = [shown_for(archive.vault, found, COLLECTION, lang) for lang in LANGUAGES]

    assert shown == ["[나린]", "[青禾]", "[Wren]"]
    with pytest.raises(FigureRefused, match="no invented name is left"):
        draw(archive.vault, archive.minji, one, COLLECTION, again=True)


def test_a_replacement_is_a_draft_until_two_people_signed(
    archive: Archive, told: dict[str, str], one: str
) -> None:
    """
    R13: what stands for her is in the choices; what was approved before is what the gate gives out.
    """
    before = approved(archive, told)
    used = use(archive.vault, archive.minji, one, COLLECTION)
    made = consent.rendition(archive.vault, told[CHAT], "research_read", "vetted_researchers")

    assert (used.spans, set(used.testimonies), used.refused) == (5, set(told.values()), ())
    assert before[told[CHAT]] == "\n".join(each.text for each in made.segments)
    assert {c.shown for c in choices.choices(archive.vault, told[CHAT])} == {
        shown_for(archive.vault, figure(archive.vault, one), COLLECTION, "zho")
    }


def test_where_a_tag_would_show_what_is_hidden_it_is_not_used(
    archive: Archive, told: dict[str, str], one: str
) -> None:
    """
    The others are done, and the testimony is named.
    """
    hidden = archive.told("김영숙이 말한 여동생은 그 마을에 하나뿐입니다.")
    hide(archive, hidden, "김영숙", "여동생")
    mine = {each.id for each in figures.figures(archive.vault) if hidden in each.testimonies}
    join(
        archive.vault,
        archive.minji,
        one,
        [id for id in mine if "김영숙" in figure(archive.vault, id).surfaces],
        TODAY,
    )
    used = use(archive.vault, archive.minji, one, COLLECTION)

    assert used.refused == (hidden,)
    assert set(used.testimonies) == set(told.values())
    assert {c.shown for c in choices.choices(archive.vault, hidden)} == {""}


def test_what_links_two_testimonies_is_said(archive: Archive, told: dict[str, str], one: str) -> None:
    """
    One replacement in several testimonies says that they speak of one person.
    """
    use(archive.vault, archive.minji, one, COLLECTION)
    use(archive.vault, archive.minji, called(archive.vault, "박순이"), COLLECTION)
    approved(archive, told)
    shown = shown_for(archive.vault, figure(archive.vault, one), COLLECTION, "kor")

    assert linking(archive.vault, told.values()) == {shown: tuple(sorted((told[DOCUMENT], told[SECOND])))}
    assert linking(archive.vault, [told[DOCUMENT]]) == {}


def test_joining_keeps_one_replacement_and_taking_it_back_gives_both_again(
    archive: Archive, told: dict[str, str]
) -> None:
    """
    She who stays keeps hers; the other has hers again, and nobody got it meanwhile.
    """
    vault = archive.vault
    one, other = called(vault, "김영숙"), called(vault, "영숙")
    mine, hers = (
        shown_for(vault, draw(vault, archive.minji, id, COLLECTION), COLLECTION, "kor") for id in (one, other)
    )
    act = join(vault, archive.minji, one, [other], TODAY)
    assert shown_for(vault, figure(vault, one), COLLECTION, "kor") == mine
    undo(vault, archive.minji, act.name)

    assert shown_for(vault, figure(vault, other), COLLECTION, "kor") == hers


def test_the_vault_shows_no_replacement_beside_a_name(
    archive: Archive, told: dict[str, str], one: str
) -> None:
    """
    What was drawn is sealed like the names; and it says of nobody that it is hers.
    """
    set_role(archive.vault, archive.minji, one, "friend", invented=True)
    found = draw(archive.vault, archive.minji, one, COLLECTION)
    shown = shown_for(archive.vault, found, COLLECTION, "kor")[1:-1]
    kept = [json.dumps(archive.vault.every(kind), ensure_ascii=False) for kind in figure_key.KINDS]

    assert not any(shown in row or "friend" in row for row in kept)
    assert shown not in " ".join(str(each) for each in archive.vault.journal.events())
    assert one not in json.dumps(naming.drawn_so_far(archive.vault))


@pytest.mark.parametrize("collection", ["", "a|b", "-", "x" * 41, " court"], ids=repr)
def test_a_collection_has_a_plain_name(archive: Archive, told: dict[str, str], collection: str) -> None:
    """
    What could not be told from another collection is refused, and nothing is drawn.
    """
    with pytest.raises(FigureRefused):
        draw(archive.vault, archive.minji, called(archive.vault, "김영숙"), collection)
    assert not naming.drawn_so_far(archive.vault)


def test_every_role_has_a_word_in_every_language_and_no_word_is_twice() -> None:
    """
    A tag says one role only.
    """
    for lang in LANGUAGES:
        words = naming.roles_in(lang)
        assert len(set(words.values())) == len(words)
        assert all(words.values())
    with pytest.raises(KeyError):
        naming.roles_in("rus")
