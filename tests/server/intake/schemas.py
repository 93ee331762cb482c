"""Holds a value against a schema of docs/formats/openapi.json: the words of JSON Schema in it, no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

KINDS: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


class Mismatch(AssertionError):
    """The value is not as the schema says; the message tells where."""


def resolved(one: Any, document: Mapping[str, Any]) -> Any:
    """What `$ref` names, or *one* itself."""
    while "$ref" in one:
        assert set(one) == {"$ref"}, "JSON Schema reads what stands beside a $ref; nobody here does"
        room, name = one["$ref"].removeprefix("#/components/").split("/")
        one = document["components"][room][name]
    return one


def check(value: Any, schema: Any, document: Mapping[str, Any], at: str = "$") -> None:
    """Return when *value* is as *schema* says, or raise `Mismatch`; `KeyError` at a word unknown here."""
    schema = resolved(schema, document)
    for word, wanted in schema.items():
        if not WORDS[word](value, wanted):
            raise Mismatch(f"{at}: {word} {wanted!r}")
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        more = value.keys() - known.keys()
        if others is False and more:
            raise Mismatch(f"{at}: nothing says what {sorted(more)} are")
        for name in more if isinstance(others, dict) else ():
            check(value[name], others, document, f"{at}.{name}")
        for name in value.keys() & known.keys():
            check(value[name], known[name], document, f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            check(one, schema["items"], document, f"{at}[{number}]")


def _is(value: Any, kind: str | list[str]) -> bool:
    if isinstance(kind, list):
        return any(_is(value, each) for each in kind)
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


WORDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "type": _is,
    "required": lambda value, names: not isinstance(value, dict) or value.keys() >= set(names),
    "maxItems": lambda value, most: not isinstance(value, list) or len(value) <= most,
    "pattern": lambda value, ours: not isinstance(value, str) or re.search(ours, value, re.ASCII) is not None,
    "minimum": lambda value, least: not _number(value) or value >= least,
    "maximum": lambda value, most: not _number(value) or value <= most,
    "enum": lambda value, these: any(type(value) is type(one) and value == one for one in these),
    "const": lambda value, this: type(value) is type(this) and value == this,
    # `check` itself goes into these.
    "properties": lambda _value, inner: isinstance(inner, dict),
    "additionalProperties": lambda _value, allowed: isinstance(allowed, bool | dict),
    "items": lambda _value, inner: isinstance(inner, dict),
}
"""A word, and whether a value follows it; one of another kind does too, as in JSON Schema."""
