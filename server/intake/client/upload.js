/** Sends an envelope in parts. A part that failed is sent again as it was; nothing is ever sealed twice. */

import { concat } from "./bytes.js";

const TRIES = 8;
const AGAIN = [408, 429]; // too slow, too many: not refusals
const ANSWER = 60_000; // milliseconds; after this a line that stands still is tried again
const SLOWEST = 5; // bytes a millisecond: a part has longer, so that a slow line is not taken for a dead one
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const careful = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };

/** An answer, asked for again while the line is bad. @param {string} path @param {RequestInit} init */
export async function request(path, init = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      const signal = AbortSignal.timeout?.(ANSWER + (init.body?.length ?? 0) / SLOWEST);
      const answer = await fetch(path, { ...init, ...careful, signal });
      if (answer.ok) return answer;
      if (answer.status < 500 && !AGAIN.includes(answer.status)) throw new RangeError(`refused with ${answer.status}`);
    } catch (error) {
      if (error instanceof RangeError) throw error;
    }
    if (attempt === TRIES) throw new Error("the line is down");
    await wait(Math.min(500 * 2 ** attempt, 15000));
  }
}

const json = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/**
 * @param {AsyncGenerator<Uint8Array>} envelope @param {number} total its size in bytes
 * @param {(bytes: number) => void} progress told what has arrived
 */
export async function upload(envelope, total, progress) {
  const begun = await (await request("/api/deposits", json({ size: total }))).json();
  const { deposit, part_size: size } = begun;
  let [rest, offset] = [new Uint8Array(), 0];
  const send = async (part) => {
    await request(`/api/deposits/${deposit}/${offset}`, { method: "PUT", body: part });
    offset += part.length;
    progress(part.length);
  };
  for await (const piece of envelope) {
    rest = concat(rest, piece);
    for (; rest.length >= size; rest = rest.slice(size)) await send(rest.slice(0, size));
  }
  if (rest.length) await send(rest);
  await request(`/api/deposits/${deposit}/complete`, { method: "POST" });
}
