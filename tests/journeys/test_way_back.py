"""The way back, whole: the archive writes, the courier carries, a page in a browser opens what is hers."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, Route

from archive import keyring, replies
from crypto.receipt import Receipt
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from tests.people import ORIGIN, Archive, statement

CLIENT = Path(__file__).parents[2] / "server" / "intake" / "client"
ESBUILD = CLIENT / "node_modules" / ".bin" / "esbuild"
PAGE = """
import {{ openBoard }} from "{client}/board.js";
import {{ unhex }} from "{client}/bytes.js";
window.read = async (secret, {{ reply, desk, ...known }}, noX25519) => {{
  const {{ importKey }} = crypto.subtle;
  crypto.subtle.importKey = function (form, ...rest) {{
    if (noX25519 && form === "pkcs8") throw new Error("not supported");
    return importKey.call(this, form, ...rest);
  }};
  const board = new Uint8Array(await (await fetch("/board")).arrayBuffer());
  const began = performance.now();
  let shares = 0;
  const keys = {{ secret: unhex(secret), reply: unhex(reply) }};
  const opened = await openBoard(board, keys, {{ ...known, desk: unhex(desk) }}, () => shares++);
  return {{ ...opened, shares, took: performance.now() - began }};
}};
"""


class Site:
    """The intake, answered without a network; it remembers what it was asked for."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        home = folder / "intake"
        asked = ["init", "--home", str(home), "--origin", ORIGIN, "--root", archive.root.to_text()]
        _done(*asked, "--notes", str(archive.vault.home / "notes"))
        (folder / "board").write_bytes(replies.post(archive.vault, 512, datetime.now(UTC).date()).content)
        _done("board", "--home", str(home), str(folder / "board"))
        self.app = create_app(IntakeConfig.read(home))
        self.asked: list[str] = []
        (folder / "page.mjs").write_text(PAGE.format(client=CLIENT), "utf-8")
        bundled = [str(ESBUILD), str(folder / "page.mjs"), "--bundle", "--minify", "--format=esm"]
        self.script = subprocess.run(bundled, capture_output=True, check=True).stdout

    def answer(self, route: Route) -> None:
        path = "/" + route.request.url.partition("//")[2].partition("/")[2]
        self.asked.append(f"{route.request.method} {path}")
        if path == "/board":
            with self.app.test_client() as client:
                route.fulfill(body=client.get(path).data)
        elif path == "/page.js":
            route.fulfill(body=self.script, content_type="text/javascript")
        else:
            route.fulfill(body='<script type="module" src="/page.js"></script>', content_type="text/html")


def _done(*words: str) -> None:
    ran = CliRunner().invoke(intake, words)
    assert ran.exit_code == 0, ran.output


def read(
    page: Page, site: Site, archive: Archive, receipt: Receipt, no_x25519: bool = False
) -> dict[str, Any]:
    """What a page shows to whoever types this receipt, on a browser with X25519 of its own or without."""
    given, _ = keyring.mandate(archive.vault, today := datetime.now(UTC).date())
    known = {"origin": ORIGIN, "desk": given.desk.raw.hex(), "reply": given.reply.hex(), "today": f"{today}"}
    secret = receipt.keys(archive.root).sealing.to_bytes().hex()
    page.route("**/*", site.answer)
    page.goto("https://intake.example/")
    page.wait_for_function("() => Boolean(window.read)")
    told: dict[str, Any] = page.evaluate(f"read('{secret}', {json.dumps(known)}, {json.dumps(no_x25519)})")
    return told


@pytest.mark.skipif(not ESBUILD.exists(), reason="run `make client` first")
@pytest.mark.parametrize("no_x25519", [False, True], ids=["native X25519", "without"])
def test_a_page_opens_what_is_hers_and_asks_for_nothing_more(
    chromium: Browser, archive: Archive, tmp_path: Path, no_x25519: bool
) -> None:
    """
    Her receipt shows her replies in order, another shows none, and both ask the site for exactly the same.
    """
    hers, today = Receipt.generate(), datetime.now(UTC).date()
    granted = [("preserve", "archivists"), ("recontact", "archivists")]
    told = archive.take(statement(archive, receipt=hers, grants=granted)).taken[0]
    for text in ("잘 받았습니다.", "我们收到了。" * 300):
        replies.write(archive.vault, archive.minji, told, text, "kor", today)
    site = Site(archive, tmp_path)
    asked = []
    for receipt, texts in ((hers, ["잘 받았습니다.", "我们收到了。" * 300]), (Receipt.generate(), [])):
        with chromium.new_context() as context:
            shown = read(context.new_page(), site, archive, receipt, no_x25519)
        assert ["".join(reply["parts"]) for reply in shown["replies"]] == texts
        assert shown["shares"] == 512 / 16
        asked.append(sorted(site.asked))
        site.asked.clear()
        print(f"512 entries, X25519 {'noble' if no_x25519 else 'native'}: {shown['took']:.0f} ms")

    assert asked[0] == asked[1]
    assert [a for a in asked[0] if "favicon" not in a] == ["GET /", "GET /board", "GET /page.js"]
    site.app.extensions["deposits"].engine.dispose()
