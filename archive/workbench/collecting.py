"""Makes the collection beside the pages, from when the desk is opened, so that no search waits for it."""

from __future__ import annotations

import threading
from typing import Final

from archive.finding import Collection
from archive.vault import Vault

PATIENCE: Final = 10.0
"""Seconds that a page waits for a collection on its way before it says how far it is."""


class NotYet(Exception):
    """The collection is being made; so many texts of so many are read."""

    def __init__(self, done: int, of: int) -> None:
        super().__init__(f"{done} of {of}")
        self.done, self.of = done, of


class Collecting:
    """The one collection of this desk: made in memory, and made again when something else may be found."""

    def __init__(self, vault: Vault) -> None:
        self._vault: Final = vault
        self._changing: Final = threading.Lock()
        self._over = threading.Event()
        self._over.set()
        self._made: Collection | None = None
        self._failed: Exception | None = None
        self._done = self._of = 0

    def begin(self) -> None:
        """Begin to make it, if none is here that is current and none is on its way."""
        with self._changing:
            if not self._over.is_set() or (self._made is not None and self._made.is_current()):
                return
            self._made = self._failed = None
            self._over = threading.Event()
            self._done, self._of = 0, len(list(self._vault.testimonies()))
            # A daemon: closing the desk ends it at once, and it holds nothing but memory.
            threading.Thread(target=self._run, daemon=True).start()

    def collection(self, patience: float = PATIENCE) -> Collection:
        """The collection as it is now; `NotYet` when it is still being made after so many seconds."""
        self.begin()
        if not self._over.wait(patience):
            raise NotYet(self._done, self._of)
        if self._failed is not None:
            raise self._failed
        made = self._made
        # Somebody may have decided otherwise while it was made; then it says so itself.
        return made if made is not None and made.is_current() else self.collection(patience)

    def _run(self) -> None:
        def told(done: int) -> None:
            self._done = done

        try:
            self._made = Collection(self._vault, told)
        except Exception as error:
            self._failed = error
        finally:
            self._over.set()
