/** What the page of benchmarks/browser.py does with the client's own modules. */

import { boxOf } from "../server/intake/client/board.js";
import { unhex } from "../server/intake/client/bytes.js";
import { Sealer } from "../server/intake/client/envelope.js";
import { work } from "../server/intake/client/pieces.js";
import { tried } from "../server/intake/client/trial.js";
import { upload } from "../server/intake/client/upload.js";

const MB = 1_000_000;
const META = { type: "file" };

const fetched = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

async function timed(act) {
  const begun = performance.now();
  const told = await act();
  return { seconds: (performance.now() - begun) / 1000, told };
}

/** Seals what `/source` has, to nowhere. */
async function seal(bundle) {
  const source = await (await fetch("/source")).blob();
  return timed(async () => {
    let total = 0;
    for await (const piece of new Sealer([unhex(bundle)]).seal(source, META)) total += piece.length;
    return total;
  });
}

/** Tries all the entries of `/board`, and tells how many opened. */
async function open(secret) {
  const board = await fetched("/board");
  const boxes = Array.from({ length: (board.length - 1024) / 3407 }, (_, at) => boxOf(board.subarray(1024 + at * 3407)));
  return timed(async () => (await tried(boxes, unhex(secret))).filter(Boolean).length);
}

/** By itself: no driver looks on, for one that does multiplies what it measures. */
async function deposit(bundle, size) {
  await fetch("/idle");
  const piece = new Blob([await fetched("/piece")]);
  const source = new Blob(Array.from({ length: size / MB }, () => piece));
  const sealer = new Sealer([unhex(bundle)]);
  const { total } = sealer.sizes(META, size);
  await upload({ id: "new", total, read: () => sealer.seal(source, META) }, "", () => {});
}

if (globalThis.document) {
  globalThis.bench = { seal, open };
  const asked = new URLSearchParams(location.search);
  if (asked.has("size")) deposit(asked.get("bundle"), Number(asked.get("size")));
} else work();
