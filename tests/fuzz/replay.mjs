// What the page's own modules make of each case: a line of JSON in, a line out. Used by test_both_languages.py only.
import { createInterface } from "node:readline";
import { statesOf } from "../../server/intake/client/arrived.js";
import { verifyBoard } from "../../server/intake/client/board.js";
import { concat, hex, unhex } from "../../server/intake/client/bytes.js";
import { read } from "../../server/intake/client/container.js";
import { parseHeader, unseal } from "../../server/intake/client/envelope.js";
import { OnggiError } from "../../server/intake/client/errors.js";
import { hiddenIn } from "../../server/intake/client/hidden.js";
import { verifyKeycard } from "../../server/intake/client/keycard.js";
import { verifyMandate, verifyRotation } from "../../server/intake/client/mandate.js";
import { noteOf, openNote } from "../../server/intake/client/notes.js";
import { parseReceipt } from "../../server/intake/client/receipt.js";
import { openPart } from "../../server/intake/client/reply.js";

const text = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const known = JSON.parse(process.argv[2]);
const [root, secret, reply] = [known.root, known.secret, known.reply].map(unhex);
const { origin, today, lists, entries } = known;
const of = { origin, root, today };

const READ = {
  note: (bytes) => openNote(noteOf(bytes), `${origin}/root`, root),
  keycard: (bytes) => verifyKeycard(noteOf(bytes), of).serial,
  mandate: (bytes) => verifyMandate(noteOf(bytes), of).serial,
  rotation: (bytes) => hex(verifyRotation(noteOf(bytes), of)),
  board: async (front) => (await verifyBoard(concat(front, new Uint8Array(entries)), { ...of, desk: root })).serial,
  header: (bytes) => hex(parseHeader(bytes).digest),
  envelope: async (bytes) => {
    const { meta, body } = await unseal(bytes, secret, "reply");
    return [JSON.stringify(meta), hex(body)];
  },
  reply: async (bytes) => (await openPart(bytes, { secret, reply }))?.text ?? null,
  receipt: (bytes) => hex(parseReceipt(text(bytes), lists)),
  arrived: (bytes) => (statesOf(bytes, new Uint8Array(13), root), "read"),
  capsule: async (bytes) => {
    const { envelopes, cut } = await read(new Blob([bytes]));
    return [envelopes.map(({ size }) => size), cut];
  },
  hidden: (bytes) => (hiddenIn(bytes), "read"),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [kind, given] = JSON.parse(line);
  let told;
  try {
    told = { is: await READ[kind](Buffer.from(given, "base64")) };
  } catch (error) {
    told = { refused: error instanceof OnggiError ? error.name : `not ours: ${error.stack}` };
  }
  console.log(JSON.stringify(told));
}
