"""`onggi archive init|keys|courier|person`: who the archive is, and who may act for it.

The root is opened only by `init`, `keys publish` and `keys rotate`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import keyring, locks, people, requests, roles
from archive.command_line import (
    custodian,
    custodian_option,
    home_option,
    opened,
    passphrase,
    root_option,
    tells_errors,
    today,
)
from archive.root import LOCK, ROTATION, SEALED, News, Root, RootError
from archive.vault import Vault
from crypto import durable
from crypto.keys import VerifyKey

FOUNDED: Final = "keep the root's folder apart; add two people, then run `onggi archive keys publish`"


sure_option = click.option("--yes", "sure", is_flag=True, help="Do not ask. For rehearsals.")


def _asked(prompt: str) -> str:
    return str(click.prompt(prompt, hide_input=True, err=True))


def _root(home: Path, root_home: Path | None) -> Root:
    folder = root_home or home / "root"
    if not folder.exists():
        raise RootError("there is no such folder; is the root's stick in this machine?")
    phrase = passphrase("ONGGI_ROOT_PASSPHRASE", "Passphrase of the root")
    return Root.open(folder, locks.unlock(folder, LOCK, phrase))


def _sign(home: Path, root: Root, into: Path | None, *, sure: bool) -> list[Path]:
    """Let *root* sign what the desk asks for; the files, in the archive's notes and *into* another folder."""
    try:
        request = (home / requests.FILE).read_bytes()
    except FileNotFoundError:
        raise RootError("there is no request for the root here; run `onggi archive keys make`") from None
    if news := root.news(request):
        _tell(news)
        if not sure and not click.confirm("Sign this?", err=True):
            raise RootError("nothing was signed")
    signed, written = root.sign(request, today()), []
    for folder in (home / keyring.NOTES, into):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            written = [folder / name for name in signed]
            for path in written:
                durable.write(path, signed[path.name])
    return written


def _tell(news: News) -> None:
    """What the root's keeper compares with what people tell her, before she signs."""
    for kind in ("intake", "capsule"):
        if keys := [key for each, key in news.keys if each == kind]:
            days = f"{min(key.first for key in keys)} to {max(key.last for key in keys)}"
            click.echo(f"{len(keys)} new {kind} keys, {days}; {requests.FILE} lists them", err=True)
    for person in news.archivists:
        click.echo(f"new archivist {person.key_id}, who may sign releases", err=True)
    for person in news.gone:
        click.echo(f"archivist {person.key_id} may sign no more", err=True)


@click.command()
@home_option
@root_option
@click.option("--origin", required=True, help="The archive's name on all it signs, such as archive.example.")
@tells_errors
def init(home: Path, root_home: Path | None, origin: str) -> None:
    """Make the vault, the root in a folder of its own, and keys for a year; print the root's fingerprint."""
    keyring.check_origin(origin)
    chosen = passphrase("ONGGI_PASSPHRASE", "A passphrase of several words for the archive", confirm=True)
    other = passphrase("ONGGI_ROOT_PASSPHRASE", "Another one for the root", confirm=True)
    if chosen == other:
        raise RootError("the root needs a passphrase of its own: whoever reads must not sign alone")
    locks.check_passphrase(other)
    folder = root_home or home / "root"
    if (folder / SEALED).exists():
        raise RootError("there is a root in this folder already; name another one with --root")
    with Vault.create(home, chosen) as vault:
        desk = keyring.found(vault, origin)
        root = Root.found(folder, locks.make(folder, LOCK, other), origin, desk)
        keyring.trust_root(vault, root.public)
        keyring.make(vault, today())
        roles.begin(vault)
    click.echo(f"{root.public.to_text()}\nfingerprint {root.public.fingerprint()}")
    click.echo(FOUNDED, err=True)


@click.group()
def keys() -> None:
    """The archive's identity, its dated keys, and what the root signs about them."""


@keys.command("show")
@home_option
@tells_errors
def show(home: Path) -> None:
    """Print the root public key and its fingerprint, to be compared by voice or on paper."""
    with opened(home) as vault:
        root = keyring.root(vault)
        click.echo(f"{root.to_text()}\nfingerprint {root.fingerprint()}\norigin {keyring.origin(vault)}")


