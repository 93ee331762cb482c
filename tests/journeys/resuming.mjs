/** The client's own modules under a page that has no buttons for them yet: told what to send, tells how it ended. */

import { statesOf } from "../../server/intake/client/arrived.js";
import { hex, unhex } from "../../server/intake/client/bytes.js";
import { erase } from "../../server/intake/client/erase.js";
import { verifyKeycard } from "../../server/intake/client/keycard.js";
import * as way from "../../server/intake/client/online.js";
import { newCode } from "../../server/intake/client/receipt.js";
import { Account } from "../../server/intake/client/submission.js";
import { request } from "../../server/intake/client/upload.js";

const { root: rootHex, origin, floor } = document.body.dataset;
const root = unhex(rootHex);
const choice = Object.assign(document.createElement("input"), { type: "file", id: "any" });
document.body.append(choice);

globalThis.code = () => hex(newCode());

globalThis.send = async (codeHex, text) => {
  const code = unhex(codeHex);
  const known = { origin, root, today: new Date().toISOString().slice(0, 10), floor: Number(floor), kind: way.kind };
  const { bundle } = verifyKeycard(await way.card(), known);
  const { next } = statesOf(await request("/arrived"), code, root);
  const files = Array.from(choice.files, (source) => ({ source, media: "video/mp4" }));
  const consent = { granted: [{ use: "preserve", audience: "archivists" }], lang: "ko", text: "" };
  const account = new Account({ bundle, root }, way, { code, seq: next });
  const shares = [];
  await account.submit({ text, lang: "ko", files, consent }, { progress: (share) => shares.push(share) });
  return { first: shares[0], last: shares.at(-1) };
};

globalThis.look = async (codeHex) => statesOf(await request("/arrived"), unhex(codeHex), root).found;
globalThis.takeBack = (codeHex) => erase(unhex(codeHex), root);
