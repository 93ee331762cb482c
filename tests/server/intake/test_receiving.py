"""The archive's stick at the intake: what it changes, what it cannot change, and that it may be stopped."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from crypto import board as boards
from crypto import bundle, frames, keycard, outgoing
from crypto import mandate as mandates
from crypto.keys import SigningKey
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from tests.people import ORIGIN, TODAY, Office
from tests.server.intake.shelves import Places, left
from tests.server.intake.test_courier import INIT, KEY, OFFICE, ROOT, courier_of, deposit, run

MONTH = timedelta(days=30)


@pytest.fixture
def home(places: Places, tmp_path: Path) -> Path:
    made = run(tmp_path / "home", *INIT, str(OFFICE.notes(tmp_path / "notes", KEY.public)))
    assert made.exit_code == 0, made.output
    return tmp_path / "home"


def packed(home: Path, stick: Path) -> bundle.Bundle:
    run(home, "pack", str(stick))
    return bundle.read(stick, courier_of(home))


def notes(folder: Path, serial: int = 2, office: Office = OFFICE) -> dict[str, bytes]:
    office.notes(folder, KEY.public, serial=serial)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def send(
    folder: Path,
    files: dict[str, bytes],
    number: int = 1,
    previous: str = bundle.FIRST,
    desk: SigningKey = OFFICE.desk,
) -> str:
    note = outgoing.sign(ORIGIN, number, previous, files, desk)
    outgoing.lay(folder, ORIGIN, files)
    outgoing.finish(folder, note)
    return hashlib.sha256(note).hexdigest()


def held(found: bundle.Bundle, *ids: str, desk: SigningKey = OFFICE.desk) -> dict[str, bytes]:
    note = bundle.acknowledge(found.number, found.hash, ids, origin=ORIGIN, desk=desk)
    return {outgoing.acknowledgement_name(found.number): note}


def board(serial: int = 1, desk: SigningKey = OFFICE.desk) -> bytes:
    until = TODAY + MONTH
    return boards.issue([], origin=ORIGIN, serial=serial, issued=TODAY, expires=until, size=256, desk=desk)


def state(home: Path) -> dict[str, bytes]:
    """All that lies in the intake's home, but for the database, whose pages may lie in another order."""
    files = (path for path in home.rglob("*") if path.is_file() and path.suffix != ".sqlite")
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


def refused(result: Result, why: str) -> bool:
    return result.exit_code == 1 and why in result.output


def test_one_stick_brings_notes_and_board_and_deletes_what_arrived(home: Path, tmp_path: Path) -> None:
    """
    Acknowledgements of several bundles come at once; what none of them names stays.
    """
    one = deposit(home, "one")
    first = packed(home, tmp_path / "first")
    two, three = deposit(home, "two"), deposit(home, "three")
    second = packed(home, tmp_path / "second")
    files = notes(tmp_path / "newer") | held(first, one) | held(second, two) | {"board": board()}
    send(tmp_path / "stick", files)
    told = run(home, "receive", str(tmp_path / "stick"))

    assert told.exit_code == 0
    assert told.output == f"received 1: {', '.join(sorted(files))}; deleted 2 deposits\n"
    assert left(home) == [three]
    assert {name: (home / name).read_bytes() for name in ("keycard.note", "mandate.note", "board")} == {
        name: files[name] for name in ("keycard.note", "mandate.note", "board")
    }


def test_an_old_stick_changes_nothing_and_says_so(home: Path, tmp_path: Path) -> None:
    """
    The same one again and one from before: neither brings an old board or card back. Only the wrong stick is
    a failure, so that whoever runs this from a script hears of it.
    """
    old, new, new_board = tmp_path / "old", tmp_path / "new", board(2)
    before = send(old, notes(tmp_path / "a") | {"board": board(1)})
    send(new, notes(tmp_path / "b", 3) | {"board": new_board}, 2, before)
    assert run(home, "receive", str(old)).exit_code == 0
    assert run(home, "receive", str(new)).output.count("\n") == 1
    after = state(home)
    for stick in (old, new):
        told = run(home, "receive", str(stick))
        assert told.exit_code == (1 if stick == old else 0)
        assert ("is this the right stick?" in told.output) == (stick == old)
        assert "is not newer than the last that was received; nothing has changed" in told.output

    assert state(home) == after
    assert after["board"] == new_board


