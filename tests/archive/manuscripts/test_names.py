"""One person, one name across a book, and that name in no other book and not in the reading room."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import docx
import pypdfium2
import pytest

from archive import consent, review
from archive.manuscripts import approval, arranging, compiling, shelf
from archive.manuscripts.appearing import appearing, name_everybody, rename
from archive.manuscripts.binder import Block, Project
from archive.manuscripts.quoting import QuoteRefused, Sources
from archive.redaction import choices, naming
from archive.redaction.figures import FigureRefused, figure
from archive.redaction.joining import join
from archive.testimony import LANGUAGES
from tests.archive.manuscripts.conftest import BOOK
from tests.archive.manuscripts.test_books import words_of_epub
from tests.archive.redaction.test_figures import called, hide
from tests.people import RESEARCH, TODAY, Archive

KOREAN = "순옥은 강을 건넜다. 나는 순옥을 기다렸다.\n\n순옥은 벽에 무엇을 썼다."
CHINESE = "顺玉说她要走。\n\n第二天下雪。"


@pytest.fixture
def one(archive: Archive) -> tuple[str, str, str]:
    """Somebody who is spoken of in two testimonies and two languages, as the reading room has her."""
    told = [
        archive.told(text, lang=lang, grants=(*RESEARCH, BOOK))
        for text, lang in ((KOREAN, "kor"), (CHINESE, "zho"))
    ]
    hide(archive, told[0], "순옥")
    hide(archive, told[1], "顺玉")
    id, other = called(archive.vault, "순옥"), called(archive.vault, "顺玉")
    join(archive.vault, archive.minji, id, [other], TODAY)
    naming.set_role(archive.vault, archive.minji, id, "younger_sister")
    naming.use(archive.vault, archive.minji, id, naming.COLLECTION)
    for each in told:
        chosen = choices.choices(archive.vault, each)
        review.propose(archive.vault, archive.minji, each, choices.redactions(chosen))
        archive.approve(each)
    return told[0], told[1], id


def book(archive: Archive, *testimonies: str, title: str = "항아리") -> Project:
    """A project with a chapter for each of these testimonies, which quotes all of it."""
    vault, minji = archive.vault, archive.minji
    made = shelf.create(vault, minji, title, "kor", "public")
    made = shelf.change(vault, minji, made.id, lambda p: arranging.add_part(p, "강"), TODAY)
    for number, each in enumerate(testimonies, 1):
        part = made.parts[0].id
        made = arranging.add_chapter(made, part, f"장 {number}", "lightly_edited")
        sources, chapter = Sources(vault, made), made.parts[0].chapters[-1].id
        for segment in sources.rendition(each).segments:
            quote = sources.bind(each, [segment.id], 0, len(segment.text))
            made = arranging.add_block(made, chapter, Block("", "quote", quote=quote))
    made = shelf.change(vault, minji, made.id, lambda p: made, TODAY)
    name_everybody(vault, minji, made)
    return made


def room(archive: Archive, one: str, lang: str) -> str:
    return naming.shown_for(archive.vault, figure(archive.vault, one), naming.COLLECTION, lang)


def read(archive: Archive, made: Project) -> str:
    sources = Sources(archive.vault, made)
    return "\n".join(sources.text(block) for block in made.blocks)


def agreed(archive: Archive, made: Project) -> None:
    for chapter in made.chapters:
        for each in sorted(chapter.testimonies):
            approval.approve(archive.vault, archive.sora, made, chapter.id, each, "in_person", TODAY)


def test_one_person_has_one_name_in_a_book_and_it_is_not_the_reading_rooms(
    archive: Archive, one: tuple[str, str, str]
) -> None:
    """
    In both languages her name in this book stands where hers is hidden; what readers of the reading room know
    her by stands nowhere, and each quote still proves that it is what two people approved.
    """
    korean, chinese, id = one
    made = book(archive, korean, chinese)
    sources = Sources(archive.vault, made)
    approved = consent.rendition(archive.vault, korean, "memoir_compilation", "public")
    told, hers = read(archive, made), sources.names.shown(id, "kor")

    assert room(archive, id, "kor") in approved.segments[0].text
    assert told.count(hers) == 3
    assert told.count(sources.names.shown(id, "zho")) == 1
    assert room(archive, id, "zho") not in told
    first = next(made.blocks)
    assert first.quote is not None
    assert sources.words(first.quote) == approved.segments[0].text
    assert sources.shown(first.quote) == approved.segments[0].text.replace(room(archive, id, "kor"), hers)
    assert sources.blocked(made) == []


def test_a_name_is_put_into_its_place_and_not_into_letters_that_look_like_it(
    archive: Archive, one: tuple[str, str, str]
) -> None:
    """
    What she told herself in brackets stays, even where it is the very tag that stands for somebody.
    """
    told = archive.told("순옥은 울었다. 벽에 [이름]이라고 쓰여 있었다.", grants=(*RESEARCH, BOOK))
    hide(archive, told, "순옥")
    review.propose(
        archive.vault, archive.minji, told, choices.redactions(choices.choices(archive.vault, told))
    )
    archive.approve(told)
    made = book(archive, told)
    [shown] = [each.shown[0] for each in appearing(made, Sources(archive.vault, made))]

    assert read(archive, made) == f"{shown}은 울었다. 벽에 [이름]이라고 쓰여 있었다."


@pytest.mark.parametrize("invented", [False, True], ids=["tag", "name"])
def test_two_books_and_the_reading_room_share_no_name(
    archive: Archive, one: tuple[str, str, str], invented: bool
) -> None:
    """
    R18: nothing that stands for anybody in one of them ever stood for anybody in another.
    """
    korean, chinese, id = one
    books = [book(archive, korean, chinese, title=title) for title in ("하나", "둘")]
    for made in books:
        rename(archive.vault, archive.minji, made, id, invented=invented)
    shown = [{Sources(archive.vault, made).names.shown(id, lang) for lang in LANGUAGES} for made in books]
    shown.append({room(archive, id, lang) for lang in LANGUAGES})

    assert all(len(each - {""}) == 3 for each in shown)
    assert len(set().union(*shown)) == 9
    by_collection: dict[str, set[tuple[str, str]]] = {}
    for pool, drawn in naming.drawn_so_far(archive.vault).items():
        collection, _, of = pool.partition("|")
        by_collection.setdefault(collection, set()).update((of, value) for value in drawn)
    assert len(by_collection) == 3
    assert len(set().union(*by_collection.values())) == sum(map(len, by_collection.values()))


def test_what_stands_for_her_in_a_book_is_put_into_no_testimony(
    archive: Archive, one: tuple[str, str, str]
) -> None:
    """
    Neither is a book listed among the collections of what is released.
    """
    made = book(archive, one[0])
    with pytest.raises(FigureRefused, match="no testimony"):
        naming.use(archive.vault, archive.minji, one[2], naming.book_of(made.id))
    assert naming.collections(archive.vault) == [naming.COLLECTION]


def test_a_quote_takes_all_of_a_name_or_nothing_of_it(archive: Archive, one: tuple[str, str, str]) -> None:
    """
    A quote that begins or ends within what stands for somebody would show a piece of the reading room's name.
    """
    made = book(archive, one[0])
    sources, tag = Sources(archive.vault, made), len(room(archive, one[2], "kor"))
    for start, end in ((1, tag + 3), (0, tag - 1)):
        with pytest.raises(QuoteRefused, match="all of what stands for a name"):
            sources.bind(one[0], ["s0001"], start, end)
    assert sources.bind(one[0], ["s0001"], tag, tag + 3)


def test_an_editors_words_follow_the_name_when_it_is_drawn_again(
    archive: Archive, one: tuple[str, str, str]
) -> None:
    """
    R34, R35: in a note and in an edited quote she is kept, and not her name; another draw renames her
    everywhere, and the chapter waits for a yes again.
    """
    made = book(archive, one[0])
    chapter, sources = next(made.chapters), Sources(archive.vault, made)
    before, first = sources.names.shown(one[2], "kor"), chapter.blocks[0]
    note = sources.edited(made, Block("", "note"), f"{before}은 열 살이었다.")
    made = arranging.add_block(made, chapter.id, note)
    edit = sources.text(first).replace("강을", "두만강을")
    made = arranging.change_block(made, first.id, lambda b: sources.edited(made, b, edit))
    made = shelf.change(archive.vault, archive.minji, made.id, lambda p: made, TODAY)
    agreed(archive, made)
    rename(archive.vault, archive.minji, made, one[2], invented=None)
    after = Sources(archive.vault, made)
    told = read(archive, made)

    assert before not in "".join(block.text for block in made.blocks)
    assert before not in told
    assert told.count(after.names.shown(one[2], "kor")) == 4
    assert [piece for piece in after.edits(made.block(first.id)) if piece[0]] == [("ins", "두만")]
    assert approval.missing(archive.vault, made, next(made.chapters), after) == [one[0]]


def test_somebody_without_a_name_in_the_book_blocks_it(archive: Archive, one: tuple[str, str, str]) -> None:
    """
    Where her role was changed since nothing is drawn for her: her quotes are blocked until it is.
    """
    made = book(archive, one[0])
    naming.set_role(archive.vault, archive.minji, one[2], "friend")
    blocked = Sources(archive.vault, made).blocked(made)
    assert {each.why for each in blocked} == {"somebody in it has no name in this book; draw the names"}
    assert len(blocked) == 2
    assert name_everybody(archive.vault, archive.minji, made) == 1
    assert Sources(archive.vault, made).blocked(made) == []


def test_the_list_of_who_is_who_is_in_every_format_and_only_when_asked_for(
    archive: Archive, one: tuple[str, str, str], tmp_path: Path
) -> None:
    """
    Names of this book, roles, chapters; no name of hers in any script, and nothing while nobody asked.
    """
    korean, chinese, id = one
    made = book(archive, korean, chinese)
    agreed(archive, made)

    def compiled(project: Project, into: str) -> dict[str, str]:
        formats = tuple(compiling.FORMATS)
        paths = compiling.compile_book(archive.vault, archive.minji, project, formats, tmp_path / into, TODAY)
        files = {path.suffix[1:]: path.read_bytes() for path in paths}
        pdf = pypdfium2.PdfDocument(files["pdf"])
        opened = docx.Document(io.BytesIO(files["docx"]))
        return {
            "pdf": "".join(page.get_textpage().get_text_range() for page in pdf),
            "docx": "\n".join(c.text for table in opened.tables for row in table.rows for c in row.cells),
            "epub": words_of_epub(files["epub"]),
            "html": re.sub(r"<[^>]+>", "", files["html"].decode()),
            "md": files["md"].decode(),
        }

    without = compiled(made, "without")
    listed = replace(made, glossary=True)
    names = Sources(archive.vault, made).names
    for format, words in compiled(listed, "with").items():
        plain = re.sub(r"[\s\\]+", "", words)
        row = f"{names.shown(id, 'kor')}·{names.shown(id, 'zho')}".replace(" ", "")
        assert row in plain, format
        assert "나오는사람들" not in re.sub(r"\s+", "", without[format])
        assert {"여동생", "장1", "장2"} <= set(re.findall("여동생|장[12]", plain.partition(row)[2])), format
        assert "순옥" not in plain
        assert "顺玉" not in plain
