/**
 * A plaintext, sealed piece by piece at constant memory: on the page, and a large one in workers.
 *
 * 1. Without `digests` the sealed bytes of a piece reach the page once, and what a lost worker sealed is lost with it;
 *    with them a piece may be sealed again, and one that is not what it was is refused before. Either way a source that
 *    changed never shows two texts under one nonce.
 * 2. Where workers fail, as some browsers and extensions make them, the page goes on by itself.
 */

import { refuseChanged } from "#digests";
import { byWorkers } from "#workers";
import { CHUNK, encrypt } from "./cobblestone.js";
import { SourceChanged } from "./errors.js";

export const PIECE = 1 << 20;
const LARGE = 64 * PIECE;

/**
 * What is sealed, and with what. Plain data: it can be posted to a worker.
 * @typedef {{key: Uint8Array, nonce: Uint8Array, head: Uint8Array, source: Blob, padded: number, digests?: Uint8Array}} Job
 */

export const countOf = ({ padded }) => Math.ceil(padded / PIECE);

/** A part of the plaintext, which is head, body and zeros. */
async function plainOf({ head, source }, start, end) {
  const plain = new Uint8Array(end - start);
  plain.set(head.subarray(start, end));
  const [from, to] = [Math.max(start - head.length, 0), Math.min(end - head.length, source.size)];
  if (from < to) {
    // A browser that notices a change refuses to read: that, too, is less than was asked for.
    const read = await source.slice(from, to).arrayBuffer().catch(() => new ArrayBuffer(0));
    if (read.byteLength !== to - from) throw new SourceChanged("the source ended early");
    plain.set(new Uint8Array(read), head.length + from - start);
  }
  return plain;
}

/** The plaintext of piece number *at*. */
export const pieceOf = (job, at) => plainOf(job, at * PIECE, Math.min((at + 1) * PIECE, job.padded));

async function sealPiece(job, at) {
  const plain = await pieceOf(job, at);
  await refuseChanged(job, at, plain);
  return encrypt(job, (at * PIECE) / CHUNK, plain, at === countOf(job) - 1);
}

/** The sealed pieces from number *at* on. @param {Job} job @returns {AsyncGenerator<Uint8Array>} */
export async function* sealed(job, at = 0) {
  const count = countOf(job);
  if (job.padded - at * PIECE > LARGE) {
    try {
      for await (const piece of byWorkers(job, at, count)) {
        yield piece;
        at++;
      }
    } catch {
      // The page asks for the same piece itself; if the source is at fault, it learns so there.
    }
  }
  for (; at < count; at++) yield await sealPiece(job, at);
}

/** What this script does where it is a worker. */
export function work() {
  globalThis.onmessage = async ({ data: { job, at } }) => {
    const piece = await sealPiece(job, at).catch(() => null);
    postMessage({ at, piece }, piece ? [piece.buffer] : []);
  };
}
