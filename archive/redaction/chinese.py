"""People, places and bodies in Chinese, by surnames, titles, suffixes and what introduces a name.

Works on simplified signs, one for one with the text, so that both scripts are read alike.
"""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from archive.redaction import hangul
from archive.redaction.segment import HAN, part_of_speech, segmented
from archive.redaction.suggestion import EVERYDAY, LIKELY, POSSIBLE, Found
from archive.redaction.words import any_of, lexicon, names, places_in, simplified

NOT_AFTER_SMALL: Final = "时孩学心说姐组区麦事卖伙子米声便腿路镇村河弟妹的得偷气数型吃费贩年岁猫狗鸡猪屋院店桥队朋巷儿叔姨姑舅爷哥嫂麻腹雨雪两"
NOT_AFTER_OLD: Final = "人公婆师板家是大太爷奶乡百了虎鼠天实年早的二三四五六七八九年师伴头化兵底汉远"
ENDS: Final = r"(?=[，。、！？；：,.!?\s“”\"'（）()的了是和说在把给让跟对与就也来去到从被为向带要有又都没不还住家他她又后]|$)"
CALLED: Final = "名叫|名字是|名字叫|名字|真名|本名|原名|化名|大名|小名|乳名|外号|绰号|花名|艺名|网名|法名|教名|圣名|洗名|受洗名|昵称|人称|叫做|叫作|取名|改名|改叫|姓名|起名|唤作"
"""What introduces a name."""
WORDY: Final = "[的了着人族县州市省镇村天嘛吧吗呢说问活元块岁]"
"""What a name does not end with."""
HANGUL: Final = re.compile("(?<![\uac00-\ud7a3])[\uac00-\ud7a3]{2,3}(?![\uac00-\ud7a3])")
SURE: Final = ("surname", "quoted", "behind", "of", "numbered", "labelled")
"""Patterns whose own words say that a name follows; the others must not cut a word in two."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    stop = lexicon("zh_not_in_name")[0]
    letter = rf"(?:(?![{stop}])[\u4e00-\u9fff])"
    surname = "(?:" + "|".join(sorted(names("zh_surnames"), key=lambda s: (-len(s), s))) + ")"
    given = "[" + "".join(sorted(set("".join(names("zh_given"))))) + "]"
    titles, suffix = any_of("zh_titles"), any_of("zh_place_suffixes")
    kin = any_of("zh_kin")
    return {
        "titled": re.compile(rf"(?P<name>{surname}(?:{given}{{1,2}}?)?)(?P<title>{titles})"),
        "behind": re.compile(
            f"(?:{'|'.join(title for title in lexicon('zh_titles') if len(title) > 1)})"
            f"(?P<it>{surname}(?:[\u4e00-\u9fff](?![的了在是和说]))?(?:(?![的了在是和说])[\u4e00-\u9fff]))"
        ),
        "small": re.compile(rf"(?P<it>(?:小(?![{NOT_AFTER_SMALL}])|老(?![{NOT_AFTER_OLD}])|阿(?!姨)){letter}){ENDS}"),
        "named": re.compile(
            rf"(?:{CALLED})(?:是|叫|为|：|:)?[“\"'‘「]?(?P<it>{letter}{{2,4}}?)(?=[”\"'’」，。,.！!？?、；;（）()\s的和是者]|$)|"
            rf"(?<=[，,。；;、])(?:单名|单字|名)(?:叫|是|为)?[“\"'‘「]?(?P<short>{letter}{{1,2}})(?=[”\"'’」，。,；;、]|$)|"
            rf"(?:背后|大家|人家|人人|都|她们|他们|我们|俺们|全村|村里|管[他她我])叫(?:[他她我俺])?(?P<behind>{letter}{{2,4}})(?=[，。,.！!；;：:\s]|$)|"
            rf"(?<![不会没喊])叫(?P<called>{surname}[\u4e00-\u9fff]{{1,2}}|{letter}{{2,4}}|(?![我你他她])[\u4e00-\u9fff]{{2,3}}(?:妈|媳妇|丫头|嫂|婶|奶奶))(?=[”\"'’」，。、；：,.！!？?（(\s]|$)|"
            rf"(?<![我你他她们人把不会没喊])叫(?P<joined>{surname}{letter}{{1,2}}|[阿小老]{letter}|{given}{{2}})(?=[的和])|"
            rf"叫[我她他](?P<only>[^，。\s]{{1,6}}?)(?=就(?:行|好|可以|成|中))|(?<=[，。；！？\s「“])[我俺]是(?P<am>{surname}?{letter}{{2}})(?=[，。、；：,.！!？?\s]|$)|"
            # Who goes by one name and has another: 一心全名是明一心.
            rf"(?<=[，。；：、,.!?！？\s“「])(?P<also>(?![我你他她它谁其的])[\u4e00-\u9fff]{{1,3}})(?=的?(?:全名|真名|本名|大名|原名)(?:叫|是))"
        ),
        "quoted": re.compile(
            r"(?:叫|喊|称呼?|唤)(?:我|她|他)?(?:做|作|为|那个.{1,3}为)?[“\"'‘「](?P<it>[\u4e00-\u9fff]{1,4})[”\"'’」]|"
            r"[“\"'‘「](?P<so>[\u4e00-\u9fff\uac00-\ud7a3]{1,6})[”\"'’」](?=(?:这样|这个|这)?的?(?:称呼|名字|外号|绰号))"
        ),
        # Who is told of by her child or her man: 铁锁他娘, 八指儿她妈.
        "of": re.compile(rf"(?<![\u4e00-\u9fff])(?P<it>{letter}{{2,3}})(?=[他她](?:{kin}))"),
        "labelled": re.compile(r"(?m)^[\s\-—▲●■◆★※·•*]*(?P<it>[\u4e00-\u9fff]{1,4})(?=[：:])"),
        "numbered": re.compile(r"(?<![\d第一二三四五六七八九十百月])(?P<it>(?:[一二三四五六七八九十]{1,2}|\d{1,3})号半?)(?![楼线门院房路屋铺厅馆厂井坑机车船台床桌]|那|早|晚|上午|下午|公路|公里|之前|以前|\d)"),
        "surname": re.compile(rf"(?<![老百同])姓(?![名氏啥谁什])(?:就是|原来是|本来是|是)?(?P<it>{surname}|{letter}|[\u4e00-\u9fff](?=[，。、；,.]))|(?<![\u4e00-\u9fff])(?P<alone>[\u4e00-\u9fff])(?=是姓)"),
        "net": re.compile(r"(?:网名|昵称|群名|微信名|(?<![A-Za-z])ID)(?:叫做|叫|是|：|:)?\s?[“\"「]?(?P<it>[^，。、,.；;：:\s（）()”\"」]{2,14})"),
        "kin": re.compile(rf"(?:{kin}|婆婆|公公|爱人|老公|男人|[他她][爸妈爹娘哥弟姐妹姑叔舅])[，,]?(?P<it>{surname}[\u4e00-\u9fff]{{1,2}})(?<!{WORDY})(?=[，。、；：,.!?！？\s”」』）)（(]|因为|在|是|有|说|把|$)"),
        # Between two commas: a surname of any list, and two signs more.
        "alone": re.compile(rf"(?<=[，。；：、\s“「（(])(?![都那来戴门车米汤关满钱])(?P<it>{surname}[\u4e00-\u9fff]{{2}})(?<!{WORDY})(?=[，。；：、”」（(\s])"),
        "full": re.compile(rf"(?<![0-9A-Za-z])(?P<it>{surname}{given}{{2}}){ENDS}"),
        "suffix": re.compile(rf"(?P<it>{letter}{{1,4}}?{any_of('zh_units')})(?![民长里])"),
        "after": re.compile(rf"{letter}{{1,5}}?{suffix}"),
        # One door: 六号楼1902, 307房.
        "door": re.compile(
            r"(?:[\u4e00-\u9fff]{2,8}?)?[〇零一二三四五六七八九十\d]+(?:号楼|栋|幢|号院)(?:[一二三四\d]+单元)?\s?\d{2,4}(?:室|号|房)?"
            r"|[\u4e00-\u9fff]{1,4}[村屯镇乡][一二三四五六七八九十\d]+组\s?\d+号|(?<!\d)[A-Z]?\d{3,4}(?:号房间?|房间|房|室)(?!子)"
        ),
        "body": re.compile(rf"(?P<before>(?:{letter}|\d|第[一二三四五六七八九十\d]+){{0,6}}?)(?P<body>{any_of('zh_institutions')})"),
        "public": re.compile(rf"(?P<before>(?:{letter}|\d|第[一二三四五六七八九十\d]+){{1,6}}?)(?P<body>{any_of('zh_public')})"),
        "bare public": re.compile(any_of("zh_public")),
        "birth": re.compile(r"(?:大|二|三|四|五|老大|老二|老三|小)(?:女儿|儿子|姐|哥|妹|弟|姨|姑|叔|舅)|双胞胎|龙凤胎|独生女|独生子"),
        "bare": re.compile(kin),
    }  # fmt: skip


def found_in(text: str) -> Iterator[Found]:
    """Spans of a folded text: start, end, kind, probability, reason, rank."""
    text = "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in text)
    patterns = _patterns()
    yield from _people(text)
    yield from _places(text)
    sites = frozenset(lexicon("zh_sites"))
    for key in ("body", "public"):
        for found in patterns[key].finditer(text):
            kind = "SITE" if found["body"] in sites else "ORG"
            named = len(found["before"]) > 1
            if named or key == "body":
                yield (*found.span(), kind, 0.75 if named else 0.5, "institution", POSSIBLE)
    for found in patterns["birth"].finditer(text):
        yield (*found.span(), "KIN", 0.6, "kin by order of birth", POSSIBLE)
    for key, kind, reason in (("bare", "KIN", "kin"), ("bare public", "ORG", "institution")):
        for found in patterns[key].finditer(text):
            yield (*found.span(), kind, 0.5, reason, EVERYDAY)


def _people(text: str) -> Iterator[Found]:
    patterns, edges = _patterns(), _edges(text)
    for found in patterns["titled"].finditer(text):
        if found.start() in edges and not _a_word(found[0]):
            probability = 0.85 if len(found["title"]) > 1 else 0.65
            yield (*found.span("name"), "PER", probability, "name before a title", POSSIBLE)
            yield (*found.span("title"), "JOB", probability, "title behind a name", POSSIBLE)
    for found in patterns["named"].finditer(text):
        yield (*found.span(found.lastgroup or 0), "PER", 0.8, "introduced as a name", POSSIBLE)
    for found in patterns["net"].finditer(text):
        yield (*found.span("it"), "HANDLE", 0.8, "introduced as a name", POSSIBLE)
    for found in HANGUL.finditer(text):
        if hangul.may_be_a_name(found[0]):
            yield (*found.span(), "PER", 0.7, "Korean name", POSSIBLE)
    for key, probability, reason in (
        ("small", 0.7, "nickname"),
        ("surname", 0.85, "surname"),
        ("behind", 0.8, "name behind a title"),
        ("quoted", 0.8, "introduced as a name"),
        ("full", 0.75, "surname and given name"),
        ("of", 0.6, "name before kin"),
        ("kin", 0.6, "name behind kin"),
        ("alone", 0.55, "surname and given name"),
        ("labelled", 0.1, "at the head of a line"),
        ("numbered", 0.4, "number instead of a name"),
    ):
        for found in patterns[key].finditer(text):
            if key == "labelled" and part_of_speech(found["it"])[:1] in ("r", "v", "d"):
                continue
            if key in SURE or found["it"][0] == "老" or _whole(found, edges):
                yield (*found.span(found.lastgroup or "it"), "PER", probability, reason, POSSIBLE)


def _places(text: str) -> Iterator[Found]:
    patterns, edges = _patterns(), _edges(text)
    for found in patterns["door"].finditer(text):
        yield (*found.span(), "LOC", 0.85, "number of a door", POSSIBLE)
    for start, end in places_in(text, "zh"):
        if not {start, end} <= edges or _a_word(text[start:end]):
            continue
        while after := patterns["after"].match(text, end):
            end = after.end()
        yield start, end, "LOC", 0.9, "list of places", LIKELY
    for found in patterns["suffix"].finditer(text):
        if (
            len(found["it"]) > 2
            and {found.start("it"), found.end("it")} <= edges
            and not _a_word(found["it"])
        ):
            yield (*found.span("it"), "LOC", 0.6, "suffix of a place", POSSIBLE)


def _edges(text: str) -> set[int]:
    """Where words begin and end. A name of none of these would be cut out of a word."""
    found = {0, len(text)}
    for run in HAN.finditer(text):
        found |= {run.start() + at for start, end, _ in segmented(run[0]) for at in (start, end)}
    return found


def _whole(found: re.Match[str], edges: set[int]) -> bool:
    return found.start("it") in edges and not _a_word(found["it"])


def _a_word(told: str) -> bool:
    """Whether this is an ordinary word: 合作 is a county, and to work together."""
    return part_of_speech(told)[:2] not in ("", "ns", "nr", "nt", "nz")