def test_a_gap_is_told_and_not_refused(home: Path, tmp_path: Path) -> None:
    """
    A lost stick is noticed; what was on it is on the next one too. The first that ever comes follows none.
    """
    sticks = [tmp_path / str(number) for number in range(3)]
    send(sticks[0], notes(tmp_path / "a"), 5, "a" * 64)
    send(sticks[1], notes(tmp_path / "a"), 7, "b" * 64)
    send(sticks[2], notes(tmp_path / "a"), 8, "c" * 64)
    told = [run(home, "receive", str(stick)) for stick in sticks]

    assert [each.exit_code for each in told] == [0, 0, 0]
    assert ["did not come" in each.output for each in told] == [False, True, True]


@pytest.mark.parametrize("damaged", ["keycard.note", "mandate.note", "board", "acknowledgement-000001.note"])
def test_a_damaged_stick_delivers_the_rest_and_a_better_copy_all(
    home: Path, tmp_path: Path, damaged: str
) -> None:
    """
    The bad file is named, exit code 1; the stick copied again is not taken for an old one.
    """
    name = deposit(home, "one")
    files = notes(tmp_path / "a") | held(packed(home, tmp_path / "in"), name) | {"board": board()}
    good, bad = tmp_path / "good", tmp_path / "bad"
    send(good, files)
    shutil.copytree(good, bad)
    (bad / damaged).write_bytes(b"rotten")
    told = run(home, "receive", str(bad))

    assert refused(told, f"damaged on the stick: {damaged}")
    for each in files.keys() - {damaged} - {"acknowledgement-000001.note"}:
        assert (home / each).read_bytes() == files[each]
    assert left(home) == ([name] if "ack" in damaged else [])
    assert run(home, "receive", str(good)).exit_code == 0
    assert left(home) == []
    assert all((home / each).read_bytes() == files[each] for each in files if "ack" not in each)


def test_a_stick_by_anybody_else_changes_nothing(home: Path, tmp_path: Path) -> None:
    """
    A stranger's desk, an edited manifest, a mandate by another root, another archive's name, no stick at all.
    """
    name = deposit(home, "one")
    found = packed(home, tmp_path / "in")
    stranger = Office()
    theirs = notes(tmp_path / "theirs", 9, stranger)
    before = state(home)
    for how in ("desk", "root", "edited", "empty"):
        stick = tmp_path / how
        files = theirs if how == "root" else notes(tmp_path / "a")
        desk = OFFICE.desk if how == "edited" else stranger.desk
        send(stick, files | held(found, name, desk=desk), desk=desk)
        if how == "edited":
            manifest = (stick / "MANIFEST").read_bytes()
            (stick / "MANIFEST").write_bytes(manifest.replace(b"number 1\n", b"number 9\n"))
        if how == "empty":
            (stick / "MANIFEST").unlink()
        told = run(home, "receive", str(stick))
        assert refused(told, "no MANIFEST" if how == "empty" else "not signed by the desk")

    assert state(home) == before


def test_a_new_desk_is_believed_by_the_mandate_on_the_same_stick(home: Path, tmp_path: Path) -> None:
    """
    The root names it; from then on the old desk's sticks are refused, with its own mandate beside it too.
    """
    new = dataclasses.replace(OFFICE, desk=SigningKey.generate())
    name = deposit(home, "one")
    found = packed(home, tmp_path / "in")
    send(tmp_path / "new", notes(tmp_path / "a", 2, new) | held(found, name, desk=new.desk), desk=new.desk)
    send(tmp_path / "old", notes(tmp_path / "b", 1), 2)

    assert run(home, "receive", str(tmp_path / "new")).exit_code == 0
    assert left(home) == []
    assert refused(run(home, "receive", str(tmp_path / "old")), "not signed by the desk")


def test_a_new_root_is_followed_with_a_card_and_a_mandate_of_its_own(home: Path, tmp_path: Path) -> None:
    """
    With one of them damaged the old root stays, so that the page never shows one root and a card by another;
    what the desk acknowledged is deleted all the same.
    """
    new = SigningKey.generate()
    name = deposit(home, "one")
    files = notes(tmp_path / "a", 2, dataclasses.replace(OFFICE, root=new))
    files["root-rotation.note"] = mandates.issue_rotation(ORIGIN, TODAY, ROOT, new)
    good, bad = tmp_path / "good", tmp_path / "bad"
    send(good, files | held(packed(home, tmp_path / "in"), name))
    shutil.copytree(good, bad)
    (bad / "keycard.note").write_bytes(b"rotten")
    half = run(home, "receive", str(bad))

    assert refused(half, "not taken: mandate.note: by a new root")
    assert (IntakeConfig.read(home).root, left(home)) == (ROOT.public, [])
    whole = run(home, "receive", str(good))
    assert (whole.exit_code, "the archive has a new root" in whole.output) == (0, True)
    config = IntakeConfig.read(home)
    assert config.root == new.public
    assert config.desk(TODAY) == OFFICE.desk.public


