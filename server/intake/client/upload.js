/** Sends an envelope in parts, and goes on where it stopped, on any day. Format: docs/formats/resume.md. */

import { concat } from "./bytes.js";
import { LineDown, Refused } from "./errors.js";
import { solve } from "./puzzle.js";

const TRIES = 8;
const AGAIN = [408, 429]; // too slow, too many: not refusals
const ANSWER = 60_000; // milliseconds; after this a line that stands still is tried again
const PUZZLES = 3; // at a beginning: while one is worked on, the intake may get busier
const SLOWEST = 5; // bytes a millisecond: a part has longer, so that a slow line is not taken for a dead one

const careful = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };

/** Calls *act* when she stops, until it is told that there is no more need. */
function whenStopped(signal, act) {
  signal?.addEventListener("abort", act);
  return () => signal?.removeEventListener("abort", act);
}

const wait = (ms, signal) =>
  new Promise((done) => {
    const end = () => done(clearTimeout(clock), rest());
    const clock = setTimeout(end, ms);
    const rest = whenStopped(signal, end);
  });

async function once(path, init, signal) {
  const stop = new AbortController();
  const end = () => stop.abort();
  let clock = setTimeout(end, ANSWER + (init.body?.length ?? 0) / SLOWEST);
  const rest = whenStopped(signal, end);
  try {
    const answer = await fetch(path, { ...init, ...careful, signal: stop.signal });
    const reader = answer.body?.getReader();
    const pieces = [];
    // All of it here: a line breaks within an answer, too. A long one may take long, as long as it moves.
    for (let read; reader && !(read = await reader.read()).done; clock = setTimeout(end, ANSWER)) {
      clearTimeout(clock);
      pieces.push(read.value);
    }
    return { status: answer.status, ok: answer.ok, bytes: concat(...pieces) };
  } finally {
    clearTimeout(clock);
    rest();
  }
}

/**
 * The bytes of an answer, asked for again while the line is bad. `Refused` when the intake says no, `LineDown` when it
 * says nothing (its `status` is that of the last answer, if there was one), the signal's reason when she stopped.
 * @param {string} path @param {RequestInit} init @param {AbortSignal} [signal] @returns {Promise<Uint8Array>}
 */
export async function request(path, init = {}, signal) {
  let status;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      const answer = await once(path, init, signal);
      if (answer.ok) return answer.bytes;
      status = answer.status;
    } catch {
      status = undefined;
    }
    signal?.throwIfAborted();
    if (status < 500 && !AGAIN.includes(status)) throw Object.assign(new Refused("the intake refused it"), { status });
    if (attempt === TRIES) throw Object.assign(new LineDown("no answer; what arrived stays there"), { status });
    await wait(Math.min(500 * 2 ** attempt, 15000), signal);
  }
}

export const json = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
/** @param {Uint8Array} bytes @returns {string} */
export const text = (bytes) => new TextDecoder().decode(bytes);

async function* partsOf(pieces, size) {
  let rest = new Uint8Array();
  for await (const piece of pieces) {
    rest = concat(rest, piece);
    for (; rest.length >= size; rest = rest.slice(size)) yield rest.slice(0, size);
  }
  if (rest.length) yield rest;
}

/** Begins a deposit, after some work when the intake is busy. docs/formats/api.md */
async function begun(body, signal, working) {
  const init = json(body);
  for (let left = PUZZLES; ; left--) {
    try {
      return JSON.parse(text(await request("/api/deposits", init, signal)));
    } catch (error) {
      if (error.status !== 428 || !left) throw error;
    }
    const asked = JSON.parse(text(await request("/api/puzzle", {}, signal)));
    if (asked.bits) init.headers["Onggi-Puzzle"] = await solve(asked, body.deposit, working, signal);
  }
}

/**
 * Begin, or begin again; send what is missing; complete. `entry.read(from)` gives the envelope's bytes from there on.
 * An entry without `again` has other bytes each time it is made: all of it is sent, and a 409 means that the name is another's.
 * @param {{id: string, total: number, read: (from: number) => AsyncIterable<Uint8Array>, again?: boolean}} entry
 * @param {string} erase docs/formats/resume.md
 * @param {(bytes: number) => void} progress told what is there, at once what was there before
 * @param {(share: number) => void} [working] told how much of a puzzle is done, before anything is sent
 */
export async function upload({ id, total, read, again }, erase, progress, signal, working) {
  const known = await begun({ deposit: id, size: total, erase }, signal, working);
  const size = known.part_size;
  const all = Array.from({ length: Math.ceil(total / size) }, (_, at) => at * size);
  const missing = again ? known.missing : all;
  progress(total - missing.reduce((sum, at) => sum + Math.min(size, total - at), 0));
  let parts, next;
  try {
    for (const offset of missing) {
      if (offset !== next) {
        await parts?.return();
        parts = partsOf(read(offset), size);
      }
      const { value: part } = await parts.next();
      await request(`/api/deposits/${id}/${offset}`, { method: "PUT", body: part }, signal);
      progress(part.length);
      next = offset + part.length;
    }
  } finally {
    await parts?.return();
  }
  await request(`/api/deposits/${id}/complete`, { method: "POST" }, signal);
}
