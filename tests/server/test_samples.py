"""The samples for gunicorn, tor and systemd keep nothing, and the puzzle is asked once."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "deploy" / "intake"
TOR = shutil.which("tor", path="/usr/sbin:/usr/bin")


def said(name: str) -> dict[str, str]:
    """The settings of a sample: the first word of a line and the rest."""
    lines = [line for line in (SAMPLES / name).read_text("utf-8").splitlines() if line[:1].isalpha()]
    return {
        word: rest.strip()
        for word, _, rest in (re.sub("=", " ", line, count=1).partition(" ") for line in lines)
    }


def test_tor_asks_for_work_and_writes_nobody_down() -> None:
    """
    Its own puzzle is on, where the page's is off; no log but of its own failures.
    """
    torrc = said("torrc")

    assert torrc["HiddenServicePoWDefensesEnabled"] == "1"
    assert (torrc["Log"], torrc["SafeLogging"]) == ("err stderr", "1")


@pytest.mark.skipif(not TOR, reason="tor is not installed; apt-get install tor")
def test_tor_takes_the_sample_and_warns_of_nothing(tmp_path: Path) -> None:
    """
    Every word of it is one that tor itself knows, its puzzle included, and none is old.
    """
    assert TOR
    sample, theirs = (SAMPLES / "torrc").read_text("utf-8"), "HiddenServiceDir /var/lib/tor/onggi"
    assert theirs in sample
    (tmp_path / "torrc").write_text(sample.replace(theirs, f"HiddenServiceDir {tmp_path}/onggi"), "utf-8")
    command = [TOR, "--verify-config", "-f", str(tmp_path / "torrc"), "--defaults-torrc", "/dev/null"]
    told = subprocess.run(
        [*command, "--DataDirectory", str(tmp_path)], capture_output=True, text=True, check=False
    )
    warned = [line for line in told.stdout.splitlines() if "[warn]" in line and "as root" not in line]

    assert (told.returncode, warned) == (0, []), told.stdout


def test_gunicorn_writes_nobody_down() -> None:
    """
    No access log, and the logger that knows nothing of requests.
    """
    settings: dict[str, object] = {}
    exec((SAMPLES / "gunicorn.conf.py").read_text("utf-8"), settings)

    assert settings["accesslog"] is None
    assert settings["logger_class"] == "server.silence.Quiet"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_timer_is_one_that_systemd_understands() -> None:
    """
    Once a day, at a time of its own.
    """
    when = said("onggi-intake-daily.timer")["OnCalendar"]
    told = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stderr
    assert said("onggi-intake-daily.service")["StandardOutput"] == "null"
