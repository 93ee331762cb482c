/** The sealed testimony, as docs/formats/envelope.md has it. The server never sees what goes in here. */

import { sha512 } from "@noble/hashes/sha2.js";
import { bundleOf, keyIdOf, unwrap, wrap } from "./boxes.js";
import { concat, fromLittleEndian, littleEndian, same, utf8 } from "./bytes.js";
import { begin, CHUNK, decrypt, TAG } from "./cobblestone.js";
import { DamagedEnvelope, MalformedEnvelope, SourceChanged, WrongKey } from "./errors.js";
import { PIECE, sealed } from "./pieces.js";
import { random } from "./random.js";

const MAGIC = utf8("ONGGIEN1");
const BODY = 1266;
const STANZA = 11 + BODY;
const PREFIX = 56;
const SEALED = (PIECE / CHUNK) * (CHUNK + TAG);
const FRONT = utf8("pt1\0");
const MAX_META = 65536;
const ANYONE = new Uint8Array(8);

const floorOf = (purpose) => (purpose === "reply" ? 2048 : 65536);
const contextOf = (purpose, digest) => concat(utf8(`onggi-env1|${purpose}|`), digest);

/** Padmé (Nikitin et al. 2019). Sizes stay below 2 ** 53. @param {number} length */
export function padme(length) {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const unit = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return unit > 1 ? Math.ceil(length / unit) * unit : length;
}

/** How a body lies in its envelope: what is before it, and how long it is with its padding. */
export function layoutOf(meta, length, purpose) {
  const head = headOf(meta, length);
  return { head, padded: padme(Math.max(head.length + length, floorOf(purpose))) };
}

/** Seals one body to its recipients, once. `digest` is known before the body is read. */
export class Sealer {
  #header;
  #purpose;
  #secrets;
  #used = false;

  /**
   * @param {Uint8Array[]} bundles @param {string} purpose
   * @param {(size: number) => Uint8Array} draw all its randomness; anything else than `random` is docs/formats/resume.md
   */
  constructor(bundles, purpose = "intake", draw = random) {
    const key = draw(32);
    const stanzas = bundles.map((bundle) => {
      const keyId = purpose === "reply" ? ANYONE : keyIdOf(bundle);
      return concat(Uint8Array.of(2), keyId, littleEndian(BODY, 2), wrap(key, bundle, keyId, purpose, draw));
    });
    this.#header = concat(MAGIC, Uint8Array.of(1, bundles.length), ...stanzas);
    this.#purpose = purpose;
    this.digest = sha512(this.#header);
    this.#secrets = begin(key, contextOf(purpose, this.digest), draw);
  }

  /** The sizes of an envelope, before it is made. @param {object} meta @param {number} length */
  sizes(meta, length) {
    const { padded } = layoutOf(meta, length, this.#purpose);
    const chunks = Math.floor(padded / CHUNK) + 1;
    return { padded, total: this.#header.length + PREFIX + padded + TAG * chunks };
  }

  /**
   * The envelope from byte *from* on, piece by piece, at constant memory. Once; with `digests` of its source again.
   * @param {Blob} source @param {object} meta @param {{from?: number, digests?: Uint8Array}} again
   * @returns {AsyncGenerator<Uint8Array>}
   */
  async *seal(source, meta, { from = 0, digests } = {}) {
    // Again only what was read before: another text under this key would show both.
    if (this.#used && this.#used !== digests) throw new SourceChanged("a sealer seals once");
    this.#used = digests ?? true;
    const { prefix, ...secrets } = this.#secrets;
    const job = { ...secrets, ...layoutOf(meta, source.size, this.#purpose), source, digests };
    const front = concat(this.#header, prefix);
    yield front.subarray(from);
    let skip = Math.max(from - front.length, 0);
    // The last piece has a short chunk more than the others: its end is still its own.
    const first = Math.min(Math.floor(skip / SEALED), Math.ceil(job.padded / PIECE) - 1);
    skip -= first * SEALED;
    for await (const piece of sealed(job, first)) {
      yield piece.subarray(skip);
      skip = 0;
    }
  }
}

function headOf(meta, length) {
  const text = utf8(JSON.stringify(meta));
  if (text.length > MAX_META) throw new MalformedEnvelope("meta is longer than 64 KiB");
  metaOf(text); // what no reader would open is never sealed
  return concat(FRONT, littleEndian(text.length, 4), littleEndian(length, 8), text);
}

/** Read the header at the front of untrusted bytes. */
export function parseHeader(untrusted) {
  const count = untrusted[9];
  const size = 10 + count * STANZA;
  if (!same(untrusted.slice(0, 8), MAGIC) || untrusted[8] !== 1) throw new MalformedEnvelope("not an envelope of suite 1");
  if (!(count >= 1 && count <= 16) || untrusted.length < size) throw new MalformedEnvelope("the header is cut short");
  const stanzas = [];
  for (let at = 10; at < size; at += STANZA) {
    const length = fromLittleEndian(untrusted.slice(at + 9, at + 11));
    if (untrusted[at] !== 2 || length !== BODY) throw new MalformedEnvelope("a stanza of unknown kind or length");
    stanzas.push({ keyId: untrusted.slice(at + 1, at + 9), body: untrusted.slice(at + 11, at + STANZA) });
  }
  return { size, stanzas, digest: sha512(untrusted.slice(0, size)) };
}

/**
 * Open an envelope that fits in memory (a reply).
 * @param {Uint8Array} untrusted @param {Uint8Array} secret 64 bytes @param {string} purpose
 * @returns {Promise<{meta: object, body: Uint8Array}>}
 */
export async function unseal(untrusted, secret, purpose) {
  const header = parseHeader(untrusted);
  const bundle = bundleOf(secret);
  const wanted = purpose === "reply" ? ANYONE : keyIdOf(bundle);
  let fileKey = null;
  for (const { keyId, body } of header.stanzas) {
    if (!fileKey && same(keyId, wanted)) fileKey = unwrap(body, secret, bundle, keyId, purpose);
  }
  if (!fileKey) throw new WrongKey("sealed to another key or for another purpose, or its header is damaged");
  const context = contextOf(purpose, header.digest);
  return openPlain(await decrypt(fileKey, context, untrusted.slice(header.size)), floorOf(purpose));
}

function openPlain(plain, floor) {
  try {
    const start = 16 + fromLittleEndian(plain.slice(4, 8));
    const end = start + fromLittleEndian(plain.slice(8, 16));
    const whole = same(plain.slice(0, 4), FRONT) && start <= 16 + MAX_META && plain.length === padme(Math.max(end, floor));
    if (!whole || plain.subarray(end).some((byte) => byte)) throw new TypeError();
    return { meta: metaOf(plain.slice(16, start)), body: plain.slice(start, end) };
  } catch {
    throw new DamagedEnvelope("what was sealed is not of this format");
  }
}

/** One text for one meaning: names with texts, exact whole numbers, true or false, written as JSON.stringify does. */
function metaOf(bytes) {
  const meta = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  const plain = ([name, value]) =>
    /^[a-z][a-z0-9_]{0,31}$/.test(name) && (typeof value === "string" ? !/\p{Cs}/u.test(value) : typeof value === "boolean" || Number.isSafeInteger(value));
  const flat = Object.prototype.toString.call(meta) === "[object Object]" && Object.entries(meta).every(plain);
  if (!flat || !same(utf8(JSON.stringify(meta)), bytes)) throw new TypeError();
  return meta;
}
