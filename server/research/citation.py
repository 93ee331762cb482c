"""How a testimony is cited: to the release it was read in, and to one part of it.

Chicago Manual of Style, 17th edition, 14.221 (manuscript collections); APA, 7th edition, 9.12 and 10.8 (works
without an author); BibTeX; RIS (Research Information Systems, 2011); CSL-JSON (citeproc, schema 1.0.2). The
one who told is nobody's author entry: no name is here to give.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

LANGUAGES: Final = {"kor": "ko", "zho": "zh", "eng": "en"}
NAMES: Final = {"kor": "Korean", "zho": "Chinese", "eng": "English"}
DOWNLOADS: Final = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "json": "application/vnd.citationstyles.csl+json",
}


@dataclass(frozen=True)
class Source:
    """What is cited. *part* is the id of a segment, or nothing for the whole.

    *translation* is the language of the archive's translation, where that is cited: its address is the
    original's, for a paragraph and its translation have one name.
    """

    archive: str
    id: str
    version: int
    title: str
    quarter: str
    lang: str
    part: str = ""
    translation: str = ""

    @property
    def address(self) -> str:
        """The name that stays: `archive.example/ggctgzzwht@1#s0042`."""
        return f"{self.archive}/{self.id}@{self.version}" + (f"#{self.part}" if self.part else "")

    @property
    def year(self) -> str:
        """The year in which the archive received it."""
        return self.quarter[:4]

    @property
    def made(self) -> str:
        """What was made of her words: `Translation into English`, or nothing."""
        return f"Translation into {NAMES.get(self.translation, self.translation)}" if self.translation else ""

    def chicago(self) -> str:
        part = f", {self.part}" if self.part else ""
        made = f" {self.made}." if self.made else ""
        return (
            f"{self.title}{part}.{made} Received {self.quarter}. Release {self.version}. {self.archive}. "
            f"{self.address}."
        )

    def apa(self) -> str:
        part = f", {self.part}" if self.part else ""
        kind = f"Testimony; {self.made[0].lower()}{self.made[1:]}" if self.made else "Testimony"
        return (
            f"{self.title}{part} (Release {self.version}) [{kind}]. ({self.year}). {self.archive}. "
            f"{self.address}"
        )

    def bibtex(self) -> str:
        key = f"{self.id}-{self.version}" + (f"-{self.part}" if self.part else "")
        fields = {
            "title": self.title,
            "year": self.year,
            "howpublished": self.archive,
            "version": str(self.version),
            "note": f"{self.address}. {self.made}" if self.made else self.address,
            "language": self._language,
        } | ({"pages": self.part} if self.part else {})
        rows = "".join(f"  {name} = {{{_tex(value)}}},\n" for name, value in fields.items())
        return f"@misc{{{key},\n{rows}}}\n"

    def ris(self) -> str:
        rows = [
            ("TY", "MANSCPT"),
            ("TI", self.title),
            ("PY", self.year),
            ("ET", str(self.version)),
            ("AN", self.address),
            ("PB", self.archive),
            ("LA", self._language),
            *([("SP", self.part)] if self.part else []),
            *([("N1", self.made)] if self.made else []),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in rows)

    def csl(self) -> list[dict[str, Any]]:
        item: dict[str, Any] = {
            "id": self.address,
            "type": "manuscript",
            "title": self.title,
            "issued": {"date-parts": [[int(self.year)]]},
            "archive": self.archive,
            "archive_location": self.address,
            "version": str(self.version),
            "language": self._language,
        }
        item |= {"note": self.made} if self.made else {}
        return [item | ({"locator": self.part} if self.part else {})]

    @property
    def _language(self) -> str:
        """Of the words that are cited."""
        lang = self.translation or self.lang
        return LANGUAGES.get(lang, lang)

    def download(self, form: str) -> str:
        """The citation as a file of one of `DOWNLOADS`; `KeyError` for another."""
        if form == "json":
            return json.dumps(self.csl(), ensure_ascii=False)
        return {"bib": self.bibtex(), "ris": self.ris()}[form]


def _tex(value: str) -> str:
    """*value* without anything that TeX would carry out."""
    for sign in "\\{}":
        value = value.replace(sign, "")
    return "".join(f"\\{sign}" if sign in "#$%&_^~" else sign for sign in value)
