/** The one source of randomness. */

import { NoRandomness } from "./errors.js";

/** Random bytes, or an error: there is no other source. @param {number} size */
export function random(size) {
  if (!globalThis.crypto?.getRandomValues) throw new NoRandomness("this browser gives a page no random bytes");
  return globalThis.crypto.getRandomValues(new Uint8Array(size));
}

/** The same in an order that is drawn: a byte is enough for short lists. @template T @param {T[]} list @returns {T[]} */
export function shuffled(list) {
  const left = [...list];
  return list.map(() => left.splice(random(1)[0] % left.length, 1)[0]);
}
