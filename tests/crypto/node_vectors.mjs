// The browser's half of the vectors: the same files as tests/crypto/test_vectors.py, the code that the page runs.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { hex, unbase64, unhex } from "../../server/intake/client/bytes.js";
import { read } from "../../server/intake/client/container.js";
import { unseal } from "../../server/intake/client/envelope.js";
import { fingerprint, verifyKeycard } from "../../server/intake/client/keycard.js";
import { verifyMandate, verifyRotation } from "../../server/intake/client/mandate.js";
import { openNote } from "../../server/intake/client/notes.js";
import { digitsOf, keysOf, parseReceipt, wordsOf } from "../../server/intake/client/receipt.js";

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

for (const [name, vector] of vectors("capsule")) {
  test(name, () =>
    expects(vector, async () => {
      const pieces = vector.pieces.map((piece) => (typeof piece === "number" ? new Uint8Array(piece) : unhex(piece)));
      const { envelopes, cut } = await read(new Blob(pieces));
      assert.deepEqual([envelopes.map((envelope) => envelope.size), cut], [vector.sizes, vector.cut]);
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
