"""Debian's Firefox, driven over its own Marionette protocol: what a test needs of a window, and no more.

Playwright drives only a Firefox of its own making; a survivor has the one that is there.
Source: firefox-source-docs.mozilla.org/testing/marionette.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 300  # seconds for one answer: a script may seal for long

QUIET = {
    "marionette.port": 0,  # any free one, written into the profile
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
}
"""A browser that asks nobody for anything."""

SAFER = {
    "javascript.options.ion": False,
    "javascript.options.baselinejit": False,
    "javascript.options.native_regexp": False,
    "javascript.options.asmjs": False,
    "javascript.options.wasm": False,
    "mathml.disabled": True,
}
"""Tor Browser's level "Safer", as far as preferences make it."""


class FirefoxError(AssertionError):
    """Firefox refused, or what was waited for did not come."""


class Firefox:
    """One running Firefox with one window. Selectors are CSS; what is evaluated is a JavaScript function."""

    def __init__(self, executable: str, profile: Path, preferences: Mapping[str, object]) -> None:
        lines = [
            f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in {**QUIET, **preferences}.items()
        ]
        (profile / "user.js").write_text("".join(lines), "utf-8")
        command = [executable, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
        self._line = self._connect(profile / "MarionetteActivePort")
        self._answers = self._line.makefile("rb")
        self._read()
        self._tell("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
        self._tell("WebDriver:SetTimeouts", {"script": PATIENCE * 1000})

    def goto(self, url: str, /) -> None:
        self._tell("WebDriver:Navigate", {"url": url})

    def evaluate(self, function: str, argument: Any = None, /) -> Any:
        """What *function* of *argument* returns or promises, in the page."""
        script = f"return ({function})(arguments[0])"
        return self._tell("WebDriver:ExecuteScript", {"script": script, "args": [argument]})

    def wait_for_selector(self, selector: str, /, *, timeout: float = 30_000) -> None:
        """Wait until something matches and is seen; *timeout* is in milliseconds."""
        seen = "(selector) => document.querySelector(selector)?.getClientRects().length > 0"
        end = time.monotonic() + timeout / 1000
        while not self.evaluate(seen, selector):
            if time.monotonic() > end:
                raise FirefoxError(f"{selector} did not appear")
            time.sleep(0.05)

    def fill(self, selector: str, text: str, /) -> None:
        self._to("WebDriver:ElementClear", selector)
        self._to("WebDriver:ElementSendKeys", selector, text=text)

    def click(self, selector: str, /) -> None:
        self._to("WebDriver:ElementClick", selector)

    check = click

    def set_input_files(self, selector: str, path: Path, /) -> None:
        self._to("WebDriver:ElementSendKeys", selector, text=str(path))

    def quit(self) -> None:
        self._answers.close()
        self._line.close()
        self._process.terminate()
        self._process.wait(30)

    def _connect(self, place: Path) -> socket.socket:
        for _ in range(600):
            try:
                return socket.create_connection(("127.0.0.1", int(place.read_text())), timeout=PATIENCE)
            except (OSError, ValueError):
                time.sleep(0.1)
        self._process.kill()
        raise FirefoxError("Firefox did not start")

    def _to(self, command: str, selector: str, **more: str) -> None:
        found = self._tell("WebDriver:FindElement", {"using": "css selector", "value": selector})
        self._tell(command, {"id": found[ELEMENT], **more})

    def _tell(self, command: str, parameters: Mapping[str, object]) -> Any:
        message = json.dumps([0, 1, command, parameters]).encode()
        self._line.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise FirefoxError(f"{command}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _read(self) -> Any:
        length = b""
        while (digit := self._answers.read(1)) != b":":
            if not digit:
                raise FirefoxError("Firefox ended")
            length += digit
        return json.loads(self._answers.read(int(length)))
