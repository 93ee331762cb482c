/** The page's way to the archive over the line. capsule.js is the other. */

import { noteOf } from "./notes.js";
import { deriver } from "./receipt.js";
import { erasureOf, first, resumable, statementId as idOf } from "./resume.js";
import { request, text, upload } from "./upload.js";

export const kind = "intake";

export const card = async () => noteOf(await request("/keycard"));

/** Bytes of the largest deposit that may begin now, in steps, the same to everybody; 0 when none may. */
export const room = async (signal) => JSON.parse(text(await request("/api/puzzle", {}, signal))).room;

export { first, resumable as file };
export const statementId = ({ code, root }, seq) => idOf(deriver(code, root), seq);

/** Where the envelopes of one statement go, the statement's last. */
export function parcel({ code, root }) {
  const derive = deriver(code, root);
  const add = (entry, seq, index, ...told) => upload(entry, erasureOf(derive, seq, index), ...told);
  return { add, close() {} };
}
