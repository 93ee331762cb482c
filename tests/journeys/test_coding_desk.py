"""An archivist codes from the words themselves, in a real browser."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from archive.coding import versions
from archive.workbench.door import Door
from archive.workbench.site import create_app
from tests.archive.coding.lives import TEXT
from tests.journeys.test_access import violations
from tests.people import MINJIS, Archive

pytestmark = pytest.mark.loopback
SELECT = """() => {
    const words = document.querySelector("[data-segment=s0003]").firstChild;
    getSelection().setBaseAndExtent(words, 3, words, 7);
}"""


def test_words_that_are_selected_become_the_evidence_of_an_act(archive: Archive, chromium: Browser) -> None:
    """
    With their paragraph; what is saved rests on exactly these. axe finds nothing on coding and life.
    """
    told, door = archive.told(TEXT), Door(frozenset())
    server = make_server("127.0.0.1", 0, create_app(archive.vault, door), threaded=True)
    door.hosts = frozenset({f"127.0.0.1:{server.server_port}"})
    thread, context = threading.Thread(target=server.serve_forever), chromium.new_context(locale="ko-KR")
    there, desk = f"http://127.0.0.1:{server.server_port}", context.new_page()
    thread.start()
    try:
        desk.goto(there + door.address)
        desk.select_option("select[name=name]", "minji")
        desk.fill("input[name=passphrase]", MINJIS)
        desk.press("input[name=passphrase]", "Enter")
        desk.wait_for_selector(".who")
        desk.goto(f"{there}/testimony/{told}/coding")
        desk.evaluate(SELECT)
        desk.wait_for_function("() => document.getElementById('phrase').value === '오천 원'")
        desk.select_option('select[name="act.type"]', "x_Sale")
        desk.click("button.strong")
        desk.wait_for_selector(".steps > li")
        found = violations(desk)
        desk.goto(f"{there}/testimony/{told}/life")
        found += violations(desk)
    finally:
        context.close()
        server.shutdown()
        thread.join()
        server.server_close()
    [act] = versions.current(archive.vault, told).life.acts

    assert [(span.segment, span.start, span.end) for span in act.evidence_spans] == [("s0003", 3, 7)]
    assert found == []
