/**
 * A plaintext, sealed piece by piece at constant memory: on the page, and a large one in workers.
 *
 * 1. The sealed bytes of a piece reach the page once. What a lost worker sealed is lost with it, so a source that
 *    changed in the meantime never shows two texts under one nonce.
 * 2. Where workers fail, as some browsers and extensions make them, the page goes on by itself.
 */

import { byWorkers } from "#workers";
import { CHUNK, encrypt } from "./cobblestone.js";
import { SourceChanged } from "./errors.js";

export const PIECE = 1 << 20;
const LARGE = 64 * PIECE;

/**
 * What is sealed, and with what. Plain data: it can be posted to a worker.
 * @typedef {{key: Uint8Array, nonce: Uint8Array, head: Uint8Array, source: Blob, padded: number}} Job
 */

/** A part of the plaintext, which is head, body and zeros. */
async function plainOf({ head, source }, start, end) {
  const plain = new Uint8Array(end - start);
  plain.set(head.subarray(start, end));
  const [from, to] = [Math.max(start - head.length, 0), Math.min(end - head.length, source.size)];
  if (from < to) {
    // A browser that notices a change refuses to read: that, too, is less than was asked for.
    const read = await source.slice(from, to).arrayBuffer().catch(() => new ArrayBuffer(0));
    if (read.byteLength !== to - from) throw new SourceChanged("the source ended early; nothing usable was sealed");
    plain.set(new Uint8Array(read), head.length + from - start);
  }
  return plain;
}

async function sealPiece(job, at) {
  const [start, end] = [at * PIECE, Math.min((at + 1) * PIECE, job.padded)];
  return encrypt(job, start / CHUNK, await plainOf(job, start, end), end === job.padded);
}

/** @param {Job} job @returns {AsyncGenerator<Uint8Array>} */
export async function* sealed(job) {
  const count = Math.ceil(job.padded / PIECE);
  let at = 0;
  if (job.source.size > LARGE) {
    try {
      for await (const piece of byWorkers(job, count)) {
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
