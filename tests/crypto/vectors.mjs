/** The browser's half of the vectors, without anything of node's: it is read by node and in each browser. */
import { sha256 } from "../../server/intake/client/node_modules/@noble/hashes/sha2.js";
import { statesOf } from "../../server/intake/client/arrived.js";
import { bundleOf, keyIdOf } from "../../server/intake/client/boxes.js";
import { hex, unbase64, unhex } from "../../server/intake/client/bytes.js";
import { read as readCapsule } from "../../server/intake/client/container.js";
import { phoneNumbers } from "../../server/intake/client/disguise.js";
import { unseal } from "../../server/intake/client/envelope.js";
import { fingerprint, verifyKeycard } from "../../server/intake/client/keycard.js";
import { rootsOf, verifyMandate, verifyRotation } from "../../server/intake/client/mandate.js";
import { openNote } from "../../server/intake/client/notes.js";
import { deriver, digitsOf, keysOf, parseReceipt, printOf, wordsOf } from "../../server/intake/client/receipt.js";
import { backOf } from "../../server/intake/client/returning.js";
import { erasureOf, resumable, statementId, tokenOf } from "../../server/intake/client/resume.js";
import { cleaned } from "../../server/intake/client/submission.js";

function equal(actual, expected) {
  const [one, other] = [actual, expected].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error(`${one} is not ${other}`);
}

/** A source that can be changed after it was read, as a file on a phone can. */
class Changing {
  constructor(bytes) {
    this.bytes = bytes;
    this.size = bytes.length;
  }
  slice(start, end) {
    return new Blob([this.bytes.slice(start, end)]);
  }
}

const filled = (fill, size) => Uint8Array.from({ length: size }, (_, at) => fill[at % fill.length]);

const READ = {
  async resume({ secret_hex, code_hex, root_hex, purpose, meta, body: [fill, size], change, ...vector }) {
    const to = { code: unhex(code_hex), root: unhex(root_hex), bundle: bundleOf(unhex(secret_hex)), purpose };
    const source = new Changing(filled(unhex(fill), size));
    const { id, digest, total, read } = await resumable(to, source, meta, () => {});
    equal([id, hex(digest)], [vector.deposit, vector.digest_hex]);
    if (change < size) source.bytes[change] ^= 1;
    else if (change) source.bytes = source.bytes.slice(0, -1);
    const whole = sha256.create();
    const pieces = [];
    for await (const piece of read(0)) {
      whole.update(piece);
      pieces.push(piece);
    }
    equal(hex(whole.digest()), vector.envelope_sha256);
    const envelope = new Uint8Array(await new Blob(pieces).arrayBuffer());
    equal(envelope.length, total);
    // From any place on, it is the same envelope.
    for (const from of [1, 1342, 1343, 1344, total >> 1, total - 17, total - 16, total - 1]) {
      const rest = sha256.create();
      for await (const piece of read(from)) rest.update(piece);
      equal(hex(rest.digest()), hex(sha256(envelope.slice(from))));
    }
  },
  account({ code_hex, root_hex, seq, deposit, token_hex, erasures }) {
    const derive = deriver(unhex(code_hex), unhex(root_hex));
    equal([statementId(derive, seq), hex(tokenOf(derive, seq))], [deposit, token_hex]);
    equal([0, 1, 200].map((index) => erasureOf(derive, seq, index)), erasures);
  },
  arrived({ code_hex, root_hex, list_hex, today, found, next }) {
    const told = statesOf(unhex(list_hex), unhex(code_hex), unhex(root_hex), Date.parse(today));
    equal([told.found.map(({ seq, state }) => [seq, state]), told.next], [found, next]);
  },
  back({ shown, marked, older, next, back }) {
    equal(backOf(shown, marked, older, next), back);
  },
  words({ blank }) {
    const empty = [];
    for (let at = 0; at < 0x10000; at++) if (!cleaned(String.fromCharCode(at))) empty.push(at);
    equal(empty, blank);
  },
  async envelope(vector) {
    const opened = await unseal(unbase64(vector.envelope_b64), unhex(vector.secret_hex), vector.purpose);
    equal(opened.meta, vector.meta);
    equal(hex(opened.body), hex(unbase64(vector.body_b64)));
  },
  keycard({ note, origin, today, floor, kind, root_hex }) {
    equal(verifyKeycard(note, { origin, today, floor, kind, root: unhex(root_hex) }).serial, 42);
  },
  mandate({ note, origin, today, floor, root_hex, ...vector }) {
    const given = verifyMandate(note, { origin, today, floor, root: unhex(root_hex) });
    equal([hex(given.desk), hex(given.reply)], [vector.desk_hex, vector.reply_hex]);
    equal(given.archivists.length, vector.archivists);
  },
  rotation({ note, origin, root_hex, new_hex }) {
    equal(hex(verifyRotation(note, { origin, root: unhex(root_hex) })), new_hex);
  },
  roots({ note, origin, root_hex, roots }) {
    equal(rootsOf(note, { origin, root: unhex(root_hex) }).map(hex), roots);
  },
  async capsule(vector) {
    const pieces = vector.pieces.map((piece) => (typeof piece === "number" ? new Uint8Array(piece) : unhex(piece)));
    const { envelopes, cut } = await readCapsule(new Blob(pieces));
    equal([envelopes.map((envelope) => envelope.size), cut], [vector.sizes, vector.cut]);
  },
  note({ note, name, key_hex, text }) {
    equal(openNote(note, name, unhex(key_hex)), text);
  },
  receipt(vector, spelt) {
    const lists = [spelt.ko, spelt["zh-Hans"], spelt.en];
    const code = parseReceipt(vector.text ?? vector.digits, lists);
    const keys = keysOf(code, unhex(vector.root_hex));
    equal(digitsOf(code), vector.digits);
    for (const [language, words] of Object.entries(vector.words)) {
      equal(wordsOf(code, spelt[language]), words);
      equal(hex(parseReceipt(words.join(" ").normalize("NFD"), lists)), hex(code));
    }
    equal(hex(keys.bundle.slice(0, 32)), vector.x25519_public_hex);
    // A key id is the front of SHA-256, and there without `crypto.subtle` too.
    equal(hex(keyIdOf(keys.bundle.slice(32))), vector.xwing_public_sha256.slice(0, 16));
    equal(hex(keys.signingPublic), vector.ed25519_public_hex);
  },
  disguise({ digits, numbers }) {
    const code = parseReceipt(digits, []);
    for (const [lang, list] of Object.entries(numbers)) equal(phoneNumbers(code, lang), list);
  },
  fingerprint({ root_hex, digits, words }, spelt) {
    equal(fingerprint(unhex(root_hex)), digits);
    for (const [language, told] of Object.entries(words)) equal(printOf(unhex(root_hex), spelt[language]), told);
  },
};

/** The folders of vectors that the browser reads. */
export const KINDS = Object.keys(READ);

/** What a page carries, its own spelling first in each line. @param {Record<string, string[]>} lists as committed */
export const spelling = ({ ko, zh, en }) => ({
  ko,
  "zh-Hans": zh,
  "zh-Hant": zh.map((line) => line.split(" ").reverse().join(" ")),
  en,
});

/** An error, unless this vector opens or fails as it says. @param {string} kind the vector's folder */
export async function read(kind, vector, spelt) {
  let failure = null;
  try {
    await READ[kind](vector, spelt);
  } catch (error) {
    failure = error;
  }
  if (vector.expect === undefined || vector.expect === "opens") {
    if (failure) throw failure;
  } else {
    equal(failure?.name, vector.expect);
  }
}
