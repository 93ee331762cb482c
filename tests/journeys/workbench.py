"""A workbench that is served to a real browser, in Korean, with somebody signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from archive.workbench.door import Door
from archive.workbench.site import create_app
from tests.people import MINJIS, SORAS, Archive

PASSPHRASES = {"minji": MINJIS, "sora": SORAS}


@contextmanager
def opened(archive: Archive, chromium: Browser, *, scripts: bool = True) -> Iterator[tuple[Page, str]]:
    """A page inside the desk, and the address that its paths begin with."""
    door = Door(frozenset())
    app = create_app(archive.vault, door)
    app.extensions["collecting"].patience = 300  # however busy the machine is
    server = make_server("127.0.0.1", 0, app, threaded=True)
    there = f"http://127.0.0.1:{server.server_port}"
    door.hosts = frozenset({there.removeprefix("http://")})
    thread = threading.Thread(target=server.serve_forever)
    context = chromium.new_context(
        locale="ko-KR", viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
    )
    thread.start()
    try:
        page = context.new_page()
        page.goto(there + door.address)
        yield page, there
    finally:
        context.close()
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in(page: Page, name: str) -> None:
    """*name* opens her signature, in the place of whoever did before."""
    if page.query_selector(".who"):
        page.click("form[action='/sign-out'] button")
    page.select_option("select[name=name]", name)
    page.fill("input[name=passphrase]", PASSPHRASES[name])
    page.press("input[name=passphrase]", "Enter")
    page.wait_for_selector(".who")
