"""What can be told of this machine: whether it sees a network, and where her words could be left behind.

1. It reads /proc and /sys, and nothing else; it asks no network and changes nothing.
2. What cannot be told from there is `unknown`. No fact here is a proof: firmware and radios that the kernel
   does not know are seen by nobody but whoever opens the case.

Sources: Linux's Documentation/ABI (sysfs), proc(5), core(5).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final, Literal

Level = Literal["ok", "unknown", "warn", "bad"]
IFF_UP: Final = 1
HIDDEN: Final = "this system does not show it; run it outside of any container"
ROOM: Final = 5_000_000_000
"""Bytes. A film of 2 GB lies in the home twice while it is taken in."""
LOCAL: Final = timedelta(hours=26)
"""A machine's own clock may run on local time."""
OLDEST: Final = timedelta(days=3650)
"""Nobody runs one installation longer; a clock that says so is wrong."""


@dataclass(frozen=True)
class Fact:
    """One line of a check: what is so, and what to do about it."""

    level: Level
    says: str
    hint: str = ""


def facts(home: Path | None, *, installed: datetime, now: datetime, root: Path = Path("/")) -> Iterator[Fact]:
    """Everything that can be told; *installed* is when Onggi was, *root* where proc and sys lie."""
    for look in (interfaces, routes, radios, swap, dumps):
        yield from look(root)
    yield from clock(root, installed, now)
    if home is None:
        yield Fact("unknown", "no archive's home was named", "give --home, and its disk is looked at as well")
    else:
        yield from disk(root, home)


def interfaces(root: Path) -> Iterator[Fact]:
    """No way out but loopback: nothing is up, and no card is there that sends by radio."""
    cards = _folders(root / "sys/class/net")
    found = [card for card in cards if card.name != "lo"]
    for card in found:
        name = card.name
        if (card / "wireless").exists() or (card / "phy80211").exists():
            yield Fact("warn", f"{name} is a Wi-Fi card", "take it out, or switch it off in the firmware")
        elif _up(card):
            yield Fact(
                "warn", f"{name} is up", f"pull its cable; `ip link set {name} down`; take the card out"
            )
        else:
            yield Fact("ok", f"{name} is there and down")
    if not cards:
        yield Fact("unknown", "whether there is a network", HIDDEN)
    elif not found:
        yield Fact("ok", "no interface but loopback")


def routes(root: Path) -> Iterator[Fact]:
    """The kernel knows no way to another machine, by IPv4 or IPv6."""
    four = [line.split()[:1] for line in _lines(root / "proc/net/route")[1:]]
    six = [line.split()[-1:] for line in _lines(root / "proc/net/ipv6_route")]
    through = sorted({name for name in chain(*four, *six) if name != "lo"})
    if through:
        yield Fact("warn", f"there is a route through {', '.join(through)}", "`ip route flush table all`")
    elif not (root / "proc/net/route").exists():
        yield Fact("unknown", "whether there is a route", HIDDEN)
    else:
        yield Fact("ok", "no route to anywhere")


def radios(root: Path) -> Iterator[Fact]:
    """No radio that the kernel knows of: Wi-Fi, Bluetooth, a modem."""
    found = {
        f"{_text(switch / 'type')} ({_blocked(switch)})": None
        for switch in _folders(root / "sys/class/rfkill")
    }
    for kind in ("bluetooth", "ieee80211", "wwan"):
        found |= {each.name: None for each in _folders(root / "sys/class" / kind)}
    for each in found:
        yield Fact("warn", f"a radio is there: {each}", "take it out, or switch it off in the firmware")
    if not _folders(root / "sys/class"):
        yield Fact("unknown", "whether there is a radio", HIDDEN)
    elif not found:
        yield Fact("ok", "no radio that the kernel knows of")


def swap(root: Path) -> Iterator[Fact]:
    """Memory is not written to a disk. Compressed memory (zram) is memory."""
    used = [line.split()[0] for line in _lines(root / "proc/swaps")[1:]]
    on_disk = [name for name in used if not Path(name).name.startswith("zram")]
    if on_disk:
        hint = "`swapoff -a`, and remove it from /etc/fstab"
        yield Fact("warn", f"memory may be written to {', '.join(on_disk)}", hint)
    elif not (root / "proc/swaps").exists():
        yield Fact("unknown", "whether memory is written to a disk", HIDDEN)
    else:
        yield Fact("ok", "no swap on a disk")


