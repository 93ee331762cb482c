"""The one gate: nothing that was not granted, for nobody it was not granted to."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import releasing, review
from archive.consent import (
    ConsentRefused,
    against,
    granted,
    kind,
    language,
    quarters,
    rendition,
    still_granted,
)
from archive.finding import private_index
from archive.policy import versions
from archive.policy.record import Policy, Withheld
from archive.redaction.decision import DecisionRefused
from archive.redaction.spans import Redaction
from archive.testimony import AUDIENCES, USES, Audience, Grant, Use
from crypto.receipt import Receipt
from tests.people import TODAY, Archive

ROOT = Path(__file__).parents[2]
ALL: list[Grant] = list(itertools.product(USES, AUDIENCES))


def decided(archive: Archive, told: str) -> str:
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "name")])
    archive.approve(told)
    return told


def test_nothing_not_asked_is_allowed(archive: Archive) -> None:
    """
    R1: with an empty matrix every channel gives nothing and names the reason.
    """
    told = decided(archive, archive.told(grants=[]))

    for use, audience in ALL:
        with pytest.raises(ConsentRefused, match=f"{use} for {audience} was not granted"):
            rendition(archive.vault, told, use, audience)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.draft(archive.vault, archive.minji)
    index, refused = private_index(archive.vault)
    assert (index.count, list(refused)) == (0, [told])
    assert "index_search for archivists was not granted" in refused[told]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(ALL), max_size=12))
def test_consent_is_per_use_and_audience(archive: Archive, grants: set[Grant]) -> None:
    """
    R2: over all combinations, text comes out exactly where it was granted. (Parts: with issue 8's versions.)
    """
    told = decided(archive, archive.told(grants=grants))
    given_out = set()
    with archive.vault.together():  # asked 64 times
        for use, audience in ALL:
            try:
                made = rendition(archive.vault, told, use, audience)
            except ConsentRefused:
                continue
            given_out.add((use, audience))
            assert ("혜숙" in "".join(s.text for s in made.segments)) == (audience == "archivists")
    assert given_out == grants


def test_the_gate_hands_out_only_what_two_people_approved(archive: Archive) -> None:
    """
    Consent alone is not enough: without a decision nobody outside reads a word.
    """
    told = archive.told()
    with pytest.raises(DecisionRefused):
        rendition(archive.vault, told, "research_read", "vetted_researchers")
    refused: dict[str, str] = {}
    use: Use = "index_search"
    audience: Audience = "archivists"
    assert [r.testimony_id for r in granted(archive.vault, [told], use, audience, refused)] == [told]


def test_a_rendition_says_what_it_is_and_labels_only_what_it_shows(archive: Archive) -> None:
    """
    Words hidden in a part that stays are looked for in the rest; archivists read what was told.
    """
    told = archive.told("혜숙이 왔다.\n영희가 갔다.")
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "name"), Redaction(8, 10, "name")])
    archive.approve(told)
    policy = Policy(withheld=(Withheld("s0001", "research_read"),))
    versions.decide(archive.vault, archive.minji, told, policy, TODAY, seen=0)
    made = rendition(archive.vault, told, "research_read", "vetted_researchers")
    quarter = archive.vault.testimony(told).received_quarter

    assert (made.lang, made.quarter, made.kind, made.policy) == ("kor", quarter, "life_history", 1)
    assert made.hidden == {("name", "혜숙"), ("name", "영희")}
    [label], [segment] = made.labels, made.segments
    assert (label.segment, label.surface) == (segment.id, "영희") == ("s0002", "영희")
    assert segment.text[label.start : label.end] == "[이름]"
    inside = rendition(archive.vault, told, "index_search", "archivists")
    assert (inside.hidden, inside.labels, inside.profile) == (frozenset(), (), "standard")
    assert quarters(archive.vault) == {told: quarter}


def test_a_rendition_made_under_another_consent_is_refused(archive: Archive) -> None:
    """
    R5: when the consent that stands is not the one it was made under, a rendition may no longer be used.
    """
    told = decided(archive, archive.told())
    made = rendition(archive.vault, told, "research_read", "vetted_researchers")
    assert still_granted(archive.vault, made)
    row = archive.vault.json("testimony", told)
    archive.vault.put_json("testimony", told, row | {"consent": row["consent"] | {"v": 2, "granted": []}})

    assert not still_granted(archive.vault, made)


def test_her_latest_statement_says_what_is_allowed(archive: Archive) -> None:
    """
    R5: when she wrote again and allowed less, the earlier one is not released or searched either.
    """
    receipt = Receipt.generate()
    first = archive.told("처음 말", receipt=receipt)
    decided(archive, first)
    assert rendition(archive.vault, first, "research_read", "vetted_researchers")
    keep = [("preserve", "archivists"), ("index_search", "archivists")]
    second = archive.told("다시 한 말", receipt=receipt, seq=1, grants=keep)

    for told in (first, second):
        with pytest.raises(ConsentRefused):
            rendition(archive.vault, told, "research_read", "vetted_researchers")
        assert rendition(archive.vault, told, "index_search", "archivists")


READERS = {
    "archive/consent.py",  # the gate
    "archive/redaction/decision.py",  # below the gate: makes what the gate hands out
    "archive/review.py",  # the archivist's desk
    "archive/unsealing.py",  # brings the words in, and reads back what it has just staged
    "archive/versions/basis.py",  # which words count
    "archive/versions/record.py",  # what was received is version 0
    "archive/versions/recordings.py",  # which files have sound
    "archive/keeping/shredding.py",  # whose account it was, so that all of it goes
    "archive/search/blocks/engine.py",  # its segment hands back what was put into it
    "archive/notices.py",  # whether a reader may be told that it was taken back
    "archive/keeping/withdrawing.py",  # the language of her answer
    "archive/commands/withdrawals.py",  # how many wait to be destroyed
    "archive/standing.py",  # what a statement that came earlier allowed
    "archive/attachments/copies.py",  # the files, and which of them a testimony lists
    "archive/attachments/hiding.py",  # a copy with something hidden
    "archive/preservation/sealed.py",  # the long-term copy, sealed on its way
    "archive/imports.py",  # compares a transcript with the one that is here
    "archive/releasing.py",  # moves a testimony's stage; its words come from the gate
    "archive/supplements.py",  # moves it back when what was joined is taken back
}
ORIGINALS = {"testimony", "read_testimonies", "kept", "staged"}
DESKS = {
    "archive/commands/desk.py",
    "archive/workbench/reading.py",
    "archive/workbench/suggesting.py",  # what is proposed is compared with her wishes
    "archive/workbench/hiding.py",  # what the pages of hiding share
    "archive/workbench/rereading.py",  # the redacted words, and what a second reader recognises in them
    "archive/workbench/attachments.py",  # the files of a testimony
    "archive/workbench/caring.py",  # looks whether the next one is severe, and shows no word
    "archive/workbench/versions.py",  # versions beside the words
    "archive/workbench/recordings.py",  # the words beside the sound
    "archive/workbench/coding.py",  # codes beside the words
    "archive/workbench/consent.py",  # which parts are withheld
    "archive/commands/transcripts.py",  # versions of the words
    "archive/commands/codings.py",  # what is coded is checked against the words it rests on
}
"""Where an archivist reads: they ask `review.reading`, and no other part may."""


def test_only_the_gate_and_the_desk_reach_the_original_words() -> None:
    """
    R3: no other module calls what gives the words as they were told, so no forgotten flag can leak them.
    """
    reaching, reading, versions = set(), set(), set()
    for path in [*(ROOT / "archive").rglob("*.py"), *(ROOT / "server").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ORIGINALS:
                reaching.add(path.relative_to(ROOT).as_posix())
            if re.fullmatch(r".*\.(json|every)\('testimony'.*", ast.unparse(node)):
                reaching.add(path.relative_to(ROOT).as_posix())
            if ast.unparse(node) in ("record.history", "record.version"):
                versions.add(path.relative_to(ROOT).as_posix())
            if ast.unparse(node) == "review.reading":
                reading.add(path.relative_to(ROOT).as_posix())

    assert reaching - {"archive/vault.py"} <= READERS
    assert "archive/consent.py" in reaching
    assert reading == DESKS
    # And what seals them for the long term, and what takes out of them what was taken back.
    # A translation for readers may begin with one of all the words.
    others = {"archive/preservation/sealed.py", "archive/keeping/parting.py", "archive/translating.py"}
    assert versions <= DESKS | others


def test_a_page_is_told_why_nothing_is_handed_out_and_no_word_of_it(archive: Archive) -> None:
    """
    Nobody decided; she did not grant it; and nothing at all once two people have approved.
    """
    told = archive.told()
    use: Use = "research_read"
    undecided = against(archive.vault, told, use, "vetted_researchers")
    not_granted = against(archive.vault, told, "broadcast", "public")
    decided(archive, told)

    assert len(undecided) == len(not_granted) == 1
    assert str(not_granted[0]) == "broadcast for public was not granted"
    assert "혜숙" not in f"{undecided}{not_granted}"
    assert against(archive.vault, told, use, "vetted_researchers") == ()
    assert (language(archive.vault, told), kind(archive.vault, told)) == ("kor", "life_history")
