"""Real processes, killed where it hurts most: nothing is lost, nothing is half done, the work goes on."""

from __future__ import annotations

import io
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.accession import attachment_state
from archive.vault import Vault
from crypto import keycard
from deploy.depositor import File, Intake, tell
from deploy.house import ORIGIN, PHRASES, House, serving

pytestmark = pytest.mark.loopback
MEGABYTE = 1 << 20


def kill(*words: str) -> bool:
    """SIGKILL the process whose command line holds these words, and all that it started."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if all(word.encode() in (process / "cmdline").read_bytes() for word in words):
                os.killpg(os.getpgid(int(process.name)), signal.SIGKILL)
                return True
        except OSError:
            continue
    return False


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until(happened: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def test_an_intake_that_is_killed_in_the_middle_of_a_recording_loses_nothing(house: House) -> None:
    """
    The client sends on when the intake is back; what the archive opens is what was recorded.
    """
    recording = secrets.token_bytes(24 * MEGABYTE)
    shelf = house.home("intake") / "shelf"
    with serving(house, "intake") as port:
        intake = Intake(port)
        today = datetime.now(UTC).date()
        card = keycard.verify(intake.ask("GET", "/keycard"), origin=ORIGIN, root=house.root, today=today)
        files = [File(io.BytesIO(recording), len(recording), "audio/mpeg")]
        arguments = (intake, "말로 남긴다", "kor", house.root, card.current(today))
        sending = threading.Thread(target=tell, args=arguments, kwargs={"files": files})
        sending.start()
        wait_until(lambda: sum(1 for p in shelf.rglob("*") if p.is_file()) >= 5)
        assert kill("server.intake.site", str(house.home("intake")))
        wait_until(lambda: is_free(port))
    assert sending.is_alive(), "it was over before it was killed"
    with serving(house, "intake", port) as again:
        assert again == port
        sending.join(60)
        intake.close()
    assert not sending.is_alive()

    stick = house.data / "stick"
    house.onggi("intake", "pack", str(stick))
    assert "1 testimonies, 1 files" in house.onggi("archive", "accession", str(stick))
    with Vault.open(house.home("archive"), PHRASES[""]) as vault:
        [told] = [vault.testimony(name) for name in vault.testimonies()]
        assert attachment_state(vault, told.attachments[0]) == "here"
        _, _, original = vault.json("file", told.attachments[0].digest)
        assert b"".join(vault.kept("original", original)) == recording
