"""The `onggi` command: three groups, one for each room, and commands for a helper's or a reader's laptop.

Only what was asked for is loaded.

The archive's machine has no `server` packages installed and the intake's has no `archive` ones; a room
whose packages are missing says so when it is asked for, and never before.
"""

from importlib import import_module

import click

ROOMS = {
    "intake": ("server.intake.commands", "intake", "the deposit site: receives what it cannot read"),
    "archive": ("archive.commands.group", "archive", "the archive's machine: opens, redacts, releases"),
    "research": ("server.research.commands", "research", "the reading room: verifies and finds"),
}

ALONE = {
    "seal": ("sealing", "seal", "seals words and files into one that any hand may carry"),
    "check": ("sealing", "check", "checks that a page is the one that the archive signed"),
    "read": ("server.research.local", "read", "opens a release on one's own machine"),
}
"""What needs no room."""
EXTRA = {"intake": "server", "read": "research"}
"""The packages to install, where they are not called as the command is."""


class House(click.Group):
    """A click group whose commands are loaded when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*ROOMS, *ALONE]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        module, attribute, _ = (ROOMS | ALONE)[name]
        try:
            command: click.Command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as missing:
            raise click.ClickException(
                f"{name} is not installed on this machine: no module named {missing.name}\n"
                f"hint: pip install 'onggi[{EXTRA.get(name, name)}]'"
            ) from None
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them from the tables, so that `onggi --help` loads none of them."""
        with formatter.section("Rooms"):
            formatter.write_dl([(name, says) for name, (_, _, says) in ROOMS.items()])
        with formatter.section("Without a room"):
            formatter.write_dl([(name, says) for name, (_, _, says) in ALONE.items()])


@click.group(cls=House)
def main() -> None:
    """Testimony, sealed on a phone, opened only on the archive's machine."""


if __name__ == "__main__":
    main()
