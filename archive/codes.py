"""A signed note on the screen as QR codes, for a phone to carry to the intake: no stick goes back.

Format: docs/formats/bundle.md. The phone learns random names of envelopes, and no more.
"""

from __future__ import annotations

import io
import sys
from typing import Final

import click
import segno

from crypto.frames import cut

QUIET: Final = 4
"""Light modules around a code, without which a phone does not see its edge."""


def show(note: bytes) -> None:
    """Print *note* as codes, one after another; at a terminal the next one waits for a key."""
    frames = cut(note)
    for number, frame in enumerate(frames, 1):
        click.echo(f"code {number} of {len(frames)}")
        for line in drawn(frame):
            click.secho(line, fg="bright_white", bg="black")
        if number < len(frames) and sys.stdin.isatty():
            click.pause("any key shows the next")


def drawn(frame: str) -> list[str]:
    """A frame as lines of half blocks, light on dark."""
    into = io.StringIO()
    segno.make_qr(frame, error="m", boost_error=False).terminal(into, border=QUIET, compact=True)
    return into.getvalue().splitlines()
