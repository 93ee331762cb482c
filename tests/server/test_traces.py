"""What counts as a trace of somebody in a log; real visitors are in tests/deploy/test_machines.py."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.traces import Trace, logs, search

SOMEBODY = [
    b'203.0.113.7 - - [29/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"',
    b"client: 203.0.113.7:51234, server: intake.example",
    b"from 203.0.113.7.",
    b"peer 2001:db8::7 closed",
    b"[2001:db8:0:1:2:3:4:5]:443",
    b"::1 connected",
    b"connection received: host=127.0.0.1 port=5432",
]
NOBODY = [
    b"Nov 29 23:48:28.009 [notice] Tor 0.4.9.15 running on Linux with Glibc 2.41 as libc.",
    b"2026-11-29 23:10:25.123 UTC [71] LOG:  database system is ready to accept connections",
    b'listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"',
    b"PostgreSQL 15.19 (Debian 15.19-0+deb12u1) on x86_64-pc-linux-gnu, gcc 12.2.0-14",
    b"bind() to 0.0.0.0:443 failed (98: Address already in use), [::]:443 too",
    b"onggi: error: while a request was answered: IsADirectoryError in /opt/a.py, line 12",
]


@pytest.fixture(autouse=True)
def _no_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's own journal is not what is looked at here."""
    monkeypatch.setattr("server.traces.JOURNAL", ("no-such-journal",))


def found(folder: Path, place: str, content: bytes, word: bytes | None = None) -> list[str]:
    path = folder / "log" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    traces = [each.of for each in search([folder / "log"], word) if each.place == str(path)]
    path.unlink()
    return traces


@pytest.mark.parametrize("line", SOMEBODY)
def test_an_address_is_found_however_it_is_written(line: bytes, tmp_path: Path) -> None:
    """
    Old and new addresses, with a port, in brackets, at the end of a sentence; in a packed log too.
    """
    assert "an address" in found(tmp_path, "nginx/error.log", line)
    assert "an address" in found(tmp_path, "postgresql/log.2.gz", gzip.compress(b"x\n" + line))


@pytest.mark.parametrize("line", NOBODY)
def test_what_is_nobodys_address_is_no_alarm(line: bytes, tmp_path: Path) -> None:
    """
    A version, a time, a socket, the site's own place: else nobody would believe the next alarm.
    """
    assert found(tmp_path, "nginx/error.log", line) == []


def test_a_browser_is_found_and_the_visitor_wherever_it_was_written(tmp_path: Path) -> None:
    """
    Other programs' files may hold addresses, of updates for example; the visitor that just came, none.
    """
    agent = b'"Mozilla/5.0 (Android 14; Mobile) Gecko/128.0"'

    assert found(tmp_path, "onggi/site.log", agent) == ["a browser"]
    assert found(tmp_path, "dpkg.log", SOMEBODY[0] + agent) == []
    assert found(tmp_path, "dpkg.log", b"visitor00aa", b"visitor00aa") == ["the visitor that just came"]


def test_the_command_says_where_and_never_what(tmp_path: Path) -> None:
    """
    What it prints may be read by many: no line of a log, no address.
    """
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx" / "access.log").write_bytes(SOMEBODY[0])
    ran = CliRunner().invoke(logs, [str(tmp_path)])
    silent = CliRunner().invoke(logs, [str(tmp_path / "nginx")], env={})
    (tmp_path / "nginx" / "access.log").write_bytes(b"")
    clean = CliRunner().invoke(logs, [str(tmp_path)])
    nowhere = CliRunner().invoke(logs, ["--url", "ftp://intake.example", str(tmp_path)])

    assert (ran.exit_code, silent.exit_code, clean.exit_code, nowhere.exit_code) == (1, 1, 0, 1)
    assert f"BAD   {tmp_path}/nginx/access.log: an address was written down" in ran.output
    assert "203.0.113.7" not in ran.output
    assert clean.output == "good  logs: nothing of anybody who came\n"
    assert "begins with http:// or https://" in nowhere.output
    assert Trace("a", "b") < Trace("b", "a")
