"""How Korean writes Chinese names by their sound, and how Korean names are written in the Latin alphabet.

After the rules of the National Institute of Korean Language (Chinese into Hangul; Revised Romanisation), the
system of McCune and Reischauer, and the North's own, which writes letter for letter. Breves and apostrophes are
left out.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_FIRST_SOUNDS: Final = dict(zip(
    "zh ch sh b p m f d t n l g k h j q x r z c s".split(), "ㅈㅊㅅㅂㅍㅁㅍㄷㅌㄴㄹㄱㅋㅎㅈㅊㅅㄹㅉㅊㅆ", strict=True  # noqa: E501, SIM905
))  # fmt: skip
_RHYMES: Final = dict(each.split(":") for each in (  # noqa: SIM905
    "a:아 ai:아이 ao:아오 an:안 ang:앙 e:어 ei:에이 en:언 eng:엉 er:얼 o:오 ou:어우 ong:웅 i:이 ia:야 iao:야오 ie:예 iu:유 ian:옌 in:인 "  # noqa: E501
    "iang:양 ing:잉 iong:융 u:우 ua:와 uo:워 uai:와이 ui:우이 uan:완 un:운 uang:왕 v:위 ve:웨 ue:웨 van:위안 vn:윈 ya:야 yao:야오 "  # noqa: E501
    "ye:예 you:유 yan:옌 yin:인 yang:양 ying:잉 yong:융 yi:이 yu:위 yue:웨 yuan:위안 yun:윈 yo:요 wu:우 wa:와 wo:워 wai:와이 wei:웨이 "  # noqa: E501
    "wan:완 wen:원 wang:왕 weng:웡"
).split())  # fmt: skip
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_WITHOUT_Y: Final = {2: 0, 3: 1, 6: 4, 7: 5, 12: 8, 17: 13}
"""After ㅈ, ㅊ and ㅉ Korean hears no y."""

_REVISED: Final = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")  # noqa: SIM905
_MCCUNE: Final = "k kk n t tt r m p pp s ss  ch tch ch k t p h".split(" ")  # noqa: SIM905
_NORTHERN: Final = "k kk n t tt r m p pp s ss  j jj ch kh th ph h".split(" ")  # noqa: SIM905
_REVISED_VOWELS: Final = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()  # noqa: SIM905
_OTHER_VOWELS: Final = "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i".split()  # noqa: SIM905
_FINAL_SOUNDS: Final = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")  # noqa: SIM905
_VOICED: Final = {"k": "g", "t": "d", "p": "b", "ch": "j"}
_NASAL: Final = {"k": "ng", "t": "n", "p": "m"}
_N, _R, _M, _NONE = 2, 5, 6, 11


def by_sound(syllables: list[str]) -> str:
    """Pinyin, syllable by syllable (`lü` as `lv`), in Hangul; empty where one is no pinyin."""
    written = [_sounded(each) for each in syllables]
    return "".join(written) if all(written) else ""


def _sounded(syllable: str) -> str:
    initial = next((each for each in _FIRST_SOUNDS if syllable.startswith(each)), "")
    rhyme = syllable[len(initial) :]
    if initial in ("j", "q", "x") and rhyme.startswith("u"):
        rhyme = "v" + rhyme[1:]
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and rhyme == "i":
        return _joined(_FIRST_SOUNDS[initial], "으")
    if rhyme not in _RHYMES or (not initial and rhyme[0] in "iuv"):
        return ""
    return _joined(_FIRST_SOUNDS[initial], _RHYMES[rhyme]) if initial else _RHYMES[rhyme]


def _joined(initial: str, rhyme: str) -> str:
    at = ord(rhyme[0]) - 0xAC00
    vowel, final = at // 28 % 21, at % 28
    if initial in "ㅈㅉㅊ":
        vowel = _WITHOUT_Y.get(vowel, vowel)
    return chr(0xAC00 + (_INITIALS.index(initial) * 21 + vowel) * 28 + final) + rhyme[1:]


def romanised(name: str) -> set[str]:
    """A Hangul name in the three systems, the North's with and without voiced sounds, in small letters."""
    told = (_revised(name), _mccune(name), _letter_for_letter(name, {}), _letter_for_letter(name, _VOICED))
    return {"".join(each) for each in told}


def _parts(name: str) -> list[tuple[int, int, str]]:
    found = [ord(each) - 0xAC00 for each in name]
    return [(at // 588, at // 28 % 21, _FINAL_SOUNDS[at % 28]) for at in found]


def _revised(name: str) -> Iterator[str]:
    yield from _spoken(name, _REVISED, _REVISED_VOWELS, revised=True)


def _mccune(name: str) -> Iterator[str]:
    yield from _spoken(name, _MCCUNE, _OTHER_VOWELS, revised=False)


def _spoken(name: str, initials: list[str], vowels: list[str], *, revised: bool) -> Iterator[str]:
    parts = _parts(name)
    for n, (initial, vowel, final) in enumerate(parts):
        before = parts[n - 1][2] if n else "#"
        following = parts[n + 1][0] if n + 1 < len(parts) else -1
        sound = initials[initial]
        if initial == _R and before in ("k", "m", "p", "ng", "t"):
            sound = "n"
        elif (initial == _R and before in ("l", "n")) or (initial == _N and before == "l"):
            sound = "l"
        elif not revised and before in ("", "n", "m", "ng", "l"):
            sound = _VOICED.get(sound, sound) if initial not in (14, 15, 16, 17) else sound
        yield sound + vowels[vowel]
        if following in (_N, _M, _R) and final in _NASAL:
            yield _NASAL[final]
        elif following == _R and final == "n":
            yield "l"
        elif following == _NONE and final in ("k", "p", "l"):
            yield {"k": "g", "p": "b", "l": "r"}[final]
        else:
            yield final


def _letter_for_letter(name: str, voiced: dict[str, str]) -> Iterator[str]:
    for n, (initial, vowel, final) in enumerate(_parts(name)):
        sound = _NORTHERN[initial]
        yield (voiced.get(sound, sound) if n else sound) + _OTHER_VOWELS[vowel] + final
