"""k of n people open a key together; fewer do not, and nobody's misread slip passes for a slip."""

from __future__ import annotations

import json
import random
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import custody, errors
from crypto.custody import KEY, LENGTH, SIGNS, Slip, Table

ROOT = Path(__file__).parents[2]
VECTORS = sorted((ROOT / "tests" / "vectors" / "custody").glob("*.json"))
SECRET = bytes(range(KEY))
TABLE, SLIPS = custody.split(SECRET, 3, 5)
SETTINGS = [(need, of) for of in range(1, 8) for need in range(1, of + 1)]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_slips_open_or_fail_as_their_vector_says(path: Path) -> None:
    """
    One flaw each, and each flaw has its own error.
    """
    vector: dict[str, Any] = json.loads(path.read_text("utf-8"))

    def opened() -> bytes:
        table = Table.parse(bytes.fromhex(vector["table_hex"]))
        return custody.combine(table, [Slip.parse(text) for text in vector["slips"]])

    if vector["expect"] == "opens":
        assert vector["key_hex"] == opened().hex()
    else:
        with pytest.raises(errors.CustodyError) as caught:
            opened()
        assert type(caught.value).__name__ == vector["expect"]


def test_there_are_vectors() -> None:
    """
    An empty folder would pass as well.
    """
    assert len(VECTORS) >= 20


@pytest.mark.parametrize(("need", "of"), SETTINGS, ids=lambda number: str(number))
def test_any_k_open_it_and_any_fewer_do_not(need: int, of: int) -> None:
    """
    Every subset of every setting up to seven people; the table is read back from its bytes.
    """
    table, slips = custody.split(SECRET, need, of)
    table = Table.parse(table.to_bytes())
    for some in combinations(slips, need):
        assert custody.combine(table, some) == SECRET
    for few in combinations(slips, need - 1):
        with pytest.raises(errors.TooFewSlips):
            custody.combine(table, few)


@settings(deadline=None)
@given(st.binary(min_size=KEY, max_size=KEY), st.sampled_from(SETTINGS), st.randoms())
def test_every_key_comes_back_from_paper(key: bytes, setting: tuple[int, int], chance: random.Random) -> None:
    """
    Slips written out and read again, in any order, more of them than are needed or just enough.
    """
    table, slips = custody.split(key, *setting)
    some = chance.sample(slips, chance.randint(setting[0], setting[1]))

    assert custody.combine(table, [Slip.parse(slip.text()) for slip in some]) == key


@pytest.mark.parametrize("numbers", [(0, 3), (4, 3), (1, 8), (-1, 2), (0, 0)])
def test_what_nobody_could_keep_is_refused(numbers: tuple[int, int]) -> None:
    """
    None of three, four of three, eight people; and a key that is not of 32 bytes.
    """
    with pytest.raises(errors.NoSuchCustody):
        custody.split(SECRET, *numbers)
    with pytest.raises(errors.KeyFormatError):
        custody.split(SECRET[:-1], 2, 3)


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda text: text.replace(" ", ""),
        lambda text: text.replace(" ", " - "),
        lambda text: text.replace("0", "O").replace("1", "I"),
        lambda text: text.replace("0", "o").replace("1", "l").replace("V", "u"),
        lambda text: f"\n{text[:20]}\n\t{text[20:]} \n",
        lambda text: "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in text),
    ],
    ids=["small", "joined", "hyphens", "O and I", "o, l and u", "lines", "full width"],
)
def test_a_slip_is_read_however_it_is_typed(typed: Any) -> None:
    """
    Small letters, no spaces, look-alikes, several lines, the wide letters of a Korean or Chinese keyboard.
    """
    for slip in SLIPS:
        assert Slip.parse(typed(slip.text())) == slip