def page_of(home: Path) -> str:
    """Her page, as this home's site shows it."""
    app = create_app(IntakeConfig.read(home))
    try:
        return app.test_client().get("/?lang=en").get_data(as_text=True)
    finally:
        app.extensions["deposits"].engine.dispose()


def test_her_page_knows_the_roots_before_this_one(home: Path, tmp_path: Path) -> None:
    """
    The root changes twice: the page then carries both notes, as they came, so that older words are good.
    What stands before them is not shown, and a chain that leads elsewhere or begins later does not take their
    place; a root that was told by voice ends them.
    """
    two, three = SigningKey.generate(), SigningKey.generate()
    links = [mandates.issue_rotation(ORIGIN, TODAY, *pair) for pair in ((ROOT, two), (two, three))]
    noise = f"{ORIGIN}/root-rotation\n".encode() + b"\xff\n"
    assert 'data-rotations=""' in page_of(home)
    previous = bundle.FIRST
    for serial, (root, chain) in enumerate([(two, links[0]), (three, links[0] + links[1])], 2):
        files = notes(tmp_path / f"notes-{serial}", serial, dataclasses.replace(OFFICE, root=root))
        files["root-rotation.note"] = noise + chain
        previous = send(tmp_path / f"stick-{serial}", files, serial, previous)
        taken = run(home, "receive", str(tmp_path / f"stick-{serial}"))
        assert (taken.exit_code, "the archive has a new root" in taken.output) == (0, True)
        assert f'data-rotations="{chain.decode()}"' in page_of(home).replace("&#43;", "+")

    elsewhere = mandates.issue_rotation(ORIGIN, TODAY, ROOT, SigningKey.generate())
    for serial, worse in enumerate([links[1], elsewhere + links[1]], 4):
        changed = files | {"root-rotation.note": worse}
        previous = send(tmp_path / f"stick-{serial}", changed, serial, previous)
        run(home, "receive", str(tmp_path / f"stick-{serial}"))
        assert f'data-rotations="{chain.decode()}"' in page_of(home).replace("&#43;", "+")
    told = Office()
    afresh = ["init", "--origin", ORIGIN, "--root", told.root.public.to_text(), "--new-root", "--notes"]
    assert run(home, *afresh, str(told.notes(tmp_path / "told", KEY.public))).exit_code == 0
    assert 'data-rotations=""' in page_of(home)


def test_a_card_that_is_out_of_date_does_not_keep_acknowledgements_back(home: Path, tmp_path: Path) -> None:
    """
    The root is far away for weeks; the desk goes on working, and the reason is told.
    """
    name = deposit(home, "one")
    old = OFFICE.notes(tmp_path / "old", KEY.public, serial=2, today=TODAY - MONTH)
    files = notes(tmp_path / "a") | {"keycard.note": (old / "keycard.note").read_bytes()}
    kept = (home / "keycard.note").read_bytes()
    send(tmp_path / "stick", files | held(packed(home, tmp_path / "in"), name))
    told = run(home, "receive", str(tmp_path / "stick"))

    assert refused(told, "not taken: keycard.note: expired")
    assert ((home / "keycard.note").read_bytes(), left(home)) == (kept, [])
    keycard.verify(kept, origin=ORIGIN, root=ROOT.public, today=TODAY)


def test_a_false_acknowledgement_on_a_true_stick_deletes_nothing(home: Path, tmp_path: Path) -> None:
    """
    Another intake's bundle, or a note by another key: named, and the true one beside it counts.
    """
    one = deposit(home, "one")
    found = packed(home, tmp_path / "in")
    stranger = held(dataclasses.replace(found, number=2), one, desk=SigningKey.generate())
    misled = held(dataclasses.replace(found, number=3, hash="0" * 64), one)
    send(tmp_path / "stick", stranger | misled)
    told = run(home, "receive", str(tmp_path / "stick"))

    assert "not taken: acknowledgement-000002.note: not signed by" in told.output
    assert "not taken: acknowledgement-000003.note: bundle 3 was not packed here" in told.output
    assert left(home) == [one]


