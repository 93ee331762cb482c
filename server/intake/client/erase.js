/** Takes back early what still waits at the intake. What a courier carries needs a withdrawal (docs/formats/statement.md). */

import { hex } from "./bytes.js";
import { deriver } from "./receipt.js";
import { numbers, tokenOf } from "./resume.js";
import { json, request } from "./upload.js";

/**
 * Erase every telling of this code, whole or half sent, that the archive does not hold yet; the same request for everybody.
 * @param {Uint8Array} code @param {Uint8Array} root @param {number[]} [keep] numbers of statements that stay
 */
export async function erase(code, root, { keep = [], now, signal } = {}) {
  const derive = deriver(code, root);
  // A token of nothing in the place of one that is kept: the number of them tells nothing.
  const tokens = numbers(now).map((seq) => hex(keep.includes(seq) ? derive(`kept|${seq}`) : tokenOf(derive, seq)));
  await request("/api/erase", json({ tokens }), signal);
}
