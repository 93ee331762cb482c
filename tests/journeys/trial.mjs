/** A page of its own for the client's modules: it reads the vectors, and seals what the test's server has. */

import { hex, unhex } from "../../server/intake/client/bytes.js";
import { Sealer } from "../../server/intake/client/envelope.js";
import { Recording } from "../../server/intake/client/recording.js";
import { work } from "../../server/intake/client/pieces.js";
import { read, spelling } from "../crypto/vectors.mjs";

async function readVectors(every = 1) {
  const { vectors: all, lists } = await (await fetch("/vectors")).json();
  const vectors = all.filter((_, at) => at % every === 0);
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

const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));

/** Speaks for some seconds in parts, with a pause in the middle; what comes of it is kept as it would be sent. */
async function record({ bundle, part, each }) {
  const recording = await Recording.begin({ bundle: unhex(bundle), part });
  await seconds(each);
  const { level } = recording;
  recording.pause();
  await seconds(1);
  const paused = recording.paused;
  recording.resume();
  await seconds(each);
  const parts = await recording.stop();
  for (const { pieces } of parts) for (const body of pieces) await fetch("/sealed", { method: "POST", body });
  const told = parts.map(({ digest, padded, total, media }) => ({ digest: hex(digest), padded, total, media }));
  return { parts: told, level, paused, seconds: recording.seconds };
}

/** Why there is no recording, as the page would be told. */
const refusal = ({ bundle }) => Recording.begin({ bundle: unhex(bundle) }).then(() => null, ({ name, message }) => `${name}: ${message}`);

if (globalThis.document) globalThis.trial = { readVectors, seal, record, refusal };
else work();
