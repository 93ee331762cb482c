/** Pieces sealed off the page, few of them ahead of the line, however slow it is. In a worker, pieces.js does the work. */

const LIFE = 64; // pieces; Firefox keeps what a worker has read until the worker ends
const AHEAD = 3; // pieces
const PATIENCE = 60_000; // milliseconds for one piece, without a JIT and on an old phone

/**
 * The sealed pieces of a job, by workers that follow each other: any of them can go on at any piece.
 * @param {import("./pieces.js").Job} job @param {number} first @param {number} count of all its pieces
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* byWorkers(job, first, count) {
  for (; first < count; first += LIFE) {
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
