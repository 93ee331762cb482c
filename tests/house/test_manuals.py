"""The manual is tested: a command that no page names fails the build."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from onggi import ALONE, ROOMS, main
from server.intake.catalogue import texts
from server.intake.deposits import HELD_DAYS
from server.intake.limits import DEFAULTS
from server.intake.views import GRANTS

ROOT = Path(__file__).parents[2]


def _commands(group: click.Group, words: tuple[str, ...]) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        else:
            yield " ".join((*words, name))


@pytest.mark.parametrize("room", ROOMS)
def test_every_command_is_named_in_a_manual(room: str) -> None:
    """
    Whoever has a command at hand can read what it does.
    """
    module = ROOT / ROOMS[room][0].replace(".", "/")
    if not module.with_suffix(".py").exists():
        pytest.skip(f"the {room} room has no commands yet")
    group = main.get_command(click.Context(main), room)
    assert isinstance(group, click.Group)
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "manuals").glob("*.md")]

    assert [c for c in _commands(group, ("onggi", room)) if not any(c in page for page in pages)] == []


def test_the_commands_without_a_room_are_in_the_rescuers_manual() -> None:
    """
    Whoever helps has one page to read.
    """
    page = (ROOT / "docs" / "manuals" / "rescuer.md").read_text(encoding="utf-8")
    context = click.Context(main)

    for name in ALONE:
        command = main.get_command(context, name)
        assert command is not None
        assert f"onggi {name}" in page
        assert [o for p in command.params for o in p.opts if o.startswith("--") and f"`{o}" not in page] == []


BUTTON = re.compile(r"(?<![*\w])\*(?!\*)([^*\n]+)\*(?!\*)")
EXPLAINED = {"slanted words"}


def test_every_button_that_the_survivors_manual_names_is_on_her_page() -> None:
    """
    Who is read a name finds it on the screen, letter by letter; and each choice that she has is explained.
    """
    page = (ROOT / "docs" / "manuals" / "survivor.md").read_text(encoding="utf-8")
    carried = json.loads((ROOT / "crypto" / "capsule" / "en.json").read_text(encoding="utf-8"))
    shown, named = texts("en"), set(BUTTON.findall(page)) - EXPLAINED
    choices = {told for name, told in shown.items() if re.fullmatch("consent_(?!.*_eg)[a-z]+", name)}
    groups = {shown[f"consent_{name}"] for name in ("hint", *GRANTS)}

    assert named - set(shown.values()) - set(carried.values()) == set()
    assert choices - groups - named == set()


def test_the_survivors_manual_names_nobody_by_what_was_done_to_her() -> None:
    """
    She is spoken to, as "you"; the numbers that she is told are those of the code.
    """
    page = (ROOT / "docs" / "manuals" / "survivor.md").read_text(encoding="utf-8")

    assert re.findall("victim|subject|illegal|escapee", page, re.IGNORECASE) == []
    assert f"not whole after {DEFAULTS.unfinished_days} days" in page
    assert ("held for three months" in page) == (HELD_DAYS == 90)


NAMED = re.compile(r"\b(?:docs|tests|deploy|migrations)/[\w./-]*\w")


def test_every_page_and_folder_that_is_named_exists() -> None:
    """
    A reader who follows a docstring, a page or a comment to another file finds it.
    """
    lost = []
    for path in _texts():
        for name in NAMED.findall(path.read_text(encoding="utf-8")):
            if not (ROOT / name).exists():
                lost.append(f"{path.relative_to(ROOT)}: {name}")

    assert lost == []


def _texts() -> Iterator[Path]:
    rooms = ("crypto", "server", "archive", "migrations", "deploy", "benchmarks", "tests", "docs")
    for room in rooms:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in (".py", ".md", ".js", ".mjs") and "node_modules" not in path.parts:
                yield path
    yield ROOT / "README.md"
    yield ROOT / "CHANGELOG.md"
