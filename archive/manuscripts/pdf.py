"""The book as PDF, drawn from its HTML page by WeasyPrint, which may fetch nothing."""

from __future__ import annotations

from typing import Any

from archive.errors import ArchiveError
from archive.manuscripts.book import Book
from archive.manuscripts.pages import page


class PangoMissing(ArchiveError):
    """This machine has not what draws letters for a PDF; the other formats do without."""


def pdf(book: Book) -> bytes:
    """The whole file, the same bytes each time on one machine and its fonts; or `PangoMissing`."""
    # Loaded with the first PDF: every command would wait for it, and a machine without Pango could not start.
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        raise PangoMissing("a PDF needs Pango; install libpangoft2-1.0-0 and libharfbuzz-subset0") from None

    class NoFetching(URLFetcher):  # type: ignore[misc]
        """Pictures lie in the page itself; whatever else a page asks for is refused."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("data:"):
                raise ValueError("a book loads nothing")
            return super().fetch(url, headers)

    made = HTML(string=page(book), url_fetcher=NoFetching())
    return bytes(made.write_pdf(pdf_identifier=book.id.encode(), pdf_tags=True, custom_metadata=False))
