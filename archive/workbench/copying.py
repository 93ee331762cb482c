"""Makes safe copies beside the pages, one at a time, so that the workbench answers meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import ArchiveError

Progress = Callable[[int, int], None]
Work = Callable[[Progress], object]


@dataclass
class Job:
    """One copy on its way: how many parts or seconds are done, or why it ended."""

    done: int = 0
    failed: str = ""
    is_over: bool = False


class Copying:
    """The copies that this workbench is making, and how the last one of each file ended."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._one = threading.Lock()
        """Of two at once each would have half the machine, and twice the memory would be asked for."""

    def start(self, name: str, work: Work) -> bool:
        """Do *work* under this name; False when one of this name is on its way."""
        job = self._jobs.get(name)
        if job is not None and not job.is_over:
            return False
        job = self._jobs[name] = Job()
        # A daemon: Ctrl-C closes the desk at once. A sandbox ends with it, and what was not done is not kept.
        threading.Thread(target=self._run, args=(job, work), daemon=True).start()
        return True

    def of(self, name: str) -> Job | None:
        """What is on its way, or failed, under this name."""
        job = self._jobs.get(name)
        return None if job is None or (job.is_over and not job.failed) else job

    def is_busy(self) -> bool:
        """Whether any copy is on its way."""
        return any(not job.is_over for job in self._jobs.values())

    def _run(self, job: Job, work: Work) -> None:
        def told(done: int, all: int) -> None:
            job.done = done

        try:
            with self._one:
                work(told)
        except ArchiveError as refused:
            job.failed = str(refused)
        except Exception:
            job.failed = "something went wrong; nothing was kept, and the original is as it was"
        finally:
            job.is_over = True
