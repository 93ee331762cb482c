// The browser's half of the vectors: the same files as tests/crypto/test_vectors.py, the code that the page runs.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { boxOf, openBoard, verifyBoard } from "../../server/intake/client/board.js";
import { hex, unbase64, unhex } from "../../server/intake/client/bytes.js";
import { unseal } from "../../server/intake/client/envelope.js";
import { fingerprint, verifyKeycard } from "../../server/intake/client/keycard.js";
import { verifyMandate, verifyRotation } from "../../server/intake/client/mandate.js";
import { openNote } from "../../server/intake/client/notes.js";
import { digitsOf, keysOf, parseReceipt, wordsOf } from "../../server/intake/client/receipt.js";
import { tried } from "../../server/intake/client/trial.js";

const here = new URL(".", import.meta.url);
const vectors = (folder) => {
  const at = new URL(`../vectors/${folder}/`, here);
  return readdirSync(at).map((name) => [`${folder}/${name}`, JSON.parse(readFileSync(new URL(name, at), "utf8"))]);
};
const list = (name) =>
  readFileSync(new URL(`../../crypto/wordlists/${name}.txt`, here), "utf8").trim().split("\n");
// What a page carries: its own spelling first in each line.
const ofPage = {
  ko: list("ko"),
  "zh-Hans": list("zh"),
  "zh-Hant": list("zh").map((line) => line.split(" ").reverse().join(" ")),
  en: list("en"),
};
const lists = [ofPage.ko, ofPage["zh-Hans"], ofPage.en];
const sha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

async function expects(vector, act) {
  let failure = null;
  try {
    await act();
  } catch (error) {
    failure = error;
  }
  if (vector.expect === "opens") {
    if (failure) throw failure;
  } else {
    assert.equal(failure?.name, vector.expect, failure?.message);
  }
}

for (const [name, vector] of vectors("envelope")) {
  test(name, () =>
    expects(vector, async () => {
      const opened = await unseal(unbase64(vector.envelope_b64), unhex(vector.secret_hex), vector.purpose);
      assert.deepEqual(opened.meta, vector.meta);
      assert.equal(Buffer.from(opened.body).toString("base64"), vector.body_b64);
    }),
  );
}

for (const [name, vector] of vectors("keycard")) {
  test(name, () =>
    expects(vector, () => {
      const { origin, today, floor, kind } = vector;
      const card = verifyKeycard(vector.note, { origin, today, floor, kind, root: unhex(vector.root_hex) });
      assert.equal(card.serial, 42);
    }),
  );
}

for (const [name, vector] of vectors("mandate")) {
  test(name, () =>
    expects(vector, () => {
      const { origin, today, floor } = vector;
      const given = verifyMandate(vector.note, { origin, today, floor, root: unhex(vector.root_hex) });
      assert.deepEqual([hex(given.desk), hex(given.reply)], [vector.desk_hex, vector.reply_hex]);
      assert.equal(given.archivists.length, vector.archivists);
    }),
  );
}

for (const [name, vector] of vectors("rotation")) {
  test(name, () =>
    expects(vector, () => {
      const root = verifyRotation(vector.note, { origin: vector.origin, root: unhex(vector.root_hex) });
      assert.equal(hex(root), vector.new_hex);
    }),
  );
}

for (const [name, vector] of vectors("note")) {
  test(name, () =>
    expects(vector, () => assert.equal(openNote(vector.note, vector.name, unhex(vector.key_hex)), vector.text)),
  );
}

for (const [name, vector] of vectors("receipt")) {
  test(name, () =>
    expects(vector, async () => {
      const code = parseReceipt(vector.text ?? vector.digits, lists);
      const keys = keysOf(code, unhex(vector.root_hex));
      assert.equal(digitsOf(code), vector.digits);
      for (const [language, words] of Object.entries(vector.words)) {
        assert.deepEqual(wordsOf(code, ofPage[language]), words);
        assert.deepEqual(parseReceipt(words.join(" ").normalize("NFD"), lists), code);
      }
      assert.equal(hex(keys.bundle.slice(0, 32)), vector.x25519_public_hex);
      assert.equal(await sha256(keys.bundle.slice(32)), vector.xwing_public_sha256);
      assert.equal(hex(keys.signingPublic), vector.ed25519_public_hex);
    }),
  );
}

for (const [name, vector] of vectors("fingerprint")) {
  test(name, () => assert.equal(fingerprint(unhex(vector.root_hex)), vector.digits));
}

const FORM = unhex("4f4e474749454e310101020000000000000000f204");
const filler = (at) => [FORM, createHash("shake256", { outputLength: 3407 - FORM.length }).update(`${at}`).digest()];

/** The whole board that a vector stands for. */
function assembled({ front_b64, entries, count, size }) {
  const entry = (at) => (entries[at] ? [unbase64(entries[at])] : filler(at));
  const board = Buffer.concat([unbase64(front_b64), ...Array.from({ length: count }, (_, at) => entry(at)).flat()]);
  return new Uint8Array(Buffer.concat([board.subarray(0, size), Buffer.alloc(Math.max(0, size - board.length))]));
}

for (const [name, vector] of vectors("board")) {
  test(name, () =>
    expects(vector, async () => {
      const { origin, today, floor } = vector;
      const known = { origin, today, floor, desk: unhex(vector.desk_hex) };
      const keys = { secret: unhex(vector.secret_hex), reply: unhex(vector.reply_hex) };
      const board = assembled(vector);
      const { replies } = await openBoard(board, keys, known);
      const told = replies.map(({ serial, day, lang, parts }) => [serial, day, lang, parts]);
      assert.deepEqual(told, vector.replies);
      const { entries } = await verifyBoard(board, known);
      const hits = async (among) => {
        const opened = await tried(among.map((at) => boxOf(entries[at])), keys.secret.slice(0, 32));
        return among.filter((_, at) => opened[at]);
      };
      assert.deepEqual(await hits([...entries.keys()]), vector.opens);
      // The same where a browser has no X25519 of its own.
      const { importKey } = crypto.subtle;
      crypto.subtle.importKey = async function (form, ...rest) {
        if (form === "pkcs8") throw new Error("not supported");
        return importKey.call(this, form, ...rest);
      };
      try {
        assert.deepEqual(await hits(Object.keys(vector.entries).map(Number)), vector.opens);
      } finally {
        crypto.subtle.importKey = importKey;
      }
    }),
  );
}
