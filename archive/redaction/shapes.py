"""Identifiers that have a shape: phones, numbers of people and papers, cards, plates, addresses and handles.

1. A checksum raises the probability; it never drops a candidate, for people mistype their own numbers.
2. No boundary is one of words: `\\b` beside Hangul or Hanzi misses what a particle is glued to.
3. Digits may be spaced out, grouped by any sign, or spelled out (`plain.dictated`).

Sources: GB 11643-1999 (Chinese identity numbers), ISO/IEC 7812-1 (the Luhn digit), GA 36-2018 (plates),
ITU-T E.164 (phones).
"""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from archive.redaction.plain import Plain, dictated, joined
from archive.redaction.suggestion import CERTAIN, FAINT, LIKELY, POSSIBLE, Suggestion

GAP: Final = r"[ .\-()/\u00b7_~]{0,3}"
L: Final = r"(?<![A-Za-z0-9])"
R: Final = r"(?![A-Za-z0-9])"


def _d(least: int, most: int = 0) -> str:
    """So many digits, each perhaps with a space before the next."""
    most = most or least
    return rf"\d(?: ?\d){{{least - 1},{most - 1}}}"


def luhn(number: str) -> bool:
    """Whether the last digit is the one of ISO/IEC 7812-1."""
    doubled = sum(sum(divmod(2 * int(d), 10)) for d in number[-2::-2])
    return (doubled + sum(int(d) for d in number[::-2])) % 10 == 0


def chinese_identity(number: str) -> bool:
    """Whether the last sign of 18 is the check sign of GB 11643 (ISO 7064, MOD 11-2)."""
    weighed = sum(int(d) * pow(2, 17 - at, 11) for at, d in enumerate(number[:17])) % 11
    return len(number) == 18 and "10X98765432"[weighed] == number[17].upper()


def korean_resident(number: str) -> bool:
    """Whether the last of 13 digits is the check digit used until October 2020."""
    weighed = sum(int(d) * w for d, w in zip(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False))
    return len(number) == 13 and (11 - weighed % 11) % 10 == int(number[12])


PHONES: Final = [
    ("korean mobile", rf"{L}(?:\(?\+?{GAP}8 ?2\)?{GAP}\(?0?\)?{GAP}|0 ?)1 ?[016789]{GAP}{_d(3, 4)}{GAP}{_d(4)}(?!\d)", .99),
    ("korean line", rf"{L}\(?(?:\+?8 ?2{GAP}\(?0?|0 ?)(?:2|[3-6] ?[1-5]|7 ?0|5 ?0 ?\d)\)?{GAP}{_d(3, 4)}{GAP}{_d(4)}(?!\d)", .97),
    ("korean short line", rf"{L}1[568]\d\d[ \-.]\d{{4}}{R}", .9),
    ("chinese mobile", rf"(?<!\d)(?:\(?(?:\+|00)?8 ?6\)?{GAP})?1 ?[3-9](?:[ .\-()_\u00b7]{{0,2}}\d){{9}}(?!\d)", .99),
    ("chinese mobile", r"(?<!\d)1[3-9]\d, ?\d{4}, ?\d{4}(?!\d)", .99),
    ("chinese line", rf"(?<!\d)\(?(?:(?:\+|00)86{GAP})?0\d{{2,3}}\)?[ \-.]{{0,2}}[2-9]\d{{2,3}}{GAP}\d{{4}}(?!\d)", .95),
    ("north korean", rf"(?<!\d)(?:\+|00){GAP}8 ?5 ?0{GAP}\d{{1,3}}{GAP}{_d(3, 4)}{GAP}{_d(3, 4)}(?!\d)", .99),
    ("north korean mobile", r"(?<!\d)0?19[1-5][ \-.]?\d{3}[ \-.]?\d{4}(?!\d)", .9),
    ("international", r"(?<![\dA-Za-z])(?:\+|00)[1-9]\d{0,2}(?:[ .\-()/]{0,3}\d){6,13}(?!\d)", .97),
    ("american", rf"{L}\(?[2-9]\d{{2}}\)?[ .\-]{{1,2}}[2-9]\d{{2}}[ .\-]\d{{4}}{R}", .9),
    ("grouped", rf"{L}\(?0\d{{2,4}}\)?(?:[ \-.]{{1,2}}\d{{3,4}}){{2}}{R}|{L}0\d{{3,4}} \d{{6}}{R}", .85),
]  # fmt: skip
PHONE_CUE: Final = (
    r"(?:휴대\s?전화|휴대폰|핸드폰|손전화|전화|연락처|번호|폰|电话|手机号?|手机|号码|座机|電話|手機|號碼|"
    r"[Pp]hone|[Mm]obile|[Cc]ell|[Tt]el|[Ff]ax|[Cc]all(?:ed)?|[Nn]umber)"
)
CUED_PHONE: Final = re.compile(
    rf"{PHONE_CUE}[^\d\n]{{0,8}}?(?P<it>\+?\d(?:[ .\-()/\u00b7_~]{{0,2}}\d){{5,14}})(?!\d)"
)

