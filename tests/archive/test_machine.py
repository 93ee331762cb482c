"""What the archive's machine says of itself: a fake tree of /proc and /sys, and the real one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path

import pytest

from archive import installation, machine
from archive.commands.selfcheck import tell
from archive.machine import Fact

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
LIMITS = "Limit                     Soft Limit           Hard Limit           Units\n"
QUIET = {
    "sys/class/net/lo/flags": "0x9",
    "proc/net/route": "Iface\tDestination\tGateway\tFlags\n",
    "proc/net/ipv6_route": "00000000000000000000000000000001 80 " + "0 " * 7 + "lo\n",
    "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n",
    "proc/sys/kernel/core_pattern": "core\n",
    "proc/self/limits": LIMITS
    + "Max core file size        0                    unlimited            bytes\n",
    "sys/class/rtc/rtc0/since_epoch": f"{int(NOW.timestamp())}\n",
    "proc/self/mountinfo": "1 0 254:1 / / rw - ext4 /dev/mapper/vault rw\n",
    "sys/dev/block/254:1/dm/uuid": "LVM-abc\n",
    "sys/dev/block/254:1/slaves/dm-0/dm/uuid": "CRYPT-LUKS2-abc-disk\n",
}
"""A machine as the manual wants it: no card, no swap, LVM on a disk under LUKS."""
UP = {"sys/class/net/eth0/flags": "0x1003"}
WORSE: dict[str, tuple[dict[str, str], str]] = {
    "a cable": (UP, "eth0 is up"),
    "a card that hides its state": ({"sys/class/net/usb0/type": "1"}, "usb0 is up"),
    "a tunnel": ({"sys/class/net/tun0/flags": "0x1051"}, "tun0 is up"),
    "Wi-Fi, even when it is down": (
        {"sys/class/net/wlan0/flags": "0x1002", "sys/class/net/wlan0/wireless/x": ""},
        "wlan0 is a Wi-Fi card",
    ),
    "a route": (
        {"proc/net/route": "Iface\tDestination\neth0\t00000000\t0102A8C0\t0003\n"},
        "a route through eth0",
    ),
    "a route by IPv6": (
        {"proc/net/ipv6_route": "0" * 32 + " 00 " + "0 " * 7 + "eth0\n"},
        "a route through eth0",
    ),
    "Bluetooth": (
        {"sys/class/rfkill/rfkill0/type": "bluetooth\n", "sys/class/rfkill/rfkill0/soft": "1\n"},
        "bluetooth (off by software only)",
    ),
    "a modem": ({"sys/class/wwan/wwan0/type": ""}, "a radio is there: wwan0"),
    "swap": ({"proc/swaps": "Filename\tType\n/dev/sda2 partition 1 0 -2\n"}, "written to /dev/sda2"),
    "dumps": (
        {"proc/self/limits": LIMITS + "Max core file size        unlimited            unlimited     bytes\n"},
        "leaves its memory on the disk",
    ),
    "dumps into a pipe, which no limit binds": (
        {"proc/sys/kernel/core_pattern": "|/usr/lib/systemd/systemd-coredump %P\n"},
        "memory handed to another",
    ),
    "a plain disk": ({"sys/dev/block/254:1/slaves/dm-0/dm/uuid": "LVM-abc\n"}, "is not encrypted"),
    "one plain disk of two": ({"sys/dev/block/254:1/slaves/sdb1/dev": "8:17\n"}, "is not encrypted"),
    "another day": ({"sys/class/rtc/rtc0/since_epoch": "946684800\n"}, "own clock says another day"),
}


def _tree(root: Path, **more: dict[str, str]) -> Path:
    for name, text in (QUIET | more.get("changed", {})).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


def _facts(root: Path, now: datetime = NOW) -> list[Fact]:
    return list(machine.facts(root, installed=NOW - timedelta(days=9), now=now, root=root))


def _bad(facts: list[Fact]) -> list[str]:
    return [fact.says for fact in facts if fact.level != "ok"]


def test_a_machine_as_the_manual_wants_it_has_nothing_to_put_right(tmp_path: Path) -> None:
    """
    R22: no interface, no route, no radio, no swap, no dumps, an encrypted disk, a sane clock.
    """
    told = _facts(_tree(tmp_path))

    assert _bad(told) == []
    assert len(told) == 8


@pytest.mark.parametrize("what", WORSE)
def test_each_way_out_and_each_trace_is_told_with_what_to_do(tmp_path: Path, what: str) -> None:
    """
    R22: one thing changed is one warning, by name, with a hint.
    """
    changed, says = WORSE[what]
    (told,) = [fact for fact in _facts(_tree(tmp_path, changed=changed)) if fact.level != "ok"]

    assert told.level == "warn"
    assert says in told.says
    assert told.hint


def test_a_card_that_is_down_and_memory_as_swap_are_told_and_are_well(tmp_path: Path) -> None:
    """
    A soldered socket without a cable cannot be taken out, and zram is memory.
    """
    changed = {
        "sys/class/net/enp3s0/flags": "0x1002",
        "proc/swaps": "Filename\tType\n/dev/zram0 partition 1 0 100\n",
    }
    told = _facts(_tree(tmp_path, changed=changed))

    assert _bad(told) == []
    assert "enp3s0 is there and down" in [fact.says for fact in told]


def test_a_clock_before_the_installation_is_wrong(tmp_path: Path) -> None:
    """
    A dead battery sets the clock back to years in which every key is of the future.
    """
    for now in (datetime(2000, 1, 1, tzinfo=UTC), NOW + timedelta(days=9000)):
        assert any("this Onggi is of 2026-11-20" in says for says in _bad(_facts(_tree(tmp_path), now)))


def test_what_cannot_be_told_is_unknown_and_not_well(tmp_path: Path) -> None:
    """
    A tree without anything in it is no machine that is in order.
    """
    root = _tree(tmp_path, changed={"proc/self/mountinfo": "1 0 0:33 / / rw - zfs tank/home rw\n"})
    (root / "proc/self/limits").unlink()
    told = {fact.says for fact in _facts(root) if fact.level == "unknown"}

    assert told == {
        "whether a program that dies leaves its memory on the disk",
        "whether the home's disk is encrypted",
    }
    empty = {fact.says for fact in _facts(tmp_path / "nothing") if fact.level == "unknown"}
    assert told < empty
    assert len(empty) == 6
    (nameless,) = [f for f in machine.facts(None, installed=NOW, now=NOW, root=root) if "named" in f.says]
    assert nameless.level == "unknown"


def test_a_disk_without_a_number_is_found_by_its_name(tmp_path: Path) -> None:
    """
    btrfs on a disk under LUKS: the kernel gives the mount no number of a disk, only the mapper's name.
    """
    changed = {
        "proc/self/mountinfo": "1 0 0:33 /@ / rw - btrfs /dev/mapper/sealed rw\n",
        "sys/class/block/dm-0/dm/name": "sealed\n",
        "sys/class/block/dm-0/dm/uuid": "CRYPT-LUKS2-abc\n",
    }

    assert _bad(_facts(_tree(tmp_path, changed=changed))) == []


def test_the_newest_and_deepest_mount_is_the_homes(tmp_path: Path) -> None:
    """
    A home in memory on a machine whose disk is plain is in memory; its name may hold a space.
    """
    home = tmp_path / "her words"
    home.mkdir()
    mounts = f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:40 / {tmp_path}/her\\040words rw - tmpfs tmpfs rw\n"
    root = _tree(tmp_path, changed={"proc/self/mountinfo": mounts})
    told = [fact.says for fact in machine.disk(root, home)]

    assert any("lies in memory" in says for says in told)


def test_a_full_disk_is_told_before_a_bundle_comes(tmp_path: Path) -> None:
    """
    More room than any disk has is not there.
    """
    told = list(machine.disk(_tree(tmp_path), tmp_path, room=1 << 70))

    assert [fact.level for fact in told] == ["warn", "ok"]


def test_a_device_cannot_steer_the_terminal_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    """
    An interface may be named by what is plugged in.
    """
    tell(Fact("warn", "\x1b[2Jeth0 is up"))

    assert "\x1b" not in capsys.readouterr().out


def test_the_real_machine_is_read_without_an_error() -> None:
    """
    The same on this machine as it is, in a process: every line has a level, and the code follows from them.
    """
    ran = subprocess.run(
        [sys.executable, "-m", "onggi", "archive", "selfcheck", "--home", "."], capture_output=True, text=True
    )
    levels = {line.split()[0] for line in ran.stdout.splitlines()}

    assert levels <= {"ok", "unknown", "warn"}, ran.stdout
    assert ran.returncode == (3 if "warn" in levels else 0)
    assert "every module of the archive can be loaded" in ran.stdout


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of one file, as an installer records it."""
    (tmp_path / "jar.py").write_bytes(b"")
    about = tmp_path / "jar-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: jar\nVersion: 1.0\n", "utf-8")
    empty = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    (about / "RECORD").write_text(f"jar.py,sha256={empty},0\njar-1.0.dist-info/RECORD,,\n", "utf-8")
    return tmp_path


