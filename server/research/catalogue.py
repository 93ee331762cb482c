"""Every string of the reading room's pages, in its three languages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = {"ko": "한국어", "zh": "中文", "en": "English"}


@cache
def texts(language: str) -> dict[str, str]:
    """Every string of the pages in *language*."""
    path = Path(__file__).parent / "translations" / f"{language}.json"
    catalogue: dict[str, str] = json.loads(path.read_text("utf-8"))
    return catalogue
