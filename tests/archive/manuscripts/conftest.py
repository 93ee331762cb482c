"""A project with two women's words in it, agreed to; all of it invented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pytest

from archive import review
from archive.manuscripts import approval, arranging, shelf
from archive.manuscripts.binder import Block, Project
from archive.manuscripts.quoting import Sources
from archive.redaction.spans import Redaction
from tests.people import RESEARCH, TODAY, Archive

BOOK = ("memoir_compilation", "public")
HERS = "혜숙이는 무산에서 강을 건넜다.\n\n얼음이 얇았다. 漢江은 그 뒤에 보았다.\n\n그날을 잊지 않는다."
OTHERS = "My sister counted the jars.\n\nThere were nine, and one was cracked."


@dataclass
class Desk:
    """An archive, two testimonies that may be in a book, and the project."""

    archive: Archive
    hers: str
    others: str
    id: str
    chapters: tuple[str, str]

    @property
    def project(self) -> Project:
        return shelf.project(self.archive.vault, self.id)[1]

    def change(self, how: object) -> Project:
        return shelf.change(self.archive.vault, self.archive.minji, self.id, how, TODAY)  # type: ignore[arg-type]

    def quote(self, testimony: str, segments: tuple[str, ...], start: int, end: int) -> Block:
        bound = Sources(self.archive.vault, self.project).bind(testimony, segments, start, end)
        return Block("", "quote", quote=bound)

    def agree(self) -> None:
        """Everybody says yes to every chapter as it is now."""
        vault, project = self.archive.vault, self.project
        for chapter in project.chapters:
            for each in sorted(chapter.testimonies):
                approval.approve(vault, self.archive.sora, project, chapter.id, each, "in_person", TODAY)


def told(archive: Archive, text: str, lang: str, *hide: tuple[str, str]) -> str:
    """A testimony whose redactions two people approved."""
    id = archive.told(text, lang=lang, grants=(*RESEARCH, BOOK, ("recontact", "archivists")))
    marks = [Redaction(text.find(s), text.find(s) + len(s), category) for s, category in hide]
    review.propose(archive.vault, archive.minji, id, marks)
    archive.approve(id)
    return id


@pytest.fixture
def desk(archive: Archive) -> Desk:
    hers = told(archive, HERS, "kor", ("혜숙", "name"), ("무산", "place"))
    others = told(archive, OTHERS, "eng")
    made = shelf.create(archive.vault, archive.minji, "항아리", "kor", "public")
    made = shelf.change(archive.vault, archive.minji, made.id, lambda p: arranging.add_part(p, "강"), TODAY)
    found = Desk(archive, hers, others, made.id, ("", ""))
    for title in ("건너다", "세다"):
        part = made.parts[0].id
        made = found.change(partial(arranging.add_chapter, part=part, title=title, manner="verbatim"))
    one, two = (chapter.id for chapter in made.chapters)
    found.chapters = one, two
    found.change(lambda p: arranging.add_block(p, one, found.quote(hers, ("s0001", "s0002"), 0, 8)))
    found.change(lambda p: arranging.add_block(p, two, found.quote(others, ("s0002",), 0, 15)))
    return found
