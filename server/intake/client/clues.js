/**
 * What in her words may tell who she or somebody else is. Only the page looks; nothing found is kept, sent or written down.
 *
 * 1. A clue is a reason to look again, no verdict: most names, and whatever only a neighbour recognises, stay unseen.
 * 2. `\b` and `\w` know no Hangul and no Han, so a rule says itself where a number or a word begins.
 */

const SURNAMES = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭韩韓金崔朴全姜尹池许許";
const PAPER = "공민증|시민증|신분증|주민등록증?|[여려]권|身[份分][证證]|[护護]照|[户戶]口本?|passport|\\bID";
const MESSENGER = "(?:[微威薇]信|위챗|웨이신|wechat|카톡|카카오톡|라인|텔레그램|telegram|whatsapp|qq)";
const SAYS = "(?:[\\s:]|[은는이가是为為]|is|번호|아이디|id|[号號]码?碼?|number|card){0,9}";
const IS = "이?라[고는]|이?[예에]요|입니다|이[고며었다야]|였|[.,;)]|$";

/** [kind, its shape, and a second look where a shape is not enough]. The first to claim a place has it. */
const RULES = [
  ["email", /[\w.+-]{1,64}@[\w-]+\.[\w.-]+/g],
  // A county, a birthday: the check digit is not asked, for a number with a slip of the finger tells as much.
  ["id", /(?<!\d)[1-8]\d{5}((19|20)\d\d|\d\d)(0[1-9]|1[0-2])([012]\d|3[01])\d{3}((?<=\d{18})|(?<=\d{17})x|(?<!\d{16}))(?!\d)/gi],
  ["id", /(?<!\d)\d\d(0[1-9]|1[0-2])([012]\d|3[01])[ -]*[1-8](\d{6}(?!\d)|[*x]{6})/gi],
  ["id", new RegExp(`(${PAPER})${SAYS}[a-z가-힣]?[ -]?\\d[\\d-]{4,}`, "gi")],
  ["id", /(?<![a-z\d])[a-z]{1,2}\d{8}(?!\d)/gi],
  ["account", new RegExp(`${MESSENGER}${SAYS}@?(?=[\\w-]*[\\d_])[\\w-]{5,}`, "gi")],
  ["account", new RegExp(`${MESSENGER} ?(号|號|id|아이디|:)${SAYS}[a-z][\\w-]{4,}`, "gi")],
  ["card", /(계좌|통장|은행|[账賬帳帐卡][号號]|account)[^\d\n]{0,12}\d([ -]?\d){8,18}(?!\d)/gi],
  ["phone", /(?<![\d.,/-])[+(]{0,2}\d[\d ().·-]{6,22}\d(?!\d)/g, phone],
  ["card", /(?<!\d)[3-6]\d([ -]?\d){11,17}(?!\d)/g, luhn],
  ["name", new RegExp(`(이름|성명|성함|본명)[은는이가]?[\\s:]+(?!비밀|가[명짜]|모[르릅]|뭐|무엇)[가-힣]{2,4}?(?=\\s?(${IS}))`, "gm")],
  ["name", /(저|나)는\s[가-힣]{2,4}?(?=이?라고 [하합해불])|(저|나)는\s[김박최윤황권홍][가-힣]{2}(?=입니다|이?[예에]요)/g],
  ["name", new RegExp(`([我他她爸妈媽姐妹哥弟儿兒女名]叫|叫做|名字[叫是]?|姓名)[:\\s]?[${SURNAMES}]\\p{sc=Han}{1,2}(?=[\\s,。、;!]|$)`, "gmu")],
  ["name", /(\b[Mm]y|\b[Hh]er|\b[Hh]is|[Rr]eal|[Ff]ull|\w['’]s) name(['’]s| is| was|:)( [A-Z][\w'’-]+)+|\b([Nn]ame:|called|named)( [A-Z][\w'’-]+){2,}/g],
  ["address", /\d\s?번지|\d\s?인민반|\d동\s?\d{2,4}\s?호|[가-힣]{2}(?<!으)[로길동리]\s?\d+((번길|길)?\s\d+)?(-\d+|(?=\s*([,.)]|$)))/gm],
  ["address", new RegExp("[路街巷弄村屯里]N+[号號]|N[栋棟幢]|N[号號][楼樓]|N[楼樓]N+[室号號]|N(单元|單元)|N[组組]N+[号號]".replaceAll("N", "[\\d一二三四五六七八九十]"), "g")],
  ["address", /\b\d+ ([A-Z][\w.]* ){1,3}(Street|St|Road|Rd|Avenue|Ave|Lane|Drive)\b|\bApt\.? \d+/g],
];

/** As it is dialled in Korea, north and south, in China and across their borders; any other by its + or its leading 0. */
function phone(match) {
  const digits = match.replace(/\D/g, "");
  if (match[0] === "+") return digits.length > 8 && digits.length < 16;
  const dialled = /^(0[1-9]\d{7,10}|00[1-9]\d{9,13}|1[3-9]\d{9}|1[016-9]\d{8}|8210\d{8}|861[3-9]\d{9}|850\d{9,10})$/;
  return dialled.test(digits) || /^\(?\d{3}\)?[ -]\d{3}-\d{4}$/.test(match);
}

/** The check of a bank card (ISO/IEC 7812-1, annex B). */
function luhn(match) {
  const digits = [...match.replace(/\D/g, "")].reverse();
  return digits.reduce((sum, digit, at) => sum + (at % 2 ? (digit * 2) % 10 + (digit > 4) : +digit), 0) % 10 === 0;
}

/**
 * The clues in *text*, from its start to its end; no two overlap.
 * @param {string} text
 * @returns {{kind: "email" | "id" | "account" | "phone" | "card" | "name" | "address", start: number, end: number}[]}
 */
export function clues(text) {
  // A Chinese keyboard types wide digits and signs: each becomes the narrow one, and keeps its place.
  const plain = text.replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  const found = [];
  for (const [kind, shape, second = () => true] of RULES) {
    for (const { 0: match, index: start } of plain.matchAll(shape)) {
      const end = start + match.length;
      const free = found.every((other) => end <= other.start || start >= other.end);
      if (free && second(match)) found.push({ kind, start, end });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}
