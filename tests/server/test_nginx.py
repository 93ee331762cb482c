"""The samples for nginx say what the sites themselves say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.headers import HEADERS, policy
from server.research.site import LARGEST

SAMPLES = Path(__file__).parents[2] / "deploy"
CONF, ROOM = ((SAMPLES / site / "nginx.conf").read_text("utf-8") for site in ("intake", "research"))


def test_nginxs_own_pages_carry_the_sites_headers_once() -> None:
    """
    An error that never reached the site is protected as its pages are, and no header comes twice.
    """
    added = dict(re.findall(r'add_header (\S+) "([^"]*)" always;', CONF))
    hidden = re.findall(r"proxy_hide_header (\S+);", CONF)
    transport = added.pop("Strict-Transport-Security")
    [unsaid] = re.findall(r'^ +"" +"([^"]*)";', CONF, re.MULTILINE)
    added["Permissions-Policy"] = unsaid

    assert added == {**HEADERS, "Content-Security-Policy": policy(forms=False, trusted_types="onggi")}
    assert sorted(hidden) == sorted(added)
    assert CONF.count("add_header") == len(added) + 1
    assert transport.startswith("max-age=")


def test_so_do_those_before_a_reading_room() -> None:
    """
    Its cookie is for TLS only, and its forms go to itself.
    """
    added = dict(re.findall(r'add_header (\S+) "([^"]*)" always;', ROOM))

    assert added.pop("Strict-Transport-Security").startswith("max-age=")
    assert added == {**HEADERS, "Content-Security-Policy": policy(forms=True)}
    assert sorted(re.findall(r"proxy_hide_header (\S+);", ROOM)) == sorted(added)
    assert int(re.findall(r"client_max_body_size (\d+)k;", ROOM)[0]) * 1024 == LARGEST


@pytest.mark.parametrize("conf", [CONF, ROOM], ids=["intake", "reading room"])
def test_nginx_writes_nobody_down(conf: str) -> None:
    """
    Its log of errors names addresses from crit downwards.
    """
    assert re.findall(r"(?:access|error)_log (.*);", conf) == ["off", "/var/log/nginx/onggi.log emerg"] * 2


@pytest.mark.parametrize("conf", [CONF, ROOM], ids=["intake", "reading room"])
def test_nginx_waits_no_longer_than_the_site(conf: str) -> None:
    """
    A silent connection is ended at the door as well.
    """
    waits = dict(re.findall(r"(client_\w+_timeout) (\w+);", conf))

    assert waits == {"client_header_timeout": "30s", "client_body_timeout": "30s"}
