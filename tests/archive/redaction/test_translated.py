"""What readers read in another language: made of the redacted words, and as closed as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive import leaving, people, releasing, review, translating
from archive.consent import TOO_NARROW, ConsentRefused, rendition, translations
from archive.people import Person
from archive.policy import versions
from archive.policy.record import Policy, Withheld
from archive.redaction import translated, wishes
from archive.redaction.decision import verify as decision
from archive.redaction.spans import Redaction
from archive.redaction.translated import TranslationRefused
from archive.release import verify
from archive.releasing import ReleaseRefused
from archive.testimony import Language, Segment
from crypto.keys import SigningKey
from tests.people import ORIGIN, RESEARCH, TODAY, Archive

WORDS = "김혜숙은 혜산에서 1998년에 강을 건넜다.\n\n겨울이었다."
HIDDEN = (("김혜숙", "name"), ("혜산", "place"), ("1998년", "date"))
TRANSLATED = {"s0001": "[name] crossed the river at [place] in [date].", "s0002": "It was winter."}
GRANTS = (*RESEARCH, ("translate", "archivists"))


def decided(
    archive: Archive, text: str = WORDS, hide: tuple[tuple[str, str], ...] = HIDDEN, grants: object = GRANTS
) -> str:
    told = archive.told(text, grants=grants)
    marks = [Redaction(text.find(s), text.find(s) + len(s), category) for s, category in hide]
    review.propose(archive.vault, archive.minji, told, marks)
    archive.approve(told)
    return told


def write(archive: Archive, told: str, texts: dict[str, str], lang: Language = "eng") -> None:
    translating.write(archive.vault, archive.minji, told, lang, texts, TODAY)


def approve(archive: Archive, told: str, lang: Language = "eng", by: Person | None = None) -> None:
    digest = translating.standing(archive.vault, told)[lang].told.digest
    translating.approve(archive.vault, by or archive.sora, told, lang, digest)


def untold(archive: Archive) -> list[str]:
    return list(leaving.look(archive.vault).untold)


def test_a_translation_leaves_beside_the_words_it_was_made_of(archive: Archive, tmp_path: Path) -> None:
    """
    Two people sign it over the redacted words; readers get it under the names of the paragraphs.
    """
    told = decided(archive)
    write(archive, told, TRANSLATED)
    write(archive, told, {"s0002": "那是冬天。"}, "zho")
    approve(archive, told)
    assert untold(archive) == [f"{told}:zho"]
    approve(archive, told, "zho")
    releasing.draft(archive.vault, archive.minji)
    releasing.write(archive.vault, archive.sign_release().number, tmp_path / "out", TODAY)
    [found] = verify(tmp_path / "out", archive.root, ORIGIN).testimonies

    assert {lang: {s.id: s.text for s in each} for lang, each in found.translations.items()} == {
        "eng": TRANSLATED,
        "zho": {"s0002": "那是冬天。"},
    }


def test_a_translation_has_no_part_that_the_gate_does_not_show(archive: Archive) -> None:
    """
    R2: of the parts that are withheld none is in it; and one that was not signed keeps no other here.
    """
    told, unsigned = decided(archive), {"s0002": "那是冬天。"}
    write(archive, told, TRANSLATED)
    write(archive, told, unsigned, "zho")
    assert translated.languages(archive.vault, told) == ["zho", "eng"]
    approve(archive, told)
    made = rendition(archive.vault, told, "research_read", "vetted_researchers")
    parts = tuple(Segment(id, text) for id, text in TRANSLATED.items())
    [english], refused = translations(archive.vault, made)
    assert (english, list(refused)) == (replace(made, lang="eng", segments=parts, labels=()), ["zho"])
    assert len(made.labels) == 3

    policy = Policy(withheld=(Withheld("s0001", "research_read"),))
    versions.decide(archive.vault, archive.minji, told, policy, TODAY, seen=0)
    made = rendition(archive.vault, told, "research_read", "vetted_researchers")
    assert [each.segments for each in translations(archive.vault, made)[0]] == [parts[1:]]
    assert translations(archive.vault, replace(made, segments=()))[0] == ()
    inside = rendition(archive.vault, told, "index_search", "archivists")
    assert translations(archive.vault, inside) == ((), {})
    wishes.ask(archive.vault, archive.minji, told, "winter", "other", "hide")
    found, refused = translations(archive.vault, made)
    assert (found, refused["eng"]) == ((), "she asked for words to be hidden that can be read in it")


TELLING = [
    "Kim Hye-suk, [name], crossed at [place] in [date].",
    "[name] crossed from Hyesan, [place], in [date].",
    "[name] crossed at [place] in [date], that is 1998.",
    "[name] crossed at [place]，惠山 [date].",
    "[name] crossed the river in [date].",
    "[name] [name] crossed at [place] in [date].",
]


def test_nothing_hidden_in_the_original_stands_in_its_translation(archive: Archive) -> None:
    """
    A name in another script, a place under another name, a year's digits; nor is a hidden place left out.
    """
    told = decided(archive)
    for tells in TELLING:
        with pytest.raises(TranslationRefused) as refused:
            write(archive, told, {"s0001": tells})
        assert refused.value.segment == "s0001"
        assert "1998" not in str(refused.value)
    assert translating.standing(archive.vault, told) == {}


def test_a_name_that_another_testimony_hides_holds_the_translation_back_alone(archive: Archive) -> None:
    """
    R16: the words it was made of leave without it.
    """
    told = decided(archive)
    decided(archive, "박철수가 왔다.", (("박철수", "name"),))
    write(archive, told, {"s0002": "It was winter, said Park Chol-su."})
    approve(archive, told)
    looked = leaving.look(archive.vault)

    assert (list(looked.untold), looked.refused, len(looked.made)) == ([f"{told}:eng"], {}, 2)
    assert "translations" not in "".join(looked.lines.values())


def test_what_the_recognisers_find_was_seen_by_both_who_signed(archive: Archive) -> None:
    """
    It is signed with the translation; a text that was signed without it stays here.
    """
    told = decided(archive)
    names = {"s0002": "It was winter, said Robert Smith."}
    write(archive, told, names)
    approve(archive, told)
    assert translating.standing(archive.vault, told)["eng"].told.found
    assert untold(archive) == []
    text = decision(archive.vault, told)
    translated.put(archive.vault, archive.minji, text, "eng", names, [], TODAY.isoformat())
    approve(archive, told)

    assert leaving.look(archive.vault).untold == {f"{told}:eng": leaving.SEEN_BY_NOBODY}


def test_of_a_child_nothing_is_translated_narrower_than_it_may_be_told(archive: Archive) -> None:
    """
    R39: not when it is written, and not when it turns out later that she was one; a region and a decade are.
    """
    told = decided(archive)
    fine = {"s0001": "[name] crossed the river at [the border region of North Korea] in [the 1990s]."}
    narrow = {"s0001": "[name] crossed the river at [place] in [date], in the late 1990s."}
    write(archive, told, narrow)
    approve(archive, told)
    assert untold(archive) == []
    policy = Policy(minor_at_time="yes", minor_at_telling="no")
    versions.decide(archive.vault, archive.minji, told, policy, TODAY, seen=0)
    change = versions.waiting(archive.vault, told)
    assert change is not None
    versions.second(archive.vault, archive.sora, told, change.digest)

    assert leaving.look(archive.vault).untold == {f"{told}:eng": TOO_NARROW}
    for tells in (narrow, {"s0001": "[name] crossed the river at [Ryanggang] in [date]."}):
        with pytest.raises(TranslationRefused, match="too narrow") as refused:
            write(archive, told, tells)
        assert refused.value.segment == "s0001"
    write(archive, told, fine)
    approve(archive, told)
    assert untold(archive) == []


def test_a_translation_dies_with_the_words_it_was_made_of(archive: Archive) -> None:
    """
    When two people hide more, or her word on translating changes, nothing of it leaves any more.
    """
    told = decided(archive)
    write(archive, told, TRANSLATED)
    approve(archive, told)
    at = WORDS.find("겨울")
    marks = [*review.reading(archive.vault, told).marks, Redaction(at, at + 2, "other")]
    review.propose(archive.vault, archive.minji, told, marks)
    archive.approve(told)
    looked = leaving.look(archive.vault)

    assert looked.untold == {f"{told}:eng": translated.CHANGED}
    assert not translating.standing(archive.vault, told)["eng"].is_current
    with pytest.raises(TranslationRefused, match="changed"):
        approve(archive, told)


def test_without_her_word_nothing_is_translated_for_readers(archive: Archive) -> None:
    """
    R1: `translate` for archivists is asked when it is written, and again when it would leave.
    """
    told = decided(archive, grants=RESEARCH)
    with pytest.raises(ConsentRefused, match="translate for archivists was not granted"):
        write(archive, told, TRANSLATED)
    text = decision(archive.vault, told)
    translated.put(archive.vault, archive.minji, text, "eng", TRANSLATED, [], TODAY.isoformat())
    translated.sign(archive.vault, archive.sora, told, "eng")

    assert leaving.look(archive.vault).untold == {f"{told}:eng": "translate for archivists was not granted"}


def test_two_known_people_sign_what_they_have_read(archive: Archive) -> None:
    """
    R13: not the translator herself, not a stranger, not another text than was read; a changed row is none.
    """
    told = decided(archive)
    write(archive, told, TRANSLATED)
    with pytest.raises(TranslationRefused, match="second person"):
        approve(archive, told, by=archive.minji)
    read = translating.standing(archive.vault, told)["eng"].told.digest
    write(archive, told, {"s0002": "It was cold."})
    with pytest.raises(TranslationRefused, match="read it again"):
        translating.approve(archive.vault, archive.sora, told, "eng", read)
    approve(archive, told)
    name = f"{told}:eng"
    row = archive.vault.json(translated.KIND, name)
    known = people.known(archive.vault)
    translated.sign(archive.vault, Person("sora", SigningKey.generate()), told, "eng")
    stranger = archive.vault.json(translated.KIND, name)
    itself = row | {"approver": row["translator"]}
    for changed in (stranger, itself, row | {"segments": [["s0002", "It was warm."]]}, row | {"lang": "zho"}):
        archive.vault.put_json(translated.KIND, name, changed)
        with pytest.raises(TranslationRefused):
            translated.translated(archive.vault, told, "eng", known)


def test_a_release_that_brings_a_translation_says_more(archive: Archive) -> None:
    """
    R32: whoever signs names the testimony, for its words are new to readers in that language.
    """
    told = decided(archive)
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    write(archive, told, TRANSLATED)
    approve(archive, told)
    digest = releasing.draft(archive.vault, archive.minji).digest
    with pytest.raises(ReleaseRefused, match="says more"):
        releasing.sign(archive.vault, archive.sora, digest, TODAY)
    assert releasing.sign(archive.vault, archive.sora, digest, TODAY, more=[told]).ids == (told,)
