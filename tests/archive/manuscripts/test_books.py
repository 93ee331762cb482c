"""The finished book: five files with the same words, valid, accessible, clean, or none."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import docx
import pypdfium2
import pytest

from archive.manuscripts import arranging, binder, book, compiling, context, pages, shelf
from archive.manuscripts.binder import Block
from archive.manuscripts.book import Book
from archive.manuscripts.docx import docx as word_processed
from archive.manuscripts.epub import epub
from archive.manuscripts.looking import Look, NamesLeft
from archive.manuscripts.markdown import markdown
from archive.manuscripts.quoting import Sources
from archive.redaction.residue import ResidueFound
from tests.archive.manuscripts.conftest import Desk
from tests.people import TODAY

ALL = tuple(compiling.FORMATS)
TOLD = ("얼음이얇았다.", "Therewereninejars", "Goodkind", "두만강은백두산", "전화000-0000", "@v0#s0002")


@pytest.fixture
def whole(desk: Desk) -> Desk:
    """The project with every kind of block but a picture, agreed to."""
    one, two = desk.chapters
    for block in (
        Block("", "context", ref="famine"),
        Block("", "note", "두만강은 백두산에서 흐른다.\n<b>굵게</b> & *별*"),
        Block("", "paraphrase", "그는 그날을 잊지 않는다고 했다.", sources=(desk.hers,)),
        Block("", "chronology", sources=(desk.hers,), ref="famine october-2023"),
    ):
        desk.change(lambda p, block=block: arranging.add_block(p, one, block))
    desk.change(lambda p: arranging.rename(p, two, "세다", "lightly_edited"))
    edited = desk.project.chapter(two).blocks[0].id
    desk.change(
        lambda p: arranging.change_block(p, edited, lambda b: replace(b, text="There were nine jars"))
    )
    desk.change(lambda p: replace(p, readings=(("漢江", "한강"),), resources="전화 000-0000"))
    desk.change(lambda p: arranging.add_block(p, one, desk.quote(desk.hers, ("s0002",), 9, 22)))
    desk.agree()
    return desk


def made(desk: Desk) -> Book:
    return book.assemble(desk.archive.vault, desk.project, TODAY)


def compiled(desk: Desk, into: Path, *formats: str) -> dict[str, bytes]:
    paths = compiling.compile_book(
        desk.archive.vault, desk.archive.minji, desk.project, formats or ALL, into, TODAY
    )
    return {path.suffix[1:]: path.read_bytes() for path in paths}


def test_all_five_files_have_the_same_words(whole: Desk, tmp_path: Path) -> None:
    """
    Her words, the edit, the fact with its source, and the citation can be read in each.
    """
    files = compiled(whole, tmp_path / "book")
    assert set(files) == set(ALL)
    pdf = pypdfium2.PdfDocument(files["pdf"])
    read = {
        "pdf": "".join(page.get_textpage().get_text_range() for page in pdf),
        "docx": words_of_docx(files["docx"]),
        "epub": words_of_epub(files["epub"]),
        "html": re.sub(r"<[^>]+>", "", files["html"].decode()),
        "md": files["md"].decode(),
    }
    for name, words in read.items():
        plain = re.sub(r"[\s\\>]+", "", words)
        for told in TOLD:
            assert told in plain, f"{told} in {name}"


def test_the_same_project_is_the_same_bytes(whole: Desk, tmp_path: Path) -> None:
    """
    Made twice on one day, every file is the same to the byte.
    """
    assert compiled(whole, tmp_path / "one") == compiled(whole, tmp_path / "two")


def test_nothing_is_written_while_anything_is_missing(whole: Desk, tmp_path: Path) -> None:
    """
    R10, R34: the refusal names the block or the chapter, and no file, whole or half, is left.
    """
    whole.change(lambda p: arranging.rename(p, whole.chapters[0], "강을 건너다"))
    with pytest.raises(book.NotReady, match="has not said yes") as refused:
        compiled(whole, tmp_path / "book")
    assert refused.value.waiting == ((whole.chapters[0], whole.hers),)
    assert list(tmp_path.glob("*book*")) == []


@pytest.mark.parametrize("name", ALL)
def test_a_hidden_word_in_a_note_or_a_title_stops_the_book(whole: Desk, tmp_path: Path, name: str) -> None:
    """
    R16: an editor who types a hidden name makes no book, in whichever format it would have been.
    """
    whole.change(lambda p: arranging.rename(p, whole.id, "혜숙의 항아리"))
    with pytest.raises(NamesLeft, match="the book itself"):
        compiled(whole, tmp_path / "book", name)
    assert not (tmp_path / "book").exists()
    look = Look(whole.archive.vault, whole.project, Sources(whole.archive.vault, whole.project))
    files = {f"book.{name}": compiling.FORMATS[name](made(whole))}
    with pytest.raises(ResidueFound, match=f"book.{name}"):
        compiling.look_through(files, made(whole), look)


def test_what_an_editor_types_is_never_markup(whole: Desk, tmp_path: Path) -> None:
    """
    Angle brackets and asterisks are read as they were typed.
    """
    files = compiled(whole, tmp_path / "book", "html", "epub", "md")
    assert "&lt;b&gt;굵게&lt;/b&gt; &amp;" in files["html"].decode()
    assert "<b>" not in files["html"].decode()
    assert r"\<b\>굵게\</b\> & \*별\*" in files["md"].decode()


def test_a_reading_stands_above_the_first_of_each_chapter(whole: Desk) -> None:
    """
    Ruby for Hanja: once in a chapter, and the words of a quote stay what they are.
    """
    shown = pages.page(made(whole))
    assert shown.count("<ruby>漢江<rp>(</rp><rt>한강</rt><rp>)</rp></ruby>") == 1
    packed = zipfile.ZipFile(io.BytesIO(word_processed(made(whole)))).read("word/document.xml").decode()
    assert packed.count("<w:rubyBase><w:r><w:t>漢江</w:t></w:r></w:rubyBase>") == 1
    assert packed.count("<w:rt><w:r><w:t>한강</w:t></w:r></w:rt>") == 1
    assert markdown(made(whole)).count("漢江(한강)") == 1
    assert list(pages.spans("漢江과 漢江", {"漢江": "한강"})) == [("漢江", "한강"), ("과 漢江", "")]


def test_the_page_loads_nothing_and_runs_nothing(whole: Desk) -> None:
    """
    No address but within the page; a policy that a browser holds it to.
    """
    shown = pages.page(made(whole))
    assert "default-src 'none'" in shown
    assert "<script" not in shown
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", shown)


def test_citations_name_nobody_an_archivist_would_know(whole: Desk) -> None:
    """
    Neither the id of a testimony nor that of another project's citation is in the book.
    """
    notes = "\n".join(made(whole).notes)
    assert whole.hers not in notes
    other = replace(whole.project, id="m" + "z" * 9)
    whole.archive.vault.put_json(shelf.PROJECT, other.id, {"number": 1, "project": binder.to_json(other)})
    cited = re.findall(r"([a-z]{10})@", notes)
    assert cited
    assert not set(cited) & set(re.findall(r"([a-z]{10})@", "\n".join(agreed(whole, other).notes)))


def agreed(desk: Desk, project: binder.Project) -> Book:
    replace(desk, id=project.id).agree()
    return book.assemble(desk.archive.vault, project, TODAY)


def test_an_epub_is_well_formed_and_names_what_is_in_it(whole: Desk) -> None:
    """
    First the media type, uncompressed; every file is listed and parses, and every link leads somewhere.
    """
    with zipfile.ZipFile(io.BytesIO(epub(made(whole)))) as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        listed = set(re.findall(r'href="([^"]+)"', packed.read("book/content.opf").decode()))
        assert listed == {n.removeprefix("book/") for n in packed.namelist() if n.startswith("book/")} - {
            "content.opf"
        }
        found = {n: ElementTree.fromstring(packed.read(f"book/{n}")) for n in listed if n.endswith("html")}
    ids = {
        f"{name}#{each.get('id')}" for name, tree in found.items() for each in tree.iter() if each.get("id")
    }
    for name, tree in found.items():
        for link in tree.iter("{http://www.w3.org/1999/xhtml}a"):
            target = link.get("href", "")
            assert target in found or target in ids, f"{name}: {target}"


def test_epubcheck_finds_nothing(whole: Desk, tmp_path: Path) -> None:
    """
    The W3C's own checker: no error, no warning.
    """
    (tmp_path / "book.epub").write_bytes(epub(made(whole)))
    # Debian's epubcheck is a jar, which only some kernels start by its name.
    command = ["java", "-jar", shutil.which("epubcheck") or "", str(tmp_path / "book.epub")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "ERROR" not in told.stderr + told.stdout
    assert "WARNING" not in told.stderr + told.stdout


def test_without_pango_only_the_pdf_is_refused(tmp_path: Path) -> None:
    """
    On a machine that lacks it every command still starts, and the refusal says what to install.
    """
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text("raise OSError('cannot load library')")
    asked = (
        "from archive.commands import group\n"
        "from archive.manuscripts import pdf\n"
        "try: pdf.pdf(None)\n"
        "except pdf.PangoMissing as refused: print(refused)"
    )
    beside = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[3]}"}
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=beside
    )
    assert "libpangoft2" in told.stdout


def test_a_docx_says_who_made_it_to_nobody(whole: Desk, tmp_path: Path) -> None:
    """
    No author, no last editor, no moment; the day of the book and its language.
    """
    told = docx.Document(io.BytesIO(compiled(whole, tmp_path / "book", "docx")["docx"])).core_properties
    assert (told.author, told.last_modified_by, told.comments) == ("", "", "")
    assert told.created is not None
    assert (told.created.date(), told.created.hour) == (TODAY, 0)


def test_the_facts_have_three_languages_and_a_source() -> None:
    """
    Of each fact: a date of the calendar, words in three languages, and who says so; in order of time.
    """
    rows = list(context.facts().values())
    assert all(all(each.told[lang] for lang in ("kor", "zho", "eng")) and each.source for each in rows)
    starts = [each.when.date_min for each in rows if each.when.date_min]
    assert starts == sorted(starts)
    assert len(starts) == len(rows) >= 15


def words_of_docx(content: bytes) -> str:
    told = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in told.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in told.paragraphs), *cells])


def words_of_epub(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        pages = [packed.read(name).decode() for name in packed.namelist() if name.endswith("xhtml")]
    return re.sub(r"<[^>]+>", "", "\n".join(pages))
