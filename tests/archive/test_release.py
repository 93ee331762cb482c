"""The reading room believes a release only after its signature and its hash."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.release import MalformedRelease, ReleaseError, UntrustedRelease, verify
from crypto.keys import SigningKey
from tests.people import TODAY, Office

Signers = tuple[SigningKey, ...]

OFFICE = Office()
ROOT = OFFICE.root
ROW = {"id": "r1", "lang": "kor", "quarter": "2026-Q4", "kind": "life_history", "title": "증언",
       "segments": [{"id": "s0001", "text": "[이름]이는 강을 건넜다."}]}  # fmt: skip


def write(folder: Path, body: bytes, count: int = 1, office: Office = OFFICE, people: Signers = ()) -> None:
    text = f"archive.example/release\nv1\n3\n{'0' * 64}\n{hashlib.sha256(body).hexdigest()}\n{count}\n"
    (folder / "release.jsonl").write_bytes(body)
    (folder / "release.note").write_bytes(office.release_note(text, *people))
    (folder / "mandate.note").write_bytes(OFFICE.mandate())


def line(**changes: object) -> bytes:
    return (json.dumps(ROW | changes, ensure_ascii=False) + "\n").encode()


def test_a_signed_release_is_read(tmp_path: Path) -> None:
    """
    What two people and the desk signed arrives as it was.
    """
    write(tmp_path, line())
    release = verify(tmp_path, ROOT.public, "archive.example")

    assert (release.number, release.testimonies[0].segments[0].text) == (3, "[이름]이는 강을 건넜다.")


def test_another_signer_and_a_changed_body_are_refused(tmp_path: Path) -> None:
    """
    Neither a stranger's release nor one changed on the stick is parsed.
    """
    write(tmp_path, line(), office=Office())
    with pytest.raises(UntrustedRelease):
        verify(tmp_path, ROOT.public, "archive.example")
    write(tmp_path, line())
    (tmp_path / "release.jsonl").write_bytes(line(title="another"))
    with pytest.raises(UntrustedRelease):
        verify(tmp_path, ROOT.public, "archive.example")


@pytest.mark.parametrize(
    "people",
    [
        (OFFICE.one,),
        (OFFICE.one, OFFICE.one),
        (OFFICE.one, SigningKey.generate()),
        (OFFICE.desk, OFFICE.root),
    ],
)
def test_a_release_that_two_archivists_did_not_sign_is_refused(people: Signers, tmp_path: Path) -> None:
    """
    R13: the desk's key alone, one person twice, or a person whom the root did not name lets nothing out.
    """
    write(tmp_path, line(), people=people)
    with pytest.raises(UntrustedRelease):
        verify(tmp_path, ROOT.public, "archive.example")


def test_a_mandate_has_its_day(tmp_path: Path) -> None:
    """
    A release comes in under a mandate that holds today; what came in before stays readable for years.
    """
    write(tmp_path, line())
    for day in (TODAY - timedelta(days=2), TODAY + timedelta(days=367)):
        with pytest.raises(UntrustedRelease):
            verify(tmp_path, ROOT.public, "archive.example", day)

    assert verify(tmp_path, ROOT.public, "archive.example", TODAY) == verify(
        tmp_path, ROOT.public, "archive.example"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"[]\n",
        b"{}\n",
        line(extra=1),
        line(quarter="2026-11-24"),
        line(segments=["x"]),
        line() * 2,
        line()[:-1],
        line() + b"{}",
        line(segments=""),
        line(segments={}),
        b"\xff\n",
        b"",
    ],
)
def test_a_release_out_of_form_is_refused_whole(tmp_path: Path, body: bytes) -> None:
    """
    A well-signed mistake publishes nothing, not even the lines before it.
    """
    write(tmp_path, body)
    with pytest.raises(MalformedRelease):
        verify(tmp_path, ROOT.public, "archive.example")


@given(note=st.binary(max_size=300), body=st.binary(max_size=300))
def test_strangers_releases_only_ever_raise_our_errors(
    tmp_path_factory: pytest.TempPathFactory, note: bytes, body: bytes
) -> None:
    """
    Noise on the stick never reaches the reader as another library's exception.
    """
    folder = tmp_path_factory.mktemp("stick")
    (folder / "release.note").write_bytes(note)
    (folder / "release.jsonl").write_bytes(body)
    with pytest.raises(ReleaseError):
        verify(folder, ROOT.public, "archive.example")
    write(folder, body)
    with pytest.raises(ReleaseError):
        verify(folder, ROOT.public, "archive.example")


def test_severities_and_codes_are_read_and_nothing_else_is(tmp_path: Path) -> None:
    """
    A part says how hard it is to read, a testimony what was coded; another key, type or sign is refused.
    """
    part = {"id": "s0001", "text": "강"}
    write(tmp_path, line(segments=[part | {"severity": 3}], coding={"way": ["kp-10>cn-jl"], "year": []}))
    [found] = verify(tmp_path, ROOT.public, "archive.example").testimonies

    assert (found.segments[0].severity, found.coding) == (3, {"way": ("kp-10>cn-jl",)})
    refused: tuple[dict[str, object], ...] = (
        {"segments": [part | {"severity": 4}]},
        {"segments": [part | {"severity": True}]},
        {"segments": [part | {"note": "x"}]},
        {"segments": [{"id": "s0001", "severity": 1}]},
        {"coding": {"name": ["x"]}},
        {"coding": {"place": "kp-10"}},
        {"coding": {"place": ["<b>"]}},
        {"coding": ["place"]},
        {"more": 1},
    )
    for wrong in refused:
        write(tmp_path, line(**wrong))
        with pytest.raises(MalformedRelease):
            verify(tmp_path, ROOT.public, "archive.example")
