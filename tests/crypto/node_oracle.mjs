// libsodium as an oracle for the page's own boxes, both ways, and for what it refuses. Used in tests only.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { bundleOf, keyIdOf, random, sealBox, unwrap, wrap, XWING_CIPHERTEXT } from "../../server/intake/client/boxes.js";
import { concat, hex, littleEndian, same, unbase64, unhex, utf8 } from "../../server/intake/client/bytes.js";
import { openNote } from "../../server/intake/client/notes.js";
import { blake2b } from "../../server/intake/client/node_modules/@noble/hashes/blake2.js";
import { sha256 } from "../../server/intake/client/node_modules/@noble/hashes/sha2.js";

const sodium = createRequire(new URL("../../server/intake/client/package.json", import.meta.url))("libsodium-wrappers");
await sodium.ready;

const vectors = (folder) => {
  const at = new URL(`../vectors/${folder}/`, import.meta.url);
  return readdirSync(at).map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, at), "utf8")) }));
};
const NONCE = new Uint8Array(24);
const LABEL = utf8("onggi-env1 filekey");
const wrapKey = (shared, keyId, ciphertext) =>
  blake2b(concat(keyId, ciphertext), { key: shared, personalization: utf8("onggi-env1 xwing"), dkLen: 32 });
const bindingOf = (purpose, bundle) => sha256(concat(utf8(purpose), new Uint8Array(1), bundle));

/** A stanza's inside, by libsodium alone. */
function openedBySodium(body, secret, keyId) {
  const [x, seed] = [secret.slice(0, 32), secret.slice(32)];
  const boxed = sodium.crypto_box_seal_open(body.slice(XWING_CIPHERTEXT), sodium.crypto_scalarmult_base(x), x);
  const ciphertext = body.slice(0, XWING_CIPHERTEXT);
  const shared = sodium.crypto_kem_xwing_dec(ciphertext, sodium.crypto_kem_xwing_seed_keypair(seed).privateKey);
  return sodium.crypto_secretbox_open_easy(boxed, NONCE, wrapKey(shared, keyId, ciphertext));
}

/** A stanza's body, by libsodium alone. */
function wrappedBySodium(fileKey, bundle, keyId, purpose) {
  const { ciphertext, sharedSecret } = sodium.crypto_kem_xwing_enc(bundle.slice(32));
  const inner = concat(LABEL, bindingOf(purpose, bundle), fileKey);
  const boxed = sodium.crypto_secretbox_easy(inner, NONCE, wrapKey(sharedSecret, keyId, ciphertext));
  return concat(ciphertext, sodium.crypto_box_seal(boxed, bundle.slice(0, 32)));
}

test("a stanza goes from the page to libsodium and back", () => {
  for (let round = 0; round < 8; round++) {
    const [secret, fileKey] = [random(64), random(32)];
    const bundle = bundleOf(secret);
    const keyId = keyIdOf(bundle);
    assert.deepEqual(bundle.slice(32), sodium.crypto_kem_xwing_seed_keypair(secret.slice(32)).publicKey);
    assert.deepEqual(bundle.slice(0, 32), sodium.crypto_scalarmult_base(secret.slice(0, 32)));
    const inner = openedBySodium(wrap(fileKey, bundle, keyId, "intake"), secret, keyId);
    assert.deepEqual(inner, concat(LABEL, bindingOf("intake", bundle), fileKey));
    assert.deepEqual(unwrap(wrappedBySodium(fileKey, bundle, keyId, "intake"), secret, bundle, keyId, "intake"), fileKey);
  }
});

