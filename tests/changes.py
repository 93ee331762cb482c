"""Every small change of a module's functions that a test should notice: for tests/mutants.py.

Left alone: what an error says, docstrings, annotations, and what runs when the module is loaded.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

OTHER: Final[dict[type[ast.AST], Any]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or,
    ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.Pow: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One function, changed in one place."""

    function: str
    line: int
    told: str
    code: CodeType


def changes(source: str, file: str) -> Iterator[Change]:
    """Each change of each function in *source*, the code of *file*."""
    tree = ast.parse(source)
    for path, function in _functions(tree, ""):
        for at, (node, variant) in enumerate(_sites(function)):
            for which in range(variant):
                changed = copy.deepcopy(tree)
                again = next(
                    f for p, f in _functions(changed, "") if p == path and f.lineno == function.lineno
                )
                there = list(_sites(again))[at][0]
                told = _apply(again, there, which)
                ast.fix_missing_locations(changed)
                code = _code(compile(changed, file, "exec"), path, _first_line(function))
                if code is not None:
                    yield Change(path, _line(node), told, code)


Function = ast.FunctionDef


def _functions(tree: ast.AST, at: str) -> Iterator[tuple[str, Function]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield at + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{at}{node.name}.")


def _first_line(function: Function) -> int:
    return min([function.lineno, *(each.lineno for each in function.decorator_list)])


def _code(module: CodeType, name: str, line: int) -> CodeType | None:
    for each in module.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == name and each.co_firstlineno == line:
                return each
            if (found := _code(each, name, line)) is not None:
                return found
    return None


def noting(source: str, file: str, into: str) -> Iterator[Change]:
    """Each function as it is, but that its name is added to the set *into* whenever it is called."""
    tree = ast.parse(source)
    for path, function in list(_functions(tree, "")):
        function.body.insert(0, ast.parse(f"{into}.add({path!r})").body[0])
    module = compile(ast.fix_missing_locations(tree), file, "exec")
    for path, function in _functions(tree, ""):
        if (code := _code(module, path, _first_line(function))) is not None:
            yield Change(path, function.lineno, "notes that it is called", code)


def _line(site: Site) -> int:
    return (site.target if isinstance(site, ast.comprehension) else site).lineno


Site = ast.expr | ast.stmt | ast.comprehension


def _sites(function: Function) -> Iterator[tuple[Site, int]]:
    """What can be changed in *function*, and in how many ways, always in the same order."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    yield from (site for statement in body for site in _in(statement))


def _in(node: ast.AST) -> Iterator[tuple[Site, int]]:
    match node:
        case ast.Raise():
            yield node, 1
            return  # what it says is for a person
        case ast.AnnAssign(value=value):
            if value is not None:
                yield from _in(value)
            return
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield node, 1
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield node, 1
        case ast.Break() | ast.Continue():
            yield node, 1
        case ast.If() | ast.While() | ast.IfExp():
            yield node, 1
        case ast.Compare(ops=ops) if any(type(op) in OTHER for op in ops):
            yield node, len(ops)
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            yield node, 1
        case ast.Call() if may_go := _may_go(node):
            yield node, len(may_go)
        case ast.BinOp(op=op) if type(op) in OTHER:
            yield node, 1
        case ast.Constant(value=value) if isinstance(value, (bool, int, str, bytes)):
            yield node, 1
        case ast.comprehension():
            yield node, len(_plain(node))
        case ast.JoinedStr(values=values):
            for each in values:
                if isinstance(each, ast.FormattedValue):
                    yield from _in(each.value)
            return
    for child in ast.iter_child_nodes(node):
        yield from _in(child)


def _plain(comprehension: ast.comprehension) -> list[int]:
    """Which of its conditions are changed by nothing else."""
    return [
        at
        for at, each in enumerate(comprehension.ifs)
        if not isinstance(each, (ast.Compare, ast.BoolOp, ast.UnaryOp))
    ]


def _may_go(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """The arguments that can be left out, if whoever is called has something to put in their place."""
    named: list[ast.expr | ast.keyword] = [each for each in call.keywords if each.arg]
    last = call.args[-1:] if len(call.args) > 1 else []
    return named + [each for each in last if not isinstance(each, ast.Starred)]


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _apply(function: Function, site: Site, which: int) -> str:
    """Change *site*, and say how."""
    before = ast.unparse(site)
    match site:
        case ast.Compare(ops=ops):
            ops[which] = OTHER[type(ops[which])]()
        case ast.BoolOp(op=op) | ast.BinOp(op=op):
            site.op = OTHER[type(op)]()
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            site.test = ast.UnaryOp(ast.Not(), test)
            return f"not ({ast.unparse(test)})"
        case ast.Constant(value=value):
            site.value = _next(value)
        case ast.comprehension(ifs=ifs):
            at = _plain(site)[which]
            ifs[at] = ast.UnaryOp(ast.Not(), ifs[at])
        case ast.Call(args=args, keywords=keywords):
            gone = _may_go(site)[which]
            site.args = [each for each in args if each is not gone]
            site.keywords = [each for each in keywords if each is not gone]
            return f"{_short(before)} without {_short(ast.unparse(gone))}"
        case _:
            other = _replaced(site)
            _Replace(site, other).visit(function)
            return f"{_short(before)} -> {_short(ast.unparse(other))}"
    return f"{_short(before)} -> {_short(ast.unparse(site))}"


def _next(value: object) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case bytes():
            return value + b"x"
    raise TypeError(value)


def _replaced(site: ast.expr | ast.stmt) -> ast.expr | ast.stmt:
    match site:
        case ast.UnaryOp(operand=operand):
            return operand
        case ast.Return():
            return ast.Return(ast.Constant(None))
        case ast.Break():
            return ast.Continue()
        case ast.Continue():
            return ast.Break()
        case ast.stmt():
            return ast.Pass()
    return ast.UnaryOp(ast.Not(), site)


class _Replace(ast.NodeTransformer):
    """Puts another node in the place of one."""

    def __init__(self, site: ast.AST, other: ast.AST) -> None:
        self._site, self._other = site, other

    def visit(self, node: ast.AST) -> ast.AST:
        visited: ast.AST = (
            ast.copy_location(self._other, node) if node is self._site else self.generic_visit(node)
        )
        return visited


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
