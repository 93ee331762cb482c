"""What a search found, for a program: ids, scores, excerpts with their marks, and counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from archive.search.excerpt import Excerpt
from archive.search.index import Results


def answer(
    words: str, results: Results, closed: Mapping[str, Collection[str]] | None = None
) -> dict[str, Any]:
    """The results as JSON's own types; marks are code points in the excerpt's text, end exclusive.

    Of the parts that are *closed*, by id, it is only said that something was found there.
    """
    hits = [
        {
            "id": hit.document.id,
            "score": hit.score,
            "excerpts": [_excerpt(each, (closed or {}).get(hit.document.id, ())) for each in hit.excerpts],
        }
        for hit in results.hits
    ]
    facets = {name: dict(counts) for name, counts in results.facets.items()}
    return {"query": words, "total": results.total, "hits": hits, "facets": facets}


def _excerpt(excerpt: Excerpt, closed: Collection[str]) -> dict[str, Any]:
    if excerpt.segment in closed:
        return {"segment": excerpt.segment, "closed": True}
    marks, at = [], 0
    for text, is_hit in excerpt.pieces:
        if is_hit:
            marks.append([at, at + len(text)])
        at += len(text)
    return {"segment": excerpt.segment, "text": "".join(text for text, _ in excerpt.pieces), "marks": marks}
