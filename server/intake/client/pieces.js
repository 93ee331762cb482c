/**
 * A plaintext, sealed piece by piece at constant memory: on the page, and a large one in workers.
 *
 * 1. The sealed bytes of a piece reach the page once. What a lost worker sealed is lost with it, so a source that
 *    changed in the meantime never shows two texts under one nonce.
 * 2. Few pieces are ahead of the line, however slow it is.
 * 3. Where workers fail, as some browsers and extensions make them, the page goes on by itself.
 */

import { CHUNK, encrypt } from "./cobblestone.js";
import { SourceChanged } from "./errors.js";

export const PIECE = 1 << 20;
const LIFE = 64; // pieces; Firefox keeps what a worker has read until the worker ends
const AHEAD = 3; // pieces
const PATIENCE = 60_000; // milliseconds for one piece, without a JIT and on an old phone

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
  if (job.source.size > LIFE * PIECE) {
    try {
      for await (const piece of sealedByWorkers(job, count)) {
        yield piece;
        at++;
      }
    } catch {
      // The page asks for the same piece itself; if the source is at fault, it learns so there.
    }
  }
  for (; at < count; at++) yield await sealPiece(job, at);
}

/** The same, of workers that follow each other: any of them can go on at any piece. */
async function* sealedByWorkers(job, count) {
  for (let first = 0; first < count; first += LIFE) {
    const worker = new PieceWorker(job);
    const end = Math.min(first + LIFE, count);
    const asked = [];
    try {
      for (let at = first; at < end; at++) {
        for (let next = at + asked.length; next < end && asked.length < AHEAD; next++) asked.push(worker.ask(next));
        yield await worker.answer(asked.shift());
      }
    } finally {
      worker.end();
    }
  }
}

/** This very script, and no other: the only address that the page's trusted-types policy lets a worker have. */
const ownScript = () => import.meta.url;
let policy = null;

class PieceWorker {
  #job;
  #worker;
  #waiting = new Map();
  #lost;

  constructor(job) {
    policy ??= globalThis.trustedTypes?.createPolicy("onggi", { createScriptURL: ownScript }) ?? { createScriptURL: ownScript };
    this.#job = job;
    this.#worker = new Worker(policy.createScriptURL(""), { type: "module" });
    this.#lost = new Promise((_, lose) => {
      this.#worker.onerror = this.#worker.onmessageerror = lose;
      this.#worker.onmessage = ({ data: { at, piece } }) => {
        if (!piece) return lose();
        this.#waiting.get(at)(piece);
        this.#waiting.delete(at); // or it would keep the piece
      };
    });
    this.#lost.catch(() => {}); // told to whoever waits for an answer
  }

  ask(at) {
    this.#worker.postMessage({ job: this.#job, at });
    return new Promise((done) => this.#waiting.set(at, done));
  }

  async answer(asked) {
    let clock;
    const late = new Promise((_, lose) => (clock = setTimeout(lose, PATIENCE)));
    return Promise.race([asked, this.#lost, late]).finally(() => clearTimeout(clock));
  }

  end() {
    this.#worker.terminate();
  }
}

/** What this script does where it is a worker. */
export function work() {
  globalThis.onmessage = async ({ data: { job, at } }) => {
    const piece = await sealPiece(job, at).catch(() => null);
    postMessage({ at, piece }, piece ? [piece.buffer] : []);
  };
}
