"""Dates, times, ages and sums as they are said in Korean, Chinese and English, in digits or in words.

They are quasi-identifiers: a year and a village can be enough. How long something took (3년, three months)
seldom is: it is found, but only counts where every mention does, or where a chain says so.
"""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archive.redaction.plain import Plain
from archive.redaction.suggestion import EVERYDAY, LIKELY, POSSIBLE, Suggestion

L: Final = r"(?<![A-Za-z0-9])"
R: Final = r"(?![A-Za-z0-9])"
H: Final = r"(?<![가-힣])"

# Korean numerals: Sino-Korean, and native ones as far as ages go.
SINO: Final = "[일이삼사오육륙칠팔구십백천만]"
DIGIT: Final = "[일이삼사오육륙칠팔구영공]"
TENS: Final = "(?:열|스물|서른|마흔|쉰|예순|일흔|여든|아흔)"
ONES: Final = "(?:하나|둘|셋|넷|한|두|세|네|다섯|여섯|일곱|여덟|아홉)"
NATIVE: Final = f"(?:{TENS}\\s?{ONES}|스무|{TENS}|{ONES})"
# Chinese numerals
HAN: Final = "[〇零○一二两兩三四五六七八九十百千]"
HAN_DIGIT: Final = "[〇零○一二三四五六七八九]"
# English numerals
UNIT: Final = "one|two|three|four|five|six|seven|eight|nine"
TEEN: Final = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
TY: Final = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
EN: Final = f"(?:(?:{TY})(?:[ -](?:{UNIT}))?|{TEEN}|{UNIT})"
EN_SUM: Final = f"(?:(?:{TY}|{TEEN}|{UNIT}|a|hundred|thousand|million|and)[ -]){{1,8}}"
MONTHS: Final = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
ORDINAL: Final = (
    "(?:(?:twenty-?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    "tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
DAY: Final = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
YEAR: Final = r"(?:1[89]\d\d|20[0-4]\d)"

KO_YEAR: Final = (
    rf"(?:{YEAR}\s?년(?:도|대)?|(?<!\d)'?\d\d\s?년(?:도|대|생)?(?!\s?(?:동안|간|전|후|뒤|만에|째|을|이나|형|징역))|"
    rf"{H}(?:이천\s?{DIGIT}?십?{DIGIT}?|천구백\s?[이삼사오육칠팔구]십{DIGIT}?|[사오육칠팔구]십\s?{DIGIT}|[사오육칠팔구공영]{DIGIT})\s?년(?:도|대|생)?(?!\s?(?:동안|간|전|후|뒤|만에|째)))"
)
KO_MONTH: Final = r"(?:(?<!\d)(?:1[0-2]|0?[1-9])\s?월|(?<![가-힣])(?:정|동짓|섣|일|이|삼|사|오|유|육|칠|팔|구|시|십|십일|십이)\s?월(?!급))"
KO_DAY: Final = rf"(?:{DAY}\s?일(?!간)|(?:이|삼)?십?{DIGIT}\s?일(?!간)|(?:초|열)\s?(?:하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘)|보름(?:날)?|그믐(?:날)?)"
KO_WHEN: Final = r"(?:\s?(?:초|말|중순|초순|하순|상순|경|쯤|봄|여름|가을|겨울|상반기|하반기))?"
HOLIDAYS: Final = (
    r"추석|설날|음력설|양력설|단오|한식|정월\s?대보름|대보름|동지|광명성절|태양절|구구절|9\s?\.\s?9절|당\s?창건일|국경절|성탄절|크리스마스|"
    r"고난의\s?행군(?:\s?(?:때|시기|시절))?|화폐\s?개혁|김일성\s?(?:사망|서거)|"
    r"春节|春節|中秋节|中秋|国庆节|国庆|元宵节|清明节|清明|端午节|端午|除夕|元旦|冬至|过年|"
    r"Chuseok|Lunar New Year|Chinese New Year|Spring Festival|Mid-Autumn Festival|National Day|Day of the Sun|Christmas|New Year's (?:Eve|Day)|Arduous March"
)

DATES: Final = [
    ("date", rf"(?:음력|양력)?\s?{KO_YEAR}(?:\s?{KO_MONTH}(?:\s?{KO_DAY})?)?{KO_WHEN}", .95),
    ("date", rf"(?:음력|양력)?\s?{KO_MONTH}(?:\s?{KO_DAY})?{KO_WHEN}", .9),
    ("date", rf"(?:음력|양력)\s?(?:생일|{KO_DAY})|{H}(?:초|열)\s?(?:하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레)", .8),
    ("date", r"(?<!\d)(?:1[0-2]|[1-9])\.\s?(?:3[01]|[12]\d|[1-9])(?=\s?(?:일|절|에|사건))", .6),
    ("season", rf"{H}(?:그\s?해|이듬\s?해|다음\s?해|그다음\s?해|지난\s?해|작년|재작년|올해|초|늦)\s?(?:봄|여름|가을|겨울|초|말)?(?![가-힣]{{4}})(?<=[봄름을울])|{H}(?:봄|여름|가을|겨울)(?=에|이\s|이었|철|부터|까지|,|날|\s무렵)", .7),
    ("day of the week", r"(?:월|화|수|목|금|토|일)요일|(?:星期|礼拜|周)[一二三四五六日天](?![一-鿿]*年)", .75),
    ("date", rf"(?<![\d.])(?:{YEAR}|\d\d)\s?[.\-/]\s?(?:1[0-2]|0?[1-9])\s?[.\-/]\s?(?:3[01]|[12]\d|0?[1-9])(?![\d])\.?", .9),
    ("date", rf"(?<![\d.])(?:3[01]|[12]\d|0?[1-9])[./\-](?:1[0-2]|0?[1-9])[./\-](?:{YEAR}|\d\d)(?!\d)", .9),
    ("date", rf"(?<![\d.\-]){YEAR}[.\-/](?:1[0-2]|0?[1-9])(?![\d.\-/])", .8),
    ("date", rf"(?:农历|阴历|旧历|公历|阳历|農曆|陰曆)?(?:(?<!\d)(?:{YEAR}|\d\d)\s?年(?:代|底|初|春|夏|秋|冬)?|{HAN_DIGIT}{{4}}年(?:代|底|初)?|[六七八九][〇零十一二三四五六七八九]年(?:代|底|初)?)"
     rf"(?:\s?(?:\d\d?|正|腊|冬|十?[一二三四五六七八九]|十)\s?月(?:份|底|初)?)?(?:\s?(?:\d\d?|[一二三]?十?[一二三四五六七八九十]|初[一二三四五六七八九十]|廿[一二三四五六七八九])\s?[日号號]?)?(?:的?(?:春天|夏天|秋天|冬天))?", .95),
    ("date", r"(?:农历|阴历|旧历|農曆|陰曆)?(?:(?<!\d)(?:1[0-2]|0?[1-9])|正|腊|臘|冬|(?<![一-十个個])(?:十[一二]?|[一二三四五六七八九]))\s?月(?!亮|饼|经|薪|租|光|球)(?:份|底|初|中旬|上旬|下旬)?"
     r"(?:\s?(?:\d\d?|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|初[一二三四五六七八九十]|廿[一二三四五六七八九])\s?[日号號]?)?", .9),
    ("date", r"(?:大年|正月)?初[一二三四五六七八九十](?!中|级|次)|\d\d?[日号](?=那天|早|晚|上午|下午|凌晨)", .8),
    ("season", r"(?:那年|去年|前年|今年|第二年|同年|次年|当年|这年)(?:的)?(?:春天|夏天|秋天|冬天|春节|年底|年初)?|(?:春|夏|秋|冬)天", .7),
    ("date", rf"{L}(?:the )?{DAY}(?: of)? {MONTHS}(?:,? {YEAR})?{R}|{L}{MONTHS} {DAY}(?:,? {YEAR})?{R}|{L}{MONTHS},? (?:of )?{YEAR}{R}", .97),
    ("month", rf"{L}(?:in|since|until|by|last|next|of|early|late|mid-?|from|around|this|that) (?P<it>(?:early |late |mid-?)?(?:January|February|March|April|May|June|July|August|September|October|November|December)){R}", .85),
    ("year", rf"{L}(?:the )?(?:early |late |mid-? ?)?{YEAR}s{R}|{L}{YEAR}{R}(?![\-/]\d|,\d{{3}})|{L}(?:the )?(?:early |late |mid-? ?)?'\d\ds?{R}", .8),
    ("season", rf"{L}(?P<it>(?:early |late |mid-?)?(?:spring|summer|autumn|winter)(?: of)? {YEAR}){R}|{L}(?:the|that|next|last|following|early|late|in|one) (?:spring|summer|autumn|winter){R}|(?:spring|autumn|winter) (?:came|of the)", .75),
    ("day of the week", rf"{L}(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day{R}", .6),
    ("holiday", rf"(?:{HOLIDAYS})", .75),
    ("day of the moon", rf"{L}(?:the )?(?:{DAY}|{ORDINAL}) (?:day )?of the (?:{ORDINAL}|1?\d(?:st|nd|rd|th)|last)(?: lunar)? month(?: of the lunar calendar)?{R}", .9),
]  # fmt: skip
TIMES: Final = [
    ("time", r"(?:오전|오후|새벽|아침|저녁|밤|낮)?\s?(?<!\d)(?:[01]?\d|2[0-4])\s?시(?!간|작|절|내|장|골)(?:\s?(?:[0-5]?\d)\s?분|\s?반)?(?:\s?(?:경|쯤))?", .85),
    ("time", r"(?:오전|오후|새벽|아침|저녁|밤|낮)\s?(?:열\s?한|열\s?두|열|한|두|세|네|다섯|여섯|일곱|여덟|아홉)\s?시(?:\s?반)?", .9),
    ("time", rf"{H}(?:열\s?한|열\s?두|열|한|두|세|네|다섯|여섯|일곱|여덟|아홉)\s?시(?=에|쯤|경|반|가\s|\s)", .7),
    ("time", r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|清晨)?(?:\d{1,2}|十?[一二两三四五六七八九]|十)[点點](?:钟|鐘|半|多|(?:\d{1,2}|[二三四五]?十[一二三四五六七八九]?)分)?(?=[^一-鿿]|[的左就钟多半我他她在从时，])", .75),
    ("time", r"(?<![\d:.])(?:[01]?\d|2[0-3])\s?:\s?[0-5]\d(?::[0-5]\d)?(?![\d:])", .85),
    ("time", rf"{L}(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d)?\s?(?:a\.?m\.?|p\.?m\.?|o'clock){R}|{L}(?:{UNIT}|ten|eleven|twelve) (?:o'clock|in the (?:morning|afternoon|evening)|at night){R}|{L}(?:midnight|noon){R}", .85),
]  # fmt: skip
NOT_COUNTED: Final = r"(?!\s?(?:명|개|마리|번|시|달|해|권|장|그루|채|벌|켤레|대|가지|군데|곳|집|사람|배|살림|째|차례|밤|끼|되|말|자루|식구|아이))"
AGES: Final = [
    ("age", r"(?<!\d)(?:만\s?)?\d{1,3}\s?(?:살|세(?![기대상월트개]))(?:\s?(?:때|쯤|무렵|짜리|가량))?", .95),
    ("age", rf"{H}(?:만\s?)?(?:{NATIVE}\s?살(?!림|아|았|려|길|고)|{SINO}{{1,4}}\s?세(?![기대상월트개상]))(?:\s?(?:때|쯤|무렵|짜리))?", .92),
    ("age", r"[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?\s?세(?![기대상월트개계습])", .9),
    ("age", rf"{H}(?:{TENS}\s?(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)|스물|서른|마흔|쉰|예순|일흔|여든)(?=에|이\s|이에|이었|이던|이고|인|의|,|\.|\s?때|\s?되던|\s?나던|이 되|을\s넘|\s?살){NOT_COUNTED}", .85),
    ("age", rf"(?<!\d)[1-9]0\s?대(?=\s|초|중|후|였|의|에|인|로|가|는|,|\.|여|남)(?:\s?(?:초반|중반|후반))?|{H}(?:십|이십|삼십|사십|오십|육십|칠십)\s?대(?:\s?(?:초반|중반|후반))?", .85),
    ("zodiac", rf"{H}(?:쥐|소|호랑이|범|토끼|용|뱀|말|양|원숭이|잔나비|닭|개|돼지)\s?띠|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]|屬[鼠牛虎兔龍蛇馬羊猴雞狗豬]", .9),
    ("age", rf"(?:\d{{1,3}}|{HAN}{{1,4}})\s?(?:多)?[岁歲](?:半|多|出头|左右)?", .95),
    ("age", r"(?:今年|那年|当时|當時|才|刚|刚满|年仅)(?P<it>[一二三四五六七]?十[一二三四五六七八九]?|\d\d)(?=[，。,.的了我她他])", .7),
    ("age", rf"{L}(?:\d{{1,3}}|{EN})(?: |-)years?(?: |-)old(?:s)?{R}|{L}(?:\d{{1,3}}|{EN})(?: |-)year-old{R}|{L}(?:aged?|age of|the age of)(?: of)? (?:\d{{1,3}}|{EN}){R}", .95),
    ("age", rf"{L}(?:was|were|am|is|I'm|turned|turning|about|barely|only|just|at|now) (?P<it>\d\d|(?:{TY})(?:[ -](?:{UNIT}))?|{TEEN})(?=[.,;:]| when| and| at the| then| that| years? younger| or|$|\n)", .75),
    ("age", rf"{L}in (?:my|her|his|their) (?:early |mid-?|late )?(?:twenties|thirties|forties|fifties|sixties|seventies|teens|\d0s){R}", .9),
]  # fmt: skip
KO_MANY: Final = rf"(?:\d+|몇|반|{H}(?:{NATIVE}|{SINO}{{1,4}}))"
ZH_MANY: Final = rf"(?:\d+|[好几幾]*{HAN}{{1,4}}|[仨俩半几幾])"
EN_MANY: Final = rf"(?:\d+|{EN}|an?|half an?|several|a few|a couple of)"
LENGTHS: Final = [
    ("DATE", rf"(?:{KO_MANY}\s?(?:년|해|돌|달|개월|주일|주|일|날|밤)|{H}(?:하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘|보름|한나절|반년))(?:\s?반)?(?:\s?(?:동안|간|째|만에|내내|넘게))?(?![가-힣]{{3}})"),
    ("TIME", rf"{KO_MANY}\s?(?:시간|분)(?:\s?반)?(?:\s?(?:동안|간|쯤))?(?![가-힣]{{3}})"),
    ("DATE", rf"{ZH_MANY}\s?(?:个|個)?(?:半)?(?:多)?(?:年|月|天|周|星期|礼拜|禮拜|宿)(?:半)?(?:零?{ZH_MANY}(?:个|個)?(?:月|天))?(?:多)?"),
    ("TIME", rf"{ZH_MANY}\s?(?:个|個)?(?:半)?(?:多)?(?:小时|小時|钟头|鐘頭|分钟|分鐘|分|秒)(?:多)?"),
    ("DATE", rf"{L}{EN_MANY}[ -](?:and a half )?(?:years?|months?|weeks?|days?|nights?|yrs?|wks?)(?: and {EN_MANY} (?:years?|months?|weeks?|days?))?{R}"),
    ("TIME", rf"{L}{EN_MANY}[ -](?:and a half )?(?:hours?|minutes?|mins?|seconds?|hrs?|h|min){R}"),
]  # fmt: skip
SIXTY: Final = rf"[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年|{H}[갑을병정무기경신임계][자축인묘진사오미신유술해]년(?![가-힣]{{2}})"
TERMS: Final = (
    r"立春|雨水|惊蛰|春分|清明|谷雨|立夏|小满|芒种|夏至|小暑|大暑|立秋|处暑|白露|秋分|寒露|霜降|立冬|小雪|大雪|冬至|小寒|大寒|入伏|数九|"
    rf"{H}(?:입춘|우수|경칩|춘분|청명|곡우|립하|입하|소만|망종|하지|소서|대서|립추|입추|처서|백로|추분|한로|상강|립동|입동|소설|대설|소한|대한)(?=에|\s|,|날|전|무렵)"
)
CALENDARS: Final = [
    ("year of sixty", SIXTY, .8),
    ("solar term", TERMS, .6),
    ("year of Juche or the Republic", r"(?:주체|主体|主體|民国|民國)\s?(?:\d{2,3}|[〇零一二三四五六七八九十百]{1,5}|[일이삼사오육칠팔구십백]{1,5})\s?(?:년|年)?", .85),
    ("year of an animal", rf"{L}[Yy]ear of the (?:Black |White |Red |Blue |Green |Yellow |Golden )?(?:Rat|Ox|Tiger|Rabbit|Hare|Dragon|Snake|Horse|Sheep|Goat|Ram|Monkey|Rooster|Cock|Dog|Pig){R}", .85),
]  # fmt: skip
SELDOM: Final = 0.5
"""The probability of a length of time."""
KO_UNIT: Final = r"(?:조선\s?돈|중국\s?돈|인민폐|위안|위엔|웬|콰이|달러|딸라|불(?=에|을|로|이|,|\.|\s|짜)|엔(?=에|을|으로|이|,|\s)|유로|원(?![가-힣]*(?:산|장|래|인|수|칙|망|하))|전(?=에|을|짜리))"
KO_SUM: Final = rf"(?:(?<![\d,])\d[\d,.]{{0,20}}\s?(?:[십백천만억]\s?){{0,6}}(?:\d[\d,]{{0,20}}\s?[십백천만]{{0,6}}\s?)?|{H}(?:몇\s?)?{SINO}(?:\s?{SINO}){{0,9}}\s?)"
SUMS: Final = [
    ("sum", rf"(?:인민폐|중국\s?돈|조선\s?돈|북한\s?돈|한국\s?돈)?\s?{KO_SUM}{KO_UNIT}(?:어치)?", .92),
    ("sum", rf"{H}(?:중국\s?돈|인민폐)\s?(?:으로\s?)?{KO_SUM}", .9),
    ("sum", rf"(?:人民币|美金|美元|韩元|韩币)?(?:\d[\d,.]{{0,20}}\s?[十百千万萬亿]{{0,6}}|{HAN}{{1,12}}[万萬]?{HAN}{{0,12}}|[几幾][十百千万]+)(?:多)?(?:块钱|块|塊錢|塊|元|圆|美元|美金|韩元|韩币|人民币|欧元|日元|毛钱|毛)(?!素|旦|宵|月)", .92),
    ("sum", r"(?:花了|卖了|给了|付了|出了|拿了|交了|要了|值|賣了|給了)(?P<it>[一二两三四五六七八九十百千万]{2,})(?=[，。,.！\s把买就又后的]|$)", .75),
    ("sum", rf"(?:{HAN}{{1,12}}[万萬]{HAN}{{0,12}}|\d[\d.]{{0,20}}[万萬](?:\d{{1,8}})?)(?!人|名|个|里|次|年|公里|吨|步|分|一(?:的|，))", .75),
    ("sum", rf"(?:[$£€¥₩]|{L}(?:USD|RMB|CNY|KRW|EUR|GBP|TRY|US\$) ?)\d[\d,.]{{0,20}}(?<![,.])(?: (?:thousand|million|billion))?", .95),
    ("sum", rf"{L}(?:about |around )?(?:\d[\d,.]{{0,20}}(?: (?:hundred|thousand|million|billion)){{0,4}}|{EN_SUM}?(?:{TY}|{TEEN}|{UNIT}|hundred|thousand|million)) "
     r"(?:(?:Chinese |North Korean |South Korean |US |American |Japanese )?(?:yuan|won|dollars?|renminbi|RMB|kuai|euros?|pounds?|yen|liras?|francs?|zlotys?|roubles?|rubles?|hryvnias?|kroner|USD|EUR|cents))(?![A-Za-z])", .95),
]  # fmt: skip
_KINDS: Final = (("DATE", [*DATES, *CALENDARS]), ("TIME", TIMES), ("AGE", AGES), ("MONEY", SUMS))
_TABLE: Final = [
    *((kind, name, re.compile(pattern), p) for kind, rows in _KINDS for name, pattern, p in rows),
    *((kind, "length of time", re.compile(pattern), SELDOM) for kind, pattern in LENGTHS),
]


GLUED: Final = (
    ("AGE", "age", re.compile(rf"{TENS}\s?{ONES}\s?살(?!림|아|았|려|길|고)")),
    ("MONEY", "sum", re.compile(r"(?:[일이삼사오육칠팔구]?[십백천만]){2,6}\s?(?:위안|위엔|달러|딸라)")),
)


def glued(folded: Plain) -> Iterator[Suggestion]:
    """An age of ten or more, or a sum, with no space before it (전화서른두살로, 값은십사만 위안).

    No chain is told: they seldom stand so.
    """
    for kind, name, pattern in GLUED:
        for found in pattern.finditer(folded.text):
            yield Suggestion(*folded.original(*found.span()), kind, 0.92, name, LIKELY)


def amounts(folded: Plain) -> Iterator[Suggestion]:
    """Every date, time, age and sum in a folded text, as spans of the original."""
    for kind, name, pattern, probability in _TABLE:
        for found in pattern.finditer(folded.text):
            left, right = found.span("it" if found.re.groupindex and found["it"] else 0)
            while left < right and folded.text[left].isspace():
                left += 1
            while right > left and folded.text[right - 1].isspace():
                right -= 1
            here = folded.original(left, right)
            yield Suggestion(*here, kind, probability, name, _rank(probability))


def _rank(probability: float) -> int:
    if probability <= SELDOM:
        return EVERYDAY
    return LIKELY if probability >= 0.85 else POSSIBLE
