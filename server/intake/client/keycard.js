/** The keycard check: what the page does before it seals anything. Rules: docs/formats/keycard.md. */

import { sha256 } from "@noble/hashes/sha2.js";
import { keyIdOf } from "./boxes.js";
import { hex, utf8 } from "./bytes.js";
import { ExpiredKeycard, MalformedKeycard, RolledBackKeycard } from "./errors.js";
import { decoded, openNote } from "./notes.js";

const CLIENT = 1;
const DAY = 86_400_000;
const MAX_SIZE = 65536;
const LIVES = { intake: 31 * DAY, capsule: 366 * DAY };

/** The first 132 bits of SHA-256 of the root key as 40 digits, in groups of 5. @param {Uint8Array} root */
export function fingerprint(root) {
  const digits = (BigInt("0x" + hex(sha256(root))) >> 124n).toString().padStart(40, "0");
  return digits.match(/.{5}/g).join(" ");
}

export function day(text) {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // There is no year 0: Python, which signs, cannot say it.
  if (Number.isNaN(time) || text < "0001" || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new MalformedKeycard("a day is written YYYY-MM-DD");
  }
  return time;
}

export function field(line, label) {
  if (!line?.startsWith(`${label} `)) throw new MalformedKeycard(`expected a line that begins with ${label}`);
  return line.slice(label.length + 1);
}

export function number(line, label) {
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

/** The third to fifth line of all that the root signs. @param {string[]} lines @param {number} longest */
export function readLife(lines, longest) {
  const serial = number(lines[2], "serial");
  const [issued, expires] = [day(field(lines[3], "issued")), day(field(lines[4], "expires"))];
  if (issued > expires || expires - issued > longest) throw new MalformedKeycard("this lives too long, or backwards");
  return { serial, issued, expires };
}

/** @param {{serial: number, issued: number, expires: number}} life @param {{today: string, floor?: number}} known */
export function checkLife({ serial, issued, expires }, { today, floor = 0 }) {
  const now = day(today);
  if (serial < floor) throw new RolledBackKeycard("older than one that this client knows");
  if (issued > now + DAY || expires < now - DAY) throw new ExpiredKeycard(`this device says ${today}`);
}

/**
 * The bundle to seal to today, when *root* signed this card for *origin*; one of the errors otherwise.
 * @param {string} note
 * @param {{origin: string, root: Uint8Array, today: string, floor?: number, kind?: "intake" | "capsule"}} known
 * @returns {{serial: number, bundle: Uint8Array}}
 */
export function verifyKeycard(note, { origin, root, kind = "intake", ...when }) {
  if (utf8(note).length > MAX_SIZE) throw new MalformedKeycard("longer than 64 KiB");
  if (/[^\n\x20-\x7e]/.test(note.replaceAll("\u2014", ""))) {
    throw new MalformedKeycard("a keycard is ASCII with line feeds only");
  }
  const lines = openNote(note, `${origin}/root`, root).slice(0, -1).split("\n");
  if (lines.length < 7 || lines[0] !== `${origin}/${kind}-keys` || lines[1] !== "v1") {
    throw new MalformedKeycard("not a version 1 keycard of this archive");
  }
  const life = readLife(lines, LIVES[kind]);
  const minClient = number(lines[5], "min-client");
  const keys = lines.slice(6).map(datedKey);
  checkLife(life, when);
  if (minClient > CLIENT) throw new MalformedKeycard("made for a newer client than this one");
  const now = day(when.today);
  const current = keys.find((key) => key.first <= now && now <= key.last);
  if (!current) throw new ExpiredKeycard(`no key for ${when.today}`);
  return { serial: life.serial, bundle: current.bundle };
}
