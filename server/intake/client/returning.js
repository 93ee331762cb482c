/**
 * With her words she comes back: what arrived, what was answered, and what she changes or takes back.
 *
 * 1. A wrong code and an unknown one are the same to everybody: the same requests in the same order, the same work.
 * 2. Nothing that is found leads to another request.
 * 3. Her words are an account for each root that the archive has had. All are asked for alike, and what she changes or
 *    takes back is said for all: nobody sees of which day her words are.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { statesOf } from "./arrived.js";
import { repliesAmong, verifyBoard } from "./board.js";
import { concat, utf8 } from "./bytes.js";
import { erase } from "./erase.js";
import { rootsOf, verifyMandate } from "./mandate.js";
import { noteOf } from "./notes.js";
import { shuffled } from "./random.js";
import { keysOf, newCode, numberIn, rightCode, unpacked } from "./receipt.js";

const LISTS = ["ko", "zh", "en"];
const ASKED = ["/arrived", "/board", "/mandate"];
const MISSING = 404;
/** What takes back nothing: below any number of a page, and above any that a capsule comes to. */
const NOTHING = [[80_000, 80_000]];
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
 * What is here for a code: an account for each root, the newest last, and all of theirs together. `found` or `replies`
 * is null when that could not be seen now, and empty when there is nothing.
 * @param {Uint8Array} code
 * @param {{origin: string, root: Uint8Array, rotations?: string, today: string}} known
 * @param {(path: string) => Promise<Uint8Array>} ask @param {(share: number) => void} [progress]
 */
export async function look(code, known, ask, progress) {
  const answers = [];
  // One after another, each also when the one before failed.
  for (const path of ASKED) answers.push(await ask(path).catch((error) => error));
  const [arrived, board, mandate] = answers;
  const signed = await tried(async () => {
    if (board.status === MISSING) return { entries: [] }; // no board has ever come
    const { desk, reply } = verifyMandate(noteOf(orThrow(mandate)), known);
    return { reply, ...(await verifyBoard(orThrow(board), { ...known, desk })) };
  });
  const accounts = [];
  for (const root of rootsOf(known.rotations ?? "", known)) {
    const seen = await tried(() => statesOf(orThrow(arrived), code, root));
    const keys = { ...signed, secret: keysOf(code, root).secret };
    const replies = await tried(() => repliesAmong(signed.entries, keys, progress));
    accounts.unshift({ root, next: seen?.next, found: seen && seen.found.map((each) => ({ ...each, root })), replies });
  }
  const all = (what) => (accounts.every((each) => each[what]) ? accounts.flatMap((each) => each[what]) : null);
  return { accounts, found: all("found"), replies: all("replies") };
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
 * Take back everything, or of each account what its *back* names: the archive is told, then what still waits at the
 * intake is erased, but never this word. When it stops in between, doing it once more does the rest.
 * @param {{account: import("./submission.js").Account, root: Uint8Array, back?: number[][]}[]} accounts
 */
export async function takeBack(accounts, { lang, text }, told) {
  // In an order that is drawn: what vanishes at which request would tell of which root it was.
  const hers = shuffled(accounts).map((each) => ({ ...each, back: each.back?.length === 0 ? NOTHING : each.back }));
  for (const { account, back } of hers) {
    await account.submit({ text: "", lang, kind: "withdrawal", back, consent: { granted: [], lang, text } }, told);
  }
  for (const { account, root, back } of hers) await erase(account.code, root, { back, signal: told?.signal });
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
