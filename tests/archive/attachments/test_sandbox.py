"""What a program inside can reach: nothing. Each test is a program that tries."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.attachments import sandbox, seccomp
from archive.attachments.memory import MIB, LimitReached, Memory, NotOpened
from archive.attachments.sandbox import Limits, SandboxUnavailable
from tests.archive.attachments.samples import require_sandbox

SHORT = Limits(seconds=10, memory=512 * MIB, output=4 * MIB)


@pytest.fixture(autouse=True)
def _sandbox() -> None:
    require_sandbox()


def run(
    code: str,
    limits: Limits = SHORT,
    given: Memory | None = None,
    *,
    children: bool = False,
    **environment: str,
) -> str:
    """What a Python of this machine prints inside; its input is *given*."""
    base = Path(sys.base_prefix).resolve()
    python = f"/python/{Path(sys.executable).resolve().relative_to(base)}"
    command = [python, "-I", "-S", "-X", "utf8", "-c", code]
    return sandbox.whole(command, given, limits, reads=[(base, "/python")], children=children).decode()


def test_it_sees_no_home_no_temporary_files_and_no_other_process(tmp_path: Path) -> None:
    """
    R20: neither this user's files, nor a name of the machine, nor a process beside its own.
    """
    (tmp_path / "secret").write_text("secret")
    roots = run("import os; print(*sorted(os.listdir('/')))").split()
    seen = run(f"import os; print(os.path.exists({str(tmp_path)!r}), os.path.exists({os.environ['HOME']!r}))")
    processes = run("import os; print(*[p for p in os.listdir('/proc') if p.isdigit()])").split()
    name = run("import os; print(os.uname().nodename, os.getuid(), *os.environ.keys())").split()

    assert set(roots) <= {"bin", "dev", "etc", "lib", "lib64", "proc", "python", "sbin", "usr", "var"}
    assert seen == "False False\n"
    assert len(processes) <= 2
    assert name[:2] == ["sandbox", "65534"]
    assert {"PATH", "LANG", "HOME"} <= set(name[2:])
    assert "ONGGI_PASSPHRASE" not in name


def test_a_passphrase_in_the_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The commands take passphrases from the environment; no program inside may read them, nor its parents'.
    """
    monkeypatch.setenv("ONGGI_PASSPHRASE", "planted")
    everything = (
        "import glob\nfor p in glob.glob('/proc/*/environ'):\n try: print(open(p).read())\n except OSError: 0"
    )

    assert "planted" not in run("import os; print(dict(os.environ))") + run(everything)


@pytest.mark.loopback
def test_it_reaches_no_network_not_even_this_machine() -> None:
    """
    R22: a server that listens here cannot be reached; the call for a socket is refused already.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        asked = f"import _socket\ntry:\n _socket.socket().connect(('127.0.0.1', {port})); print('reached')\n"
        told = run(asked + "except OSError as e: print(e.errno)")
        interfaces = run("print(open('/proc/net/dev').read().count(':'))")

    assert told == "1\n"
    assert interfaces == "1\n"


WRITES = """
import os
for folder in ("/", "/usr", "/usr/bin", "/etc", "/var", "/proc/sys/kernel", "/python"):
    try:
        open(folder + "/planted", "w").write("x" * 10)
        print("wrote", folder)
    except OSError:
        pass
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/self/oom_score_adj"):
    try:
        os.close(os.open(path, os.O_WRONLY))  # that it opens is enough: nothing of this machine is changed
        print("opened", path)
    except OSError:
        pass
try:
    print("input", os.write(os.open("/dev/stdin", os.O_WRONLY), b"x"))
except OSError:
    pass
"""


def test_it_writes_nowhere_and_its_input_cannot_be_changed() -> None:
    """
    R14, R20: no folder, no setting of the kernel, and not the file that it was given.
    """
    with Memory([b"as it came"]) as given:
        told = run(WRITES, given=given.seal())
        left = given.read(100)

    assert told == ""
    assert left == b"as it came"


def test_it_starts_no_second_process() -> None:
    """
    A fork bomb ends at its first fork; threads, which decoders need, are let through.
    """
    forks = "import os\ntry: os.fork(); print('forked')\nexcept OSError as e: print(e.errno)"
    threads = "import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()"

    assert run(forks) == "1\n"
    assert run(threads) == "thread\n"


def test_one_that_may_fork_is_ended_whole() -> None:
    """
    What it started dies with it: nothing is left in its namespace when its time is up.
    """
    code = "import os, time\nfor _ in range(8):\n if not os.fork(): time.sleep(60)\ntime.sleep(60)"
    before = _descendants()
    with pytest.raises(LimitReached, match="not done after 2 seconds"):
        run(code, Limits(seconds=2, file=MIB), children=True)
    deadline = time.monotonic() + 5
    while _descendants() - before and time.monotonic() < deadline:
        time.sleep(0.05)

    assert _descendants() - before == set()


def _descendants() -> set[str]:
    """Every process of this machine whose command line is of a sandbox."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"/python/" in path.read_bytes():
                found.add(path.parent.name)
        except OSError:
            continue
    return found


