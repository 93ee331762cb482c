"""The worker of both sites, with less patience than a test has."""

from __future__ import annotations

from server.patience import Worker


class Hasty(Worker):
    silences, whole = (1.0, 0.5, 0.3), 2.5
