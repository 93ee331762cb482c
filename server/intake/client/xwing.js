/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 with X25519, as crypto/keys.py has it. Written out over noble's parts:
 * noble's own comes with every other hybrid, and the page that is carried about must stay small.
 */

import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { concat, utf8 } from "./bytes.js";
import { x25519 } from "./curve25519.js";
import { random } from "./random.js";

export const CIPHERTEXT = 1120;
const PUBLIC = 1184; // bytes of ML-KEM's half
const SEALED = 1088;
const LABEL = utf8("\\.//^\\");

const combine = (sharedM, sharedX, sealedX, publicX) => sha3_256(concat(sharedM, sharedX, sealedX, publicX, LABEL));

function expand(seed) {
  const expanded = shake256(seed, { dkLen: 96 });
  return { mlKem: ml_kem768.keygen(expanded.slice(0, 64)), x: expanded.slice(64) };
}

/** @param {Uint8Array} seed 32 bytes @returns {Uint8Array} 1,216 bytes */
export function publicOf(seed) {
  const { mlKem, x } = expand(seed);
  return concat(mlKem.publicKey, x25519.getPublicKey(x));
}

/** A shared secret, and what carries it. @param {Uint8Array} publicKey 1,216 bytes @param draw where its 64 bytes come from */
export function encapsulate(publicKey, draw = random) {
  const [publicM, publicX] = [publicKey.slice(0, PUBLIC), publicKey.slice(PUBLIC)];
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicM, draw(32));
  const secret = draw(32);
  const sealedX = x25519.getPublicKey(secret);
  const shared = combine(sharedSecret, x25519.getSharedSecret(secret, publicX), sealedX, publicX);
  return { ciphertext: concat(cipherText, sealedX), shared };
}

/** A wrong ciphertext gives a wrong secret (FIPS 203). @param {Uint8Array} ciphertext @param {Uint8Array} seed */
export function decapsulate(ciphertext, seed) {
  const { mlKem, x } = expand(seed);
  const [sealedM, sealedX] = [ciphertext.slice(0, SEALED), ciphertext.slice(SEALED)];
  const sharedX = x25519.getSharedSecret(x, sealedX);
  return combine(ml_kem768.decapsulate(sealedM, mlKem.secretKey), sharedX, sealedX, x25519.getPublicKey(x));
}