MONTH_DAY: Final = r"(?:0 ?[1-9]|1 ?[0-2]) ?(?:0 ?[1-9]|[12] ?\d|3 ?[01])"
PLACE_OF_PLATE: Final = (
    "京津冀晋晉蒙辽遼吉黑沪滬苏蘇浙皖闽閩赣贛鲁魯豫鄂湘粤粵桂琼瓊川贵貴云雲渝藏陕陝甘青宁寧新港澳使领"
)
PLATE_SYLLABLE: Final = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자하허호배"
CODES: Final[list[tuple[str, str, float, Callable[[str], bool] | None]]] = [
    ("chinese identity number", rf"(?<!\d)[1-9](?: ?\d){{5}}{GAP}(?:1 ?[89]|2 ?0) ?\d ?\d{GAP}{MONTH_DAY}{GAP}\d(?: ?\d){{2}} ?[\dXx](?![\dA-Za-z])", .96, chinese_identity),
    ("chinese identity number of 15", rf"(?<!\d)[1-9]\d{{5}} ?\d\d{MONTH_DAY} ?\d{{3}}(?!\d)", .9, None),
    ("korean resident number", rf"(?<!\d)\d ?\d ?{MONTH_DAY}{GAP}[0-9](?: ?[\d*xX●○]){{6}}(?!\d)", .97, korean_resident),
    ("bank card", r"(?<!\d)[2-9](?:[ .\-_]{0,2}\d){12,18}(?!\d)", .9, luhn),
    ("passport", rf"{L}(?:[A-Z]{{1,3}} ?\d{{7,8}}|[MSRODG] ?\d{{3}} ?[A-Z] ?\d{{4}}|E[A-HJ-NP-Z] ?\d{{7}}){R}", .97, None),
    ("plate", rf"[{PLACE_OF_PLATE}] ?[A-HJ-Z][ .\u00b7\-]{{0,2}}(?=[A-Z]{{0,2}}\d)[A-HJ-NP-Z0-9]{{2,3}}-?[A-HJ-NP-Z0-9]{{3,4}}(?![A-Za-z0-9])", .97, None),
    ("plate", rf"(?<!\d)\d{{2,3}} ?[{PLATE_SYLLABLE}] ?\d{{4}}(?!\d)", .95, None),
    ("plate", r"(?:평양|평북|평남|함북|함남|량강|양강|자강|황북|황남|강원|남포|개성|라선|나선)\s?\d{2}[ \-.]\d{2,4}(?!\d)", .9, None),
    ("account number", rf"{L}\d{{2,6}}-\d{{2,6}}-\d{{2,8}}(?:-\d{{1,6}})?{R}", .85, None),
    ("case number", rf"{L}\d{{1,6}}/\d{{2,4}}(?:/\d+)?{R}", .7, None),
    ("coordinates", r"(?<![\d.])-?\d{1,3}\.\d{3,}\s?[,/]\s?-?\d{1,3}\.\d{3,}(?![\d.])", .95, None),
    ("address of a machine", r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", .9, None),
    ("a long number", rf"{L}\d{{9,}}{R}", .8, None),
    ("letters and digits", rf"{L}(?=[A-Z\-/]{{0,12}}\d[A-Z\d\-/]{{0,12}}\d[A-Z\d\-/]{{0,12}}\d)(?=[\d\-/]{{0,24}}[A-Z])[A-Z\d][A-Z\d\-/]{{4,38}}[A-Z\d]{R}", .8, None),
]  # fmt: skip
CODE_CUE: Final = (
    r"(?:주민\s?등록\s?번호|주민\s?번호|외국인\s?등록\s?번호|공민증(?:\s?번호)?|시민증|여권(?:\s?번호)?|계좌(?:\s?번호)?|통장|접수\s?번호|사건\s?번호|수인\s?번호|죄수\s?번호|"
    r"면허\s?번호|군번|身份证号?码?|护照号?码?|旅券|账号|帐号|卡号|银行卡|车牌号?|编号|案号|户口本号?|身份證號?碼?|護照號?碼?|"
    r"[Pp]assport|[Ii]dentity card|ID(?: card)?|[Aa]ccount|[Cc]ard|[Cc]ase|[Aa]pplications?|[Pp]lates?|[Ll]icen[cs]e|[Pp]risoner|[Rr]egistration|[Ff]ile)"
)
CUED_CODE: Final = re.compile(
    rf"{CODE_CUE}(?:\s?(?:번호|号码?|號碼?|[Nn]umbers?|[Nn]os?\.?))?[\s:는은이가为是#(]{{0,4}}(?:was |is |no\. ?|nos\. ?)?"
    rf"(?P<it>(?=[A-Za-z\-/ ]{{0,4}}\d)[A-Za-z\d][A-Za-z\d\-/]{{2,}}(?: \d{{2,}})*)"
)

DIGITS_EN: Final = "zero oh one two three four five six seven eight nine".split()  # noqa: SIM905
NUMBERED: Final = [
    # What somebody was called instead of a name: 내 번호는 47번, 수번 제318호, 编号〇二一七, number 0-117.
    re.compile(
        r"(?:번호|수번|접수)(?:는|은|가|이|:)?\s?(?P<it>제?\s?\d[\d\-]{0,12}\s?[번호])(?![가-힣]{0,1}\d)"
    ),
    re.compile(r"(?P<it>제\s?0\d{1,5}\s?호)"),
    re.compile(
        r"(?:编号|編號|号码|號碼|末码|末碼|密码|密碼|工号|工號|号服|號服|账号|帳號|案号|代号|代號)[^\n，。；]{0,6}?"
        r"(?P<it>[甲乙丙丁]?[〇零○一二三四五六七八九\d](?:[\-]?[〇零○一二三四五六七八九\d]){2,18})"
    ),
    # Said or shown one digit after the other: 구, 이, 칠.
    re.compile(r"(?<![가-힣])[공영일이삼사오육륙칠팔구](?:, ?[공영일이삼사오육륙칠팔구]){2,11}(?![가-힣])"),
    re.compile(
        r"(?<![\u4e00-\u9fff])[〇零○一二三四五六七八九](?:[、,] ?[〇零○一二三四五六七八九]){2,11}(?![\u4e00-\u9fff])"
    ),
    re.compile(r"(?<![A-Za-z])[Nn]umber (?:was |is )?(?P<it>\d+-\d[\d\-]{0,12}|0\d{1,12})(?![\d/])"),
]
NAMED: Final = r"[A-Za-z0-9](?:[A-Za-z0-9_.\-]{2,30})"
SERVICE: Final = (
    r"(?:WeChat|Wechat|wechat|WECHAT|weixin|Weixin|微信号?|微 信|위챗|위쳇|웨이신|QQ号?|qq号?|큐큐|카카오\s?톡|카카오|카톡|KakaoTalk|Kakao|kakao|라인|LINE|텔레그람|텔레그램|Telegram|telegram|"
    r"Instagram|instagram|인스타그램|인스타|페이스북|Facebook|facebook|微博|抖音号?|抖音|快手号?|快手|틱톡|TikTok|Skype|skype|스카이프|Signal|WhatsApp|whatsapp|왓츠앱|陌陌|探探|"
    r"(?<![A-Za-z])(?:VX|vx|WX|wx|V信|v信)(?![A-Za-z]))"
)
HANDLES: Final = [
    ("e-mail", rf"{L}[A-Za-z0-9][A-Za-z0-9._%+\-]{{0,63}}\s?(?:@|\(at\)|\[at\]|골뱅이|艾特)\s?[A-Za-z0-9\-]{{1,63}}(?:(?:\.|\s?(?:\(dot\)|\[dot\]|dot|점|닷|点)\s?)[A-Za-z]{{2,24}}){{1,5}}", .99),
    ("e-mail in words", rf"{L}(?:(?:[A-Za-z0-9]{{1,16}} ){{1,3}}dot (?:[A-Za-z0-9]{{1,16}} ){{0,5}})?[A-Za-z0-9._\-]{{1,63}} at [A-Za-z0-9\-]{{1,63}}(?: dot [A-Za-z]{{2,24}}){{1,4}}{R}", .95),
    ("letter by letter", rf"{L}[a-z](?:-[a-z]){{2,20}}(?:,? (?:underscore|dot|dash|hyphen)(?:,? [a-z]{{2,16}})?|,? (?:{'|'.join(DIGITS_EN)}|\d+))*{R}", .85),
    ("address on the web", rf"(?:https?|ftp)://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+|{L}www\.[A-Za-z0-9\-./?=&_%#]+|{L}(?:[A-Za-z0-9\-]{{1,63}}\.){{1,5}}(?:com|net|org|cn|kr|kp|jp|ru|info|io|me)(?:/[A-Za-z0-9\-._~/?=&%#]*)?{R}", .98),
    ("handle", rf"{SERVICE}[^\w\n]{{0,3}}(?:(?:아이디|계정|번호|이름|ID|id|Id|号码|号|账号|昵称|account|name|handle|number|as|at|is|was|名|叫|是|为|는|은|가|이|로|의|에서)[^\w\n]{{0,3}}){{0,4}}(?P<it>{NAMED})", .97),
    ("handle", r"(?<![A-Za-z0-9.])@(?P<it>[A-Za-z0-9_][A-Za-z0-9_.]{2,30})", .95),
    ("handle", rf"(?:아이디|닉네임|昵称|网名|用户名|[Uu]sername|[Nn]ickname|[Hh]andle|[Ss]creen name|(?<![A-Za-z])ID(?![A-Za-z]))[^\w\n]{{0,3}}(?:(?:는|은|가|이|是|叫|为|was|is|as)[^\w\n]{{0,2}})?(?P<it>{NAMED})", .9),
    ("handle", rf"(?:{SERVICE}|아이디|닉네임|대화명)\s?(?:이름|아이디)?(?:은|는|이|가)?\s?:?\s?[“\"'‘]?(?P<it>[가-힣]{{2,10}}(?:\d{{1,6}}|(?=[”\"'’])))", .85),
    ("letters joined by _ or digits", rf"{L}(?=[A-Za-z0-9.\-]{{0,40}}[_\d])[a-z][A-Za-z0-9.\-]{{0,40}}[_\d][A-Za-z0-9_.\-]{{0,40}}(?<![.\-]){R}", .85),
]  # fmt: skip

_TABLE: Final = (
    [("PHONE", name, re.compile(p), probability, None) for name, p, probability in PHONES]
    + [("CODE", name, re.compile(p), probability, check) for name, p, probability, check in CODES]
    + [("HANDLE", name, re.compile(p), probability, None) for name, p, probability in HANDLES]
    + [("PHONE", "after a word for phones", CUED_PHONE, 0.95, None)]
    + [("CODE", "after a word for such numbers", CUED_CODE, 0.95, None)]
    + [("CODE", "number instead of a name", pattern, 0.6, None) for pattern in NUMBERED]
)


def shaped(folded: Plain) -> Iterator[Suggestion]:
    """Every identifier of a known shape in a folded text, as spans of the original."""
    views = {view.text: view for view in (joined(folded), dictated(folded), folded)}
    for view in views.values():
        for kind, name, pattern, probability, check in _TABLE:
            for found in pattern.finditer(view.text):
                group = "it" if "it" in pattern.groupindex else 0
                if kind == "HANDLE" and _a_word(found[group]):
                    continue
                left, right = found.span(group)
                right -= len(found[group]) - len(found[group].rstrip("._-"))
                start, end = view.original(left, right)
                yield Suggestion(
                    start, end, kind, _sure(found[group], probability, check), name, _rank(probability)
                )


def _sure(found: str, probability: float, check: Callable[[str], bool] | None) -> float:
    if check is None:
        return probability
    number = "".join(c for c in found if c.isdigit() or c in "Xx")
    return max(probability, 0.995) if number[:12].isdigit() and check(number) else probability


def _rank(probability: float) -> int:
    if probability < 0.65:
        return FAINT
    return CERTAIN if probability >= 0.9 else LIKELY if probability >= 0.8 else POSSIBLE


ORDINARY: Final = re.compile(
    r"(?i)(?:and|or|the|an?|to|in|on|at|is|was|were|s?he|it|they|me|my|hers?|his|him|who|that|then|but|for|with|from|"
    r"account|name|number|handle|group|messages?|app|calls?|contact|friends?|chat|id|when|because|so|we|you|every|again)"
)


def _a_word(found: str) -> bool:
    """Whether this is an ordinary word that stands where a handle may."""
    return ORDINARY.fullmatch(found.strip("._-")) is not None
