/**
 * The curve, both ways that we use it: X25519 (RFC 7748) to share a secret, Ed25519 (RFC 8032) to sign.
 *
 * The parts of noble that do just this. Its `@noble/curves/ed25519.js` brings every curve's machinery along, a tenth
 * of all that her browser would load.
 */

import { montgomery } from "@noble/curves/abstract/montgomery.js";
import { pow } from "@noble/curves/abstract/modular.js";
import { getPublicKey, hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

const P = 2n ** 255n - 19n;

hashes.sha512 = sha512;

export const ed25519 = { getPublicKey, sign, verify };

export const x25519 = montgomery({
  P,
  type: "x25519",
  powPminus2: (x) => pow(x, P - 2n, P),
  adjustScalarBytes(bytes) {
    bytes[0] &= 248;
    bytes[31] = (bytes[31] & 127) | 64;
    return bytes;
  },
});
