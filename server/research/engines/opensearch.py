"""OpenSearch as an engine: for an index that one machine cannot hold, where OpenSearch runs already.

1. Terms come to it cut: a field that parts at white space, then at the sign between terms of one place.
2. A testimony is one document and its passages are the values of one field, between which no phrase reaches.
3. What is erased goes by copying the others into a new index and deleting the old one with its files; marking
   documents as deleted would leave their words in segments and in the log of changes.

The contract runs here against a server of our own that speaks this much of the protocol, and against a real
one where OPENSEARCH_URL names it.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from whoosh import query

from archive.search import backend
from archive.search.analyzer import Term
from archive.search.backend import FIELDS, Asked, EngineError, Entry, Found, Kept, field_of, nears
from server.research.engines.lexemes import fitted

MOST: Final = 1_000_000
"""Testimonies on one page, and ids in one question."""
VALUES: Final = 65_535
"""Values of one column that are counted: OpenSearch's own limit."""
ANALYSIS: Final = {
    "tokenizer": {"places": {"type": "whitespace", "max_token_length": 1 << 20}},
    "filter": {
        "sharing": {
            "type": "pattern_capture",
            "preserve_original": False,
            "patterns": [f"([^{backend.SHARED}]+)"],
        }
    },
    "analyzer": {"places": {"type": "custom", "tokenizer": "places", "filter": ["sharing"]}},
}


