"""What fuzzing found worth keeping, replayed without a fuzzer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.parsers import LARGEST, PARSERS

KEPT = Path(__file__).parents[1] / "vectors" / "fuzz"
ALL = 800 * 1024


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_meets_every_kept_input_with_our_errors_only(name: str) -> None:
    """
    Nothing from outside breaks a parser. Inputs are small, and each parser is linear in them.
    """
    kept = sorted((KEPT / name).iterdir())
    for path in kept:
        data = path.read_bytes()
        assert len(data) <= LARGEST
        PARSERS[name](data)

    assert kept


def test_kept_inputs_stay_few() -> None:
    """
    A test run replays them all; whoever keeps more must find what they add.
    """
    assert sum(path.stat().st_size for path in KEPT.glob("*/*")) <= ALL
