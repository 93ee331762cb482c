/** A page of its own for the client's modules: it reads the vectors, and seals what the test's server has. */

import { unhex } from "../../server/intake/client/bytes.js";
import { Sealer } from "../../server/intake/client/envelope.js";
import { work } from "../../server/intake/client/pieces.js";
import { read, spelling } from "../crypto/vectors.mjs";

async function readVectors() {
  const { vectors, lists } = await (await fetch("/vectors")).json();
  const spelt = spelling(lists);
  const otherwise = [];
  for (const [kind, name, vector] of vectors) {
    await read(kind, vector, spelt).catch((error) => otherwise.push(`${kind}/${name}: ${error}`));
  }
  return { read: vectors.length, otherwise };
}

/** Counts what workers answer; a test may have the first end without a word after some questions. */
function watchWorkers(questions) {
  const seen = { workers: 0, answers: 0 };
  const [Real, timeout] = [Worker, setTimeout];
  globalThis.Worker = class extends Real {
    constructor(...address) {
      super(...address);
      seen.workers++;
      this.addEventListener("message", () => seen.answers++);
    }
    postMessage(...message) {
      if (questions-- === 0) this.terminate();
      super.postMessage(...message);
    }
  };
  // The page's minute is a second here: only the clock is another.
  globalThis.setTimeout = (act, ms) => timeout(act, ms < 60_000 ? ms : ms / 60);
  return seen;
}

/** Seals `/source` for this bundle and keeps it there, or nowhere. The time is of the sealing and its sending. */
async function seal({ bundle, questions = Infinity, keep = true }) {
  const source = await (await fetch("/source")).blob();
  const seen = watchWorkers(questions);
  const begun = performance.now();
  for await (const body of new Sealer([unhex(bundle)]).seal(source, { type: "file" })) {
    // A blob, because a driver of Chromium reads every other body along, twenty times slower.
    if (keep) await fetch("/sealed", { method: "POST", body: new Blob([body]) });
  }
  return { ...seen, milliseconds: performance.now() - begun };
}

if (globalThis.document) globalThis.trial = { readVectors, seal };
else work();
