"""The browsers that a careful woman may have: with a JIT and without, on a secure line and on bare http."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crypto.envelope import unseal
from crypto.keys import IntakeSecret
from crypto.padding import padme
from crypto.receipt import Receipt
from tests.journeys import trial
from tests.journeys.conftest import INSECURE
from tests.journeys.survivor import ROOT, SENTINEL, Site, Window, keep, picture, send, served
from tests.journeys.trial import Trial

pytestmark = pytest.mark.loopback
MIB = 1 << 20
LARGE = 70 * MIB
KEY = IntakeSecret.generate()
WITHOUT_JIT = ("chromium-without-jit", "firefox-safer")
BROWSERS = ("chromium", "firefox", *WITHOUT_JIT)
TWO = ("chromium", "firefox-safer")
"""The fastest and the slowest, where all four would take too long."""


@pytest.fixture
def window(request: pytest.FixtureRequest, open_window: Callable[[str], Window]) -> Iterator[Window]:
    window = open_window(request.param)
    yield window
    window.goto("about:blank")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


@pytest.fixture(scope="module")
def modules() -> Iterator[Trial]:
    if not trial.can_be_built():
        pytest.skip("run `make client` first")
    yield from trial.served(secrets.token_bytes(LARGE))


def in_browsers(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("window", names, indirect=True)


def deposit(window: Window, address: str, photo: Path) -> Receipt:
    photo.write_bytes(picture())
    window.goto(address)
    window.wait_for_selector("#words:enabled")
    window.fill("#words", SENTINEL)
    window.set_input_files("#photos", photo)
    words = keep(window, "keep")
    send(window)
    return Receipt.parse(" ".join(words))


def is_deposited(site: Site, receipt: Receipt) -> bool:
    """Is there one photo, and one statement of her words by the account of this receipt that lists it?"""
    of_type = {meta["type"]: (body, digest) for meta, body, digest in site.opened()}
    said, (photo, digest) = json.loads(of_type["statement"][0]), of_type["file"]
    account = receipt.keys(ROOT.public).signing.public.raw.hex()
    return (said["text"], said["account"]["ed25519"], said["files"][0]["digest"], photo[:2]) == (
        SENTINEL,
        account,
        digest.hex(),
        b"\xff\xd8",
    )


@in_browsers(*WITHOUT_JIT)
def test_the_browsers_without_a_jit_have_none(window: Window, modules: Trial) -> None:
    """
    No WebAssembly either: the preferences and the flag are in force.
    """
    window.goto(modules.address())

    assert window.evaluate("() => typeof WebAssembly") == "undefined"


@pytest.mark.parametrize(
    ("window", "every"),
    [(name, 5 if name in WITHOUT_JIT else 1) for name in BROWSERS],
    indirect=["window"],
)
def test_every_browser_reads_the_vectors(window: Window, every: int, modules: Trial) -> None:
    """
    What Python opens or refuses, each of the four browsers opens or refuses with the same name; those that
    have no JIT, and would take minutes, every fifth.
    """
    window.goto(modules.address())

    assert window.evaluate("(every) => trial.readVectors(every)", every) == {
        "read": len(trial.vectors()[::every]),
        "otherwise": [],
    }


@in_browsers("chromium", "firefox")
def test_the_vectors_are_read_without_webcrypto(window: Window, modules: Trial) -> None:
    """
    Where a page is no secure context the browser's AES is missing, and ours in JavaScript gives the same.
    """
    window.goto(modules.address(host=INSECURE))

    assert window.evaluate("() => [isSecureContext, crypto.subtle === undefined]") == [False, True]
    assert window.evaluate("() => trial.readVectors()") == {"read": len(trial.vectors()), "otherwise": []}


@in_browsers(*BROWSERS)
def test_she_can_deposit_with_every_browser(window: Window, site: Site, tmp_path: Path) -> None:
    """
    Words and a photo go through the real page and open in Python; her receipt is her account's.
    """
    receipt = deposit(window, site.address, tmp_path / "photo.png")

    assert is_deposited(site, receipt)


@in_browsers(*TWO)
def test_she_can_deposit_where_the_page_has_no_webcrypto(window: Window, site: Site, tmp_path: Path) -> None:
    """
    An http onion on iOS: no secure context, and the same sealed deposit.
    """
    receipt = deposit(window, site.address.replace("127.0.0.1", INSECURE), tmp_path / "photo.png")

    assert window.evaluate("() => crypto.subtle === undefined")
    assert is_deposited(site, receipt)


def sealed(window: Window, modules: Trial, path: str = "", **how: object) -> dict[str, Any]:
    window.goto(modules.address(path))
    seen: dict[str, Any] = window.evaluate(
        "(how) => trial.seal(how)", {"bundle": KEY.public.bundle.hex(), **how}
    )
    return seen


def pieces_of(envelope: bytes) -> int:
    """How often a worker is asked: once for each MiB of padded plaintext."""
    return math.ceil(padme(LARGE + 100) / MIB)


@in_browsers(*TWO)
def test_a_large_file_is_sealed_by_workers(window: Window, modules: Trial) -> None:
    """
    Above 64 MiB the page seals in workers, a new one after each 64 MiB, and Python opens what they made.
    """
    seen = sealed(window, modules)
    meta, body = unseal(modules.taken(), KEY)

    assert (2, pieces_of(body)) == (seen["workers"], seen["answers"])
    assert meta == {"type": "file"}
    assert body == modules.source


@in_browsers(*TWO)
def test_the_page_goes_on_where_a_worker_was_ended(window: Window, modules: Trial) -> None:
    """
    A browser short of memory ends a worker without a word: nothing is lost, and no piece is there twice.
    """
    seen = sealed(window, modules, questions=6)
    _, body = unseal(modules.taken(), KEY)

    assert seen["workers"] == 1
    assert 0 < seen["answers"] < 10
    assert body == modules.source


@in_browsers(*TWO)
def test_the_page_seals_by_itself_where_workers_are_refused(window: Window, modules: Trial) -> None:
    """
    A policy or an extension that allows no worker costs only time.
    """
    seen = sealed(window, modules, "without-workers")
    _, body = unseal(modules.taken(), KEY)

    assert seen["answers"] == 0
    assert body == modules.source
