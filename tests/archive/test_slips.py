"""The paper that a custodian holds: drawn, rendered and read again by a scanner's library."""

from __future__ import annotations

from typing import Any, get_args

import pypdfium2
import pytest
import zxingcpp

from archive.slips import WORDS, Heading, Opens, page
from crypto import custody
from crypto.custody import Slip

TABLE, SLIPS = custody.split(bytes(32), 3, 5)
SLIP = SLIPS[3]


def drawn(opens: Opens, title: str = "archive.example") -> bytes:
    return page(SLIP, Heading(title, opens, 3, 5, "2026-11-24"))


def looked_at(pdf: bytes) -> Any:
    return pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()


def words_on(pdf: bytes) -> str:
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded())


@pytest.mark.parametrize("opens", get_args(Opens))
def test_a_scanner_reads_the_same_slip_from_the_page(opens: Opens) -> None:
    """
    The QR code gives the slip that was printed, through the rehearsal's mark as well.
    """
    [code] = zxingcpp.read_barcodes(looked_at(drawn(opens)))

    assert Slip.parse(code.text) == SLIP


def test_the_page_says_whose_it_is_and_what_it_opens() -> None:
    """
    The groups as they are typed; number, k of n, day and set; in three languages.
    """
    told = " ".join(words_on(drawn("vault")).split())
    said = ("Custodian 4 of 5", "Any 3 of these 5", "reads the testimonies", "2026-11-24", TABLE.set)
    groups = SLIP.text().split()

    assert [each for each in said if each not in told] == []
    assert all(" ".join(groups[row : row + 4]) in told for row in range(0, 16, 4))
    assert "증언을 읽는 열쇠" in told
    assert "阅读证言的钥匙" in told
    assert "signs as the archive" in words_on(drawn("root"))


def test_a_rehearsals_page_cannot_be_kept_for_a_real_one() -> None:
    """
    It says so in letters larger than any other, and in each language; a real page does not.
    """
    assert "REHEARSAL" in words_on(drawn("rehearsal"))
    assert "REHEARSAL" not in words_on(drawn("vault"))
    assert all("rehearsal" in words for words in WORDS.values())


def test_the_file_tells_nothing_beside_its_page() -> None:
    """
    No sign of the slip in the metadata, and no machine or moment: the same slip gives the same bytes.
    """
    pdf = drawn("vault")
    about = pypdfium2.PdfDocument(pdf).get_metadata_dict()

    assert drawn("vault") == pdf
    assert [
        group for group in SLIP.text().split() if any(group in str(each) for each in about.values())
    ] == []
    assert about["CreationDate"].startswith("D:2000")


def test_no_custodian_is_told_that_a_slip_alone_opens_nothing_when_it_does() -> None:
    """
    With one of three, each slip opens the key: the sentence is left out.
    """
    alone = "opens nothing alone"
    one = page(SLIP, Heading("archive.example", "vault", 1, 3, "2026-11-24"))

    assert alone in words_on(drawn("vault"))
    assert alone not in words_on(one)


def test_a_korean_title_and_the_longest_numbers_fit() -> None:
    """
    Nothing is drawn below the fold but the signs, and nothing over them.
    """
    pdf = page(SLIP, Heading("옹기 기록관", "rehearsal", 4, 7, "2026-11-24"))
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    words = WORDS["zh"]["forced"][:10]
    at = text.search(words).get_next()

    assert at is not None
    assert text.get_charbox(at[0])[1] > 842 / 2 + 12
    assert "옹기 기록관" in words_on(pdf)