def dumps(root: Path) -> Iterator[Fact]:
    """A program that dies leaves no copy of its memory. A limit of 0 does not bind a pattern with a pipe."""
    pattern = _text(root / "proc/sys/kernel/core_pattern")
    limit = re.search(r"^Max core file size +(\S+)", _text(root / "proc/self/limits"), re.MULTILINE)
    if pattern.startswith("|") and not pattern.startswith("|/bin/false"):
        hint = "`sysctl -w kernel.core_pattern=core`, and in /etc/sysctl.d; then look again"
        yield Fact("warn", "a program that dies has its memory handed to another", hint)
    elif limit is None:
        yield Fact("unknown", "whether a program that dies leaves its memory on the disk", HIDDEN)
    elif limit[1] != "0":
        hint = "`ulimit -c 0`, and `* hard core 0` in /etc/security/limits.conf"
        yield Fact("warn", "a program that dies leaves its memory on the disk", hint)
    else:
        yield Fact("ok", "no core dumps")


def clock(root: Path, installed: datetime, now: datetime) -> Iterator[Fact]:
    """The clock is not before this installation, nor far from the machine's own. Keys have dates."""
    hint = "set it by a watch: `timedatectl set-time 'YYYY-MM-DD HH:MM:SS'`"
    own = _text(root / "sys/class/rtc/rtc0/since_epoch")
    if not installed <= now < installed + OLDEST:
        yield Fact("warn", f"the clock says {now:%Y-%m-%d}; this Onggi is of {installed:%Y-%m-%d}", hint)
    elif own.isdecimal() and abs(datetime.fromtimestamp(int(own), UTC) - now) > LOCAL:
        yield Fact(
            "warn", "the machine's own clock says another day", "`hwclock --systohc` when this one is right"
        )
    else:
        yield Fact("ok", f"the clock says {now:%Y-%m-%d %H:%M} UTC; compare it with a watch")


def disk(root: Path, home: Path, *, room: int = ROOM) -> Iterator[Fact]:
    """The home lies on an encrypted disk or in memory, and there is room for what comes in."""
    there = next(each for each in (home.resolve(), *home.resolve().parents) if each.exists())
    seen = os.statvfs(there)
    free = seen.f_bavail * seen.f_frsize
    if free < room:
        yield Fact("warn", f"{free / 1e9:.1f} GB are free for the home", f"less than {room / 1e9:.0f} GB")
    else:
        yield Fact("ok", f"{free / 1e9:.0f} GB are free for the home")
    yield _encryption(root, there)


def _encryption(root: Path, folder: Path) -> Fact:
    kind, number, source = _mount(root, folder)
    if kind in ("tmpfs", "ramfs"):
        return Fact("ok", "the home lies in memory, and is gone when the machine is switched off")
    node = root / "sys/dev/block" / number
    if number.startswith("0:"):  # btrfs, zfs and overlays have no number of a disk, only its name
        node = root / "sys/class/block" / Path(source).name
        for each in _folders(root / "sys/class/block"):
            if source.startswith("/dev/mapper/") and _text(each / "dm/name") == Path(source).name:
                node = each
    if not node.exists():
        return Fact("unknown", "whether the home's disk is encrypted", "see how the disk was set up")
    if _encrypted(node):
        return Fact("ok", "the home's disk is encrypted (dm-crypt)")
    hint = "set the machine up anew with full disk encryption; a disk that encrypts by itself cannot be told"
    return Fact("warn", "the home's disk is not encrypted by this system", hint)


def _encrypted(node: Path) -> bool:
    """Whether all that lies under this block device is sealed by dm-crypt, LVM and RAID between or not."""
    under = _folders(node / "slaves")
    return _text(node / "dm/uuid").startswith("CRYPT-") or (bool(under) and all(map(_encrypted, under)))


def _mount(root: Path, folder: Path) -> tuple[str, str, str]:
    """Kind of file system, number of its device and source, of the newest mount that *folder* lies on."""
    found, longest = ("", "0:0", ""), -1
    for line in _lines(root / "proc/self/mountinfo"):
        front, _, back = line.partition(" - ")
        place = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), front.split()[4]))
        if folder.is_relative_to(place) and len(place.parts) >= longest:
            kind, source = back.split()[:2]
            found, longest = (kind, front.split()[2], source), len(place.parts)
    return found


def _up(card: Path) -> bool:
    try:
        return bool(int(_text(card / "flags"), 16) & IFF_UP)
    except ValueError:
        return True  # one that hides its state is taken for the worse


def _blocked(switch: Path) -> str:
    if _text(switch / "hard") == "1":
        return "switched off"
    return "off by software only" if _text(switch / "soft") == "1" else "on"


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError:
        return []


def _lines(file: Path) -> list[str]:
    return _text(file).splitlines()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
