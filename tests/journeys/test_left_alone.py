"""A workbench that is left alone ends, and the vault's key with its process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.people import PASSPHRASE, Archive

pytestmark = pytest.mark.loopback


def test_a_workbench_that_is_left_alone_ends(archive: Archive) -> None:
    """
    After the idle time the process is gone, says so in one line, and nothing answers at its address.
    """
    archive.vault.close()
    words = ["archive", "workbench", "--home", str(archive.vault.home), "--port", "0", "--idle", "0.05"]
    here = os.environ | {"ONGGI_PASSPHRASE": PASSPHRASE, "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        [sys.executable, "-m", "onggi", *words], stdout=subprocess.PIPE, text=True, env=here
    )
    try:
        assert running.stdout is not None
        address = re.findall(r"http://[\d.:]+", running.stdout.readline())[0]
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address, timeout=5)
        refused.value.close()
        assert refused.value.code == 403
        told, _ = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()

    assert running.returncode == 0
    assert told.splitlines()[-1] == "workbench: closed, and the vault with it; start it again to go on"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)
