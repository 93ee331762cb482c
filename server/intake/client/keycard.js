/** The keycard check: what the page does before it seals anything. Rules: docs/formats/keycard.md. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keyIdOf } from "./boxes.js";
import { concat, hex, same, unbase64, utf8 } from "./bytes.js";
import { BadSignature, ExpiredKeycard, MalformedKeycard, NoteError, RolledBackKeycard } from "./errors.js";

const CLIENT = 1;
const DAY = 86_400_000;
const MAX_SIZE = 65536;
const MAX_AGE = 31 * DAY;

/** The first 132 bits of SHA-256 of the root key as 40 digits, in groups of 5. @param {Uint8Array} root */
export function fingerprint(root) {
  const digits = (BigInt("0x" + hex(sha256(root))) >> 124n).toString().padStart(40, "0");
  return digits.match(/.{5}/g).join(" ");
}

/** The text of a signed note (C2SP) by *name*. @param {string} note @param {string} name @param {Uint8Array} root */
export function openNote(note, name, root) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || /[\x00-\x09\x0b-\x1f]/.test(note) || !note.endsWith("\n")) throw new NoteError("not a signed note");
  const text = note.slice(0, cut + 1);
  const expected = sha256(concat(utf8(`${name}\n`), Uint8Array.of(1), root)).slice(0, 4);
  let signed = false;
  for (const line of note.slice(cut + 2, -1).split("\n")) {
    const [, who, encoded] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? [];
    if (!encoded) throw new NoteError("a line under the note is not a signature line");
    const raw = decoded(encoded, new NoteError("a signature line is not base64"));
    if (who !== name || !same(raw.slice(0, 4), expected)) continue;
    if (!verified(raw.slice(4), utf8(text), root)) throw new BadSignature("not signed by this key");
    signed = true;
  }
  if (!signed) throw new NoteError("not signed by the key that is known under this name");
  return text;
}

function verified(signature, message, root) {
  try {
    // zip215 off: with it on, a small-order key would make one signature valid for any text.
    return signature.length === 64 && ed25519.verify(signature, message, root, { zip215: false });
  } catch {
    return false;
  }
}

function decoded(text, error) {
  try {
    return unbase64(text);
  } catch {
    throw error;
  }
}

function day(text) {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new MalformedKeycard("a day is written YYYY-MM-DD");
  }
  return time;
}

function field(line, label) {
  if (!line?.startsWith(`${label} `)) throw new MalformedKeycard(`expected a line that begins with ${label}`);
  return line.slice(label.length + 1);
}

function number(line, label) {
  const digits = field(line, label);
  if (!/^(0|[1-9][0-9]{0,9})$/.test(digits)) throw new MalformedKeycard(`${label} is not a plain number`);
  return Number(digits);
}

function datedKey(line) {
  const [, id, first, last, text] = /^key ([0-9a-f]{16}) use (\S+) (\S+) (\S+)$/.exec(line) ?? [];
  if (!text) throw new MalformedKeycard("a key line names an id, two days and a key");
  const bundle = decoded(text, new MalformedKeycard("a key line holds no key"));
  if (bundle.length !== 1248) throw new MalformedKeycard("a key line holds no key");
  if (hex(keyIdOf(bundle)) !== id) throw new MalformedKeycard("a key is not the one its id names");
  const key = { first: day(first), last: day(last), bundle };
  if (key.first > key.last) throw new MalformedKeycard("a key's days run backwards");
  return key;
}

/**
 * The bundle to seal to today, when *root* signed this card for *origin*; one of the errors otherwise.
 * @param {string} note @param {{origin: string, root: Uint8Array, today: string, floor?: number}} known
 * @returns {{serial: number, bundle: Uint8Array}}
 */
export function verifyKeycard(note, { origin, root, today, floor = 0 }) {
  if (utf8(note).length > MAX_SIZE) throw new MalformedKeycard("longer than 64 KiB");
  if (/[^\n\x20-\x7e]/.test(note.replaceAll("\u2014", ""))) {
    throw new MalformedKeycard("a keycard is ASCII with line feeds only");
  }
  const lines = openNote(note, `${origin}/root`, root).slice(0, -1).split("\n");
  if (lines.length < 7 || lines[0] !== `${origin}/intake-keys` || lines[1] !== "v1") {
    throw new MalformedKeycard("not a version 1 keycard of this archive");
  }
  const serial = number(lines[2], "serial");
  const [issued, expires] = [day(field(lines[3], "issued")), day(field(lines[4], "expires"))];
  if (issued > expires || expires - issued > MAX_AGE) throw new MalformedKeycard("a keycard lives 31 days at most");
  const minClient = number(lines[5], "min-client");
  const keys = lines.slice(6).map(datedKey);
  const now = day(today);
  if (serial < floor) throw new RolledBackKeycard("older than a keycard this client knows");
  if (issued > now + DAY || expires < now - DAY) throw new ExpiredKeycard(`this device says ${today}`);
  if (minClient > CLIENT) throw new MalformedKeycard("made for a newer client than this one");
  const current = keys.find((key) => key.first <= now && now <= key.last);
  if (!current) throw new ExpiredKeycard(`no intake key for ${today}`);
  return { serial, bundle: current.bundle };
}
