/** From her words to sealed envelopes: one for each photo, and the statement that lists them, sent last. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, hex, utf8 } from "./bytes.js";
import { Sealer } from "./envelope.js";
import { fingerprint } from "./keycard.js";
import { keysOf, newCode } from "./receipt.js";
import { upload } from "./upload.js";

const GRANTS = {
  keep: [["preserve", "archivists"], ["index_search", "archivists"]],
  research: [["research_read", "vetted_researchers"], ["index_search", "vetted_researchers"]],
  quote: [["quote_excerpt", "public"]],
  recontact: [["recontact", "archivists"]],
};
const LANGUAGES = { ko: "kor", en: "eng" };

/** A picture drawn anew: pixels only, none of what the camera wrote beside them. @param {File} file */
export async function redraw(file) {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (!blob) throw new TypeError("this picture cannot be drawn");
  return blob;
}

function consentOf({ chosen, lang, consentText }) {
  const granted = chosen.flatMap((name) => GRANTS[name].map(([use, audience]) => ({ use, audience })));
  return { v: 1, lang, text_sha256: hex(sha256(utf8(consentText))), granted };
}

/**
 * Seal and send. Returns the receipt's code, which exists nowhere else.
 * @param {{text: string, photos: Blob[], chosen: string[], lang: string, consentText: string}} telling
 * @param {{bundle: Uint8Array, root: Uint8Array}} archive
 * @param {(share: number) => void} progress
 */
export async function submit(telling, archive, progress) {
  const code = newCode();
  const account = keysOf(code, archive.root);
  const files = telling.photos.map((photo) => ({ photo, sealer: new Sealer([archive.bundle]) }));
  const fileMeta = { type: "file", media: "image/jpeg", name: "" };
  const statement = new Sealer([archive.bundle]);
  const said = new Blob([JSON.stringify(statementOf(telling, files, fileMeta, account, statement, archive))]);
  const statementMeta = { type: "statement", v: 1 };

  const jobs = files.map(({ photo, sealer }) => ({ source: photo, sealer, meta: fileMeta }));
  jobs.push({ source: said, sealer: statement, meta: statementMeta });
  const sizes = jobs.map(({ source, sealer, meta }) => sealer.sizes(meta, source.size).total);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let sent = 0;
  for (const [at, { source, sealer, meta }] of jobs.entries()) {
    await upload(sealer.seal(source, meta), sizes[at], (bytes) => progress((sent += bytes) / all));
  }
  return code;
}

function statementOf(telling, files, fileMeta, account, sealer, archive) {
  const print = fingerprint(archive.root).replaceAll(" ", "");
  const signed = concat(utf8(`onggi-acct1|intake|${print}|0|`), sealer.digest);
  return {
    v: 1,
    kind: "life_history",
    lang: LANGUAGES[telling.lang],
    text: telling.text.normalize("NFC"),
    consent: consentOf(telling),
    files: files.map((file) => ({
      digest: hex(file.sealer.digest),
      size: file.sealer.sizes(fileMeta, file.photo.size).padded,
      media: "image/jpeg",
    })),
    account: {
      x25519: hex(account.bundle.slice(0, 32)),
      xwing: hex(account.bundle.slice(32)),
      ed25519: hex(account.signingPublic),
    },
    seq: 0,
    signature: hex(account.sign(signed)),
  };
}