test("libsodium opens the stanzas that PyNaCl made", () => {
  let opened = 0;
  for (const vector of vectors("envelope").filter((v) => v.expect === "opens")) {
    const [sealed, secret] = [unbase64(vector.envelope_b64), unhex(vector.secret_hex)];
    const wanted = vector.purpose === "reply" ? new Uint8Array(8) : keyIdOf(bundleOf(secret));
    for (let at = 10; at < 10 + sealed[9] * 1277; at += 1277) {
      const [keyId, body] = [sealed.slice(at + 1, at + 9), sealed.slice(at + 11, at + 1277)];
      if (!same(keyId, wanted)) continue;
      try {
        const inner = openedBySodium(body, secret, keyId);
        assert.deepEqual(inner.slice(0, 50), concat(LABEL, bindingOf(vector.purpose, bundleOf(secret))));
        opened++;
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error; // any other: this stanza is for somebody else
      }
    }
  }
  assert.ok(opened >= vectors("envelope").filter((v) => v.expect === "opens").length);
});

// The X25519 points of order 1, 2, 4 and 8, and those not written in full (https://cr.yp.to/ecdh.html).
const LOW = [
  "00".repeat(32),
  "01" + "00".repeat(31),
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ec" + "ff".repeat(30) + "7f",
  "ed" + "ff".repeat(30) + "7f",
  "ee" + "ff".repeat(30) + "7f",
].map(unhex);

test("neither libsodium nor the page seals to a point of small order", () => {
  const bundle = bundleOf(random(64));
  for (const point of LOW) {
    assert.throws(() => sodium.crypto_box_seal(utf8("words"), point), `libsodium, ${hex(point)}`);
    assert.throws(() => sealBox(utf8("words"), point), `the page, ${hex(point)}`);
    const low = concat(point, bundle.slice(32));
    assert.throws(() => wrap(random(32), low, keyIdOf(low), "intake"), `the page's stanza, ${hex(point)}`);
    const inside = concat(bundle.slice(0, -32), point);
    assert.throws(() => wrap(random(32), inside, keyIdOf(inside), "intake"), `X-Wing, ${hex(point)}`);
  }
});

const DASH = "\u2014 ";
const hashOf = (name, key) => sha256(concat(utf8(`${name}\n`), littleEndian(1, 1), key)).slice(0, 4);
const believed = (note, name, key) => {
  try {
    openNote(note, name, key);
    return true;
  } catch (error) {
    assert.equal(error.name, "BadSignature", error.message);
    return false;
  }
};

test("libsodium believes the notes that the page believes", () => {
  let compared = 0;
  for (const { name: file, note, name, key_hex, expect } of vectors("note")) {
    if (expect === "NoteError") continue;
    const [key, cut] = [unhex(key_hex), note.lastIndexOf("\n\n")];
    const ours = note.slice(cut + 2, -1).split("\n").filter((line) => line.startsWith(`${DASH}${name} `));
    const raw = ours.map((line) => unbase64(line.split(" ")[2])).filter((r) => same(r.slice(0, 4), hashOf(name, key)));
    const good = raw.every((r) => {
      const whole = r.length === 68; // libsodium throws at another length
      return whole && sodium.crypto_sign_verify_detached(r.slice(4), utf8(note.slice(0, cut + 1)), key);
    });
    assert.equal(believed(note, name, key), good, file);
    compared++;
  }
  assert.ok(compared >= 15);
});

// The eight points of small order on Ed25519, and the identity and the point of order 2 with a wrong sign bit.
const SMALL = [
  "01" + "00".repeat(31),
  "ec" + "ff".repeat(30) + "7f",
  "00".repeat(32),
  "00".repeat(31) + "80",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "01" + "00".repeat(30) + "80",
  "ec" + "ff".repeat(31),
].map(unhex);

test("neither libsodium nor the page believes a key of small order", () => {
  const identity = SMALL[0];
  for (const key of SMALL) {
    // Zero times the base is R: to a lenient verifier this is a signature for one text in eight, whatever the key.
    for (let number = 0; number < 32; number++) {
      const [text, signature] = [`text ${number}\n`, concat(identity, new Uint8Array(32))];
      assert.equal(sodium.crypto_sign_verify_detached(signature, utf8(text), key), false);
      const line = Buffer.from(concat(hashOf("root", key), signature)).toString("base64");
      assert.equal(believed(`${text}\n${DASH}root ${line}\n`, "root", key), false);
    }
  }
});
