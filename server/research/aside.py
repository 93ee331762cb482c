"""Work that stands aside for readers: on one machine with them, it leaves them cores and goes behind them.

1. It takes half of the cores, and one where there is one. Of two, an analysis takes twice as long so; of
   four or more hardly longer, for its own order holds it up then.
2. On the cores it takes it is nicer than readers are. Linux compares that only within a container or a
   session, so it is not enough alone; and it is a tenth of their share, not nothing: whoever asks for pages
   without end must not hold up a release that leaves somebody out.
3. Nothing of this needs a privilege. Where it cannot be had, work goes on without.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from server.research import ahead

NICER: Final = 10
"""Ten steps are a tenth of the processor, where somebody else wants it too."""


def stand_aside(home: Path) -> None:
    """Leave the cores to the readers of the room in *home*, if it is served, until this process ends.

    Threads that run already keep what they have. A process may lower itself, and not raise itself again.
    """
    if not home.is_dir() or not ahead.served(home):
        return
    with suppress(AttributeError, OSError):
        os.nice(NICER)
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[len(cores) // 2 :])
