/** Work instead of a name: finds the number that a busy intake asks for. The other half is server/intake/puzzle.py. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "./bytes.js";

const MOMENT = 25; // milliseconds of work, then the page may move
const LOOK = 64; // numbers between two looks at the clock

/**
 * @param {{puzzle: string, bits: number}} asked what /api/puzzle answered
 * @param {string} deposit the id that the deposit will have
 * @param {(share: number) => void} [progress] told how much of the usual work is done; it may take longer
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>} what the header Onggi-Puzzle holds
 */
export async function solve({ puzzle, bits }, deposit, progress = () => {}, signal) {
  const tried = concat(sha256(utf8(`${puzzle}.${deposit}`)), new Uint8Array(8));
  const number = new DataView(tried.buffer, 32);
  for (let count = 0, pause = Date.now() + MOMENT; ; count++) {
    number.setUint32(4, count);
    if (zeros(sha256(tried)) >= bits) return `${puzzle}.${count.toString(16).padStart(16, "0")}`;
    if (count % LOOK || Date.now() < pause) continue;
    progress(1 - Math.exp(-count / 2 ** bits));
    await new Promise((done) => setTimeout(done));
    signal?.throwIfAborted();
    pause = Date.now() + MOMENT;
  }
}

/** How many bits are zero before the first one, 32 at most: no puzzle asks for more. @param {Uint8Array} hash */
const zeros = (hash) => Math.clz32((hash[0] << 24) | (hash[1] << 16) | (hash[2] << 8) | hash[3]);
