"""What the site looks like to whoever glances at it: one name for every page, and a page to leave to.

1. The operator chooses; a page of hers runs no script, sends no form and asks nobody else for anything.
2. Chosen is what the whole file says: it changes places in one step.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from crypto import durable

OURS: Final = ("weather", "recipes", "units")
"""Harmless ones to choose from, in every language of the site."""
FILE: Final = "cover.json"
LARGEST: Final = 256 * 1024
"""Bytes of an operator's cover."""
LONGEST: Final = 60
"""Characters of a name."""
_REFUSED: Final = {"script", "iframe", "frame", "object", "embed", "form", "base", "applet", "style"}
_STYLE: Final = {("rel", "stylesheet"), ("href", "/static/style.css")}
_FETCHED: Final = {"src", "srcset", "poster", "background", "data", "ping", "action", "formaction", "style"}


class UnfitCover(Exception):
    """A cover that could do harm, or is none; the message says why."""


@dataclass(frozen=True)
class Cover:
    """What was chosen: a page of `OURS` or the operator's own *html*, and perhaps a *name* for every page."""

    page: str = ""
    name: str = ""
    html: str = ""

    def title(self, texts: dict[str, str]) -> str:
        """What the tab and the history say: the chosen name, else the cover's, else that of a notebook."""
        return self.name or (texts[f"cover_{self.page}"] if self.page else texts["title"])


def read(home: Path) -> Cover:
    """The cover of the intake in *home*; the weather, and pages named as a notebook, when none was chosen."""
    try:
        return Cover(**json.loads((home / FILE).read_text("utf-8")))
    except FileNotFoundError:
        return Cover()


def choose(home: Path, page: str = "", html: str = "", name: str = "") -> Cover:
    """Keep what was chosen; a name alone keeps the page that was chosen before. Raises `UnfitCover`."""
    if not (page or html):
        before = read(home)
        page, html = before.page, before.html
    if html:
        name = _checked(html, name)
    name = " ".join(name.split())
    if len(name) > LONGEST or not name.isprintable():
        raise UnfitCover(f"a name has at most {LONGEST} characters that can be printed")
    chosen = Cover(page, name, html)
    durable.write(home / FILE, json.dumps(vars(chosen), ensure_ascii=False).encode())
    return chosen


def _checked(html: str, name: str) -> str:
    """The page's name: what the operator says, or its own title."""
    if len(html.encode()) > LARGEST:
        raise UnfitCover(f"a cover has at most {LARGEST} bytes")
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.unfit:
        raise UnfitCover(f"in a cover these do harm or do nothing: {', '.join(sorted(reader.unfit))}")
    if not (name or reader.title.strip()):
        raise UnfitCover("this page has no <title>; give it one, or a name with --name")
    return name or reader.title


class _Reader(HTMLParser):
    """Collects what a cover must not have. The site's policy would stop it too; better told beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.unfit: set[str] = set()
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        if tag in _REFUSED or ":" in tag or (tag == "link" and set(attrs) != _STYLE):
            self.unfit.add(f"<{tag}>")
        for attribute, value in attrs:
            fetched = attribute in _FETCHED and not (value or "").startswith("data:image/")
            goes = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if attribute.startswith("on") or fetched or goes.startswith(("javascript:", "vbscript:")):
                self.unfit.add(attribute)
        if tag == "meta" and any(attribute == "http-equiv" for attribute, _ in attrs):
            self.unfit.add("http-equiv")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        self.title += data if self._in_title else ""