def test_a_file_that_was_changed_or_is_gone_is_found(package: Path) -> None:
    """
    A disk that loses a byte, and an upgrade that was cut, do not go unseen.
    """

    def told() -> Fact:
        return installation.files(distributions(path=[str(package)]))

    assert told() == Fact("ok", "1 installed files are as they were installed")
    (package / "jar.py").write_bytes(b"#")
    assert (told().level, "jar: jar.py" in told().says) == ("bad", True)
    (package / "jar.py").unlink()
    assert told().level == "bad"
    assert installation.files([]).level == "bad"


def test_a_clock_that_was_wrong_when_onggi_came_is_found_by_the_releases_own_time(tmp_path: Path) -> None:
    """
    A machine from a cellar says the year 2000 from the first day; the release it was given is younger.
    """
    before = installation.installed(tmp_path)
    made = before + timedelta(days=2)
    (tmp_path / "RELEASE").write_text(f"version 1\ntime {int(made.timestamp())}\n", "utf-8")

    assert installation.installed(tmp_path) == made.replace(microsecond=0)
    assert before < made


def test_what_is_bad_is_the_exit_code_of_the_whole(tmp_path: Path) -> None:
    """
    An installer must not put a program into use that cannot load one of its modules.
    """
    (tmp_path / "opencc.py").write_text("raise ImportError('the library is not there')\n", "utf-8")
    told = subprocess.run(
        [sys.executable, "-c", "from onggi import main; main()", "archive", "selfcheck"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert told.returncode == 1, told.stdout
    assert "the library is not there" in told.stdout + told.stderr
