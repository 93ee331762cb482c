/**
 * C2SP chunked encryption, Cobblestone-256, on the browser's own AES-256-GCM.
 * Native, so it keeps its speed where a browser has neither WebAssembly nor a JIT; the same bytes, slowly, from noble
 * where a page has no `crypto.subtle`, as on an http onion on iOS. Chunks stand alone: any can be sealed anywhere.
 */

import { gcm } from "@noble/ciphers/aes.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, same, utf8 } from "./bytes.js";
import { DamagedEnvelope } from "./errors.js";
import { random } from "./random.js";

export const CHUNK = 16384;
export const TAG = 16;
const SALT = 24;
const COMMITMENT = 32;
const INFO = utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

const padded = (key, byte) => Uint8Array.from({ length: 128 }, (_, at) => key[at] ^ byte);

/** HMAC-SHA-512 (RFC 2104) of a key no longer than a block of 128 bytes, as all of ours are. */
export const hmac = (key, message) =>
  sha512(concat(padded(key, 0x5c), sha512(concat(padded(key, 0x36), message))));

/**
 * HKDF-Expand with SHA-512 (RFC 5869, 2.3), for up to 255 blocks. Written out because noble's refuses keys shorter
 * than the hash, which the C2SP format uses on purpose: a uniformly random key needs no Extract.
 */
export function expand(key, info, size) {
  let [okm, block] = [new Uint8Array(), new Uint8Array()];
  for (let number = 1; okm.length < size; number++) {
    block = hmac(key, concat(block, info, Uint8Array.of(number)));
    okm = concat(okm, block);
  }
  return okm.slice(0, size);
}

function derive(key, salt, context) {
  const okm = expand(key, concat(INFO, salt, context), 76);
  return { key: okm.slice(0, 32), nonce: okm.slice(32, 44), commitment: okm.slice(44, 76) };
}

/** AES-256-GCM one way, "encrypt" or "decrypt": from a nonce and bytes to bytes, or an error. */
async function cipherOf(key, way) {
  const { subtle } = globalThis.crypto;
  if (subtle) {
    const aes = await subtle.importKey("raw", key, "AES-GCM", false, [way]);
    return async (iv, bytes) => new Uint8Array(await subtle[way]({ name: "AES-GCM", iv }, aes, bytes));
  }
  return async (iv, bytes) => {
    // Each chunk in a task of its own: the page can be scrolled, and left, while it seals.
    await new Promise((done) => setTimeout(done));
    return gcm(key, iv)[way](bytes);
  };
}

/** The base nonce XOR the chunk's number, big-endian. */
function nonceOf(base, number) {
  const nonce = base.slice();
  for (let at = 11, left = number; left; at--, left = Math.floor(left / 256)) nonce[at] ^= left % 256;
  return nonce;
}

async function each(way, { key, nonce }, first, bytes, size, count) {
  const run = await cipherOf(key, way);
  const chunks = Array.from({ length: count }, (_, at) =>
    run(nonceOf(nonce, first + at), bytes.subarray(at * size, (at + 1) * size)),
  );
  return concat(...(await Promise.all(chunks)));
}

/**
 * The secrets of one new message, and the `prefix` that its chunks follow.
 * @param {Uint8Array} key fresh for each message @param {Uint8Array} context
 */
export function begin(key, context, draw = random) {
  const salt = draw(SALT);
  const secrets = derive(key, salt, context);
  return { ...secrets, prefix: concat(salt, secrets.commitment) };
}

/**
 * The sealed chunks of a piece whose first chunk has this number. Only the last piece may end within a chunk.
 * @param {{key: Uint8Array, nonce: Uint8Array}} secrets @param {number} first @param {Uint8Array} piece
 * @param {boolean} last then the last, always short, chunk is there too
 */
export function encrypt(secrets, first, piece, last) {
  return each("encrypt", secrets, first, piece, CHUNK, Math.floor(piece.length / CHUNK) + (last ? 1 : 0));
}

/** The whole plaintext of a message in memory (replies are small), or `DamagedEnvelope`. */
export async function decrypt(key, context, message) {
  const secrets = derive(key, message.slice(0, SALT), context);
  const damaged = () => new DamagedEnvelope("cut short or changed after it was sealed");
  if (!same(message.slice(SALT, SALT + COMMITMENT), secrets.commitment)) throw damaged();
  const chunks = message.slice(SALT + COMMITMENT);
  if (chunks.length % (CHUNK + TAG) < TAG) throw damaged();
  try {
    return await each("decrypt", secrets, 0, chunks, CHUNK + TAG, Math.ceil(chunks.length / (CHUNK + TAG)));
  } catch {
    throw damaged();
  }
}
