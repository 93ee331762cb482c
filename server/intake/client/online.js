/** The page's way to the archive over the line. capsule.js is the other. */

import { deriver } from "./receipt.js";
import { erasureOf, first, resumable, statementId as idOf } from "./resume.js";
import { request, text, upload } from "./upload.js";

export const kind = "intake";

export const card = async () => text(await request("/keycard"));

export { first, resumable as file };
export const statementId = ({ code, root }, seq) => idOf(deriver(code, root), seq);

/** Where the envelopes of one statement go, the statement's last. */
export function parcel({ code, root }) {
  const derive = deriver(code, root);
  const add = (entry, seq, index, progress, signal) => upload(entry, erasureOf(derive, seq, index), progress, signal);
  return { add, close() {} };
}
