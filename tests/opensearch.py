"""A server that speaks as much of OpenSearch's protocol as the engine asks of it, on loopback.

It follows OpenSearch's own documentation of each request. It proves what our engine sends and how it reads
what comes back, not how OpenSearch itself behaves: for that, name a real one in OPENSEARCH_URL.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

GAP = 100
"""Places between two values of one text field, as OpenSearch leaves them."""


class Indices:
    """What the server holds: indices with their documents, and aliases."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.mappings: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.aliases: dict[str, str] = {}

    def named(self, name: str) -> str:
        return self.aliases.get(name, name)

    def answer(self, method: str, path: list[str], body: str) -> tuple[int, Any]:
        """The status and the answer to one request."""
        match method, path:
            case "PUT", [name]:
                asked = json.loads(body)
                self.held[name], self.mappings[name] = {}, asked["mappings"]
                self.settings[name] = asked["settings"]
                return 200, {"acknowledged": True}
            case "DELETE", [name]:
                self._forget(name)
                return 200, {"acknowledged": True}
            case "HEAD", ["_alias", name]:
                return (200 if name in self.aliases else 404), {}
            case "GET", ["_alias", name]:
                return 200, {self.aliases[name]: {"aliases": {name: {}}}}
            case "GET", [name, "_mapping"]:
                return 200, {name: {"mappings": self.mappings[name]}}
            case "POST", ["_aliases"]:
                for action in json.loads(body)["actions"]:
                    if "add" in action:
                        self.aliases[action["add"]["alias"]] = action["add"]["index"]
                    else:
                        self._forget(action["remove_index"]["index"])
                return 200, {"acknowledged": True}
            case "POST", ["_bulk"]:
                return 200, self.bulk([json.loads(line) for line in body.splitlines()])
            case "POST", ["_reindex"]:
                asked = json.loads(body)
                source, wanted = self.named(asked["source"]["index"]), asked["source"]["query"]
                kept = {id: d for id, d in self.held[source].items() if self.fits(source, wanted, id, d)}
                self.held[asked["dest"]["index"]].update(kept)
                return 200, {"total": len(kept)}
            case _, [name, "_count"]:
                return 200, {"count": len(self.held[self.named(name)])}
            case _, [name, "_mget"]:
                held = self.held[self.named(name)]
                found = [
                    {"_id": id, "found": id in held, **({"_source": held[id]} if id in held else {})}
                    for id in json.loads(body)["ids"]
                ]
                return 200, {"docs": found}
            case _, [name, "_search"]:
                return 200, self.search(self.named(name), json.loads(body))
        return 400, {"error": f"not spoken here: {method} {path}"}

    def _forget(self, name: str) -> None:
        for each in (self.held, self.mappings, self.settings):
            each.pop(name, None)

    def bulk(self, lines: list[Any]) -> dict[str, Any]:
        items = []
        for action, source in zip(lines[::2], lines[1::2], strict=True):
            where = action["create"]
            held = self.held[where["_index"]]
            status = 409 if where["_id"] in held else 201
            if status == 201:
                held[where["_id"]] = source
            items.append({"create": {"_id": where["_id"], "status": status, "error": {"type": "conflict"}}})
        return {"errors": any(each["create"]["status"] == 409 for each in items), "items": items}

    def search(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        scored = [(id, d, self.fits(name, asked["query"], id, d)) for id, d in self.held[name].items()]
        found = [(id, document, score) for id, document, score in scored if score]
        for order in reversed(asked["sort"]):
            [(column, way)] = order.items()
            found.sort(
                key=lambda each: each[2] if column == "_score" else each[1][column], reverse=way == "desc"
            )
        counted = {
            at: Counter(document[told["terms"]["field"]] for _, document, _ in found)
            for at, told in asked.get("aggs", {}).items()
        }
        start = asked.get("from", 0)
        return {
            "timed_out": False,
            "_shards": {"failed": 0},
            "hits": {
                "total": {"value": len(found)},
                "hits": [
                    {"_id": id, "_score": score} for id, _, score in found[start : start + asked["size"]]
                ],
            },
            "aggregations": {
                at: {"buckets": [{"key": key, "doc_count": n} for key, n in counts.items()]}
                for at, counts in counted.items()
            },
        }

    def fits(self, name: str, wanted: dict[str, Any], id: str, document: dict[str, Any]) -> float:
        """The score, which is 0 where a document does not answer; how often words stand in it, here."""
        [(kind, told)] = wanted.items()
        match kind:
            case "match_all":
                return 1.0
            case "ids":
                return float(id in told["values"])
            case "range":
                [(column, ends)] = told.items()
                return float(ends["gte"] <= document[column] <= ends["lte"])
            case "bool":
                musts = [
                    self.fits(name, each, id, document)
                    for each in (*told.get("must", ()), *told.get("filter", ()))
                ]
                nots = [self.fits(name, each, id, document) for each in told.get("must_not", ())]
                shoulds = [self.fits(name, each, id, document) for each in told.get("should", ())]
                fit = all(musts) and not any(nots) and (any(shoulds) or not shoulds)
                return (sum(musts) + sum(shoulds) or 1.0) if fit else 0.0
        [(field, more)] = told.items()
        stands = self.places(name, document[field])
        if kind == "match_phrase":
            words = [word for _, word in sorted(self.places(name, [more["query"]]))]
            return float(
                sum(all((at + n, word) in stands for n, word in enumerate(words)) for at, _ in stands)
            )
        return float(sum(alike(kind, word, more) for _, word in stands))

    def places(self, name: str, values: list[str]) -> set[tuple[int, str]]:
        """The terms of a field with their places, as the analyzer of the settings makes them."""
        [pattern] = self.settings[name]["analysis"]["filter"]["sharing"]["patterns"]
        found, at = set(), 0
        for value in values:
            for part in value.split():
                found |= {(at, term) for term in re.findall(pattern, part)}
                at += 1
            at += GAP
        return found


def alike(kind: str, word: str, asked: dict[str, Any]) -> bool:
    """Whether a term answers a clause of one term."""
    value = str(asked["value"])
    match kind:
        case "term":
            return word == value
        case "prefix":
            return word.startswith(value)
        case "wildcard":
            return bool(re.fullmatch(re.escape(value).replace(r"\?", "."), word))
        case "fuzzy":
            assert asked["rewrite"] == "constant_score", "otherwise it finds some of the terms only"
            # As Lucene says of its FuzzyQuery: the edits must be fewer than the letters of either term.
            most = min(asked["fuzziness"], len(word) - 1, len(value) - 1)
            ahead = asked["prefix_length"]
            return word[:ahead] == value[:ahead] and within(most, word, value, asked["transpositions"])
    raise AssertionError(f"not spoken here: {kind}")


def within(most: int, one: str, two: str, swaps: bool) -> bool:
    """Whether so many edits make one term of another; with *swaps*, to swap two neighbours is one edit."""
    if one == two or not most:
        return one == two
    if one[:1] == two[:1]:
        return within(most, one[1:], two[1:], swaps)
    ways = [(one[1:], two), (one, two[1:]), (one[1:], two[1:])]
    if swaps and len(one) > 1 and one[:2] == two[1::-1]:
        ways.append((one[2:], two[2:]))
    return any(within(most - 1, *way, swaps) for way in ways)


@contextmanager
def opensearch(indices: Indices | None = None) -> Iterator[str]:
    """Its URL, until the block ends; what it holds lies in *indices*."""
    serving, lock = indices or Indices(), threading.Lock()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            with lock:
                path = [part for part in urlsplit(self.path).path.split("/") if part]
                status, told = serving.answer(self.command, path, body)
            sent = b"" if self.command == "HEAD" else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: what is asked is nobody's business."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/onggi"
        server.shutdown()
