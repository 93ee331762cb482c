"""The reading room believes a release only after its signature and its hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.release import MalformedRelease, ReleaseError, UntrustedRelease, verify
from crypto.keys import SigningKey
from crypto.notes import sign_note

ROOT = SigningKey.generate()
ROW = {"id": "r1", "lang": "kor", "quarter": "2026-Q4", "kind": "life_history", "title": "증언",
       "segments": [{"id": "s0001", "text": "[이름]이는 강을 건넜다."}]}  # fmt: skip


def write(folder: Path, body: bytes, count: int = 1, key: SigningKey = ROOT) -> None:
    text = f"archive.example/release\nv1\n3\n{'0' * 64}\n{hashlib.sha256(body).hexdigest()}\n{count}\n"
    (folder / "release.jsonl").write_bytes(body)
    (folder / "release.note").write_bytes(sign_note(text, "archive.example/release", key))


def line(**changes: object) -> bytes:
    return (json.dumps(ROW | changes, ensure_ascii=False) + "\n").encode()


def test_a_signed_release_is_read(tmp_path: Path) -> None:
    """
    What two people approved and the root signed arrives as it was.
    """
    write(tmp_path, line())
    release = verify(tmp_path, ROOT.public, "archive.example")

    assert (release.number, release.testimonies[0].segments[0].text) == (3, "[이름]이는 강을 건넜다.")


def test_another_signer_and_a_changed_body_are_refused(tmp_path: Path) -> None:
    """
    Neither a stranger's release nor one changed on the stick is parsed.
    """
    write(tmp_path, line(), key=SigningKey.generate())
    with pytest.raises(UntrustedRelease):
        verify(tmp_path, ROOT.public, "archive.example")
    write(tmp_path, line())
    (tmp_path / "release.jsonl").write_bytes(line(title="another"))
    with pytest.raises(UntrustedRelease):
        verify(tmp_path, ROOT.public, "archive.example")


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
