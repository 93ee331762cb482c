"""A picture in a book: as two people approved it, told in words too, and gone with her consent."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest

from archive import review
from archive.attachments import hiding
from archive.attachments.copies import make
from archive.manuscripts import approval, arranging, book, compiling, shelf
from archive.manuscripts.binder import Block
from archive.manuscripts.quoting import Sources
from crypto.receipt import Receipt
from tests.archive.attachments.samples import NOTE, photo, require_sandbox
from tests.archive.manuscripts.conftest import BOOK
from tests.people import TODAY, Archive, seal_file, statement

ALT = "붉은 문이 있는 집"


@pytest.fixture(autouse=True)
def _programs() -> None:
    require_sandbox("exiftool")


def test_a_picture_is_in_every_format_with_its_words_and_goes_with_her_consent(
    archive: Archive, tmp_path: Path
) -> None:
    """
    R10, R19: the very bytes that two people approved, covered where they covered it; nothing of the camera;
    until two people have approved it, and from the moment she takes her story back, there is no book.
    """
    receipt = Receipt.generate()
    envelope, row = seal_file(archive, photo((240, 160), orientation=1))
    sent = statement(archive, "", files=[row], receipt=receipt, grants=[BOOK])
    told = archive.take(envelope, sent).taken[0]
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    [kept] = make(archive.vault, archive.minji, f"{told}:1", TODAY).copies
    vault, minji = archive.vault, archive.minji
    made = shelf.create(vault, minji, "문", "kor", "public")
    made = arranging.add_part(made, "집")
    made = arranging.add_chapter(made, made.parts[0].id, "붉은 문", "told_by_editor")
    chapter = next(made.chapters).id
    made = arranging.add_block(made, chapter, Block("", "picture", ALT, ref=kept.name))
    made = shelf.change(vault, minji, made.id, lambda p: made, TODAY)
    [blocked] = Sources(vault, made).blocked(made)
    asked = hiding.propose(vault, minji, kept.name, [(20, 20, 100, 100)])
    hiding.approve(vault, archive.sora, kept.name, asked.proposal or "")
    approved = b"".join(hiding.redacted(vault, kept.name))
    approval.approve(vault, archive.sora, made, chapter, told, "in_person", TODAY)
    paths = compiling.compile_book(vault, minji, made, tuple(compiling.FORMATS), tmp_path / "book", TODAY)
    files = {path.suffix[1:]: path.read_bytes() for path in paths}

    assert blocked.block == next(made.blocks).id
    packed = zipfile.ZipFile(io.BytesIO(files["epub"]))
    [name] = [each for each in packed.namelist() if next(made.blocks).id in each]
    assert packed.read(name) == approved
    assert f'alt="{ALT}"' in packed.read(f"book/{chapter}.xhtml").decode()
    html = files["html"].decode()
    [data] = re.findall(r'src="data:image/[a-z]+;base64,([^"]+)"', html)
    assert base64.b64decode(data) == approved
    assert f'alt="{ALT}"' in html
    word = docx.Document(io.BytesIO(files["docx"]))
    assert word.inline_shapes[0]._inline.docPr.get("descr") == ALT
    assert approved in [part.blob for part in word.part.package.iter_parts()]
    pdf = pypdfium2.PdfDocument(files["pdf"])
    assert [o for page in pdf for o in page.get_objects() if o.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert f"({ALT})" in files["md"].decode()
    assert not any(NOTE.encode() in content for content in files.values())
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))
    with pytest.raises(book.NotReady) as refused:
        compiling.compile_book(vault, minji, made, ("md",), tmp_path / "again", TODAY)
    assert [each.block for each in refused.value.blocked] == [blocked.block]
    assert not (tmp_path / "again").exists()
