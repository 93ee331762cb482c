/**
 * C2SP chunked encryption, Cobblestone-256, on the browser's own AES-256-GCM.
 * Native, so it keeps its speed where a browser has neither WebAssembly nor a JIT.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { random } from "./boxes.js";
import { concat, same, utf8 } from "./bytes.js";
import { DamagedEnvelope } from "./errors.js";

export const CHUNK = 16384;
export const TAG = 16;
const SALT = 24;
const COMMITMENT = 32;
const INFO = utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

/**
 * Two blocks of HKDF-Expand (RFC 5869, 2.3). Written out because noble's refuses keys shorter than the hash,
 * which the C2SP format uses on purpose: a uniformly random key needs no Extract.
 */
function expand(key, info) {
  const first = hmac(sha512, key, concat(info, Uint8Array.of(1)));
  return concat(first, hmac(sha512, key, concat(first, info, Uint8Array.of(2))));
}

async function derive(key, salt, context, usage) {
  const okm = expand(key, concat(INFO, salt, context));
  const aes = await crypto.subtle.importKey("raw", okm.slice(0, 32), "AES-GCM", false, [usage]);
  return { aes, nonce: okm.slice(32, 44), commitment: okm.slice(44, 76) };
}

/** The base nonce XOR the chunk's number, big-endian. */
function nonceOf(base, number) {
  const nonce = base.slice();
  for (let at = 11, left = number; left; at--, left = Math.floor(left / 256)) nonce[at] ^= left % 256;
  return nonce;
}

/** Encrypts one message. Pieces go in; `prefix` comes first, then what each call returns. */
export class Encryptor {
  #keys;
  #rest = new Uint8Array();
  #number = 0;

  /** @param {Uint8Array} key @param {Uint8Array} context */
  static async create(key, context) {
    const encryptor = new Encryptor();
    const salt = random(SALT);
    encryptor.#keys = await derive(key, salt, context, "encrypt");
    encryptor.prefix = concat(salt, encryptor.#keys.commitment);
    return encryptor;
  }

  async #encrypt(chunk) {
    const iv = nonceOf(this.#keys.nonce, this.#number++);
    return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#keys.aes, chunk));
  }

  /** @param {Uint8Array} piece @returns {Promise<Uint8Array>} */
  async update(piece) {
    const all = concat(this.#rest, piece);
    const whole = all.length - (all.length % CHUNK);
    this.#rest = all.slice(whole);
    const chunks = [];
    for (let at = 0; at < whole; at += CHUNK) chunks.push(this.#encrypt(all.slice(at, at + CHUNK)));
    return concat(...(await Promise.all(chunks)));
  }

  /** The last, always short, chunk. */
  async finish() {
    return this.#encrypt(this.#rest);
  }
}

/** The whole plaintext of a message in memory (replies are small), or `DamagedEnvelope`. */
export async function decrypt(key, context, message) {
  const keys = await derive(key, message.slice(0, SALT), context, "decrypt");
  const damaged = () => new DamagedEnvelope("cut short or changed after it was sealed");
  if (!same(message.slice(SALT, SALT + COMMITMENT), keys.commitment)) throw damaged();
  const chunks = message.slice(SALT + COMMITMENT);
  if (chunks.length % (CHUNK + TAG) < TAG) throw damaged();
  const plain = [];
  for (let at = 0, number = 0; at < chunks.length; at += CHUNK + TAG, number++) {
    const iv = nonceOf(keys.nonce, number);
    const chunk = chunks.slice(at, at + CHUNK + TAG);
    plain.push(crypto.subtle.decrypt({ name: "AES-GCM", iv }, keys.aes, chunk).then((b) => new Uint8Array(b)));
  }
  try {
    return concat(...(await Promise.all(plain)));
  } catch {
    throw damaged();
  }
}
