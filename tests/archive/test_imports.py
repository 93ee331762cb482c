"""The other door: transcripts that an organisation has already."""

from __future__ import annotations

import json
import time
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive import imports
from archive.consent import ConsentRefused, rendition
from archive.imports import ImportRefused, import_texts, language_of
from archive.testimony import Grant, paragraphs, words_of
from tests.people import TODAY, Archive

MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
GRANT = {"use": "research_read", "audience": "vetted_researchers"}
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(path: Path, body: str, front: str = "") -> None:
    with zipfile.ZipFile(path, "w") as folder:
        folder.writestr(
            "word/document.xml", f"{front}<w:document {WORD}><w:body>{body}</w:body></w:document>"
        )


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def test_every_transcript_comes_in_word_for_word(archive: Archive, tmp_path: Path) -> None:
    """
    .txt, .md and .docx, in folders, in three languages, in NFD, with a byte order mark: nothing changed.
    """
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    texts = {
        "a.txt": "혜산에서 왔다.\n\n강을 건넜다.",
        "b.md": "我叫小红。\r\n从家里走了。",
        "deep/c.txt": unicodedata.normalize("NFD", "한겨울이었다"),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    docx(folder / "d.docx", paragraph("I left in winter.") + paragraph("It was cold."))
    report = import_texts(archive.vault, folder, TODAY)
    held = {name: archive.vault.testimony(t) for name, t in report.taken.items()}

    assert set(held) == {*texts, "d.docx"}
    assert all(words_of(held[name].text) == words_of(text) for name, text in texts.items())
    assert held["d.docx"].text == "I left in winter.\nIt was cold."
    assert [held[n].lang_original for n in sorted(held)] == ["kor", "zho", "eng", "kor"]
    assert {t.kind for t in held.values()} == {"import"}
    assert [s.text for s in held["a.txt"].segments] == ["혜산에서 왔다.", "강을 건넜다."]


def test_an_import_grants_nothing_by_itself(archive: Archive, tmp_path: Path) -> None:
    """
    R1: a transcript carries no consent; whoever imports it must say what was allowed, for all or for one.
    """
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("말", "utf-8")
    consent = {"v": 1, "lang": "ko", "text_sha256": "0" * 64}
    granted = [{"use": "preserve", "audience": "archivists"}]
    row = {
        "file": "b.txt",
        "language": "ko",
        "narrator": "left alone",
        "consent": consent | {"granted": granted},
    }
    (tmp_path / "index.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    report = import_texts(archive.vault, tmp_path, TODAY, catalogue=tmp_path / "index.jsonl")

    with pytest.raises(ConsentRefused):
        rendition(archive.vault, report.taken["a.txt"], "preserve", "archivists")
    assert rendition(archive.vault, report.taken["b.txt"], "preserve", "archivists").lang == "kor"


def test_what_cannot_be_read_is_named_and_left_where_it_is(archive: Archive, tmp_path: Path) -> None:
    """
    One bad file does not stop the others, and no error quotes a file.
    """
    (tmp_path / "good.txt").write_text("말", "utf-8")
    (tmp_path / "cp949.txt").write_bytes("혜산".encode("cp949"))
    (tmp_path / "empty.txt").write_bytes(b" \n")
    (tmp_path / "broken.docx").write_bytes(b"PK no zip")
    docx(tmp_path / "bomb.docx", paragraph("x"), '<!DOCTYPE x [<!ENTITY a "aaaa">]>')
    with zipfile.ZipFile(tmp_path / "packed.docx", "w", zipfile.ZIP_LZMA) as folder:
        folder.writestr("word/document.xml", "<w:document/>")
    report = import_texts(archive.vault, tmp_path, TODAY)

    assert list(report.taken) == ["good.txt"]
    assert set(report.refused) == {"cp949.txt", "empty.txt", "broken.docx", "bomb.docx", "packed.docx"}
    assert all((tmp_path / name).exists() for name in report.refused)


def test_what_is_too_long_to_be_read_is_refused_before_it_is(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A text, a document that opens to more than it weighs, and a catalogue.
    """
    (tmp_path / "long.txt").write_text("말" * 40, "utf-8")
    docx(tmp_path / "long.docx", paragraph("x" * 2000))
    (tmp_path / "catalogue.jsonl").write_text("{}\n" * 40, "utf-8")
    monkeypatch.setattr(imports, "LARGEST", 100)
    monkeypatch.setattr(imports, "LARGEST_XML", 1000)
    report = import_texts(archive.vault, tmp_path, TODAY)

    assert report.taken == {}
    assert set(report.refused) == {"long.txt", "long.docx"}
    with pytest.raises(ImportRefused, match="at most 64 MiB"):
        import_texts(archive.vault, tmp_path, TODAY, catalogue=tmp_path / "catalogue.jsonl")


def test_lines_and_tabs_of_a_document_are_kept(archive: Archive, tmp_path: Path) -> None:
    """
    A break within a paragraph is a line of its own.
    """
    run = "<w:p><w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>three</w:t></w:r></w:p>"
    docx(tmp_path / "a.docx", run)
    report = import_texts(archive.vault, tmp_path, TODAY)

    assert archive.vault.testimony(report.taken["a.docx"]).text.strip() == "one\ntwo\tthree"


def test_deleted_and_hidden_words_of_a_document_stay_out(archive: Archive, tmp_path: Path) -> None:
    """
    What its author took out or hid is not part of the transcript.
    """
    gone = "<w:p><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
    docx(tmp_path / "a.docx", gone + paragraph("hidden", "<w:vanish/>") + paragraph("shown"))
    report = import_texts(archive.vault, tmp_path, TODAY)

    assert archive.vault.testimony(report.taken["a.docx"]).text.strip() == "shown"


def test_a_text_box_is_read_once(archive: Archive, tmp_path: Path) -> None:
    """
    Word writes it twice, for older programs; its words are hers once.
    """
    box = paragraph("in the box")
    twice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    drawn = f"<mc:AlternateContent>{twice}</mc:AlternateContent>"
    body = f'<w:p xmlns:mc="{MC}"><w:r><w:t>before</w:t>{drawn}</w:r></w:p>' + paragraph("after")
    docx(tmp_path / "a.docx", body)
    report = import_texts(archive.vault, tmp_path, TODAY)

    assert archive.vault.testimony(report.taken["a.docx"]).text.split() == [
        "before",
        "in",
        "the",
        "box",
        "after",
    ]


def test_a_slip_in_the_catalogue_stops_the_import(archive: Archive, tmp_path: Path) -> None:
    """
    R1: a file that is not there, or is named twice, could have been somebody's no: nothing is taken in.
    """
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "b.txt").write_text("말", "utf-8")
    slips: list[list[Any]] = [[{"file": "c.txt"}], [{"file": "b.txt"}, {"file": "./b.txt"}], ["b.txt"], [{}]]
    for rows in slips:
        (tmp_path / "list").write_text("\n".join(map(json.dumps, rows)), "utf-8")
        with pytest.raises(ImportRefused):
            import_texts(archive.vault, tmp_path / "texts", TODAY, catalogue=tmp_path / "list")

    assert archive.vault.names("testimony") == []


def test_a_no_is_found_whatever_the_form_of_its_name(archive: Archive, tmp_path: Path) -> None:
    """
    R1: a file name in NFD, as a Mac writes it, is the one that the catalogue has in NFC.
    """
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / unicodedata.normalize("NFD", "혜숙.txt")).write_text("말", "utf-8")
    no = {"v": 1, "lang": "ko", "text_sha256": "0" * 64, "granted": []}
    (tmp_path / "list").write_text(json.dumps({"file": "혜숙.txt", "consent": no}), "utf-8")
    grants: list[Grant] = [("research_read", "vetted_researchers")]
    report = import_texts(
        archive.vault, tmp_path / "texts", TODAY, catalogue=tmp_path / "list", grants=grants
    )

    assert [archive.vault.testimony(t).consent.granted for t in report.taken.values()] == [frozenset()]


def test_one_text_holds_up_no_other(archive: Archive, tmp_path: Path) -> None:
    """
    Unknown language, another consent than before, a document too deep or damaged: named; the rest comes in.
    """
    long = "가" * 60 + "/" + "나" * 60 + ".txt"
    (tmp_path / "texts" / long).parent.mkdir(parents=True)
    for name in (long, "b.txt"):
        (tmp_path / "texts" / name).write_text("말", "utf-8")
    docx(tmp_path / "texts" / "deep.docx", "<w:p>" * 3000 + "</w:p>" * 3000)
    docx(tmp_path / "texts" / "flat.docx", paragraph("x" * 5000))
    flat = tmp_path / "texts" / "flat.docx"
    flat.write_bytes(flat.read_bytes().replace(flat.read_bytes()[60:70], bytes(10)))
    (tmp_path / "list").write_text(json.dumps({"file": "b.txt", "language": "tlh"}), "utf-8")
    catalogue = tmp_path / "list"
    first = import_texts(archive.vault, tmp_path / "texts", TODAY, catalogue=catalogue)
    again = import_texts(archive.vault, tmp_path / "texts", TODAY, catalogue=catalogue)
    wider = import_texts(archive.vault, tmp_path / "texts", TODAY, grants=[("preserve", "archivists")])

    assert first.refused.keys() == {"b.txt", "deep.docx", "flat.docx"}
    assert "language" in first.refused["b.txt"]
    assert (list(first.taken), again.again) == ([long], [long])
    assert "another consent" in wider.refused[long]


def test_an_import_that_is_run_again_takes_nothing_twice(archive: Archive, tmp_path: Path) -> None:
    """
    After an interruption only the rest comes in; a text that has changed since comes in as a new one.
    """
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"말 {name}", "utf-8")

    def stop(done: int, all: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_texts(archive.vault, tmp_path, TODAY, progress=stop)
    (tmp_path / "a.txt").write_text("다른 말", "utf-8")
    report = import_texts(archive.vault, tmp_path, TODAY)

    assert (sorted(report.taken), report.again) == (["a.txt", "c.txt"], ["b.txt"])


@pytest.mark.parametrize("catalogue", ["{", "[]", '{"narrator": 1}', '{"file": 3}'])
def test_a_catalogue_out_of_form_stops_the_import(archive: Archive, tmp_path: Path, catalogue: str) -> None:
    """
    Before anything is taken in.
    """
    (tmp_path / "a.txt").write_text("말", "utf-8")
    (tmp_path / "index.jsonl").write_text(catalogue + "\n", "utf-8")
    with pytest.raises(ImportRefused):
        import_texts(archive.vault, tmp_path, TODAY, catalogue=tmp_path / "index.jsonl")
    with pytest.raises(ImportRefused):
        import_texts(archive.vault, tmp_path / "nothing", TODAY)
    assert list(archive.vault.testimonies()) == []


def test_the_language_is_read_from_the_letters() -> None:
    """
    Mixed script counts by what there is most of; Hanja beside Hangul is Korean.
    """
    assert language_of("金惠淑 씨는 강을 건넜다") == "kor"
    assert language_of("我叫小红 WeChat") == "zho"
    assert language_of("She came from Hyesan (혜산).") == "eng"


def test_what_one_allowed_is_never_taken_for_another(archive: Archive, tmp_path: Path) -> None:
    """
    R1: a catalogue names a file by its path; one of the same name in another folder was not asked.
    """
    (tmp_path / "texts" / "other").mkdir(parents=True)
    for name in ("001.txt", "other/001.txt"):
        (tmp_path / "texts" / name).write_text(f"말 {name}", "utf-8")
    consent = {"v": 1, "lang": "ko", "text_sha256": "0" * 64, "granted": [GRANT]}
    (tmp_path / "list.jsonl").write_text(json.dumps({"file": "001.txt", "consent": consent}), "utf-8")
    report = import_texts(archive.vault, tmp_path / "texts", TODAY, catalogue=tmp_path / "list.jsonl")

    granted = {n: archive.vault.testimony(t).consent.granted for n, t in report.taken.items()}
    assert granted["001.txt"] == {("research_read", "vetted_researchers")}
    assert granted["other/001.txt"] == frozenset()


@pytest.mark.parametrize("text", ["a" + " \n" * 200_000, "\n" * 400_000 + "a", "a\n\n" * 100_000])
def test_a_text_of_nothing_but_lines_is_cut_at_once(text: str) -> None:
    """
    Whoever sends one cannot hold up the desk or the search.
    """
    began = time.process_time()
    parts = paragraphs(text)

    assert set(parts) == {"a"}
    assert time.process_time() - began < 5
