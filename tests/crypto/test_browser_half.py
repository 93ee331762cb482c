"""The browser's modules read the same vectors as Python (node stands in for the browser's engine here)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.vectors.make import NODE_ONLY, PYTHON_ONLY

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "server" / "intake" / "client"
needs_node = pytest.mark.skipif(
    not shutil.which("node"), reason="node is not installed; it is needed only to test the client"
)
needs_packages = pytest.mark.skipif(
    not (CLIENT / "node_modules" / "libsodium-wrappers").exists(), reason="run `make client` first"
)


def told_by_node(module: str) -> str:
    told = subprocess.run(
        ["node", "--test", "--test-reporter=tap", f"tests/crypto/{module}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:]
    return told.stdout


@needs_node
@needs_packages
def test_the_browsers_code_reads_every_vector_as_python_does() -> None:
    """
    One format, two languages: every good and one-flaw case has the same outcome in both.
    """
    found = [path.parent.name for path in (ROOT / "tests" / "vectors").glob("*/*.json")]
    shared = [kind for kind in found if kind not in PYTHON_ONLY | NODE_ONLY]

    assert f"# pass {len(shared)}\n" in told_by_node("node_vectors.mjs")
    assert f"# pass {found.count('board')}\n" in told_by_node("node_board.mjs")


@needs_node
@needs_packages
def test_libsodium_agrees_with_the_browsers_boxes() -> None:
    """
    What the page wraps libsodium opens, and the other way; what libsodium refuses the page refuses.
    """
    assert "# pass 5" in told_by_node("node_oracle.mjs")


@needs_node
@needs_packages
def test_any_interruptions_leave_one_envelope_to_the_byte() -> None:
    """
    Page after page that knows only her words goes on with the file; one that changed is never sealed; two
    tellings of one number are two.
    """
    assert "# pass 8\n" in told_by_node("node_resume.mjs")
