/** Signed notes (C2SP signed-note), as crypto/notes.py reads them: all that the root and the desk sign. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, same, unbase64, utf8 } from "./bytes.js";
import { ed25519 } from "./curve25519.js";
import { BadSignature, NoteError } from "./errors.js";

/** The text that *key* signed as *name*. @param {string} note @param {string} name @param {Uint8Array} key */
export function openNote(note, name, key) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || /[\x00-\x09\x0b-\x1f]/.test(note) || !note.endsWith("\n")) throw new NoteError("not a signed note");
  const text = note.slice(0, cut + 1);
  const expected = sha256(concat(utf8(`${name}\n`), Uint8Array.of(1), key)).slice(0, 4);
  let signed = false;
  for (const line of note.slice(cut + 2, -1).split("\n")) {
    const [, who, encoded] = /^\u2014 ([^\p{White_Space}+]+) (\S+)$/u.exec(line) ?? [];
    if (!encoded) throw new NoteError("a line under the note is not a signature line");
    const raw = decoded(encoded, new NoteError("a signature line is not base64"));
    if (who !== name || !same(raw.slice(0, 4), expected)) continue;
    if (!verified(raw.slice(4), utf8(text), key)) throw new BadSignature("not signed by this key");
    signed = true;
  }
  if (!signed) throw new NoteError("not signed by the key that is known under this name");
  return text;
}

function verified(signature, message, key) {
  try {
    // zip215 off: with it on, a small-order key would make one signature valid for any text.
    return signature.length === 64 && ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/**
 * A note as it came, or `NoteError`: a mark at its front is part of it, and what is no UTF-8 is no note.
 * @param {Uint8Array} untrusted @returns {string}
 */
export function noteOf(untrusted) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(untrusted);
  } catch {
    throw new NoteError("a note is UTF-8 text");
  }
}

/** Strict base64, or *error*. */
export function decoded(text, error) {
  try {
    return unbase64(text);
  } catch {
    throw error;
  }
}
