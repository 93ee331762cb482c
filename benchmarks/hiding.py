"""`python -m benchmarks.hiding`: the page of suggestions for 20,000 letters, its first view and its keys.

1. The desk is a process of its own that has read nothing yet; the first view counts from asking to the list.
2. A desk reads its models while somebody signs in: *cold* asks at once, *warm* once they are read.
3. A key counts its script, style and layout, and apart from that the time to the paint that follows.

Chromium without a window; the vault is real, in a temporary folder, and the words are invented.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from archive import keyring, people
from archive.redaction.worklist import read_models
from archive.vault import Vault
from archive.workbench.door import Door
from archive.workbench.site import create_app
from benchmarks.browser import CHROMIUM, LONG
from benchmarks.desk import PHRASE, Took, told

LETTERS = 20_000
LINE = (
    "저는 {year}년 겨울에 {place}에서 두만강을 건넜습니다. 브로커 김{name}이 오천 원에 저를 흑룡강성의 "
    "농부 왕에게 팔았습니다. 전화번호는 138-{a}-{b}였습니다. 엄마와 동생 {name}이는 청진에 남았고 "
    "마흔두 살인 이모는 연길의 공장에서 일했습니다."
)
PLACES, NAMES = ("회령", "무산", "혜산", "온성", "새별"), ("영철", "혜숙", "순희", "명옥", "철수", "분이")
BARS = {"first view": 3.0, "key": 0.05}
"""Seconds."""
KEYS = ("KeyN", "KeyP", "KeyA", "KeyX", "Digit3", "KeyU", "BracketLeft", "BracketRight", "Period", "Comma")
WITH_SHIFT = ("KeyA", "KeyX", "Period", "Comma")
PRESS = """async ([code, shift]) => {
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { code, shiftKey: shift, bubbles: true }));
    document.getElementById("card").getBoundingClientRect();
    const worked = performance.now() - began;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return [worked, performance.now() - began];
}"""


def words(letters: int) -> str:
    """An invented testimony of which every tenth letter may tell who somebody is; no two lines alike."""
    draw, lines = Random(letters), list[str]()
    while sum(map(len, lines)) < letters:
        lines.append(
            LINE.format(
                year=draw.randint(1994, 2014), place=draw.choice(PLACES), name=draw.choice(NAMES),
                a=draw.randint(1000, 9999), b=draw.randint(1000, 9999),
            )
        )  # fmt: skip
    return "\n".join(lines)


def desk(home: Path, warm: bool, to: Connection) -> None:
    """A process that serves the vault in *home*, and tells where, and how long it has worked when asked."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with Vault.open(home, PHRASE) as vault:
        if warm:
            read_models()
        door = Door(frozenset())
        server = make_server("127.0.0.1", 0, create_app(vault, door), threaded=True)
        here = f"127.0.0.1:{server.server_port}"
        door.hosts = frozenset({here})
        threading.Thread(target=server.serve_forever, daemon=True).start()
        to.send((f"http://{here}", door.address))
        while to.recv():
            to.send(time.process_time())


def seen(browser: Browser, home: Path, name: str, warm: bool, rounds: int) -> dict[str, list[Took]]:
    """How long the first view takes, a second one, and each key as often as *rounds*; seconds."""
    there, here = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=desk, args=(home, warm, here), daemon=True)
    process.start()

    def shown() -> Took:
        began, worked = time.perf_counter(), _worked(there)
        page.goto(f"{address}/testimony/{name}/hide")
        page.wait_for_selector("#seek:not([hidden])")
        return time.perf_counter() - began, _worked(there) - worked

    try:
        address, once = there.recv()
        page = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(LONG * 1000)
        page.goto(address + once)
        found = {"first view": [shown()], "second view": [shown()]}
        found["marks"] = [(page.locator("#told mark").count(), 0)]
        pressed = [
            page.evaluate(PRESS, [code, shift])
            for _ in range(rounds)
            for keys, shift in ((KEYS, False), (WITH_SHIFT, True))
            for code in keys
        ]
        found["key"] = [(worked / 1000, 0) for worked, _ in pressed]
        found["to the paint"] = [(painted / 1000, 0) for _, painted in pressed]
        return found
    finally:
        there.send(False)
        process.terminate()
        process.join()


def _worked(there: Connection) -> float:
    there.send(True)
    return float(there.recv())


def main() -> None:
    """Measure, print, and say with the exit code whether the bars are met by a warm desk."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=LETTERS)
    options.add_argument("--rounds", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hiding-") as scratch, sync_playwright() as browsers:
        home, browser = (
            Path(scratch),
            browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]),
        )
        with Vault.create(home, PHRASE) as vault:
            keyring.found(vault, "archive.example")
            people.add(vault, "minji", PHRASE)
            vault.put_testimony(testimony := told(Random(0), 0, words(given.letters)))
        took = {warm: seen(browser, home, testimony.id, warm, given.rounds) for warm in (False, True)}
        browser.close()
    for warm, found in took.items():
        print(
            f"{'warm' if warm else 'cold'} desk, {given.letters} letters, {found.pop('marks')[0]:.0f} marks:"
        )
        for what, times in found.items():
            wall, desks = zip(*times, strict=True)
            print(f"  {what}: median {median(wall) * 1000:.1f} ms, worst {max(wall) * 1000:.1f} ms", end="")
            print(f" (the desk: {sum(desks):.2f} s of one processor)" if any(desks) else "")
    missed = [what for what, bar in BARS.items() if median(wall for wall, _ in took[True][what]) >= bar]
    print("bars met" if not missed else f"MISSED: {', '.join(missed)}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
