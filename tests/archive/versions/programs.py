"""Small programs that really run where whisper.cpp or a translator would, and keep to what is asked of those.

The recogniser reads the WAV that it is given and writes a line for each stretch that is not silent. None of
them knows a word; what is tested is how a program is started, fed, read, stopped and named.
"""

from __future__ import annotations

import stat
import sys
from pathlib import Path

RECOGNISER = """
import sys, wave
if "--version" in sys.argv:
    print("hearing 0.3.1 (a test)"); sys.exit(0)
asked = dict(zip(sys.argv[1:-1], sys.argv[2:]))
with wave.open(asked["-f"], "rb") as sound:
    rate = sound.getframerate()
    assert (sound.getnchannels(), sound.getsampwidth(), rate) == (1, 2, 16000)
    second = 0
    while frames := sound.readframes(rate):
        loud = any(frames[at] not in (0, 255) for at in range(1, len(frames), 2))
        clock = lambda s: f"00:00:{s:02d}.000"
        if loud:
            print(f"[{clock(second)} --> {clock(second + 1)}]   {asked['-l']} sound", flush=True)
        second += 1
"""
TRANSLATOR = """
import sys
for line in sys.stdin:
    print(line.strip().upper(), flush=True)
"""
ENDLESS = """
import os, sys, time
print(os.getpid(), file=open(sys.argv[-1], "w"), flush=True)
time.sleep(3600)
"""


def made(folder: Path, name: str, source: str) -> Path:
    """An executable of this name."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{source}", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
