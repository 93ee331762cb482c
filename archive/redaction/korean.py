"""People, places and bodies in Korean, by what stands around them: titles, kin, particles, suffixes."""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from archive.redaction.hangul import NOT_NAMES, SYLLABLES, a_phrase, given, ordinary, proper, tags
from archive.redaction.suggestion import EVERYDAY, LIKELY, POSSIBLE, Found
from archive.redaction.words import any_of, lexicon, names, places, places_in

NO_HANGUL: Final = "(?<![가-힣])"
ENDS: Final = (
    r"(?=(?:은|는|이|가|을|를|의|에|에게|에서|한테|께|께서|와|과|하고|랑|이랑|도|만|로|으로|까지|부터|라|이라|란|이란|이었|였|이고|인|네|들|처럼|보다|밖에|마다|입니|예요|에요)"
    r"(?![가-힣]{3})|[^가-힣]|$)"
)
UNSURE: Final = 0.3
"""How often an ordinary word is a by-name where it is introduced as one."""
PARTICLES: Final = frozenset("으로 이나 에서 에게 까지 부터 이랑 처럼 보다".split())  # noqa: SIM905
CLOSING: Final = "은는이가을를의에서고며도만과와한던된인할될온간운린로해져아어여지게들"
NAMING: Final = "불[렀러리렸린]|부르"
"""How somebody is called."""
INTRODUCED: Final = re.compile(
    r"(?:이름(?:은|이|을)?|(?:본명|별명|성함|예명|호칭|아명|세례명|닉네임)(?:은|는|이|가)?)\s?['\"]?(?P<it>[가-힣]{2,4}?)(?=['\"]|이?(?:에요|예요|었|였|라고|라구|라는|래요|라|고|며|다)|입니다|이다|이었|으로|로\s|[,.\s]|$)|"
    rf"{NO_HANGUL}(?:['\"](?P<quoted>[가-힣]{{1,5}}?)(?:이)?['\"]|(?P<called>[가-힣]{{2,5}}?))(?:이)?(?:(?:라고|라구)(?:도|만|들)?\s?(?:안\s)?(?:하는|하던|하고|한다|합니다|함|했|해서|불|부르|쓰|써|적|올|지어|지었|지은)|라는\s?(?=이름|별명|사람|여자|여인|남자|사내|아이|애|언니|동생|친구|분|놈|이(?![가-힣])|아줌마|아저씨|중국|조선|브로커|젊은|처녀|상인))|"
    # Two words, in quotation marks or with whom they are of: 나를 조선 제비라고 불렀다.
    rf"(?:['\"](?P<both>[가-힣]{{1,5}} [가-힣]{{1,5}}?)(?:이)?['\"]|(?<=[를을고] )(?P<two>[가-힣]{{1,5}} [가-힣]{{1,5}}?))(?:이)?(?:라고|라구)\s?(?:{NAMING})|"
    # At the head of a line, what stands before a colon is a name as often as not.
    r"(?m:^)[\s\-—▲●■◆★※·•*\[(]*(?P<head>[가-힣]{1,5})(?=\s?[:：])"
)
GIVEN: Final = re.compile(rf"(?:이)?(?:라고|라구)(?:도|만|들)?\s?(?:안\s)?(?:{NAMING}|지어|지었|지은)")
"""Behind a name that is given."""
WAY: Final = (
    r"(?:[가-힣]{1,6}(?:시|군|구|읍|면|동|촌|향|진|골목|아파트|빌라|단지|주택)|[가-힣]{2,6}(?:로|길|리|가(?= 제?\d{1,4}(?:아파트|단원|번지|호동)))|골목"
    r"|제?\d{1,4}(?:아파트|단지|동|로|길|호동|번지|단원|층|조)|반지하|지하|끝집|(?:두|세|네|첫)\s?번째)"
)
"""A part of an address."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    surname = "(?:" + "|".join(sorted(names("ko_surnames"), key=lambda s: (-len(s), s))) + ")"
    letter = "[" + "".join(sorted(SYLLABLES)) + "]"
    titles, kin, birth = any_of("ko_titles"), any_of("ko_kin"), any_of("ko_birth_order")
    heard = any_of("ko_heard_surnames")
    suffix, bodies = any_of("ko_place_suffixes"), any_of("ko_institutions")
    public = any_of("ko_public")
    return {
        "titled": re.compile(
            rf"{NO_HANGUL}(?P<name>{surname}[가-힣]{{0,2}}|{letter}{{2}})(?P<gap>\s?)(?P<title>{titles}){ENDS}"
        ),
        # A Chinese surname as it sounds, alone before a title: 쉬 반장, 쾅씨.
        "heard": re.compile(rf"{NO_HANGUL}(?P<name>{heard})(?P<gap>\s?)(?P<title>{titles}|부원|노파|영감|령감|노인|로인|할멈|아줌마|아저씨|반장){ENDS}"),
        "kin": re.compile(
            rf"{NO_HANGUL}(?P<name>[가-힣]{{2,3}}?)(?:이)?(?P<gap>\s?)(?P<title>{any_of('ko_teknonym')}|{kin}){ENDS}"
        ),
        # A Chinese name as it sounds: 펑구이란, 샤오메이.
        "sounds": re.compile(rf"{NO_HANGUL}(?P<name>(?:{heard}|샤오|라오){_chinese_syllable()}{{1,2}}?){ENDS}"),
        "behind": re.compile(rf"{NO_HANGUL}(?:{kin}|신랑|시숙|아이)\s(?P<name>[가-힣]{{2,4}}?)(?=[,.(]|\s\d|입니다|이다|이고\s|이에요|예요)"),
        "initial": re.compile(r"(?<![A-Za-z])(?P<name>[A-Z]\.)(?=[가-힣:])"),
        "full": re.compile(rf"{NO_HANGUL}(?P<name>{surname}{letter}{{2}})(?:이)?{ENDS}"),
        "given": re.compile(rf"{NO_HANGUL}(?P<name>{letter}{{2}})이(?:가|는|를|도|네|랑|한테|와|의|라고|하고|만|야){ENDS}"),
        "clan": re.compile(rf"{NO_HANGUL}(?P<name>{surname})가(?=라는|란\s|놈|네\s|한테|에게|는\s)"),
        "surname": re.compile(rf"(?<![가-힣])성(?:은|이|을|씨는|씨가|도)?\s['\"]?(?P<name>{surname}|{heard})['\"]?(?=이고|입니다|이에요|예요|래요|이래|라고|라구|이라|이다|이요|이오|이었|씨|가\s|[,.])"),
        "vocative": re.compile(rf"{NO_HANGUL}(?P<name>{letter}{{2}})(?:아|야)(?=[,!~.…])"),
        # Who writes Korean and puts a word in Hanja or in capitals tells a name with it: 한메이(韩梅), AN GUM SIL.
        "signs": re.compile("(?P<heard>[가-힣]{2,6})\\s?\\((?P<name>[\u4e00-\u9fff]{2,4})\\)"),
        "capitals": re.compile(r"(?<![A-Za-z])[A-Z]{2,8}(?: [A-Z]{2,10}){1,2}(?![A-Za-z])"),
        "romanised": re.compile(r"(?<![A-Za-z])[A-Z][a-z]{1,8}(?:-[a-z]{1,6})?(?: [A-Z][a-z]{1,8}(?:-[a-z]{1,6})?){1,2}(?![A-Za-z])"),
        # What a name means is the name once more.
        "meant": re.compile(r"(?<![가-힣])(?P<name>[가-힣]{1,5}(?: [가-힣]{1,5}?)?)(?=(?:을|를) 의미|(?:이)?(?:라는|란) 뜻)"),
        # One door: 미추홀구 독배로 0길 12, 반지하 02호.
        "door": re.compile(rf"{NO_HANGUL}{WAY}(?:[ ,]{{1,2}}(?:{WAY}|\d{{1,4}}))*[ ,]{{1,2}}(?:[A-Z]?\d{{1,5}}(?:호실?|번지)|(?<=단원 )\d{{2,4}})(?![가-힣]{{2}})"),
        "room": re.compile(r"(?<![가-힣\dA-Za-z.\-])(?<!제 )[A-Z]?\d{3,4}호실?(?![가-힣]{2})"),
        "suffix": re.compile(rf"{NO_HANGUL}[가-힣]{{1,4}}{suffix}{ENDS}"),
        "after": re.compile(rf"\s?(?![으에의은는이가을를도만])[가-힣\d]{{1,4}}?(?:{any_of('ko_units')}){ENDS}"),
        "own": re.compile(rf"(?:{suffix}){ENDS}"),
        "body": re.compile(rf"(?<![가-힣A-Za-z\d])(?P<before>[가-힣A-Za-z\d]{{0,8}}?)(?P<body>{bodies}){ENDS}"),
        "public": re.compile(rf"(?<![가-힣A-Za-z\d])(?P<before>[가-힣A-Za-z\d]{{0,8}}?)(?P<body>{public}){ENDS}"),
        "numbered": re.compile(r"(?:제\s?(?:\d{1,4}|[일이삼사오육칠팔구십]{1,3})\s?호?|\d{1,4}\s?호?|[일이삼사오육칠팔구십]{1,3}\s?호)\s?$"),
        "birth": re.compile(rf"{NO_HANGUL}(?:{birth})\s?(?P<kin>{kin}){ENDS}|{NO_HANGUL}(?:첫째|둘째|셋째|넷째|다섯째|여섯째)(?=가|는|를|도|이|와)"),
        "bare": re.compile(rf"{NO_HANGUL}(?:{kin}){ENDS}"),
        "job": re.compile(rf"{NO_HANGUL}(?:{any_of('ko_jobs')})(?=이었|였|로|으로|이고|인\s|생활|일을|출신|노릇|를\s|을\s|가\s|이\s)"),
    }  # fmt: skip


def _chinese_syllable() -> str:
    """A Chinese syllable as Korean writes it, of one sign or two, as a pattern that is quick."""
    told = lexicon("ko_heard")
    first, second = ("".join(sorted({each[at] for each in told if len(each) == 2})) for at in (0, 1))
    return f"(?:[{first}][{second}]|[{''.join(each for each in told if len(each) == 1)}])"


def found_in(text: str) -> Iterator[Found]:
    """Spans of a folded text: start, end, kind, probability, reason, rank."""
    yield from _people(text)
    yield from _places(text)
    yield from _bodies(text)
    patterns = _patterns()
    for found in patterns["birth"].finditer(text):
        yield (*found.span(), "KIN", 0.6, "kin by order of birth", POSSIBLE)
    for found in patterns["job"].finditer(text):
        yield (*found.span(), "JOB", 0.6, "list of jobs", POSSIBLE)
    for found in patterns["bare"].finditer(text):
        yield (*found.span(), "KIN", 0.5, "kin", EVERYDAY)


def _people(text: str) -> Iterator[Found]:
    patterns = _patterns()
    for found in patterns["titled"].finditer(text):
        if not ordinary(found["name"]) and not ordinary(found["name"] + found["title"]):
            probability = 0.85 if len(found["name"]) > 1 else 0.7
            yield (*found.span("name"), "PER", probability, "name before a title", POSSIBLE)
            yield (*found.span("title"), "JOB", probability, "title behind a name", POSSIBLE)
    for found in patterns["heard"].finditer(text):
        probability = UNSURE if ordinary(found["name"] + found["title"]) else 0.6
        yield (*found.span("name"), "PER", probability, "name before a title", POSSIBLE)
    for found in patterns["kin"].finditer(text):
        name = found["name"]
        if (given(name) or proper(name)) and not ordinary(name):
            yield (*found.span("name"), "PER", 0.75, "name before kin", POSSIBLE)
            if found["title"] != "네":
                yield (*found.span("title"), "KIN", 0.6, "kin behind a name", POSSIBLE)
    for key, probability, reason in (
        ("full", 0.85, "surname and given name"),
        ("given", 0.7, "given name"),
        ("vocative", 0.6, "name that is called"),
        ("sounds", 0.7, "Chinese name as it sounds"),
        ("behind", 0.7, "name behind kin"),
    ):
        for found in patterns[key].finditer(text):
            if _a_person(found["name"], key):
                yield (*found.span("name"), "PER", probability, reason, POSSIBLE)
    for found in patterns["clan"].finditer(text):
        probability = 0.9 if text.startswith(("라는", "란", "놈"), found.end()) else 0.6
        yield (*found.span("name"), "PER", probability, "surname and 가", POSSIBLE)
    for found in patterns["signs"].finditer(text):
        if not ordinary(found["heard"]):
            yield (*found.span("name"), "PER", 0.7, "name in its own script", POSSIBLE)
    for key in ("capitals", "romanised"):
        for found in patterns[key].finditer(text):
            if _romanised(found[0]):
                yield (*found.span(), "PER", 0.8, "surname and given name", POSSIBLE)
    for key, probability, reason in (
        ("surname", 0.75, "surname"), ("initial", 0.7, "initial"), ("meant", 0.2, "what a name means"),
    ):  # fmt: skip
        for found in patterns[key].finditer(text):
            yield (*found.span("name"), "PER", probability, reason, POSSIBLE)
    for found in INTRODUCED.finditer(text):
        group = found.lastgroup or "it"
        naming = group == "called" and GIVEN.match(text, found.end(group)) is not None
        probability = _introduced(found[group], group, naming)
        if probability:
            start, end = found.span(group)
            # Behind an open syllable 라는 has no 이 before it, so that the 이 is of the name: 페이라는.
            end += text[end : end + 2] == "이라" and (ord(found[group][-1]) - 0xAC00) % 28 == 0
            yield start, end, "PER", probability, "introduced as a name", POSSIBLE


def _a_person(name: str, key: str) -> bool:
    """Whether what looks like a name by the pattern *key* is no other word."""
    if key == "sounds":
        if name in places("ko") or name in lexicon("ko_kin"):
            return False
        if len(name) > 2 and tags(name)[0] == "NNP":
            # Kiwi takes a foreign name to pieces, and knows the first for one: 펑구이란.
            return True
    return not ordinary(name) and (key != "full" or "NNP" in tags(name))


def _romanised(capitals: str) -> bool:
    """Whether a row of capitals begins or ends with a surname, as passports have it."""
    words = capitals.lower().split(" ")
    return bool({words[0], words[-1]} & names("romanised_surnames"))


def _introduced(name: str, group: str, naming: bool) -> float:
    """How likely it is a name that stands where one is introduced; by-names are words of every day."""
    if name in PARTICLES or name in NOT_NAMES:
        return 0
    if ordinary(name) and a_phrase(tags(name)):
        # Kiwi takes a foreign name to pieces: 싼싸오라고 불렀다.
        return UNSURE if naming and len(name) > 2 else 0
    if ordinary(name):
        return UNSURE if group != "head" else 0
    return UNSURE / 3 if group == "head" else 0.8


def _places(text: str) -> Iterator[Found]:
    patterns = _patterns()
    for key in ("door", "room"):
        for found in patterns[key].finditer(text):
            yield (*found.span(), "LOC", 0.8, "number of a door", POSSIBLE)
    known = dict(places_in(text, "ko"))
    reached = 0
    for start, end in sorted(known.items()):
        if start < reached or (start and "가" <= text[start - 1] <= "힣"):
            continue
        own = patterns["own"].match(text, end)
        end = own.end() if own else end
        if not own and not _closes(text, end):
            continue
        sure = own or end - start > 2 or proper(text[start:end])
        if ordinary(text[start:end]) and not own:
            continue
        while (after := patterns["after"].match(text, end)) and not ordinary(after[0].strip()):
            end = after.end()
        reached = end
        yield start, end, "LOC", 0.9 if sure else 0.55, "list of places", LIKELY if sure else POSSIBLE
    for found in patterns["suffix"].finditer(text):
        if len(found[0]) > 2 and tags(found[0]) == ("NNP",):
            yield (*found.span(), "LOC", 0.6, "suffix of a place", POSSIBLE)


_ENDS: Final = re.compile(ENDS)


def _closes(text: str, at: int) -> bool:
    return _ENDS.match(text, at) is not None


def _bodies(text: str) -> Iterator[Found]:
    patterns = _patterns()
    sites = frozenset(lexicon("ko_sites"))
    for key in ("body", "public"):
        for found in patterns[key].finditer(text):
            start = _with_place(text, found.start(), key == "body")
            named = start < found.start() or len(found["before"]) > 1
            if key == "public" and start == found.start():
                named = named and not ordinary(found[0]) and (len(found["body"]) > 1 or proper(found[0]))
            kind = "SITE" if found["body"] in sites else "ORG"
            rank = POSSIBLE if named or key == "body" else EVERYDAY
            yield start, found.end(), kind, 0.75 if named else 0.5, "institution", rank


def _with_place(text: str, start: int, security: bool) -> int:
    """Where the name of a body begins that a place or a number stands before."""
    before = text[max(0, start - 24) : start]
    shift = start - len(before)
    numbered = _patterns()["numbered"].search(before)
    if numbered and numbered[0].strip():
        return _with_place(text, shift + numbered.start(), security)
    if before.endswith(" "):
        word = re.search(r"[가-힣]+\s$", before)
        if word and (_place_first(word[0].strip()) or (security and _a_name(word[0].strip()))):
            return shift + word.start()
    return start


def _place_first(word: str) -> bool:
    hits = places_in(word, "ko")
    return bool(hits) and hits[0][0] == 0


def _a_name(word: str) -> bool:
    """Whether a word before a prison may be where it is: not an ending, a particle, a known noun."""
    return 1 < len(word) < 5 and word[-1] not in CLOSING and word not in NOT_NAMES and len(tags(word)) != 1