def test_no_misreading_passes_for_a_slip() -> None:
    """
    Of 20,000 misreadings of one to four signs none is taken, and none raises another error.
    """
    chance = random.Random(7)
    for _ in range(20_000):
        signs = list(chance.choice(SLIPS).text().replace(" ", ""))
        for at in chance.sample(range(LENGTH), chance.choice((1, 1, 2, 3, 4))):
            signs[at] = chance.choice([sign for sign in SIGNS if sign != signs[at]])
        assert custody._whole("".join(signs)) is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_strangers_text_only_ever_raises_our_error(untrusted: str) -> None:
    """
    Nothing that is typed reaches the caller as another error.
    """
    with pytest.raises(errors.MisreadSlip):
        Slip.parse(untrusted)


def test_what_is_longer_than_any_slip_is_not_read() -> None:
    """
    A thousand characters are more spaces than anybody types; of a million none is looked at.
    """
    slip = SLIPS[0].text()

    assert Slip.parse(slip.ljust(custody.TYPED)) == SLIPS[0]
    with pytest.raises(errors.MisreadSlip, match="longer"):
        Slip.parse(slip.ljust(custody.TYPED + 1))


@settings(deadline=None)
@given(st.binary(max_size=900))
def test_strangers_bytes_are_no_table(untrusted: bytes) -> None:
    """
    Nor does what lies in a file.
    """
    for candidate in (untrusted, b"ONGGICU1ABCD" + untrusted):
        with pytest.raises(errors.MalformedTable):
            Table.parse(candidate)


@settings(deadline=None)
@given(st.integers(0, LENGTH - 1), st.sampled_from(SIGNS), st.sampled_from(["changed", "left out", "put in"]))
def test_one_wrong_sign_is_found_by_its_group(at: int, sign: str, how: str) -> None:
    """
    The error says in which group to look; a run of equal signs may begin a group earlier.
    """
    right = SLIPS[0].text().replace(" ", "")
    wrong = right[:at] + {"changed": sign, "left out": "", "put in": sign + right[at]}[how] + right[at + 1 :]
    if wrong == right:
        return
    with pytest.raises(errors.MisreadSlip) as caught:
        Slip.parse(wrong)

    assert caught.value.group is not None
    assert at // 4 <= caught.value.group <= at // 4 + 1
    assert f"look at group {caught.value.group}" in str(caught.value)


def test_two_exchanged_signs_are_found() -> None:
    """
    The commonest slip of a typist.
    """
    signs = SLIPS[0].text().replace(" ", "")
    at = next(i for i in range(20, LENGTH) if signs[i] != signs[i + 1])
    with pytest.raises(errors.MisreadSlip, match=f"group {at // 4 + 1}"):
        Slip.parse(signs[:at] + signs[at + 1] + signs[at] + signs[at + 2 :])


def test_an_error_names_the_custodian_and_never_the_slip() -> None:
    """
    Who has to look again is said; what is on her paper, or in the key, is not.
    """
    forged = Slip(TABLE.set, 2, bytes(KEY))
    foreign = custody.split(SECRET, 3, 5)[1][3]
    beyond = Slip(TABLE.set, 6, SLIPS[0].share)
    told = []
    for some, says in (
        ([SLIPS[0], forged, SLIPS[2]], "custodian 2"),
        ([SLIPS[0], foreign], "custodian 4"),
        ([SLIPS[0], beyond], "custodian 6"),
        ([SLIPS[4], SLIPS[1]], "custodians 2, 5"),
    ):
        with pytest.raises(errors.CustodyError, match=says) as caught:
            custody.combine(TABLE, some)
        told.append(str(caught.value))
    for slip in (*SLIPS, forged, foreign):
        told.append(repr(slip) + repr(TABLE))
        for group in slip.text().split()[3:]:
            assert not any(re.search(rf"\b{group}\b", each) for each in told)
        assert not any(slip.share.hex() in each for each in told)


def test_one_false_slip_among_enough_harms_nothing() -> None:
    """
    Forged, foreign, or given twice: the others still open the key.
    """
    others = [Slip(TABLE.set, 1, b"x" * KEY), custody.split(SECRET, 2, 3)[1][0], SLIPS[1], SLIPS[1]]

    assert custody.combine(TABLE, [*others, *SLIPS[1:4]]) == SECRET


