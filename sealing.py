"""`onggi seal` and `onggi check`: for a helper's laptop, which needs no room of the house installed.

Manual: docs/manuals/rescuer.md. The receipt words are printed once, on the terminal, and kept nowhere.
"""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, ParamSpec, get_args

import click

from crypto import keycard, pages
from crypto import mandate as mandates
from crypto.capsule import container, page
from crypto.capsule.telling import CHOICES, File, Telling, cleaned, consent_lines, media_type
from crypto.capsule.telling import seal as seal_telling
from crypto.errors import CryptoError, ForeignPage, KeyFormatError
from crypto.keys import VerifyKey
from server.visitor import Visitor

Lang = Literal["kor", "zho", "eng"]
READS: Final[dict[Lang, page.Language]] = {"kor": "ko", "zho": "zh-Hans", "eng": "en"}
"""The language of the receipt words and of the choices, unless another is named."""
PRINTED: Final = 5
"""Digits in a group, as they are read out."""
P = ParamSpec("P")

readable = click.Path(path_type=Path, exists=True, dir_okay=False)
notes_option = click.option(
    "--notes",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that `onggi archive capsule` wrote.",
)
fingerprint_option = click.option(
    "--fingerprint", required=True, help="The archive's 40 digits, as you heard or read them elsewhere."
)


def _tells_errors(command: Callable[P, None]) -> Callable[P, None]:
    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (CryptoError, OSError, UnicodeDecodeError) as error:
            # A decoding error quotes what it read, and that may be her words.
            told = "this text is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
            click.echo(f"onggi: error: {told}", err=True)
            raise SystemExit(1) from None
        except KeyboardInterrupt as stop:
            click.echo(f"onggi: stopped; {str(stop) or 'nothing was written'}", err=True)
            raise SystemExit(1) from None

    return run


@click.command()
@notes_option
@fingerprint_option
@click.option("--site", metavar="URL", help="Check the pages of an intake's site instead of a file.")
@click.option("--proxy", metavar="HOST:PORT", help="Ask the site through an HTTP tunnel, such as Tor's.")
@click.argument("file", type=readable, required=False)
@_tells_errors
def check(
    file: Path | None, notes: Path | None, fingerprint: str, site: str | None, proxy: str | None
) -> None:
    """Check that FILE is the page that the archive signed. Its notes lie beside it, or where --notes says.

    With --site: check that every page and script of a site is as the archive signed it.
    """
    if site is not None and file is None:
        _check_site(Visitor(site, proxy), notes, fingerprint)
        return
    if file is None or site is not None:
        raise click.UsageError("name a file, or a site with --site")
    folder = notes or file.parent
    with file.open("rb") as source:
        untrusted = source.read(page.LARGEST)
    note = (folder / f"{file.name}.note").read_bytes()
    signed = page.check(
        untrusted, note, (folder / "mandate.note").read_bytes(), _root(folder, fingerprint), _today()
    )
    click.echo(
        f"this is the page that {signed.origin} signed on {signed.issued}, good until {signed.expires}"
    )
    click.echo(f"sha256 {signed.sha256}")


def _check_site(visitor: Visitor, notes: Path | None, fingerprint: str) -> None:
    """Notes of one's own say whose site it is; without them the site's do, when the fingerprint is right."""
    got = visitor.fetch(("/?lang=en", "/mandate", f"/{pages.MANIFEST}"))
    note = got[f"/{pages.MANIFEST}"]
    if note is None:
        raise ForeignPage("this site has no list of its pages that the archive signed")
    root = _root(notes, fingerprint) if notes else _shown_root(got["/?lang=en"] or b"", fingerprint)
    mandate = (notes / "mandate.note").read_bytes() if notes else got["/mandate"] or b""
    origin, today = page.origin_in(mandate), _today()
    desk = mandates.verify(mandate, origin=origin, root=root, today=today).desk
    signed = pages.verify(note, origin=origin, desk=desk, today=today)
    wrong = pages.differing(signed, visitor.fetch(signed.files))
    for path in wrong:
        click.echo(f"not as the archive signed it: {path}")
    if wrong:
        raise ForeignPage(f"{len(wrong)} of {len(signed.files)} files differ; use this site for nothing")
    click.echo(
        f"all {len(signed.files)} files are as {origin} signed them on {signed.issued}, list {signed.serial}"
    )


def _shown_root(untrusted: bytes, fingerprint: str) -> VerifyKey:
    """The root that a page names, when it is the one whose digits are known from elsewhere."""
    found = re.search(rb'data-root="([0-9a-f]{64})"', untrusted)
    if found is None:
        raise ForeignPage("the first page of this site names no archive")
    return _known(VerifyKey(bytes.fromhex(found[1].decode())), fingerprint)


