"""What the pages say, and in which language they begin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crypto import words
from server.intake import catalogue
from server.intake.catalogue import LANGUAGES, UnfinishedCatalogue, texts, wanted

INTAKE = Path(catalogue.__file__).parent
CAPSULE = [INTAKE.parents[1] / "crypto" / "capsule" / name for name in ("page.py", "page.html")]


def test_every_text_is_there_in_every_language() -> None:
    """
    A string that is missing, empty or unsure in one language fails here, not on her phone.
    """
    names = [set(texts(language)) for language in LANGUAGES]

    assert all(known == names[0] for known in names)
    assert all(text.strip() for language in LANGUAGES for text in texts(language).values())


@pytest.mark.parametrize("flaw", ['msgstr ""', '#, fuzzy\nmsgid "b"\nmsgstr "나"'])
def test_an_unfinished_catalogue_shows_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flaw: str
) -> None:
    """
    Empty or marked fuzzy: said by name, whatever language it is.
    """
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "ko.po").write_text(head + (flaw if "msgid" in flaw else f'msgid "b"\n{flaw}') + "\n")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(UnfinishedCatalogue, match="ko: not translated: b"):
        texts.__wrapped__("ko")


def test_every_text_that_a_page_uses_is_there_and_every_text_is_used() -> None:
    """
    Templates and scripts name texts by their keys; a key that nobody names is dead.
    """
    sources = [*INTAKE.glob("templates/*.html"), *INTAKE.glob("client/*.js"), *INTAKE.glob("*.py"), *CAPSULE]
    named = "\n".join(path.read_text("utf-8") for path in sources)
    grants = re.findall(r'"([a-z_]+)"', named)
    made = {f"{front}{name}{back}" for name in grants for front, back in FAMILIES}
    used = {key for key in texts("ko") if re.search(rf"(?<![a-z_]){key}(?![a-z_])", named)} | made

    assert set(texts("ko")) - used == set()


FRONTS = ("q_", "carry_", "kind_", "fact_", "tells_", "clue_", "record_", "cover_", "back_")
FAMILIES = [
    ("consent_", ""),
    ("consent_", "_eg"),
    *((front, "") for front in FRONTS),
    *(("cover_", f"_{n}") for n in (1, 2, 3)),
]


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken"),
    [
        (None, [], "ko"),
        (None, ["fr-FR"], "ko"),
        (None, ["ko-KP", "en"], "ko"),
        (None, ["en-GB"], "en"),
        (None, ["zh"], "zh-Hans"),
        (None, ["zh-CN", "ko"], "zh-Hans"),
        (None, ["zh-TW"], "zh-Hant"),
        (None, ["zh-Hant-HK"], "zh-Hant"),
        (None, ["fr", "zh-HK", "en"], "zh-Hant"),
        ("en", ["ko"], "en"),
        ("xx", ["zh-CN"], "zh-Hans"),
    ],
)
def test_the_page_begins_in_her_language(
    asked: str | None, accepted: list[str], spoken: words.Language
) -> None:
    """
    What she pressed, else what her browser asks for, else Korean.
    """
    assert wanted(asked, accepted) == spoken