def test_one_slip_is_tested_without_the_others() -> None:
    """
    Each genuine slip passes alone; each other's share, and each foreign slip, does not.
    """
    for slip in SLIPS:
        custody.test(TABLE, slip)
        with pytest.raises(errors.FalseSlip):
            custody.test(TABLE, Slip(TABLE.set, slip.number % 5 + 1, slip.share))
        with pytest.raises(errors.ForeignSlip):
            custody.test(custody.split(SECRET, 3, 5)[0], slip)


def test_the_first_and_the_last_custodian_can_get_a_new_slip_and_nobody_beyond() -> None:
    """
    A custodian who is not in the set gets none.
    """
    for number in (1, 5):
        newer, new = custody.replace(TABLE, SECRET, number)
        custody.test(newer, new)
    for number in (0, 6):
        with pytest.raises(errors.NoSuchCustody):
            custody.replace(TABLE, SECRET, number)


def test_what_is_wrong_is_said_so_that_it_can_be_put_right() -> None:
    """
    How many signs are missing, which sign no slip has, whose slips were good, and that a file was cut.
    """
    slip = SLIPS[0].text()
    for typed, says in (
        (slip[:-8], "here are 57"),
        (slip[:-1] + "*", "in place 64"),
        (slip[::-1], "read each"),
    ):
        with pytest.raises(errors.MisreadSlip, match=says):
            Slip.parse(typed)
    for some, good in (([], "none"), (SLIPS[:1], "custodian 1"), (SLIPS[3:], "custodians 4, 5")):
        with pytest.raises(errors.TooFewSlips, match=f"good so far: {good}$"):
            custody.combine(TABLE, some)
    with pytest.raises(errors.MalformedTable, match="cut short"):
        Table.parse(TABLE.to_bytes()[:-1])


def test_a_replaced_slip_opens_only_the_old_table() -> None:
    """
    The others keep theirs. An old copy of the table, with k-1 others, still takes the old slip: burn both.
    """
    newer, new = custody.replace(TABLE, SECRET, 2)
    for some in combinations([SLIPS[0], new, *SLIPS[2:]], 3):
        assert custody.combine(newer, some) == SECRET
    with pytest.raises(errors.FalseSlip, match="custodian 2"):
        custody.combine(newer, SLIPS[:3])
    with pytest.raises(errors.FalseSlip, match="custodian 2"):
        custody.combine(TABLE, [SLIPS[0], new, SLIPS[2]])

    assert custody.combine(TABLE, SLIPS[:3]) == SECRET


def test_nobody_replaces_a_slip_without_the_key() -> None:
    """
    Another key, or a number that nobody has, is refused.
    """
    with pytest.raises(errors.WrongTable):
        custody.replace(TABLE, bytes(KEY), 2)
    for number in (0, 6):
        with pytest.raises(errors.NoSuchCustody):
            custody.replace(TABLE, SECRET, number)


@settings(deadline=None)
@given(st.integers(0, len(TABLE.to_bytes()) - 1), st.integers(0, 7))
def test_no_changed_bit_of_a_table_is_accepted(at: int, bit: int) -> None:
    """
    A stick that forgets one bit is noticed before anybody types a slip.
    """
    damaged = bytearray(TABLE.to_bytes())
    damaged[at] ^= 1 << bit
    with pytest.raises(errors.MalformedTable):
        Table.parse(bytes(damaged))


def test_the_page_of_the_format_shows_a_real_set() -> None:
    """
    The worked example of docs/formats/custody.md is a vector's slips, and they open.
    """
    page = (ROOT / "docs" / "formats" / "custody.md").read_text("utf-8")
    vector = json.loads((ROOT / "tests" / "vectors" / "custody" / "opens-first-two.json").read_text("utf-8"))

    assert all(text in page for text in vector["slips"])
    assert vector["table_hex"][:28] in page.replace(" ", "")


def test_a_new_key_is_random_and_of_one_length() -> None:
    """
    Two are never alike.
    """
    assert custody.new_key() != custody.new_key()
    assert len(custody.new_key()) == KEY
