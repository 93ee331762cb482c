/** From her words to sealed envelopes: one for each file, and the statement that lists them, sent last. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, hex, utf8 } from "./bytes.js";
import { Sealer } from "./envelope.js";
import { fingerprint } from "./keycard.js";
import { random } from "./random.js";
import { keysOf, newCode } from "./receipt.js";

const LANGUAGES = { ko: "kor", en: "eng" }; // of a page; the others are Chinese
const SCRIPTS = { kor: /\p{Script=Hangul}/gu, zho: /\p{Script=Han}/gu, eng: /\p{Script=Latin}/gu };
const WEIGHT = { kor: 3, zho: 3, eng: 1 }; // a syllable says as much as some letters do
const CONTROLS = /[\x00-\x08\x0b-\x1f]/g; // pasted from somewhere; the archive takes none
const AROUND = /^[\s\x85]+|[\s\x85]+$/g; // white space of either language that reads it
const STATEMENT = { type: "statement", v: 1 };
const TAKEN = 409;
const STAYS = 255; // no token erases it: what tells nothing must reach the archive
const nothing = () => {};

/** The language that most of it is written in, whatever the page's is: a Korean page takes Chinese words too. */
function languageOf(text) {
  const seen = (lang) => (text.match(SCRIPTS[lang])?.length ?? 0) * WEIGHT[lang];
  const [first] = Object.keys(SCRIPTS).sort((one, other) => seen(other) - seen(one));
  return seen(first) ? first : null;
}

/** Her words as the archive takes them. NFC last: a letter and its accent may meet only when what stood between is gone. */
export const cleaned = (text) => text.replace(/\p{Cs}/gu, "\ufffd").replace(CONTROLS, "").normalize("NFC").replace(AROUND, "");

/** Meta of a file's envelope. Its name never goes. @param {string} media */
export const fileMeta = (media) => ({ type: "file", media, name: "" });

/** What was sealed into memory, such as a recording, from a place on. */
async function* from(pieces, skip) {
  for (const piece of pieces) {
    yield piece.subarray(skip);
    skip = Math.max(skip - piece.length, 0);
  }
}

/**
 * A sealed file on its way. `again`: `read` gives the same bytes each time. `padded` and `total` are sizes in bytes.
 * @typedef {{id: string, digest: Uint8Array, padded: number, total: number, media: string, again: boolean,
 *   read: (from: number) => AsyncIterable<Uint8Array>}} Sealed
 *
 * A file of a telling: still to be sealed, or sealed already under a random key, its pieces in the order of its bytes.
 * @typedef {{source: Blob, media: string}
 *   | {digest: Uint8Array, padded: number, total: number, media: string, pieces: Uint8Array[]}} File
 */

/**
 * One receipt. Its `code` is there before anything is sent. A try that seemed to fail may have arrived, and only its
 * answer was lost: `submit` again with the same files goes on where it stopped, also from another account of this code.
 */
export class Account {
  #to;
  #way;
  #keys;
  #seq;
  #sealed = new WeakMap();

  /**
   * @param {{bundle: Uint8Array, root: Uint8Array}} archive @param {object} way online.js or capsule.js
   * @param {{code?: Uint8Array, seq?: number}} known who comes back, and the `next` that arrived.js told
   */
  constructor({ bundle, root }, way, { code = newCode(), seq = way.first() } = {}) {
    this.#to = { code, root, bundle, purpose: way.kind };
    this.#way = way;
    this.#keys = keysOf(code, root);
    this.#seq = seq;
  }

  /** The receipt's code, which exists nowhere else. */
  get code() {
    return this.#to.code;
  }

  /**
   * Seal and send: the files, then the statement, whose number is returned. `text` is as `cleaned` gives it. The same objects in `files` are read once.
   * @param {{text: string, lang: string, kind?: "consent" | "withdrawal", back?: number[][], files?: File[],
   *   consent: {granted: {use: string, audience: string}[], lang: string, text: string}}} telling
   * @param {{reading?: (share: number, file: number) => void, progress?: (share: number) => void, signal?: AbortSignal,
   *   working?: (share: number) => void}} told `working` of the puzzle that a busy intake asks for
   */
  async submit(telling, { reading = nothing, progress = nothing, signal, working } = {}) {
    const files = [];
    for (const file of telling.files ?? []) files.push(await this.#file(file, (share) => reading(share, files.length), signal));
    let statement = this.#statement(telling, files);
    const all = [...files, statement].reduce((sum, { total }) => sum + total, 0);
    const { add, close } = this.#way.parcel(this.#to, files.length + 1);
    let sent = 0;
    const arrived = (bytes) => progress((sent += bytes) / all);
    for (const [at, file] of files.entries()) await add(file, this.#seq, at + 1, arrived, signal, working);
    for (let before = sent; ; sent = before, statement = this.#statement(telling, files)) {
      try {
        await add(statement, this.#seq, telling.kind ? STAYS : 0, arrived, signal, working);
        break;
      } catch (error) {
        if (error.status !== TAKEN) throw error;
        this.#seq++; // another try of hers has this number
      }
    }
    close();
    return this.#seq++;
  }

  async #file(file, reading, signal) {
    const known = this.#sealed.get(file);
    if (known) return known;
    const { source, media, pieces } = file;
    const sealed = source
      ? { ...(await this.#way.file(this.#to, source, fileMeta(media), reading, signal)), media }
      : { ...file, id: hex(random(16)), again: true, read: (skip) => from(pieces, skip) };
    if (sealed.again) this.#sealed.set(file, sealed);
    return sealed;
  }

  /** Sealed anew each time, under a random key: its text may be another by now. */
  #statement(telling, files) {
    const sealer = new Sealer([this.#to.bundle], this.#to.purpose);
    const body = new Blob([JSON.stringify(this.#said(telling, files, sealer.digest))]);
    const pieces = [];
    return {
      id: this.#way.statementId?.(this.#to, this.#seq),
      ...sealer.sizes(STATEMENT, body.size),
      // Kept as it was sealed: a part is sent again as it was.
      async *read(skip) {
        if (!pieces.length) for await (const piece of sealer.seal(body, STATEMENT)) pieces.push(piece);
        yield* from(pieces, skip);
      },
    };
  }

  #said({ text, lang, kind = "life_history", back, consent }, files, digest) {
    const print = fingerprint(this.#to.root).replaceAll(" ", "");
    const signed = concat(utf8(`onggi-acct1|intake|${print}|${this.#seq}|`), digest);
    return {
      v: 1,
      kind,
      lang: languageOf(text) ?? LANGUAGES[lang] ?? "zho",
      text,
      consent: { v: 1, lang: consent.lang, text_sha256: hex(sha256(utf8(consent.text))), granted: consent.granted },
      files: files.map((file) => ({ digest: hex(file.digest), size: file.padded, media: file.media })),
      account: {
        x25519: hex(this.#keys.bundle.slice(0, 32)),
        xwing: hex(this.#keys.bundle.slice(32)),
        ed25519: hex(this.#keys.signingPublic),
      },
      back, // JSON leaves it out where it is undefined
      seq: this.#seq,
      signature: hex(this.#keys.sign(signed)),
    };
  }
}
