"""`verify-release`: a stranger with the paper's fingerprint and a plain system sees what was changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from deploy.archive.build import sign
from deploy.release.build import VERIFIER

HERE = Path(__file__).parents[2]
KINDS = (
    "onggi-1.tar.gz",
    "onggi-1-py3-none-any.whl",
    "onggi-1.cdx.json",
    "client/app.js",
    "debian-12/install.sh",
    "debian-12/SHA256SUMS",
    "debian-12/wheels/pip-1-py3-none-any.whl",
    "RELEASE",
    VERIFIER,
)
"""A file of each kind that a release has."""

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("openssl", "python3", "sha256sum")),
    reason="verify-release needs openssl, python3 and coreutils",
)


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def release(tmp_path: Path, key: SigningKey) -> Path:
    """A release whose files are a few bytes each."""
    folder = tmp_path / "a release"
    for name in KINDS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 9)
    shutil.copyfile(HERE / "deploy" / "release" / VERIFIER, folder / VERIFIER)
    (folder / "RELEASE").write_text(f"version 1\ncommit {'a' * 40}\ntime 1000\n", "utf-8")
    sign(folder, key)
    return folder


def verify(folder: Path, typed: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(folder / VERIFIER)]
    return subprocess.run(command, input=f"{typed}\n", capture_output=True, text=True, timeout=120)


def _refused(folder: Path, key: SigningKey, why: str) -> bool:
    ran = verify(folder, key.public.fingerprint())
    return ran.returncode == 1 and why in ran.stderr and ran.stdout == ""


def _flip(file: Path) -> None:
    """Change one bit in the middle of *file*."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_release_as_it_was_signed_is_told_to_be_whole(release: Path, key: SigningKey) -> None:
    """
    What the other tests refuse is accepted here, and says which version and commit it is.
    """
    ran = verify(release, key.public.fingerprint())

    assert ran.returncode == 0, ran.stderr
    assert f"Onggi 1, commit {'a' * 40}: signed by the release key, {len(KINDS)} files" in ran.stdout


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != VERIFIER])
def test_one_changed_bit_in_any_file_is_refused(release: Path, key: SigningKey, kind: str) -> None:
    """
    The source, the wheel, a script, the list of parts, what is carried to the archive, what says what it is.
    """
    _flip(release / kind)

    assert _refused(release, key, "a file has not its hash")


def test_a_changed_verifier_is_refused_by_the_true_one(release: Path, key: SigningKey) -> None:
    """
    The paper has its hash, for a false one would say what it likes; the list of hashes has it too.
    """
    with (release / VERIFIER).open("a", encoding="utf-8") as script:
        script.write("# and more\n")

    assert _refused(release, key, "a file has not its hash")


@pytest.mark.parametrize("name", ["SHA256SUMS", "SHA256SUMS.note", "RELEASE-KEY"])
def test_one_changed_bit_in_what_vouches_for_the_rest_is_refused(
    release: Path, key: SigningKey, name: str
) -> None:
    """
    The list, its signature, the key: none of them is believed by itself.
    """
    _flip(release / name)
    ran = verify(release, key.public.fingerprint())

    assert (ran.returncode, ran.stdout) == (1, "")


def test_a_changed_file_in_a_list_of_its_own_is_not_signed(release: Path, key: SigningKey) -> None:
    """
    Both lists name the new hash; the signature is still over the old one.
    """
    line = (release / "SHA256SUMS.note").read_text("utf-8").rpartition("\n\n")[2]
    _flip(release / "onggi-1.tar.gz")
    sign(release, key)
    forged = (release / "SHA256SUMS").read_text("utf-8") + "\n" + line
    (release / "SHA256SUMS.note").write_text(forged, "utf-8")

    assert _refused(release, key, "is not signed by the release key")


def test_a_release_signed_by_somebody_else_is_not_the_one_on_the_paper(
    release: Path, key: SigningKey
) -> None:
    """
    Their key in the folder is not the fingerprint; the true key in the folder did not sign.
    """
    true = (release / "RELEASE-KEY").read_bytes()
    sign(release, SigningKey.generate())

    assert _refused(release, key, "the release key is not the one on the paper")
    (release / "RELEASE-KEY").write_bytes(true)
    assert _refused(release, key, "is not signed by the release key")


@pytest.mark.parametrize("typed", ["", "0" * 40, "1" * 39])
def test_nothing_is_believed_without_the_paper(release: Path, typed: str) -> None:
    """
    An empty line, or a guess, is no fingerprint.
    """
    ran = verify(release, typed)

    assert ran.returncode == 1
    assert "the release key is not the one on the paper" in ran.stderr


@pytest.mark.parametrize("name", ["more.whl", "client/.hidden", "debian-12/wheels/onggi-2-py3-none-any.whl"])
def test_a_file_that_was_added_is_refused_and_named(release: Path, key: SigningKey, name: str) -> None:
    """
    pip looks into folders, and people run what lies there.
    """
    (release / name).write_bytes(b"x")

    assert _refused(release, key, f"{name} is in the folder and not in the signed list")


def test_a_lost_file_and_a_link_are_refused(release: Path, key: SigningKey, tmp_path: Path) -> None:
    """
    Also a link to the very same bytes: what it leads to can be another thing tomorrow.
    """
    source = release / "onggi-1.tar.gz"
    source.rename(tmp_path / "elsewhere")
    assert _refused(release, key, "a file has not its hash")
    source.symlink_to(tmp_path / "elsewhere")
    assert _refused(release, key, "there is a link in the folder")
