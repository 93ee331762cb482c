"""What is committed, and a package index to fetch from; without either, what is built is not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.archive.build import BuildRefused, Source, export

HERE = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """What is committed."""
    try:
        return export(tmp_path_factory.mktemp("committed") / "source")
    except BuildRefused as refused:
        pytest.skip(str(refused))


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where pip reaches no package index: then nothing can be fetched."""
    asked = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    asked += ["-r", str(HERE / "deploy/archive/pip.txt"), "--dest", str(tmp_path_factory.mktemp("pip"))]
    if subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("pip reaches no package index here: the offline installation was not tried")
