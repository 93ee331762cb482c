"""The installers, run as an operator runs them on a copy of this machine, and what they made, in use.

nginx, gunicorn, PostgreSQL and tor run with the files that were installed, unchanged, at their own places and
ports. systemd does not run in the copy: services start as their units say, without their sandbox, whose score
is held in tests/deploy/test_units.py.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crypto.keys import IntakeSecret
from tests.deploy.machine import PROGRAM, REPOSITORY, SH, Machine, copied, lacking
from tests.people import ORIGIN, Office
from tests.server.research import rooms

LACKING, KEY = lacking(), IntakeSecret.generate()
NEEDED = ("nginx", "tor", "openssl", "setpriv", "pg_createcluster", "nft")
MISSING = [each for each in NEEDED if not shutil.which(each, path="/usr/sbin:/usr/bin:/sbin")]
pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(bool(LACKING), reason=LACKING),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]
INTAKE, ROOM = (str(REPOSITORY / "deploy" / each / "install") for each in ("intake", "research"))
NAME = "intake.example"
SITE = f"https://{NAME}/"
CERTIFICATE = f"/etc/letsencrypt/live/{NAME}"
CLAIMED = ("unattended-upgrades", "acl", "systemd-timesyncd", "python3-venv", "ca-certificates", "postgresql")
"""What the installer would fetch from Debian and no test uses: the copy is told that they are there."""
CLUSTER = "postgres -D /var/lib/postgresql/$1/main -c config_file=/etc/postgresql/$1/main/postgresql.conf"


WORDS = "sentinel7461: the yellow house"
DEPOSIT = f"""
import io, sys
from http.client import HTTPSConnection
from crypto.envelope import Sealer
from crypto.keys import IntakePublic
from deploy.depositor import File, Intake
site = Intake(443, "{NAME}")
site._connection = HTTPSConnection("{NAME}", timeout=60)
words = sys.argv[1].encode() * 50_000
sealer = Sealer([IntakePublic.from_bytes(bytes.fromhex(sys.argv[2]))])
print(site.deposit(sealer, File(io.BytesIO(words), len(words), "a/b"), {{}}))
"""


@contextmanager
def bare() -> Iterator[Machine]:
    """A Debian with a name, a certificate, and the packages that cannot be fetched without a network."""
    with tempfile.TemporaryDirectory(prefix="onggi-") as folder, copied(Path(folder)) as machine:
        status = machine.disk / "var/lib/dpkg/status"
        there = status.read_text("utf-8")
        for each in CLAIMED:
            if not re.search(rf"^Package: {each}\nStatus: install ok installed$", there, re.MULTILINE):
                there += f"\nPackage: {each}\nStatus: install ok installed\nVersion: 99\nArchitecture: all\n"
                there += "Maintainer: a test\nDescription: claimed\n"
        status.write_text(there, "utf-8")
        with (machine.disk / "etc/hosts").open("a", encoding="utf-8") as hosts:
            hosts.write(f"127.0.0.1 {NAME}\n")
        asked = f"-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={NAME}"
        asked += f" -addext subjectAltName=DNS:{NAME}"
        asked += f" -keyout {CERTIFICATE}/privkey.pem -out {CERTIFICATE}/fullchain.pem"
        machine.must(SH, "-c", f"mkdir -p {CERTIFICATE} && openssl req {asked}")
        # The log folder came along as full as this machine's; only what is written from here on counts.
        machine.must(SH, "-c", "find /var/log -type f -delete")
        machine.environment["SSL_CERT_FILE"] = f"{CERTIFICATE}/fullchain.pem"
        yield machine


def install(machine: Machine, script: str, *options: str) -> str:
    return machine.must(SH, script, "--image", "--program", str(PROGRAM), *options)


@pytest.fixture(scope="module")
def intake() -> Iterator[Machine]:
    """An intake with a name, an onion and PostgreSQL, installed by the one command and started."""
    office = Office()
    with bare() as machine:
        options = ["--name", NAME, "--onion", "--database", "postgresql"]
        install(machine, INTAKE, *options)
        version = next((machine.disk / "usr/lib/postgresql").iterdir()).name
        machine.must(SH, "-c", f"ls /etc/postgresql/{version}/main || pg_createcluster {version} main")
        install(machine, INTAKE, *options)
        machine.must("install", "-d", "-o", "postgres", "-g", "postgres", "-m", "2775", "/run/postgresql")
        server = f"PATH=/usr/lib/postgresql/{version}/bin:$PATH exec {CLUSTER}"
        machine.start("postgresql", SH, "-c", server, "pg", version, user="postgres", ready="pg_isready -q")
        notes = machine.disk / "media/stick"
        notes.mkdir()
        office.notes(notes, KEY.public)
        archive = ["--origin", ORIGIN, "--root", office.root.public.to_text(), "--notes", "/media/stick"]
        install(machine, INTAKE, *options, *archive)
        machine.start_unit("onggi-intake", ready="test -S /run/onggi/intake.sock")
        machine.start(
            "nginx", "nginx", "-g", "daemon off;", ready=f"openssl s_client -connect {NAME}:443 </dev/null"
        )
        yield machine


def test_the_installed_intake_looks_at_itself_and_is_well(intake: Machine) -> None:
    """
    Keycard, database, room, an envelope in and out again, and every header as nginx hands it on.
    """
    home = "ONGGI_INTAKE_HOME=/var/lib/onggi/intake"
    told = intake.must(
        "env", home, "/opt/onggi/current/bin/onggi", "intake", "check", "--url", SITE, user="onggi"
    )

    assert "good  canary: " in told
    assert "good  headers: " in told
    assert "BAD" not in told


def test_run_again_it_changes_nothing(intake: Machine) -> None:
    """
    Not a byte, not a mode, not a time of a file that it looks after.
    """
    before = intake.state()
    told = install(intake, INTAKE, "--name", NAME, "--onion", "--database", "postgresql")
    after = intake.state()

    assert "nothing was changed: all is as it should be" in told
    moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in moved if not name.startswith("var/lib/postgresql")} == set()


def test_whoever_comes_is_in_no_log_and_her_words_on_no_disk(intake: Machine) -> None:
    """
    A visitor, a deposit in parts, and what is no HTTP: nothing below /var/log, and no line of a service.
    """
    deposit = intake.must(f"{PROGRAM}/bin/python", "-c", DEPOSIT, WORDS, KEY.public.bundle.hex()).strip()
    told = intake.must("/opt/onggi/current/bin/onggi", "intake", "logs", "--url", SITE)
    asked = f"SELECT count(*) FROM part WHERE deposit = '{deposit}'"
    parts = intake.must("psql", "-Atc", asked, "onggi", user="postgres").strip()
    written = {path: path.read_bytes() for path in _files(intake.written, intake.logs)}
    logs = {path: each for path, each in written.items() if "log" in path.parts or path.suffix == ".said"}

    assert told == "good  logs: nothing of anybody who came\n"
    assert parts == "2"
    assert {path.name for path in logs} >= {"onggi.log", "postgresql.said", "onggi-intake.said", "nginx.said"}
    for sign in (b"127.0.0.1", b"Mozilla", b"visitor", b"HTTP/1.1", b"INSERT", deposit.encode()):
        assert [path for path, each in logs.items() if sign in each] == []
    assert [path for path, each in written.items() if b"sentinel7461" in each] == []


def _files(*roots: Path) -> Iterator[Path]:
    for root in roots:
        yield from (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def test_a_log_that_somebody_opened_is_found(intake: Machine) -> None:
    """
    The page that Debian's nginx comes with writes everybody down; so does PostgreSQL when it is asked to.
    """
    conf = intake.disk / "etc/nginx/sites-available/onggi"
    silent = conf.read_text("utf-8")
    conf.write_text(silent.replace("access_log off;", "access_log /var/log/nginx/access.log;"), "utf-8")
    intake.must("nginx", "-s", "reload")
    told = intake.run("/opt/onggi/current/bin/onggi", "intake", "logs", "--url", SITE)
    conf.write_text(silent, "utf-8")
    intake.must("nginx", "-s", "reload")
    packed = intake.disk / "var/log/nginx/access.log.1.gz"
    packed.write_bytes(gzip.compress((intake.disk / "var/log/nginx/access.log").read_bytes()))
    (intake.disk / "var/log/nginx/access.log").unlink()
    later = intake.run("/opt/onggi/current/bin/onggi", "intake", "logs")
    packed.unlink()

    assert told.returncode == later.returncode == 1
    for kind in ("an address", "a browser", "the visitor that just came"):
        assert f"BAD   /var/log/nginx/access.log: {kind} was written down" in told.stdout
    assert "BAD   /var/log/nginx/access.log.1.gz: a browser was written down" in later.stdout
    assert "127.0.0.1" not in told.stdout + told.stderr


def test_tor_and_the_firewall_take_what_was_installed(intake: Machine) -> None:
    """
    Tor with its puzzle; nftables twice, as at each start, with no port open but three.
    """
    tor = ["tor", "-f", "/etc/tor/torrc", "--defaults-torrc", "/usr/share/tor/tor-service-defaults-torrc"]
    told = intake.must(*tor, "--verify-config")
    intake.must("nft", "-f", "/etc/onggi/firewall.nft")
    intake.must("nft", "-f", "/etc/onggi/firewall.nft")
    rules = intake.must("nft", "list", "table", "inet", "onggi")
    open_ports = re.findall(r"tcp dport \{ (.*) \} accept", rules)

    assert "Configuration was valid" in told
    assert [line for line in told.splitlines() if "[warn]" in line] == []
    assert [sorted(map(int, each.split(", "))) for each in open_ports] == [[22, 80, 443]]
    assert rules.count("policy drop") == 2
    assert "log" not in rules
    assert 'meta skuid "onggi" drop' in rules or re.search(r"meta skuid \d+ drop", rules)


def test_a_new_machine_takes_the_place_of_one_that_was_lost(intake: Machine) -> None:
    """
    The backup has keys, notes and settings, and no deposit; the installer and it make the same intake again.
    """
    onion = intake.disk / "var/lib/tor/onggi"
    onion.mkdir(parents=True, exist_ok=True)
    (onion / "hs_ed25519_secret_key").write_bytes(b"the onion's own")
    intake.must(*intake.unit("onggi-backup")["ExecStart"].split())
    kept = intake.disk / "var/lib/onggi-backup/onggi.tar"
    home = intake.disk / "var/lib/onggi/intake"
    with tarfile.open(kept) as files:
        names = files.getnames()
    with bare() as other:
        (other.disk / "onggi.tar").write_bytes(kept.read_bytes())
        install(other, INTAKE, "--name", NAME)
        other.must("tar", "-x", "-f", "/onggi.tar", "-C", "/")
        again = other.disk / "var/lib/onggi/intake"
        same = [
            each
            for each in ("courier.key", "root.pub", "keycard.note", "database.url", "mandate.note.floor")
            if (again / each).read_bytes() == (home / each).read_bytes()
        ]
        key = (other.disk / "var/lib/tor/onggi/hs_ed25519_secret_key").read_bytes()

    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(same) == 5
    assert key == b"the onion's own"
    assert [each for each in names if "shelf" in each or "sqlite" in each] == []


def test_one_command_makes_a_reading_room_that_knows_its_readers_and_writes_down_none() -> None:
    """
    It shows the release to nobody who was not invited; no log tells who came or what was looked for. Its
    backup has the readers, and no word of the release.
    """
    with bare() as machine:
        stick = rooms.write(machine.disk / "media/stick", 1, rooms.told("t1", "노란 집 sentinel7461"))
        assert (stick / "release.note").exists()
        archive = [
            "--origin",
            ORIGIN,
            "--root",
            rooms.OFFICE.root.public.to_text(),
            "--release",
            "/media/stick",
        ]
        told = install(machine, ROOM, "--name", NAME, *archive)
        again = install(machine, ROOM, "--name", NAME)
        machine.start_unit(
            "onggi-research", ready="openssl s_client -connect 127.0.0.1:8463 2>&1 | grep -q CONNECTED"
        )
        machine.start(
            "nginx", "nginx", "-g", "daemon off;", ready=f"openssl s_client -connect {NAME}:443 </dev/null"
        )
        asked = f"from urllib.request import urlopen; print(urlopen('{SITE}?q=sentinel7461').read().decode())"
        page = machine.must(f"{PROGRAM}/bin/python", "-c", asked)
        logs = machine.must("/opt/onggi/current/bin/onggi", "research", "logs", "--url", SITE)
        machine.must(*machine.unit("onggi-backup")["ExecStart"].split())
        with tarfile.open(machine.disk / "var/lib/onggi-backup/onggi.tar") as files:
            kept = {each.name: files.extractfile(each) for each in files if each.isfile()}
            contents = {name: file.read() for name, file in kept.items() if file}
        written = [path.read_bytes() for path in _files(machine.disk / "var/log", machine.logs)]

    assert "release 1 is verified and shown" in told
    assert "nothing was changed: all is as it should be" in again
    assert 'type="password"' in page
    assert "노란 집" not in page
    assert logs == "good  logs: nothing of anybody who came\n"
    assert [each for each in written if b"sentinel7461" in each or b"127.0.0.1 -" in each] == []
    assert contents["var/lib/onggi/research/readers.sqlite"].startswith(b"SQLite format 3")
    assert len(contents["var/lib/onggi/research/readers.key"]) == 32
    assert [name for name, each in contents.items() if b"sentinel7461" in each] == []


def test_it_says_before_it_does_and_refuses_what_it_was_not_made_for() -> None:
    """
    A dry run names each file and command and leaves all as it is. Another system, a machine that is the other
    room, no name, no certificate: each is told, with what to do.
    """
    with bare() as machine:
        before = machine.state()
        told = [machine.must(SH, each, "--dry-run", "--name", NAME, "--image") for each in (INTAKE, ROOM)]
        system = machine.disk / "etc/os-release"
        debian = system.read_text("utf-8")
        system.unlink()
        system.write_text('ID=fedora\nVERSION_ID="44"\n', "utf-8")
        fedora = machine.run(SH, INTAKE, "--name", NAME, "--image")
        system.write_text(debian, "utf-8")
        nameless = machine.run(SH, INTAKE, "--image")
        unknown = machine.run(SH, INTAKE, "--name", NAME, "--frobnicate")
        after = machine.state()
        install(machine, INTAKE, "--name", NAME)
        second = machine.run(SH, ROOM, "--name", NAME, "--image", "--program", str(PROGRAM))
        elsewhere = machine.run(SH, INTAKE, "--name", "b.example", "--image", "--program", str(PROGRAM))

    for expected in (
        "useradd",
        "/etc/nginx/sites-available/onggi",
        "/etc/onggi/firewall.nft",
        "make_release",
    ):
        assert all(expected in each for each in told)
    assert {name for name in after if after[name] != before.get(name)} <= {"etc", "etc/os-release"}
    for ran, error in (
        (fedora, "this is fedora 44, and these settings were made for Debian 12 and 13"),
        (nameless, "nobody could reach it"),
        (unknown, "no such option: --frobnicate"),
        (second, "this machine is another room: onggi-intake"),
        (elsewhere, "there is no certificate for b.example"),
    ):
        assert ran.returncode == 1
        assert f"install: error: {error}" in ran.stderr
        assert "install: hint: " in ran.stderr
