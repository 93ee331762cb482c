"""The reading room believes a release only after its signature and its hash."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import release as releases
from archive.release import (
    MalformedRelease,
    ReleaseError,
    UntrustedRelease,
    follow,
    remaining_of,
    verify,
    verify_notice,
)
from crypto import mandate as mandates
from crypto import withdrawal
from crypto.keys import SigningKey
from crypto.notes import sign_note
from crypto.withdrawal import Gone, Withdrawal
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


def test_a_translation_has_parts_of_its_testimony_and_nothing_else(tmp_path: Path) -> None:
    """
    In their order, in another language, as severe as what they were made of; anything else is refused.
    """
    parts = [{"id": "s0001", "text": "강", "severity": 3}, {"id": "s0002", "text": "길"}]
    river, road = {"id": "s0001", "text": "river"}, {"id": "s0002", "text": "road"}
    write(tmp_path, line(lang="kor", segments=parts, translations={"eng": [river, road], "zho": [road]}))
    [found] = verify(tmp_path, ROOT.public, "archive.example").testimonies

    assert {lang: [s.id for s in each] for lang, each in found.translations.items()} == {
        "eng": ["s0001", "s0002"],
        "zho": ["s0002"],
    }
    assert [each.severity for each in found.translations["eng"]] == [3, 0]
    refused: tuple[object, ...] = (
        {},
        [],
        {"eng": []},
        {"eng": {}},
        {"eng": ["river"]},
        {"eng": [road, river]},
        {"eng": [river, river]},
        {"eng": [river | {"id": "s0003"}]},
        {"eng": [river | {"severity": 1}]},
        {"kor": [river]},
        {"../": [river]},
    )
    for wrong in refused:
        write(tmp_path, line(lang="kor", segments=parts, translations=wrong))
        with pytest.raises(MalformedRelease):
            verify(tmp_path, ROOT.public, "archive.example")


@pytest.mark.parametrize(
    "change", [("v1", "v2"), ("\n3\n", "\n03\n"), ("/release", "/note"), ("\n1\n", "\n1\n\n")]
)
def test_a_note_of_another_form_is_refused(change: tuple[str, str], tmp_path: Path) -> None:
    """
    Signed by all three, and still not a release.
    """
    body = line()
    digest = hashlib.sha256(body).hexdigest()
    text = f"archive.example/release\nv1\n3\n{'0' * 64}\n{digest}\n1\n".replace(*change)
    write(tmp_path, body)
    (tmp_path / "release.note").write_bytes(OFFICE.release_note(text))
    with pytest.raises(MalformedRelease, match="note does not follow"):
        verify(tmp_path, ROOT.public, "archive.example")


def test_what_remains_of_a_release_is_verified_by_the_notice_that_took_the_rest_out(tmp_path: Path) -> None:
    """
    Of two lines one is gone: the other is believed as the notice counts it, and not with a byte changed.
    """
    first, second = line(), line(id="r2")
    write(tmp_path, first + second, count=2)
    (tmp_path / "left.jsonl").write_bytes(second)
    left = remaining_of(second)

    found = verify(tmp_path, ROOT.public, "archive.example", body_name="left.jsonl", left=left)
    assert [each.id for each in found.testimonies] == ["r2"]
    assert left.count == 1
    (tmp_path / "left.jsonl").write_bytes(second.replace("강".encode(), "산".encode()))
    with pytest.raises(UntrustedRelease):
        verify(tmp_path, ROOT.public, "archive.example", body_name="left.jsonl", left=left)


def test_a_notice_of_withdrawal_is_the_desks_and_follows_its_form(tmp_path: Path) -> None:
    """
    By the desk that the root named, under a mandate that holds; anything else changes nothing.
    """
    notice = Withdrawal(2, TODAY, {"abcdefghij": Gone("named", TODAY, 9)}, {})
    (tmp_path / "mandate.note").write_bytes(OFFICE.mandate(serial=5))
    (tmp_path / "withdrawal.note").write_bytes(withdrawal.issue(notice, "archive.example", OFFICE.desk))
    assert verify_notice(tmp_path, ROOT.public, "archive.example", TODAY) == (notice, 5)

    for content, error in (
        (withdrawal.issue(notice, "archive.example", OFFICE.one), UntrustedRelease),
        (
            sign_note("archive.example/withdrawal\nv2\n", "archive.example/desk", OFFICE.desk),
            MalformedRelease,
        ),
        (b"noise", UntrustedRelease),
    ):
        (tmp_path / "withdrawal.note").write_bytes(content)
        with pytest.raises(error):
            verify_notice(tmp_path, ROOT.public, "archive.example", TODAY)


def test_a_mandate_that_the_root_did_not_give_lets_nothing_in(tmp_path: Path) -> None:
    """
    By another root, or no mandate at all.
    """
    write(tmp_path, line())
    for mandate in (OFFICE.mandate(root=SigningKey.generate()), b"noise"):
        (tmp_path / "mandate.note").write_bytes(mandate)
        with pytest.raises(UntrustedRelease, match="root gave no such mandate"):
            verify(tmp_path, ROOT.public, "archive.example", TODAY)


def test_a_root_is_followed_by_its_own_word_and_the_others(tmp_path: Path) -> None:
    """
    Without a rotation, with noise, and with one from another root, the root stays the one that is known.
    """
    new, other = SigningKey.generate(), SigningKey.generate()
    assert follow(tmp_path, ROOT.public, "archive.example") == ROOT.public
    for note, root in (
        (mandates.issue_rotation("archive.example", TODAY, ROOT, new), new),
        (mandates.issue_rotation("archive.example", TODAY, other, new), ROOT),
        (b"noise", ROOT),
    ):
        (tmp_path / "root-rotation.note").write_bytes(note)
        assert follow(tmp_path, ROOT.public, "archive.example") == root.public


def test_a_file_that_is_larger_than_any_release_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Exactly the limit is read, one byte more is not.
    """
    write(tmp_path, line())
    size = (tmp_path / "release.jsonl").stat().st_size
    monkeypatch.setattr(releases, "LARGEST_BODY", size)
    assert verify(tmp_path, ROOT.public, "archive.example")
    monkeypatch.setattr(releases, "LARGEST_BODY", size - 1)
    with pytest.raises(MalformedRelease, match="larger than a release may be"):
        verify(tmp_path, ROOT.public, "archive.example")
