/** What follows from her words and a file alone: the same envelope each time, on any phone. Format: docs/formats/resume.md. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, hex, utf8 } from "./bytes.js";
import { digestOf } from "./digests.js";
import { layoutOf, Sealer } from "./envelope.js";
import { countOf, pieceOf } from "./pieces.js";
import { deriver } from "./receipt.js";

const EACH_DAY = 4; // numbers
const BACK = 124; // days
const WINDOW = 640; // numbers

/** The lowest number that a statement may have today: none is used again when its deposit was forgotten. */
export const first = (now = Date.now()) => EACH_DAY * Math.floor(now / 86400e3);

/** The numbers of all statements that can still be seen today, the same many for everybody. */
export const numbers = (now) => Array.from({ length: WINDOW }, (_, at) => first(now) - EACH_DAY * BACK + at);

/** @param {(info: string, size?: number) => Uint8Array} derive her `deriver` @returns {string} where it lies */
export const statementId = (derive, seq) => hex(derive(`statement|${seq}`, 16));

/** What erases the deposits of one telling at the intake. */
export const tokenOf = (derive, seq) => derive(`erase|${seq}`);

/** What the intake keeps of it: for the statement *index* 0, for the files 1 to 200. */
export const erasureOf = (derive, seq, index) => hex(sha256(concat(tokenOf(derive, seq), Uint8Array.of(index))));

/** SHA-256 of each piece, one after another: what `Job.digests` takes. */
async function digestsOf(job, progress, signal) {
  const digests = new Uint8Array(32 * countOf(job));
  for (let at = 0; at < countOf(job); at++) {
    signal?.throwIfAborted();
    digests.set(await digestOf(await pieceOf(job, at)), at * 32);
    progress((at + 1) / countOf(job));
  }
  return digests;
}

/**
 * A file, read once and ready to be sealed from any place, as often as a line breaks.
 * A file that changes after this is refused with `SourceChanged` before any of the change is sealed.
 * @param {{code: Uint8Array, root: Uint8Array, bundle: Uint8Array, purpose: string}} to
 * @param {Blob} source @param {object} meta @param {(share: number) => void} reading
 * @returns {Promise<import("./submission.js").Sealed>}
 */
export async function resumable({ code, root, bundle, purpose }, source, meta, reading, signal) {
  const digests = await digestsOf({ ...layoutOf(meta, source.size, purpose), source }, reading, signal);
  const tree = sha256(concat(utf8(`onggi-file1|${purpose}|`), sha256(bundle), digests));
  const derive = deriver(code, root);
  const stream = derive(concat(utf8("file|"), tree), 152);
  let drawn = 0;
  const sealer = new Sealer([bundle], purpose, (size) => stream.slice(drawn, (drawn += size)));
  return {
    id: hex(derive(concat(utf8("deposit|"), tree), 16)),
    digest: sealer.digest,
    ...sealer.sizes(meta, source.size),
    again: true,
    read: (from) => sealer.seal(source, meta, { from, digests }),
  };
}