@click.command()
@notes_option
@fingerprint_option
@click.option(
    "--into", type=click.Path(path_type=Path, dir_okay=False), default=container.NAME, show_default=True
)
@click.option(
    "--text", type=click.File("r", "utf-8"), help="Her words, in a file; - reads what is typed or piped in."
)
@click.option(
    "--lang", type=click.Choice(get_args(Lang)), default="kor", show_default=True, help="Of her words."
)
@click.option("--words", type=click.Choice(page.LANGUAGES), help="Of the receipt words and the choices.")
@click.option(
    "--allow",
    "chosen",
    type=click.Choice(list(CHOICES)),
    multiple=True,
    help="What she allowed; keep at least.",
)
@click.argument("paths", type=readable, nargs=-1)
@_tells_errors
def seal(
    notes: Path | None,
    fingerprint: str,
    into: Path,
    text: Any,
    lang: Lang,
    words: Any,
    chosen: Any,
    paths: tuple[Path, ...],
) -> None:
    """Seal her words and the files at PATHS into one that any hand may carry and only the archive opens."""
    if "keep" not in chosen:
        raise click.UsageError(
            "without `--allow keep` nothing can be sealed: ask her first, and read her the choices"
        )
    if text is None and not paths:
        raise click.UsageError("name a file, or give her words with --text")
    read = words or READS[lang]
    folder = notes or Path()
    root = _root(folder, fingerprint)
    card = (folder / "capsule.note").read_bytes()
    known = keycard.verify(card, origin=page.origin_in(card), root=root, today=_today(), kind="capsule")
    said = text.read() if text else ""
    if not cleaned(said) and not paths:
        raise click.UsageError("there are no words in this text, and no file is named")
    _warn(read, chosen, paths)
    with _names_what_stands(into):
        with ExitStack() as opened, _whole(into) as file:
            files = [_file(opened.enter_context(path.open("rb")), path) for path in paths]
            telling = Telling(said, lang, files, [c for c in CHOICES if c in chosen], read)
            receipt = seal_telling(telling, known.current(_today()), root, file)
        click.echo(f"sealed into {into}; whoever carries it sees its size, and nothing else", err=True)
        click.echo("\n".join(f"{number:2} {word}" for number, word in enumerate(receipt.words(read), 1)))
        click.echo(_grouped(receipt.digits()))
        click.echo("these words are hers: let her copy them on paper, then clear this screen", err=True)


def _warn(read: page.Language, chosen: tuple[str, ...], paths: tuple[Path, ...]) -> None:
    click.echo("she allowed:", err=True)
    for choice, line in consent_lines(read).items():
        click.echo(f"  {'yes' if choice in chosen else 'no '}  {line}", err=True)
    if paths:
        click.echo("files go in as they are: a photograph keeps its place and time, a document its", err=True)
        click.echo("author; clean them first where that matters. Their names do not go in.", err=True)


def _file(source: BinaryIO, path: Path) -> File:
    media, _ = mimetypes.guess_type(path.name)
    return File(source, os.fstat(source.fileno()).st_size, media_type(media))


@contextmanager
def _names_what_stands(path: Path) -> Iterator[None]:
    """Ctrl-C after the file is there, and before its words are: the message must not deny the file."""
    new = not path.exists()
    try:
        yield
    except KeyboardInterrupt:
        if new and path.exists():
            raise KeyboardInterrupt(
                f"{path} was written: without all its receipt words, delete it and seal again"
            ) from None
        raise


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A new file under *path*, there when the block has ended well, and not at all otherwise."""
    temporary = path.with_name(f"{path.name}.part")
    if path.exists():
        raise FileExistsError(f"{path} is here already; name another file with --into")
    with temporary.open("xb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _root(folder: Path, fingerprint: str) -> VerifyKey:
    root, chain = VerifyKey.from_text((folder / "root.pub").read_text("utf-8")), folder / "root-rotation.note"
    return _known(
        root, fingerprint, mandates.roots_before(chain.read_bytes(), root) if chain.exists() else ()
    )


def _known(root: VerifyKey, fingerprint: str, before: Iterable[VerifyKey] = ()) -> VerifyKey:
    """*root*, when it or one *before* it is the one whose digits are known from elsewhere."""
    digits = re.sub(r"\s", "", fingerprint)
    if not re.fullmatch(r"[0-9]{40}", digits):
        raise KeyFormatError("a fingerprint has 40 digits")
    if digits not in {key.fingerprint().replace(" ", "") for key in (root, *before)}:
        raise ForeignPage(f"this is another archive, whose digits are {root.fingerprint()}")
    return root


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + PRINTED] for at in range(0, len(digits), PRINTED))


def _today() -> date:
    return datetime.now(UTC).date()
