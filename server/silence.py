"""What gunicorn and Flask may write down: that something failed and where in the code, nothing of a request.

1. A request that is no HTTP leaves no line: gunicorn's own would hold its address and a piece of it.
2. An error while one is answered leaves its kind and a place in the code: no path, no message, no values.
3. What is written before any request came, or about a worker as a whole, is written as gunicorn does.

What is not on the list of 3 is taken for a request's.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any, Final

from flask import Flask
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

OF_WORKERS: Final = (
    "Worker ",
    "WORKER TIMEOUT",
    "Exception in worker process",
    "Unhandled exception in main",
)


class Quiet(Logger):  # type: ignore[misc]
    """The logger of both sites: `gunicorn --logger-class server.silence.Quiet`."""

    def warning(self, msg: object, *arguments: Any, **options: Any) -> None:
        if str(msg).startswith(OF_WORKERS):
            super().warning(msg, *arguments, **options)

    def exception(self, msg: object, *arguments: Any, **options: Any) -> None:
        if str(msg).startswith(OF_WORKERS):
            super().exception(msg, *arguments, **options)
        else:
            self.error("while a request was answered: %s", where(sys.exc_info()[1]))


def hush(app: Flask) -> None:
    """Let *app* write of an error of ours its kind and its place, where Flask would write the path."""

    def log_exception(error: Any) -> None:
        print(f"onggi: error: while a request was answered: {where(error[1])}", file=sys.stderr)

    app.log_exception = log_exception  # type: ignore[assignment, method-assign]


def where(error: BaseException | None) -> str:
    """The kind of an error and the line of code that raised it."""
    if error is None or not (frames := traceback.extract_tb(error.__traceback__)):
        return type(error).__name__
    return f"{type(error).__name__} in {frames[-1].filename}, line {frames[-1].lineno}"
