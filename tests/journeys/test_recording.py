"""Her voice, recorded in a real Chromium from a sound file in place of a microphone: sealed as she speaks."""

from __future__ import annotations

import base64
import math
import os
import struct
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from crypto.envelope import parse_header, unseal
from crypto.keys import IntakeSecret
from tests.journeys import trial
from tests.journeys.conftest import CHROMIUM, INSECURE
from tests.journeys.trial import Trial

pytestmark = pytest.mark.loopback
KEY = IntakeSecret.generate()
TONE = 440
HEARD = """async ({ sound, tone }) => {
  const bytes = Uint8Array.from(atob(sound), (letter) => letter.charCodeAt(0));
  const heard = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes.buffer);
  const [samples, duration] = [heard.getChannelData(0), heard.duration];
  let [cosine, sine, power] = [0, 0, 0];
  for (let at = 0; at < samples.length; at++) {
    cosine += samples[at] * Math.cos((2 * Math.PI * tone * at) / heard.sampleRate);
    sine += samples[at] * Math.sin((2 * Math.PI * tone * at) / heard.sampleRate);
    power += samples[at] ** 2;
  }
  return { duration, share: (2 * (cosine ** 2 + sine ** 2)) / samples.length / power };
}"""
"""How long it plays and how much of it is the tone, as a browser's own decoder hears it."""


@pytest.fixture(scope="module")
def modules() -> Iterator[Trial]:
    if not trial.can_be_built():
        pytest.skip("run `make client` first")
    yield from trial.served(b"")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where this browser puts what is not of its profile; a socket of its own wants a short name."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def speaking(playwright: Playwright, modules: Trial, tmp_path: Path, temporary: Path) -> Iterator[Page]:
    """A page of a browser with a profile on the disk, whose microphone hears one tone."""
    if not CHROMIUM:
        pytest.skip("Debian's chromium is not installed; `make test` installs it as root")
    with wave.open(str(tmp_path / "tone.wav"), "wb") as sound:
        sound.setparams((1, 2, 48000, 0, "NONE", ""))
        tone = (int(12000 * math.sin(2 * math.pi * TONE * at / 48000)) for at in range(48000))
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in tone))
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile",
        executable_path=CHROMIUM,
        env={**os.environ, "TMPDIR": str(temporary)},
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={tmp_path / 'tone.wav'}",
            f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
        ],
    )
    page = context.new_page()
    page.goto(modules.address())
    page.wait_for_function("() => globalThis.trial")
    yield page
    context.close()


def recorded(page: Page, modules: Trial, **how: float) -> tuple[dict[str, Any], list[bytes]]:
    """What the page says of a recording, and the sounds that the archive finds in it."""
    told: dict[str, Any] = page.evaluate(
        "(how) => trial.record(how)", {"bundle": KEY.public.bundle.hex(), **how}
    )
    rest, sounds = modules.taken(), []
    for part in told["parts"]:
        envelope, rest = rest[: part["total"]], rest[part["total"] :]
        meta, body = unseal(envelope, KEY)
        assert meta == {"type": "file", "media": part["media"], "name": ""}
        assert parse_header(envelope).digest.hex() == part["digest"]
        sounds.append(body)
    assert rest == b""
    return told, sounds


def test_her_voice_is_sealed_in_parts_that_each_play(
    speaking: Page, modules: Trial, tmp_path: Path, temporary: Path
) -> None:
    """
    Five seconds in parts of two, with a pause: the archive hears the tone in each, the disk holds none.
    """
    told, sounds = recorded(speaking, modules, part=2, each=2.5)
    heard = [
        speaking.evaluate(HEARD, {"sound": base64.b64encode(sound).decode(), "tone": TONE})
        for sound in sounds
    ]
    files = [
        path for folder in (tmp_path / "profile", temporary) for path in folder.rglob("*") if path.is_file()
    ]
    kept = b"".join(path.read_bytes() for path in files)

    assert len(sounds) == 4
    assert sum(part["duration"] for part in heard) == pytest.approx(5, abs=0.7)
    assert all(part["share"] > 0.5 for part in heard if part["duration"] > 0.3)
    assert told["paused"]
    assert told["seconds"] == pytest.approx(5, abs=0.7)
    assert 0.01 < told["level"] <= 1
    assert len(kept) > 10_000
    for sound in sounds:
        assert not any(sound[at : at + 24] in kept for at in range(200, len(sound) - 24, 300))


@pytest.mark.parametrize(
    ("host", "script", "told"),
    [
        (INSECURE, "", "CannotRecord: unsupported"),
        ("127.0.0.1", "delete globalThis.MediaRecorder", "CannotRecord: unsupported"),
        ("127.0.0.1", "NotAllowedError", "CannotRecord: refused"),
        ("127.0.0.1", "NotFoundError", "CannotRecord: missing"),
    ],
)
def test_without_a_microphone_she_is_told_why(
    speaking: Page, modules: Trial, host: str, script: str, told: str
) -> None:
    """
    Without https, in an old browser, when she says no, where there is none: each has words of its own.
    """
    if script.endswith("Error"):
        answer = f"async () => {{ throw new DOMException('', '{script}') }}"
        script = f"MediaDevices.prototype.getUserMedia = {answer}"
    speaking.add_init_script(script)
    speaking.goto(modules.address(host=host))
    speaking.wait_for_function("() => globalThis.trial")

    assert speaking.evaluate("(how) => trial.refusal(how)", {"bundle": KEY.public.bundle.hex()}) == told


def test_a_page_without_leave_cannot_listen(speaking: Page, modules: Trial) -> None:
    """
    The browser itself refuses the microphone to every page but the one that she tells on.
    """
    speaking.goto(modules.address("without-workers"))
    speaking.wait_for_function("() => globalThis.trial")

    refused = speaking.evaluate("(how) => trial.refusal(how)", {"bundle": KEY.public.bundle.hex()})
    assert refused == "CannotRecord: refused"