def test_foreign_files_are_counted(home: Path, tmp_path: Path) -> None:
    """
    The operator is told, and brings the stick to somebody who knows.
    """
    send(tmp_path / "stick", notes(tmp_path / "a"))
    (tmp_path / "stick" / "holiday.lnk").symlink_to("/dev/zero")

    assert "1 files that the archive did not send" in run(home, "receive", str(tmp_path / "stick")).output


def test_codes_that_a_phone_read_are_an_acknowledgement(home: Path, tmp_path: Path) -> None:
    """
    In any order, twice, of several bundles, as an app exports them; with one missing nothing is deleted.
    """
    names = [deposit(home, words) for words in ("one", "two")]
    many = [f"{number:032x}" for number in range(40)]
    first, second = (packed(home, tmp_path / name) for name in ("first", "second"))
    cut = [
        frame
        for note in (held(first, *many, names[0]), held(second, names[1]))
        for frame in frames.cut(*note.values())
    ]
    (tmp_path / "half").write_text("\n".join(cut[1:]))
    (tmp_path / "scans.csv").write_text("\r\n".join(f'"{frame}",QR' for frame in cut[::-1] + cut))
    half = run(home, "acknowledge", str(tmp_path / "half"))

    assert refused(half, "these are missing or damaged: 1")
    assert len(left(home)) == 2
    assert "deleted 2 deposits" in run(home, "acknowledge", str(tmp_path / "scans.csv")).output
    assert left(home) == []


def test_a_board_that_another_key_signed_or_an_older_one_is_not_taken(home: Path, tmp_path: Path) -> None:
    """
    The stick's signature is not the board's: each board is verified itself, and the good one stays.
    """
    good = board(7)
    previous = send(tmp_path / "0", {"board": good})
    assert run(home, "receive", str(tmp_path / "0")).exit_code == 0
    for number, bad in enumerate((board(6), board(8, SigningKey.generate()), good[:-1] + b"x"), 2):
        previous = send(tmp_path / str(number), {"board": bad}, number, previous)
        assert refused(run(home, "receive", str(tmp_path / str(number))), "not taken: board: ")

    assert (home / "board").read_bytes() == good


def test_a_damaged_card_does_not_let_an_older_mandate_back(home: Path, tmp_path: Path) -> None:
    """
    A desk that the root let go of stays away, whichever file of the stick between was spoilt.
    """
    new = dataclasses.replace(OFFICE, desk=SigningKey.generate())
    sent = {"mandate.note": new.mandate(serial=5)}
    send(tmp_path / "one", sent, desk=new.desk)
    assert run(home, "receive", str(tmp_path / "one")).exit_code == 0
    send(tmp_path / "two", {"mandate.note": OFFICE.mandate(serial=4)}, number=2)
    refused = run(home, "receive", str(tmp_path / "two"))

    assert refused.exit_code == 1
    assert IntakeConfig.read(home).desk(TODAY) == new.desk.public


def test_what_a_thief_counted_to_keeps_no_other_desk_out(home: Path, tmp_path: Path) -> None:
    """
    A stick and a board with numbers without end, by a desk that is gone: the next desk begins anew.
    """
    send(tmp_path / "far", {"board": board(9_999_999_999)}, number=999_999_999_999_999)
    run(home, "receive", str(tmp_path / "far"))
    new = dataclasses.replace(OFFICE, desk=SigningKey.generate())
    sent = {"mandate.note": new.mandate(serial=5), "board": board(1, new.desk)}
    send(tmp_path / "near", sent, desk=new.desk)
    taken = run(home, "receive", str(tmp_path / "near"))

    assert taken.exit_code == 0, taken.output
    assert (home / "board").read_bytes() == sent["board"]


def test_a_root_that_was_told_by_voice_begins_anew(home: Path, tmp_path: Path) -> None:
    """
    After a theft there is no note that leads on: whoever names the new root on purpose is believed.
    """
    new = Office()
    folder = new.notes(tmp_path / "new", KEY.public)
    words = ["init", "--origin", ORIGIN, "--root", new.root.public.to_text(), "--notes", str(folder)]

    assert "--new-root" in run(home, *words).output
    assert IntakeConfig.read(home).root == OFFICE.root.public
    assert run(home, *words, "--new-root").exit_code == 0
    assert IntakeConfig.read(home).root == new.root.public
