"""Changes one thing at a time in what guards her, and asks whether a test notices: `make mutants PART=gate`.

    python -m tests.mutants NAME

One process runs the tests once, and notes which of them reach which function. Then, for each change
(changes.py), the function's code is replaced by the changed one, the tests that reach it are run until one
fails, and the code is put back. What no test noticed is printed; docs/mutation.md explains what is left.

1. No file is changed. Only functions are: what a module does when it is loaded stays as it is.
2. Properties are tried with few examples, the same each time. A change that needs luck to be found is not.
3. A change that makes a test run for ever is noticed by the processor time it takes.
"""

from __future__ import annotations

import importlib
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol

from tests.changes import Change, changes, noting

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = 20
PATIENCE: Final = 20.0
"""Seconds of this process's own time that one test may take."""


@dataclass(frozen=True)
class Part:
    """Modules that are changed, and the tests that have to notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _crypto(modules: str, *tests: str) -> Part:
    names = [f"crypto.{name}" for name in modules.split()]
    return Part(tuple(names), tuple(f"tests/crypto/{test}.py" for test in ("test_vectors", *tests)))


POLICY: Final = ("archive.policy.verdict", "archive.policy.record", "archive.policy.loosening")
PARTS: Final = {
    "gate": Part(POLICY, ("tests/archive/policy/test_verdict.py",)),
    "consent": Part(
        ("archive.consent",),
        (
            "tests/archive/test_consent.py",
            "tests/archive/test_finding.py",
            "tests/archive/test_standing.py",
            "tests/archive/test_imports.py",
            "tests/archive/policy/test_gate.py",
            "tests/archive/policy/test_versions.py",
            "tests/archive/redaction/test_passages.py",
            "tests/archive/redaction/test_translated.py",
            "tests/archive/redaction/test_wishes.py",
            "tests/archive/versions/test_supplements.py",
        ),
    ),
    "standing": Part(("archive.standing",), ("tests/archive/test_standing.py",)),
    "notes": _crypto(
        "notes keycard mandate withdrawal pages",
        *("test_notes", "test_keycard", "test_mandate", "test_withdrawal", "test_pages"),
    ),
    "stick": _crypto("stick bundle", "test_stick", "test_bundle", "test_outgoing"),
    "outgoing": _crypto("outgoing frames", "test_outgoing", "test_frames"),
    "envelope": _crypto("envelope keys", "test_envelope", "test_cobblestone", "test_keys", "test_notes"),
    "inside": _crypto("stanza plain padding cobblestone", "test_envelope", "test_cobblestone"),
    "custody": _crypto("custody", "test_custody"),
    "receipt": _crypto("receipt words", "test_receipt", "test_words"),
    "board": _crypto("board reply resume", "test_board"),
}


Functions = Mapping[CodeType, FunctionType]
"""Every function of the modules, by the code that it has while nothing is changed."""


class Stuck(BaseException):
    """A test takes longer than any of ours."""


class Mutating:
    """A plugin of pytest: in place of its loop, every change meets every test that could notice it."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules: Final = modules
        self.left: list[str] = []
        self.tried = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        modules = [importlib.import_module(name) for name in self._modules]
        functions = {code: each for module in modules for code, each in _functions(module)}
        for item in session.items:
            _calm(item)
        reached = _reached(session.items, modules, functions)
        for module in modules:
            for change in changes(_source(module), str(module.__file__)):
                self._try(module, change, functions, reached)
        return True

    def _try(
        self,
        module: ModuleType,
        change: Change,
        functions: Functions,
        reached: dict[CodeType, list[pytest.Item]],
    ) -> None:
        if (code := _unchanged(module, change, functions)) is None:
            return
        self.tried += 1
        with _changed(module, functions[code], change.code):
            if all(_passes(item) for item in reached[code]):
                tests = len(reached[code])
                self.left.append(
                    f"{module.__name__}:{change.line} {change.function}: {change.told} [{tests} tests]"
                )
                print(self.left[-1], flush=True)


