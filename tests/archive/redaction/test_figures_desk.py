"""The list of people named, at the desk: without a script, for those who may mark, in words of the page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive import people, roles
from archive.redaction import choices, figure_key, figures, joining, naming
from archive.workbench.page import LANGUAGES, texts
from tests.archive.redaction.test_figures import DOCUMENT, NAMES, SECOND, called, told
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, TODAY, Archive

__all__ = ["told"]
EN = {"Accept-Language": "en"}
PAGES = ("/figures", "/figures/alike", "/figures/one/{}")


@pytest.fixture
def desk(archive: Archive) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["nobody", "an editor"])
def test_hidden_names_are_shown_to_those_who_may_mark_only(
    archive: Archive, told: dict[str, str], page: str, who: str
) -> None:
    """
    An open desk is not enough for a list of everybody who is hidden.
    """
    desk, one = Desk(archive).opened(), called(archive.vault, "김영숙")
    if who == "an editor":
        people.add(archive.vault, "hana", "hana keeps a third phrase", [archive.minji, archive.sora])
        roles.begin(archive.vault)
        roles.give(archive.vault, archive.minji, "hana", "editor")
        desk.post("/sign-in", name="hana", passphrase="hana keeps a third phrase")
    shown = desk.get(page.format(one))

    assert shown.status_code == 200
    assert not any(each in shown.text for names in NAMES.values() for each in names)


def test_a_row_for_each_with_names_role_replacement_and_testimonies(
    archive: Archive, told: dict[str, str], desk: Desk
) -> None:
    """
    Two are joined with boxes, one has a role and is used everywhere; the list says all of it.
    """
    vault = archive.vault
    one, two = called(vault, "김영숙"), called(vault, "영숙")
    desk.browser.post(
        "/figures/join",
        base_url="http://127.0.0.1:8462",
        data={"token": token(desk), "figures": [one, two]},
    )
    desk.post("/figures/role", figure=one, role="younger_sister", by="tag")
    desk.post("/figures/use", figure=one)
    row = next(each for each in rows(desk) if "김영숙" in each)

    assert "영숙" in row
    assert re.search(r"\[younger sister [A-J]\]", row)
    assert "links them" in row
    assert naming.places(vault, figures.figure(vault, one))[0].shown
    assert {c.shown[:4] for c in choices.choices(vault, told[SECOND]) if c.shown} == {"[여동생"[:4]}


def test_parting_undoing_and_telling_apart_at_the_desk(
    archive: Archive, told: dict[str, str], desk: Desk
) -> None:
    """
    Each is one press, and each says what it did.
    """
    vault = archive.vault
    act = joining.join(vault, archive.minji, called(vault, "김영숙"), [called(vault, "김영순")], TODAY)
    one = called(vault, "김영숙")
    alias = next(each.id for each in figures.figure(vault, one).aliases if each.surface == "김영순")
    desk.post("/figures/part", figure=one, aliases=alias)
    assert called(vault, "김영순") != one
    [newest, first] = joining.acts(vault)
    desk.post("/figures/undo", act=first.name)
    assert "take that back first" in desk.notices()[-1]
    for each in (newest, act):
        desk.post("/figures/undo", act=each.name)
    assert joining.acts(vault) == []
    one, two = called(vault, "김영숙"), called(vault, "영숙")
    assert "The same given name" in desk.get("/figures/alike", **EN).text
    desk.browser.post(
        "/figures/apart",
        base_url="http://127.0.0.1:8462",
        data={"token": token(desk), "figures": [one, two], "from": "alike"},
    )

    assert frozenset((one, two)) in joining.told_apart(vault)


def test_names_hidden_since_are_taken_in(archive: Archive, desk: Desk) -> None:
    """
    From every testimony that has choices or a proposal.
    """
    id = archive.told(DOCUMENT)
    at = DOCUMENT.index("박순이")
    choices.keep(archive.vault, archive.minji, id, [choices.Choice(at, at + 3, "name", True)])
    desk.post("/figures/gather")

    assert called(archive.vault, "박순이")
    assert "New names" in desk.notices()[-1]


def test_a_name_is_looked_for_in_any_form_and_stands_in_no_address(
    archive: Archive, told: dict[str, str], desk: Desk
) -> None:
    """
    What is looked for is posted, and found without regard to spaces and case.
    """
    found = desk.browser.post(
        "/figures", base_url="http://127.0.0.1:8462", data={"token": token(desk), "q": "kim yong suk"}
    ).text

    assert "Kim Yong-suk" in found
    assert "박순이" not in found
    assert not any(
        name in each for each in re.findall(r'(?:href|action)="([^"]+)"', found) for name in ("kim", "Kim")
    )


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("join", {"figures": "nobody"}),
        ("join", {}),
        ("apart", {"figures": "nobody"}),
        ("part", {"figure": "nobody"}),
        ("undo", {"act": "000000099"}),
        ("role", {"figure": "nobody", "role": "queen"}),
        ("draw", {"figure": "nobody", "collection": "|"}),
        ("use", {"figure": "nobody"}),
    ],
    ids=lambda each: each if isinstance(each, str) else "-".join(each) or "nothing",
)
def test_what_cannot_be_done_is_said_in_the_words_of_the_page(
    archive: Archive, told: dict[str, str], desk: Desk, step: str, form: dict[str, Any]
) -> None:
    """
    A refusal changes nothing, and there is Korean for it.
    """
    before = figures.figures(archive.vault)
    desk.post(f"/figures/{step}", **form)
    [said] = desk.notices()

    assert said in texts("ko")
    assert figures.figures(archive.vault) == before


def test_a_map_that_does_not_open_is_said_and_nothing_else(
    archive: Archive, told: dict[str, str], desk: Desk
) -> None:
    """
    No page of a map that somebody changed; and the words for it are those of the page.
    """
    (archive.vault.home / figure_key.FILE).write_bytes(bytes(72))
    shown = desk.get("/figures")

    assert shown.status_code == 503
    assert "figures.key" in shown.text


def test_the_pages_say_the_same_in_every_language() -> None:
    """
    No word of this room is missing in one of them.
    """
    keys = [{key for key in texts(lang) if re.fullmatch("figures(_.*)?", key)} for lang in LANGUAGES]

    assert keys[0]
    assert all(each == keys[0] for each in keys)


def token(desk: Desk) -> str:
    found = re.search(r'name="token" value="([^"]+)"', desk.get("/").text)
    assert found is not None
    return found[1]


def rows(desk: Desk) -> list[str]:
    return re.findall(r"<tr>(?:(?!</tr>).)*</tr>", desk.get("/figures", **EN).text, re.DOTALL)
