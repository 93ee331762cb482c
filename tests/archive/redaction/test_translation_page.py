"""The workbench's page on which a translation for readers is written and approved."""

from __future__ import annotations

from archive import translating
from archive.versions import record
from tests.archive.redaction.test_translated import TRANSLATED, decided
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, TODAY, Archive

EN = {"Accept-Language": "en"}


def test_one_writes_from_the_redacted_words_and_another_approves(archive: Archive) -> None:
    """
    No hidden word is on the page; what is refused is still in the form, with the paragraph named.
    """
    told = decided(archive)
    desk, at = Desk(archive).opened(), f"/testimony/{told}/translation"
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    page = desk.get(f"{at}?into=eng", **EN).text
    refused = desk.post(f"{at}/write", into="eng", s0001="She crossed from Hyesan.", s0002="Winter.")
    assert "[이름]은 [장소]에서" in page
    assert "혜숙" not in page
    assert refused.status_code == 400
    assert all(said in refused.text for said in ("She crossed from Hyesan.", "Winter.", "s0001"))
    assert translating.standing(archive.vault, told) == {}

    assert desk.post(f"{at}/write", None, into="eng", **TRANSLATED).status_code == 303
    waits = translating.standing(archive.vault, told)["eng"].told
    desk.post(f"{at}/approve", into="eng", digest=waits.digest)
    assert not translating.standing(archive.vault, told)["eng"].told.approver
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    assert desk.post(f"{at}/approve", into="eng", digest=waits.digest).status_code == 303

    assert translating.standing(archive.vault, told)["eng"].told.approver == "sora"
    assert "approved by sora" in desk.get(f"{at}?into=eng", **EN).text


def test_she_may_begin_with_an_approved_translation_of_all_the_words(archive: Archive) -> None:
    """
    It fills the form and is kept only once nothing hidden can be read in it; one that counts no more is none.
    """
    told = decided(archive)
    whole = record.version(archive.vault, told, 0).segments
    texts = ("Kim Hye-suk crossed the river.", "It was winter.")
    made = [type(each)(each.id, text) for each, text in zip(whole, texts, strict=True)]
    assert translating.begin_with(archive.vault, told, "eng") == {}
    record.keep(archive.vault, archive.minji, told, "translation", made, TODAY, derived_from=0, lang="eng")
    record.stand_for(archive.vault, archive.sora, told, 1, TODAY)
    record.stand_for(archive.vault, archive.minji, told, 2, TODAY)

    assert list(translating.begin_with(archive.vault, told, "eng").values()) == list(texts)
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    page = desk.get(f"/testimony/{told}/translation?into=eng&begin=version", **EN).text
    assert "Kim Hye-suk crossed the river." in page
    plain = desk.get(f"/testimony/{told}/translation?into=eng", **EN).text
    assert "Begin with the approved translation" in plain
    assert "Hye-suk" not in plain
