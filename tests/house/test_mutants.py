"""What `make mutants` changes: every kind of change, and nothing that only a person reads."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.changes import changes, noting
from tests.mutants import PARTS

ROOT = Path(__file__).parents[2]
SOURCE = '''
LIMIT = 3


class Box:
    def holds(self, size: int, names: list[str]) -> bool:
        """Whether 3 < 4 and all is well."""
        if size < 3 and not names:
            raise ValueError(f"no more than {size + 1}")
        self.put("x", names, most=size)
        return size in [len(n) for n in names if n]
'''


def test_each_kind_of_change_is_made_once_and_what_only_a_person_reads_is_left_alone() -> None:
    """
    Comparisons, words, numbers, conditions, arguments, lines; nothing that a person reads, and no constant.
    """
    told = [f"{each.line} {each.function}: {each.told}" for each in changes(SOURCE, "box.py")]

    assert told == [
        "8 Box.holds: not (size < 3 and (not names))",
        "8 Box.holds: size < 3 and (not names) -> size < 3 or not names",
        "8 Box.holds: size < 3 -> size <= 3",
        "8 Box.holds: 3 -> 4",
        "8 Box.holds: not names -> names",
        "9 Box.holds: raise ValueError(f'no more than {size + 1}') -> pass",
        "10 Box.holds: self.put('x', names, most=size) -> pass",
        "10 Box.holds: self.put('x', names, most=size) without most=size",
        "10 Box.holds: self.put('x', names, most=size) without names",
        "10 Box.holds: 'x' -> 'xx'",
        "11 Box.holds: return size in [len(n) for n in names if n] -> return None",
        "11 Box.holds: size in [len(n) for n in names if n] -> size not in [len(n) for n in names if n]",
        "11 Box.holds: for n in names if n -> for n in names if not n",
    ]


def test_a_changed_function_does_what_was_changed() -> None:
    """
    The code that takes the place of the true one is that of the change.
    """
    source = "def small(size):\n    return size < 3\n"
    place: dict[str, object] = {}
    exec(compile(source, "small.py", "exec"), place)
    small = place["small"]
    answers = {}
    for change in changes(source, "small.py"):
        small.__code__ = change.code  # type: ignore[attr-defined]
        answers[change.told] = [small(size) for size in (2, 3, 4)]  # type: ignore[operator]

    assert answers == {
        "return size < 3 -> return None": [None, None, None],
        "size < 3 -> size <= 3": [True, True, False],
        "3 -> 4": [True, True, False],
    }


def test_a_function_that_notes_its_calls_does_what_it_did() -> None:
    """
    So it is known which tests are worth running again, at no cost to them.
    """
    source = "def small(size):\n    return size < 3\n\n\ndef other():\n    return 1\n"
    called = set[str]()
    place: dict[str, object] = {"called": called}
    exec(compile(source, "small.py", "exec"), place)
    for change in noting(source, "small.py", "called"):
        place[change.function].__code__ = change.code  # type: ignore[attr-defined]

    assert place["small"](2) is True  # type: ignore[operator]
    assert called == {"small"}


def test_every_module_and_every_test_of_a_part_is_there() -> None:
    """
    A part that names what is gone would change nothing, and find nothing left.
    """
    assert [test for part in PARTS.values() for test in part.tests if not (ROOT / test).exists()] == []
    assert [
        module for part in PARTS.values() for module in part.modules if not import_module(module).__file__
    ] == []