class OpenSearch:
    """The index behind an alias: `https://USER:PASSWORD@HOST:PORT/ALIAS`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._alias: Final = parts.path.strip("/")
        if parts.scheme not in ("http", "https") or not parts.hostname or not self._alias:
            raise EngineError("OpenSearch is https://USER:PASSWORD@HOST:PORT/NAME")
        try:
            package: Any = import_module("opensearchpy")
        except ModuleNotFoundError:
            raise EngineError("opensearch-py is not installed: pip install onggi[opensearch]") from None
        self._package: Final = package
        place = {"host": parts.hostname, "port": parts.port or 9200, "use_ssl": parts.scheme == "https"}
        who = (parts.username, parts.password) if parts.username else None
        self._client: Final = package.OpenSearch(hosts=[place], http_auth=who, timeout=60)

    @property
    def told(self) -> Mapping[str, str]:
        return dict(self._about().get("told", {}))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._about().get("columns", ()))

    @property
    def count(self) -> int:
        with self._telling():
            return int(self._client.count(index=self._alias)["count"]) if self._now() else 0

    def ids(self) -> list[str]:
        if not self._now():
            return []
        body = {"query": {"match_all": {}}, "size": MOST, "_source": False, "sort": [{"number": "asc"}]}
        return sorted(hit["_id"] for hit in self._search(body)["hits"]["hits"])

    def replace(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> int:
        bulk: Any = import_module("opensearchpy.helpers").bulk
        with self._instead({"told": dict(told), "columns": list(columns)}) as coming:
            actions = (
                {
                    "_op_type": "create",
                    "_index": coming,
                    "_id": each.id,
                    "_source": _document(at, each, columns),
                }
                for at, each in enumerate(entries)
            )
            count, failed = bulk(self._client, actions, raise_on_error=False, chunk_size=100, refresh=True)
            if any(each["create"]["status"] == 409 for each in failed):
                raise backend.Repeated("two documents have one id")
            if failed:
                raise EngineError(f"OpenSearch refused {len(failed)} documents; the index before stays")
        return int(count)

    def find(self, words: query.Query | None, asked: Asked) -> Found:
        columns = self.columns
        if asked.order is not None and asked.order not in columns:
            raise EngineError(f"there is no column {asked.order}")
        if not self._now():
            return Found(0, (), {})
        names = {name: f"c{at}" for at, name in enumerate(columns)}
        narrowed: list[dict[str, Any]] = [
            {"range": {names[name]: {"gte": low, "lte": high}}}
            for name, (low, high) in asked.between.items()
            if name in names
        ]
        if asked.within is not None:
            narrowed.append({"ids": {"values": [*asked.within]}})
        first = {"_score": "desc"} if asked.order is None else {names[asked.order]: "asc"}
        body = {
            "query": {"bool": {"must": [_clause(words)], "filter": narrowed}},
            "aggs": {at: {"terms": {"field": at, "size": VALUES}} for at in names.values()},
            "sort": [first, {"number": "asc"}],
            "track_scores": True,
            "track_total_hits": True,
            "from": asked.start,
            "size": asked.size,
            "_source": False,
        }
        found = self._search(body)
        hits = tuple((hit["_id"], float(hit["_score"])) for hit in found["hits"]["hits"])
        counted = found.get("aggregations", {})
        facets = {
            name: tuple(sorted((each["key"], each["doc_count"]) for each in counted[at]["buckets"]))
            for name, at in names.items()
        }
        return Found(int(found["hits"]["total"]["value"]), hits, facets)

    def held(self, ids: Sequence[str], terms: Collection[tuple[str, str]] = ()) -> Mapping[str, Kept]:
        return backend.held(self._stored(ids), terms)

    def erase(self, ids: Iterable[str]) -> int:
        known = set(self.ids())
        gone = sorted(known.intersection(ids))
        if not gone:
            return 0
        stays = {"bool": {"must_not": [{"ids": {"values": gone}}]}}
        with self._instead(self._about()) as coming:
            body = {"source": {"index": self._alias, "query": stays}, "dest": {"index": coming}}
            self._client.reindex(body=body, refresh=True, wait_for_completion=True, request_timeout=3600)
            held = int(self._client.count(index=coming)["count"])
            if held != len(known) - len(gone):
                raise EngineError("OpenSearch did not copy every document; nothing was erased")
        return len(gone)

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def _instead(self, about: Mapping[str, Any]) -> Iterator[str]:
        """An empty index that takes the place of the one before when the block ends well."""
        before = self._now()
        coming = f"{self._alias}-{int(before.rpartition('-')[2]) + 1 if before else 1}"
        columns = {f"c{at}": {"type": "keyword"} for at in range(len(about.get("columns", ())))}
        fields = {name: {"type": "text", "analyzer": "places"} for name in FIELDS}
        more = {"number": {"type": "long"}, "kept": {"type": "binary"}}
        body = {
            "settings": {"index": {"max_result_window": MOST}, "analysis": ANALYSIS},
            "mappings": {"_meta": dict(about), "properties": {**columns, **fields, **more}},
        }
        with self._telling():
            self._client.indices.delete(index=coming, ignore_unavailable=True)
            self._client.indices.create(index=coming, body=body)
            try:
                yield coming
            except BaseException:
                self._client.indices.delete(index=coming, ignore_unavailable=True)
                raise
            swap = [{"add": {"index": coming, "alias": self._alias}}]
            swap += [{"remove_index": {"index": before}}] if before else []
            self._client.indices.update_aliases(body={"actions": swap})

    def _now(self) -> str:
        """The index behind the alias; nothing when there is none."""
        with self._telling():
            if not self._client.indices.exists_alias(name=self._alias):
                return ""
            [name] = self._client.indices.get_alias(name=self._alias)
            return str(name)

    def _about(self) -> dict[str, Any]:
        now = self._now()
        with self._telling():
            told = self._client.indices.get_mapping(index=now)[now]["mappings"] if now else {}
        return dict(told.get("_meta", {}))

    def _search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        with self._telling():
            # With statistics of all shards, so that a score does not depend on where a testimony lies.
            found = self._client.search(index=self._alias, body=body, search_type="dfs_query_then_fetch")
        if found["_shards"]["failed"] or found["timed_out"]:
            raise EngineError(
                "a part of the index does not answer, so nothing is: some hits would look like all"
            )
        return dict(found)

    def _stored(self, ids: Sequence[str]) -> dict[str, bytes]:
        if not ids or not self._now():
            return {}
        with self._telling():
            found = self._client.mget(index=self._alias, body={"ids": [*ids]}, _source=["kept"])
        known = (each for each in found["docs"] if each.get("found"))
        return {each["_id"]: base64.b64decode(each["_source"]["kept"]) for each in known}

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except self._package.exceptions.ConnectionError:
            raise EngineError("OpenSearch does not answer") from None
        except self._package.exceptions.OpenSearchException as error:
            raise EngineError(f"OpenSearch refused: {getattr(error, 'status_code', 'no reason')}") from None


def _document(number: int, entry: Entry, columns: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {f"c{at}": entry.values.get(name, "") for at, name in enumerate(columns)}
    for name in FIELDS:
        told[name] = [_written(field_of(passage, name)) for passage in entry.passages]
    return told | {"number": number, "kept": base64.b64encode(backend.packed(entry)).decode()}


def _written(terms: Sequence[Term]) -> str:
    places = backend.slots(terms)
    return backend.written([*map(fitted, texts)] for texts in places)


def _clause(words: query.Query | None) -> dict[str, Any]:
    """A query in OpenSearch's own language; `EngineError` for what is not written here."""
    match words:
        case None | query.Every():
            return {"match_all": {}}
        case query.Term():
            return {"term": {words.fieldname: {"value": words.text, "boost": words.boost}}}
        case query.Phrase() if words.slop == 1 and words.words:
            return {"match_phrase": {words.fieldname: {"query": " ".join(words.words), "boost": words.boost}}}
        case query.Prefix():
            return {"prefix": {words.fieldname: {"value": words.text, "boost": words.boost}}}
        case query.FuzzyTerm() if nears(words):
            return _near(words.fieldname, words.text, words.boost)
        case query.Not():
            return {"bool": {"must_not": [_clause(words.query)]}}
        case query.AndNot():
            return {"bool": {"must": [_clause(words.a)], "must_not": [_clause(words.b)]}}
        case query.And() if words.subqueries:
            return {"bool": {"must": [_clause(each) for each in words.subqueries]}}
        case query.Or() if words.subqueries:
            return {
                "bool": {"should": [_clause(each) for each in words.subqueries], "minimum_should_match": 1}
            }
        case _:
            raise EngineError(f"OpenSearch's engine cannot look for {type(words).__name__}")


def _near(name: str, text: str, boost: float) -> dict[str, Any]:
    """What is near a text. OpenSearch's own clause wants fewer edits than either term has letters."""
    alike = {"fuzziness": 1, "prefix_length": 1, "transpositions": True}
    # Not rewritten so, it looks for some of the terms only, and does not say that there are others.
    ways = {"fuzzy": {"value": text, "rewrite": "constant_score", **alike}}
    if len(text) < 3:
        ways["term"] = {"value": text[0]}
    if len(text) < 2:
        ways["wildcard"] = {"value": f"{text}?"}
    should = [{kind: {name: {**told, "boost": boost}}} for kind, told in ways.items()]
    return {"bool": {"should": should, "minimum_should_match": 1}}
