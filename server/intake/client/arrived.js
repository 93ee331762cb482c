/** What has arrived, found in a list that everybody gets whole: the intake does not learn who looks for what. */

import { same, unhex, utf8 } from "./bytes.js";
import { MalformedArrivals } from "./errors.js";
import { deriver } from "./receipt.js";
import { first, numbers, statementId } from "./resume.js";

const MAGIC = utf8("ONGGIAR1");
const ID = 16;
const RECORD = 17;
const KNOWN = [1, 2]; // waiting at the intake, held by the archive

/**
 * Her statements in the list, and the number that her next one must have. The same work for every code.
 * **Not** checked: whether the intake tells the truth.
 * @param {Uint8Array} untrusted @param {Uint8Array} code @param {Uint8Array} root
 * @returns {{found: {seq: number, state: number}[], next: number}}
 */
export function statesOf(untrusted, code, root, now = Date.now()) {
  const list = parse(untrusted);
  const derive = deriver(code, root);
  const found = numbers(now)
    .map((seq) => ({ seq, state: list(statementId(derive, seq)) }))
    .filter(({ state }) => state);
  return { found, next: Math.max(first(now), (found.at(-1)?.seq ?? 0) + 1) };
}

function compare(one, other) {
  for (let at = 0; at < ID; at++) if (one[at] !== other[at]) return one[at] - other[at];
  return 0;
}

/** From a deposit's id to its state, or undefined. */
function parse(untrusted) {
  const count = (untrusted.length - MAGIC.length) / RECORD;
  const row = (at) => untrusted.subarray(MAGIC.length + at * RECORD, MAGIC.length + (at + 1) * RECORD);
  let good = same(untrusted.subarray(0, MAGIC.length), MAGIC) && Number.isInteger(count);
  for (let at = 0; good && at < count; at++) {
    good = KNOWN.includes(row(at)[ID]) && !(at && compare(row(at - 1), row(at)) >= 0);
  }
  if (!good) throw new MalformedArrivals("not a list of what has arrived");
  return (id) => {
    const wanted = unhex(id);
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(row(middle), wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low < count && !compare(row(low), wanted) ? row(low)[ID] : undefined;
  };
}
