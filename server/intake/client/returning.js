/**
 * With her words she comes back: what arrived, what was answered, and what she changes or takes back.
 *
 * 1. A wrong code and an unknown one are the same to everybody: the same requests in the same order, the same work.
 * 2. Nothing that is found leads to another request.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { statesOf } from "./arrived.js";
import { openBoard } from "./board.js";
import { concat, utf8 } from "./bytes.js";
import { erase } from "./erase.js";
import { verifyMandate } from "./mandate.js";
import { noteOf } from "./notes.js";
import { keysOf, newCode, numberIn, rightCode, unpacked } from "./receipt.js";

const LISTS = ["ko", "zh", "en"];
const ASKED = ["/arrived", "/board", "/mandate"];
const MISSING = 404;
const decoder = new TextDecoder();

/** Every list that words may be of, so that nobody learns hers by what is fetched. @param {(path: string) => Promise<Uint8Array>} ask */
export async function wordLists(ask) {
  const lists = [];
  for (const name of LISTS) lists.push(unpacked(decoder.decode(await ask(`/words/${name}`))));
  return lists;
}

/**
 * The code that she typed. A number whose check is wrong gives a code that nobody has: it finds nothing, like a stranger's.
 * What is no number at all is a `MalformedReceipt` with the place of the word; that is told before anything is asked for.
 */
export function codeOf(typed, lists) {
  const number = numberIn(typed, lists);
  return rightCode(number) ?? sha256(concat(utf8("onggi wrong receipt|"), utf8(`${number}`))).slice(0, newCode().length);
}

/**
 * What is here for a code. `found` or `replies` is null when that could not be seen now, and empty when there is nothing.
 * @param {Uint8Array} code
 * @param {{origin: string, root: Uint8Array, today: string}} known
 * @param {(path: string) => Promise<Uint8Array>} ask @param {(share: number) => void} [progress]
 */
export async function look(code, known, ask, progress) {
  const answers = [];
  // One after another, each also when the one before failed.
  for (const path of ASKED) answers.push(await ask(path).catch((error) => error));
  const [arrived, board, mandate] = answers;
  const seen = await tried(() => statesOf(orThrow(arrived), code, known.root));
  const keys = keysOf(code, known.root);
  const replies = await tried(async () => {
    if (board.status === MISSING) return []; // no board has ever come
    const { desk, reply } = verifyMandate(noteOf(orThrow(mandate)), known);
    return (await openBoard(orThrow(board), { secret: keys.secret, reply }, { ...known, desk }, progress)).replies;
  });
  return { found: seen && seen.found, next: seen?.next, replies };
}

/**
 * The numbers below *next* that she takes back, as first and last ones: those that are *marked*, and with *older* all
 * that are not shown.
 * @param {number[]} shown in order @param {number[]} marked some of them @param {boolean} older @param {number} next
 */
export function backOf(shown, marked, older, next) {
  if (!older) return marked.map((seq) => [seq, seq]);
  const kept = [-1, ...shown.filter((seq) => !marked.includes(seq)), next];
  return kept.slice(1).flatMap((seq, at) => (seq > kept[at] + 1 ? [[kept[at] + 1, seq - 1]] : []));
}

/**
 * Take back what *back* names, or everything: the archive is told, then what still waits at the intake is erased, but
 * never this word. When it stops in between, doing it once more does the rest.
 */
export async function takeBack(account, known, { lang, text, back }, told) {
  await account.submit({ text: "", lang, kind: "withdrawal", back, consent: { granted: [], lang, text } }, told);
  await erase(account.code, known.root, { back, signal: told?.signal });
}

function orThrow(answer) {
  if (answer instanceof Error) throw answer;
  return answer;
}

async function tried(act) {
  try {
    return await act();
  } catch {
    return null;
  }
}
