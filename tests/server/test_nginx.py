"""The sample for nginx says what the site itself says."""

from __future__ import annotations

import re
from pathlib import Path

from server.headers import HEADERS, policy

CONF = (Path(__file__).parents[2] / "deploy" / "intake" / "nginx.conf").read_text("utf-8")


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


def test_nginx_writes_nobody_down() -> None:
    """
    Its log of errors names addresses from crit downwards.
    """
    assert re.findall(r"(?:access|error)_log (.*);", CONF) == ["off", "/var/log/nginx/onggi.log emerg"] * 2


def test_nginx_waits_no_longer_than_the_site() -> None:
    """
    A silent connection is ended at the door as well.
    """
    waits = dict(re.findall(r"(client_\w+_timeout) (\w+);", CONF))

    assert waits == {"client_header_timeout": "30s", "client_body_timeout": "30s"}