@keys.command("make")
@home_option
@click.option(
    "--after", type=click.IntRange(min=0), default=0, help="A request number that was signed already."
)
@tells_errors
def make(home: Path, after: int) -> None:
    """Make the dated keys that are missing for the coming year, and the request to the root."""
    with opened(home) as vault:
        made = keyring.make(vault, today(), after)
    click.echo(f"made {made} keys; the root signs them with `onggi archive keys publish`")


@keys.command("publish")
@home_option
@root_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@sure_option
@tells_errors
def publish(home: Path, root_home: Path | None, folder: Path | None, sure: bool) -> None:
    """Sign keycard, capsule card and mandate with the root; also into FOLDER. The vault stays shut.

    New keys and people are listed first: compare them with what the archivists tell you.
    """
    for path in _sign(home, _root(home, root_home), folder, sure=sure):
        click.echo(f"wrote {path}")


@keys.command("rotate")
@home_option
@root_option
@custodian_option
@click.argument("what", type=click.Choice(["intake", "capsule", "desk", "root"]))
@sure_option
@tells_errors
def rotate(home: Path, root_home: Path | None, name: str, what: str, sure: bool) -> None:
    """Put new keys in the place of those in use, at once: when one may be in the wrong hands."""
    with opened(home) as vault:
        custodian(vault, name)
        if what in ("intake", "capsule"):
            keyring.rotate(vault, "capsule" if what == "capsule" else "intake", today(), name)
            click.echo("new keys are made; the root signs them with `onggi archive keys publish`")
            return
        root = _root(home, root_home)
        if what == "desk":
            root.appoint(keyring.rotate_desk(vault, name))
        else:
            _rotate_root(home, vault, root, name)
        keyring.ask(vault, today())
        for path in _sign(home, root, None, sure=sure):
            click.echo(f"wrote {path}")


def _rotate_root(home: Path, vault: Vault, root: Root, agent: str) -> None:
    """A new root that the vault knows; or the end of a rotation that was stopped before the vault knew."""
    with vault.together():
        known = keyring.root(vault)
        note = root.rotate(today()) if root.public == known else root.follows(known)
        if note is None:
            raise RootError("this is not the root that the vault knows, nor one that followed it")
        durable.write(home / keyring.NOTES / ROTATION, note)
        keyring.trust_root(vault, root.public, agent)
    click.echo(f"{root.public.to_text()}\nfingerprint {root.public.fingerprint()}")


@keys.command("retire")
@home_option
@custodian_option
@sure_option
@tells_errors
def retire(home: Path, name: str, sure: bool) -> None:
    """Destroy dated keys that nothing can need any more; lists them first. Nobody can undo it."""
    with opened(home) as vault:
        custodian(vault, name)
        over = keyring.retired(vault, today())
        for key, (kind, last) in over.items():
            click.echo(f"{kind} key {key}, last used {last}", err=True)
        if over and not sure:
            click.confirm(f"Today is {today()}. Destroy these {len(over)} keys?", abort=True, err=True)
        click.echo(f"destroyed {keyring.retire(vault, today(), name)} keys")


@click.group()
def courier() -> None:
    """Whose bundles are believed."""


@courier.command("trust")
@home_option
@click.argument("key")
@tells_errors
def trust(home: Path, key: str) -> None:
    """Believe bundles signed by KEY, which `onggi intake init` printed, and by no other."""
    with opened(home) as vault:
        keyring.trust_courier(vault, trusted := VerifyKey.from_text(key))
    click.echo(f"courier {trusted.key_id} is trusted")


@click.group()
def person() -> None:
    """Who may decide. Every decision needs two."""


@person.command("add")
@home_option
@click.argument("name")
@click.option("--by", "sponsors", multiple=True, help="Who admits her; two, once two people are here.")
@tells_errors
def add(home: Path, name: str, sponsors: tuple[str, ...]) -> None:
    """Make NAME's signing key, sealed under her own passphrase; two people admit her."""
    with opened(home) as vault:
        admitted_by = [people.unlock(vault, each, _asked(f"Passphrase of {each}")) for each in sponsors]
        chosen = passphrase("ONGGI_PERSON_PASSPHRASE", f"A passphrase for {name}", confirm=True)
        key = people.add(vault, name, chosen, admitted_by)
        keyring.ask(vault, today())
        without = not roles.given(vault)[name]
    click.echo(f"{name} signs with {key.key_id}; `onggi archive keys publish` lets her sign releases")
    if without:
        click.echo(f"she has no role yet; a custodian gives her one: `onggi archive roles give {name} ROLE`")


COMMANDS: Final = (init, keys, courier, person)
