/** From her words to sealed envelopes: one for each photo, and the statement that lists them, sent last. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, hex, utf8 } from "./bytes.js";
import { Sealer } from "./envelope.js";
import { fingerprint } from "./keycard.js";
import { keysOf, newCode } from "./receipt.js";

const LANGUAGES = { ko: "kor", "zh-Hans": "zho", "zh-Hant": "zho", en: "eng" };
const SCRIPTS = { kor: /\p{Script=Hangul}/gu, zho: /\p{Script=Han}/gu, eng: /\p{Script=Latin}/gu };
const WEIGHT = { kor: 3, zho: 3, eng: 1 }; // a syllable says as much as some letters do
const CONTROLS = /[\x00-\x08\x0b-\x1f]/g; // pasted from somewhere; the archive takes none
const metaOf = (media) => ({ type: "file", media, name: "" });
const STATEMENT = { type: "statement", v: 1 };

/** The language that most of it is written in, whatever the page's is: a Korean page takes Chinese words too. */
function languageOf(text) {
  const seen = (lang) => (text.match(SCRIPTS[lang])?.length ?? 0) * WEIGHT[lang];
  const [first] = Object.keys(SCRIPTS).sort((one, other) => seen(other) - seen(one));
  return seen(first) ? first : null;
}

/** Her words as the archive takes them. NFC last: a letter and its accent may meet only when what stood between is gone. */
export const cleaned = (text) => text.replace(/\p{Cs}/gu, "\ufffd").replace(CONTROLS, "").normalize("NFC").trim();

/**
 * One receipt for one opened page. A try that seemed to fail may have arrived, and only its answer was lost:
 * each next one is another statement, with the next number, of the same account, and her words open them all.
 */
export class Account {
  #archive;
  #way;
  #code = newCode();
  #tries = 0;

  /** @param {{bundle: Uint8Array, root: Uint8Array}} archive @param {object} way online.js or capsule.js */
  constructor(archive, way) {
    this.#archive = archive;
    this.#way = way;
  }

  /** The receipt's code, which exists nowhere else. */
  get code() {
    return this.#code;
  }

  /**
   * Seal and send. `text` is as `cleaned` gives it.
   * @param {{text: string, lang: string, files: {source: Blob, media: string}[],
   *   consent: {granted: {use: string, audience: string}[], lang: string, text: string}}} telling
   * @param {{progress: (share: number) => void}} watching
   */
  async submit(telling, { progress }) {
    const signing = { keys: keysOf(this.#code, this.#archive.root), seq: this.#tries++ };
    await send(telling, signing, this.#archive, this.#way, progress);
  }
}

async function send(telling, signing, archive, { kind, parcel }, progress) {
  const files = telling.files.map((file) => ({ ...file, sealer: new Sealer([archive.bundle], kind) }));
  const statement = new Sealer([archive.bundle], kind);
  const said = new Blob([JSON.stringify(statementOf(telling, files, signing, statement, archive))]);

  const jobs = files.map(({ source, sealer, media }) => ({ source, sealer, meta: metaOf(media) }));
  jobs.push({ source: said, sealer: statement, meta: STATEMENT });
  const sizes = jobs.map(({ source, sealer, meta }) => sealer.sizes(meta, source.size).total);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const { add, close } = parcel(jobs.length);
  let sent = 0;
  for (const [at, { source, sealer, meta }] of jobs.entries()) {
    await add(sealer.seal(source, meta), sizes[at], (bytes) => progress((sent += bytes) / all));
  }
  close();
}

function statementOf({ text, lang, consent }, files, { keys, seq }, sealer, archive) {
  const print = fingerprint(archive.root).replaceAll(" ", "");
  const signed = concat(utf8(`onggi-acct1|intake|${print}|${seq}|`), sealer.digest);
  return {
    v: 1,
    kind: "life_history",
    lang: languageOf(text) ?? LANGUAGES[lang],
    text,
    consent: { v: 1, lang: consent.lang, text_sha256: hex(sha256(utf8(consent.text))), granted: consent.granted },
    files: files.map((file) => ({
      digest: hex(file.sealer.digest),
      size: file.sealer.sizes(metaOf(file.media), file.source.size).padded,
      media: file.media,
    })),
    account: {
      x25519: hex(keys.bundle.slice(0, 32)),
      xwing: hex(keys.bundle.slice(32)),
      ed25519: hex(keys.signingPublic),
    },
    seq,
    signature: hex(keys.sign(signed)),
  };
}
