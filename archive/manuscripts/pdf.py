"""The book as PDF, drawn from its HTML page by WeasyPrint, which may fetch nothing."""

from __future__ import annotations

from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcher

from archive.manuscripts.book import Book
from archive.manuscripts.pages import page


class _NoFetching(URLFetcher):  # type: ignore[misc]
    """Pictures lie in the page itself; whatever else a page asks for is refused."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        if not url.startswith("data:"):
            raise ValueError("a book loads nothing")
        return super().fetch(url, headers)


def pdf(book: Book) -> bytes:
    """The whole file, the same bytes each time on one machine and its fonts."""
    made = HTML(string=page(book), url_fetcher=_NoFetching())
    return bytes(made.write_pdf(pdf_identifier=book.id.encode(), pdf_tags=True, custom_metadata=False))
