"""`onggi archive`: which file has which command. Only the one that was asked for is loaded.

Each command calls one function. Manuals: docs/manuals/archivist.md and courier.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "carried": ("accession", "acknowledgement", "send", "capsule", "sign-page", "import-texts"),
    "founding": ("init", "keys", "courier", "person"),
    "desk": (
        *("list", "read", "redact", "approve", "take-back", "quarantine", "journal"),
        "workbench",
    ),
    "letting_out": ("release",),
    "findings": ("search", "alike", "same"),
    "attached": ("attachments",),
    "transcripts": ("versions", "version"),
    "translations": ("translation",),
    "codings": ("code",),
    "policies": ("policy", "due"),
    "packages": ("package",),
    "profiles": ("profile",),
    "books": ("project",),
    "suggesting": ("redaction",),
    "second_look": ("held", "show"),
    "ceremony": ("custody", "passphrase"),
    "correspondence": ("reply", "board"),
    "staff": ("roles", "care"),
    "keepers": ("backup", "restore", "verify", "shred"),
    "withdrawals": ("withdrawals", "destroy-withdrawn", "notice"),
    "selfcheck": ("selfcheck",),
}
"""Each file of this folder with commands, and theirs; `COMMANDS` of the file has the same."""


class Desk(click.Group):
    """A click group whose commands are loaded when they are named."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(name for names in COMMANDS.values() for name in names)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        file = next((file for file, names in COMMANDS.items() if name in names), None)
        if file is None:
            return None
        try:
            found: tuple[click.Command, ...] = import_module(f"archive.commands.{file}").COMMANDS
        except ModuleNotFoundError as missing:
            raise click.ClickException(
                f"archive is not installed on this machine: no module named {missing.name}\n"
                "hint: pip install 'onggi[archive]'"
            ) from None
        return next(command for command in found if command.name == name)


@click.group(cls=Desk)
def archive() -> None:
    """The archive's machine, without a network: opens, redacts, releases."""
