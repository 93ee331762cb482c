"""The manual is tested: a command that no page names fails the build."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from onggi import ROOMS, main

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
