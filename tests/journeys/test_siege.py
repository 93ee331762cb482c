"""The deployed deposit site under attack, a few seconds; `python -m benchmarks.siege` does it at length."""

from __future__ import annotations

import threading
import time

import pytest

from benchmarks.attackers import besieged
from benchmarks.siege import MB, Told, deployed, honest, slow
from tests.deployed import NGINX, OPENSSL

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx is not installed; apt-get install nginx-light"),
]
AT_ONCE = {
    "say nothing": 200,
    "half a handshake": 50,
    "headers drip": 50,
    "bodies drip, nobody's": 550,
    "headers of 100 KB": 10,
    "pages as fast as they come": 4,
}
"""Together more than nginx has by Debian's own settings, and bodies for more than all threads."""
MOST = 400 * MB
"""Bytes of both processes of gunicorn together: twice of what they have in peace."""
PATIENCE = 120
"""Seconds that anybody may wait on a busy machine; by gunicorn's own ways a drip keeps a thread for ever."""


def test_honest_people_finish_while_all_attacks_run_at_once() -> None:
    """
    Forty slow phones and six quick ones: all are told that all is there, and it is. Memory stays bounded.
    """
    phones = list[Told]()
    with deployed() as site:
        with site.watched(), besieged(site.door, AT_ONCE):
            time.sleep(2)  # until what they began has come as far as it gets
            slowly = threading.Thread(target=lambda: phones.append(slow(site.door, 40, 30_000, 10_000)))
            slowly.start()
            told = honest(site.door, 6, 2)
            slowly.join()
        lost = [site.lost(each) for each in (told, *phones)]
        written = site.door.written

    assert (told.failed, [phone.failed for phone in phones]) == (0, [0])
    assert (len(told.taken), len(phones[0].taken)) == (12, 40)
    assert lost == [0, 0]
    assert told.at(1) < PATIENCE
    assert site.most < MOST
    assert b"127.0.0.1" not in written
