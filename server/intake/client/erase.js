/** Takes back early what still waits at the intake of what she told. What a courier carries needs a withdrawal (docs/formats/statement.md). */

import { hex } from "./bytes.js";
import { deriver } from "./receipt.js";
import { numbers, tokenOf } from "./resume.js";
import { json, request } from "./upload.js";

/**
 * Erase every telling of this code, whole or half sent, that the archive does not hold yet; the same request for everybody.
 * @param {Uint8Array} code @param {Uint8Array} root @param {number[][]} [back] first and last numbers, where it is not all
 */
export async function erase(code, root, { back, now, signal } = {}) {
  const derive = deriver(code, root);
  const goes = (seq) => !back || back.some(([first, last]) => first <= seq && seq <= last);
  // A token of nothing in the place of one that stays: the number of them tells nothing.
  const tokens = numbers(now).map((seq) => hex(goes(seq) ? tokenOf(derive, seq) : derive(`kept|${seq}`)));
  await request("/api/erase", json({ tokens }), signal);
}
