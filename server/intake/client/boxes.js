/** NaCl's boxes and the X-Wing wrap, on audited noble: byte for byte what PyNaCl and crypto/keys.py do. */

import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, same, utf8 } from "./bytes.js";
import { x25519 } from "./curve25519.js";
import { random } from "./random.js";
import * as xwing from "./xwing.js";

const LABEL = utf8("onggi-env1 filekey");
const PERSON = utf8("onggi-env1 xwing");
const ZERO_NONCE = new Uint8Array(24);

const words = (bytes) => new Uint32Array(bytes.slice().buffer);
const SIGMA = words(utf8("expand 32-byte k"));

/** crypto_box_beforenm, of an X25519 shared secret. */
function boxKey(shared) {
  const out = new Uint32Array(8);
  hsalsa(SIGMA, words(shared), new Uint32Array(4), out);
  return new Uint8Array(out.buffer);
}

const sealNonce = (ephemeral, publicKey) => blake2b(concat(ephemeral, publicKey), { dkLen: 24 });

/** crypto_box_seal. @param {Uint8Array} message @param {Uint8Array} publicKey */
export function sealBox(message, publicKey, draw = random) {
  const secret = draw(32);
  const ephemeral = x25519.getPublicKey(secret);
  const cipher = xsalsa20poly1305(
    boxKey(x25519.getSharedSecret(secret, publicKey)),
    sealNonce(ephemeral, publicKey),
  );
  return concat(ephemeral, cipher.encrypt(message));
}

/** crypto_box_seal_open. */
function openBox(box, secret) {
  return openShared(box, x25519.getSharedSecret(secret, box.slice(0, 32)), x25519.getPublicKey(secret));
}

/** crypto_box_seal_open for whoever has the X25519 shared secret of the box's first 32 bytes and the key already. */
export function openShared(box, shared, publicKey) {
  return xsalsa20poly1305(boxKey(shared), sealNonce(box.slice(0, 32), publicKey)).decrypt(box.slice(32));
}

/** crypto_box_open, the nonce in front. @param {Uint8Array} boxed @param {Uint8Array} secret @param {Uint8Array} sender */
export function openFrom(boxed, secret, sender) {
  return xsalsa20poly1305(boxKey(x25519.getSharedSecret(secret, sender)), boxed.slice(0, 24)).decrypt(boxed.slice(24));
}

const wrapKey = (shared, keyId, ciphertext) =>
  blake2b(concat(keyId, ciphertext), { key: shared, personalization: PERSON, dkLen: 32 });

const binding = (purpose, bundle) => sha256(concat(utf8(purpose), new Uint8Array(1), bundle));

/** The first 8 bytes of SHA-256 of a recipient's bundle. @param {Uint8Array} bundle */
export const keyIdOf = (bundle) => sha256(bundle).slice(0, 8);

/** The body of a stanza. @param {Uint8Array} fileKey @param {Uint8Array} bundle @param {Uint8Array} keyId @param {string} purpose */
export function wrap(fileKey, bundle, keyId, purpose, draw = random) {
  const { ciphertext, shared } = xwing.encapsulate(bundle.slice(32), draw);
  const inner = concat(LABEL, binding(purpose, bundle), fileKey);
  const boxed = xsalsa20poly1305(wrapKey(shared, keyId, ciphertext), ZERO_NONCE).encrypt(inner);
  return concat(ciphertext, sealBox(boxed, bundle.slice(0, 32), draw));
}

/** A recipient's public bundle. @param {Uint8Array} secret 32 bytes X25519, 32 bytes X-Wing seed */
export function bundleOf(secret) {
  return concat(x25519.getPublicKey(secret.slice(0, 32)), xwing.publicOf(secret.slice(32)));
}

/** The file key in a stanza's body, or null. */
export function unwrap(body, secret, bundle, keyId, purpose) {
  const ciphertext = body.slice(0, xwing.CIPHERTEXT);
  try {
    const boxed = openBox(body.slice(xwing.CIPHERTEXT), secret.slice(0, 32));
    const shared = xwing.decapsulate(ciphertext, secret.slice(32));
    const inner = xsalsa20poly1305(wrapKey(shared, keyId, ciphertext), ZERO_NONCE).decrypt(boxed);
    const expected = concat(LABEL, binding(purpose, bundle));
    return inner.length === 82 && same(inner.slice(0, 50), expected) ? inner.slice(50) : null;
  } catch {
    return null;
  }
}
