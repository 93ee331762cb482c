/** Opening by trial: which sealed boxes are hers, found with one X25519 each, without a sign to anyone. */

import { openShared } from "./boxes.js";
import { concat, same, unhex } from "./bytes.js";
import { x25519 } from "./curve25519.js";

const AT_ONCE = 16;
/** What goes before an X25519 secret in PKCS #8 (RFC 8410), the only form but JWK in which WebCrypto takes one. */
const PKCS8 = unhex("302e020100300506032b656e04220420");
const BASE = Uint8Array.from({ length: 32 }, (_, at) => (at ? 0 : 9));

/** @param {number} ms for the page to draw and to hear a click */
const breathe = () => new Promise((done) => setTimeout(done));

/**
 * For each of *boxes* whether *secret* opens it. Every one is tried, also after one has opened.
 * @param {Uint8Array[]} boxes crypto_box_seal, 146 bytes each @param {Uint8Array} secret 32 bytes of X25519
 * @param {(share: number) => void} progress @returns {Promise<boolean[]>}
 */
export async function tried(boxes, secret, progress = () => {}) {
  const publicKey = x25519.getPublicKey(secret);
  const shared = (await native(secret, publicKey)) ?? ((point) => x25519.getSharedSecret(secret, point));
  const open = async (box) => {
    try {
      return openShared(box, await shared(box.slice(0, 32)), publicKey).length > 0;
    } catch {
      return false; // somebody else's, a dummy, or a point of small order: the same to us
    }
  };
  const opened = [];
  for (let at = 0; at < boxes.length; at += AT_ONCE) {
    opened.push(...(await Promise.all(boxes.slice(at, at + AT_ONCE).map(open))));
    progress(opened.length / boxes.length);
    await breathe();
  }
  return opened;
}

/** The browser's own X25519 with *secret*, when it has one that computes rightly; null otherwise. */
async function native(secret, publicKey) {
  try {
    const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8, secret), "X25519", false, ["deriveBits"]);
    const shared = async (point) => {
      const other = await crypto.subtle.importKey("raw", point, "X25519", false, []);
      return new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, key, 256));
    };
    return same(await shared(BASE), publicKey) ? shared : null;
  } catch {
    return null;
  }
}