NAMESPACES = (
    "import ctypes; libc = ctypes.CDLL(None, use_errno=True); print(libc.unshare({flag}), ctypes.get_errno())"
)


@pytest.mark.parametrize("flag", [0x10000000, 0x40000000, 0x20000000, 0x00020000])
def test_it_makes_no_namespace_of_its_own(flag: int) -> None:
    """
    In a user namespace of its own it would have every privilege, and the kernel's rarest code to attack.
    """
    with_ctypes = NAMESPACES.replace("{flag}", str(flag))

    assert run(with_ctypes) == "-1 1\n"


TOO_MUCH = {
    "memory": ("x = bytearray(3 << 30)", SHORT),
    "time": ("while True: pass", Limits(seconds=2)),
    "sleep": ("import time; time.sleep(60)", Limits(seconds=2)),
    "output": ("import sys\nwhile True: sys.stdout.write('a' * 65536)", SHORT),
    "file": ("open('/dev/shm/x', 'wb').write(b'x' * 100); raise SystemExit(1)", SHORT),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_more_than_it_is_given_ends_it(what: str) -> None:
    """
    R20: memory, processor time, wall time, what it hands out, what it writes: each has a limit of its own.
    """
    code, limits = TOO_MUCH[what]
    started = time.monotonic()
    with pytest.raises(NotOpened):
        run(code, limits)

    assert time.monotonic() - started < 8


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    R20: there is no other way to run a program on a file: the refusal says what to install.
    """
    sandbox.require.cache_clear()
    monkeypatch.setattr(sandbox, "available", lambda name: name != "bwrap")
    try:
        with pytest.raises(SandboxUnavailable, match="install bubblewrap"):
            sandbox.run(["/usr/bin/echo", "outside"])
    finally:
        sandbox.require.cache_clear()


@pytest.mark.parametrize("instead", ["/usr/bin/true", "/usr/bin/false"])
def test_where_the_sandbox_cannot_be_set_up_nothing_runs(
    monkeypatch: pytest.MonkeyPatch, instead: str
) -> None:
    """
    R20: Bubblewrap that fails, as where user namespaces are forbidden, or that runs nothing.
    """
    sandbox.require.cache_clear()
    monkeypatch.setattr(sandbox, "program", lambda name: instead)
    try:
        with pytest.raises(SandboxUnavailable, match="cannot be set up"):
            sandbox.run(["/usr/bin/echo", "outside"])
    finally:
        sandbox.require.cache_clear()


def test_on_a_machine_whose_calls_are_not_known_nothing_runs() -> None:
    """
    A filter for another architecture would refuse the wrong calls.
    """
    assert seccomp.program(children=False, machine="mips") is None
    assert {len(seccomp.program(children=False, machine=m) or b"") % 8 for m in ("x86_64", "aarch64")} == {0}


def test_what_was_sealed_in_memory_stays_as_it_is() -> None:
    """
    R14: not even this process changes it any more, and it is gone with its descriptor.
    """
    memory = Memory([b"one ", b"two"]).seal()
    with pytest.raises(PermissionError):
        os.write(memory.fd, b"three")
    memory.close()

    with pytest.raises(OSError, match="Bad file descriptor"):
        memory.read(1)


def test_a_file_larger_than_its_room_is_refused_before_it_is_whole() -> None:
    """
    A large file is refused with words, and takes no more memory than it may.
    """

    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield bytes(MIB)

    with pytest.raises(LimitReached, match="larger than the 3 MiB"):
        Memory(pieces(), most=3 * MIB)


def test_what_fails_while_it_is_fed_is_told_as_it_is() -> None:
    """
    A damaged original must not pass for the end of a whole one.
    """

    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise KeyError("planted")

    with pytest.raises(KeyError, match="planted"):
        sandbox.whole(["/usr/bin/cat"], pieces(), SHORT)
