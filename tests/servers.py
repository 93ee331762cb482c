"""A real PostgreSQL and a real S3 server (OpenStack Swift with s3api), from Debian's packages, on loopback.

Both keep everything in one folder and end with the block. Where they are not installed, the tests that want
them are skipped with that reason; `make test` installs them when it is root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parents[1]
SECONDS: Final = 30
"""Until a server must answer; they take one or two."""
ACCESS, SECRET = "onggi:intake", "not-a-secret-of-anybody"
SWIFT: Final = tuple(f"swift-{part}-server" for part in ("account", "container", "object", "proxy"))

SWIFT_PACKAGES: Final = "swift-proxy swift-account swift-container swift-object"

SWIFT_CONF: Final = "[swift-hash]\nswift_hash_path_suffix = onggi\nswift_hash_path_prefix = onggi\n"
STORE_CONF: Final = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
user = {user}
log_level = ERROR
log_address = {folder}/no-log
fallocate_reserve = 0
recon_cache_path = {folder}
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
PROXY_CONF: Final = f"""
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {{port}}
swift_dir = {{folder}}
workers = 0
user = {{user}}
log_level = ERROR
log_address = {{folder}}/no-log
[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
check_bucket_owner = false
[filter:tempauth]
use = egg:swift#tempauth
user_{ACCESS.replace(":", "_")} = {SECRET} .admin
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
"""


@contextmanager
def folder_for_anybody() -> Iterator[Path]:
    """A folder with a short name that another user may enter: a socket's path has 100 letters at most."""
    with tempfile.TemporaryDirectory(prefix="onggi-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "server"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str],
    log: Path,
    environment: dict[str, str] | None = None,
    user: str | None = None,
    end: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a test, until the block ends; what it says goes to *log*."""
    with log.open("wb") as into:
        started = subprocess.Popen(
            command, cwd=HERE, stdout=into, stderr=into, env=environment, start_new_session=True, user=user
        )
    try:
        yield started
    finally:
        started.send_signal(end)
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def wait_for(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not ready():
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        assert time.monotonic() < end, log.read_text("utf-8", "replace")[-2000:]
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgres_programs() -> Path | None:
    """Where Debian keeps the newest `initdb` and `postgres`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def swift_is_here() -> bool:
    return all(shutil.which(name) for name in SWIFT)


@contextmanager
def postgres(folder: Path, *settings: str) -> Iterator[str]:
    """The URL of a fresh server's first database, over a Unix socket in *folder*."""
    programs = postgres_programs()
    assert programs
    data = _owned(folder)
    made: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "onggi",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "-N",
    ]
    subprocess.run(made, check=True, capture_output=True, user=nobody(), cwd="/")
    with postgres_again(folder, *settings):
        yield f"postgresql+pg8000://onggi@/postgres?unix_sock={folder / '.s.PGSQL.5432'}"


@contextmanager
def postgres_replica(folder: Path, primary: Path, *settings: str) -> Iterator[None]:
    """A server in *folder* that follows the one in *primary*, and answers what only reads."""
    programs = postgres_programs()
    assert programs
    copied: list[str | Path] = [
        programs / "pg_basebackup",
        "-D",
        _owned(folder),
        "-R",
        "-C",
        "-S",
        "follower",
        "-c",
        "fast",
        "-h",
        primary,
        "-U",
        "onggi",
    ]
    subprocess.run(copied, check=True, capture_output=True, user=nobody(), cwd="/")
    with postgres_again(folder, *settings):
        yield


def nobody() -> str | None:
    """Who runs PostgreSQL."""
    # PostgreSQL refuses to run as root.
    return "nobody" if os.getuid() == 0 else None


def _owned(folder: Path) -> Path:
    """A new folder for data in *folder*; the server must reach both."""
    data = folder / "data"
    data.mkdir(parents=True, mode=0o700)
    if user := nobody():
        shutil.chown(folder, user)
        shutil.chown(data, user)
    return data


@contextmanager
def postgres_again(folder: Path, *settings: str) -> Iterator[None]:
    """The server whose data lies in *folder* already, until the block ends."""
    programs = postgres_programs()
    assert programs
    quick = ["-c", "fsync=off", "-c", "autovacuum=off", "-c", "listen_addresses="]
    more = [part for each in settings for part in ("-c", each)]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *quick, *more]
    log = folder.parent / f"{folder.name}.log"
    # By SIGTERM it would wait for whoever is still connected.
    with running(command, log, user=nobody(), end=signal.SIGINT) as process:
        wait_for(process, log, lambda: _accepts(programs, folder))
        yield


def _accepts(programs: Path, folder: Path) -> bool:
    asked: list[str | Path] = [programs / "pg_isready", "-q", "-h", str(folder)]
    return subprocess.run(asked, check=False).returncode == 0


@dataclass(frozen=True)
class S3:
    """An S3 server on loopback, and the environment in which boto3 may use it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextmanager
def swift(folder: Path) -> Iterator[S3]:
    """OpenStack Swift with one replica of everything, spoken to as S3."""
    folder.mkdir(parents=True)
    (folder / "devices" / "one").mkdir(parents=True)
    (folder / "swift.conf").write_text(SWIFT_CONF)
    user = pwd.getpwuid(os.getuid()).pw_name
    ports = {kind: free_port() for kind in ("account", "container", "object", "proxy")}
    _make_rings(folder, {kind: port for kind, port in ports.items() if kind != "proxy"})
    with ExitStack() as stack:
        started = {}
        for kind, port in ports.items():
            text, conf = PROXY_CONF if kind == "proxy" else STORE_CONF, folder / f"{kind}.conf"
            conf.write_text(text.format(kind=kind, port=port, folder=folder, user=user))
            command = [f"swift-{kind}-server", str(conf)]
            started[kind] = stack.enter_context(running(command, folder / f"{kind}.log"))
        for kind, process in started.items():
            wait_for(process, folder / f"{kind}.log", partial(listens, ports[kind]))
        yield S3(f"http://127.0.0.1:{ports['proxy']}")


def _make_rings(folder: Path, ports: dict[str, int]) -> None:
    # One process for the three: the ring builder itself takes a second each time it starts.
    made = """
import sys
from swift.common.ring import RingBuilder
for argument in sys.argv[2:]:
    kind, port = argument.split("=")
    ring = RingBuilder(0, 1, 0)
    ring.add_dev(dict(id=0, region=1, zone=1, ip="127.0.0.1", port=int(port), device="one", weight=1))
    ring.rebalance()
    ring.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
"""
    told = [f"{kind}={port}" for kind, port in ports.items()]
    # Debian's own Python, which has Debian's Swift.
    subprocess.run(["/usr/bin/python3", "-c", made, str(folder), *told], check=True, capture_output=True)