def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text("utf-8")


def _unchanged(module: ModuleType, change: Change, functions: Functions) -> CodeType | None:
    """The code in whose place the changed one can be put."""
    code = next((code for code in functions if _is(code, module, change.function)), None)
    # A method that lost its `super()` has another closure, and its code fits the function no more.
    return code if code is not None and code.co_freevars == change.code.co_freevars else None


def _is(code: CodeType, module: ModuleType, name: str) -> bool:
    return code.co_filename == module.__file__ and code.co_qualname == name


def _functions(module: ModuleType) -> Iterator[tuple[CodeType, FunctionType]]:
    """Every function and method of *module*, whatever it is wrapped into."""
    mine = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
    for each in [
        *mine,
        *(member for kind in mine if isinstance(kind, type) for member in vars(kind).values()),
    ]:
        for name in ("fget", "func", "__func__"):
            each = getattr(each, name, None) or each
        while hasattr(each, "__wrapped__"):
            each = each.__wrapped__
        if isinstance(each, FunctionType) and each.__code__.co_filename == module.__file__:
            yield each.__code__, each


@contextmanager
def _changed(module: ModuleType, function: FunctionType, code: CodeType) -> Iterator[None]:
    true = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = true
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def _calm(item: pytest.Item) -> None:
    """Few examples, the same each time; a failure is a failure, and need not be made small."""
    import hypothesis  # pytest looks at its plugins before anybody else may load them

    function: Any = getattr(item, "obj", None)
    if hypothesis.is_hypothesis_test(function):
        told = getattr(function, "_hypothesis_internal_use_settings", None) or hypothesis.settings()
        function._hypothesis_internal_use_settings = hypothesis.settings(
            told,
            max_examples=min(EXAMPLES, told.max_examples),
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        )


def _reached(
    items: Sequence[pytest.Item], modules: Sequence[ModuleType], functions: Functions
) -> dict[CodeType, list[pytest.Item]]:
    """Which tests reach which function, the quickest first. All of them have to pass."""
    found: dict[CodeType, list[tuple[float, int]]] = defaultdict(list)
    met: dict[ModuleType, set[str]] = {module: set() for module in modules}
    with ExitStack() as noting_all:
        for module in modules:
            vars(module)["_met"] = met[module]
            for change in noting(_source(module), str(module.__file__), "_met"):
                if (code := _unchanged(module, change, functions)) is not None:
                    noting_all.enter_context(_changed(module, functions[code], change.code))
        for number, item in enumerate(items):
            before = time.process_time()
            if not _passes(item, patience=0):
                raise pytest.UsageError(f"{item.nodeid} fails without any change")
            for code in functions:
                if any(_is(code, module, name) for module, names in met.items() for name in names):
                    found[code].append((time.process_time() - before, number))
            for names in met.values():
                names.clear()
    return defaultdict(list, {code: [items[n] for _, n in sorted(tests)] for code, tests in found.items()})


def _passes(item: pytest.Item, patience: float = PATIENCE) -> bool:
    """Whether the test passes; 0 is as long as it takes."""

    def stop(_signal: int, _frame: object) -> None:
        raise Stuck

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, patience)
    try:
        # What the whole run shares, as an archive that was founded, is kept for the next test.
        kept: Any = item.session
        return all(report.passed for report in runtestprotocol(item, log=False, nextitem=kept))
    except (Stuck, SystemExit):
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main(names: Sequence[str]) -> int:
    if len(names) != 1 or names[0] not in PARTS:
        print(f"name one of {', '.join(PARTS)}", file=sys.stderr)
        return 2
    part = PARTS[names[0]]
    mutating = Mutating(part.modules)
    pytest.main(
        ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *(str(ROOT / test) for test in part.tests)],
        plugins=[mutating],
    )
    print(f"{names[0]}: {mutating.tried} changes, {len(mutating.left)} that no test noticed")
    return 0 if mutating.tried else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
