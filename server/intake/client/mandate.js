/** What the root signs about other keys: the mandate, and the root that follows it. Rules: docs/formats/mandate.md. */

import { hex, unhex, utf8 } from "./bytes.js";
import { MalformedKeycard } from "./errors.js";
import { checkLife, day, field, readLife } from "./keycard.js";
import { openNote } from "./notes.js";

const LONGEST = 366 * 86_400_000;
const MAX_SIZE = 65536;
const MOST_ROOTS = 8; // that her words are tried with, the newest among them

function linesOf(note, name, root) {
  if (utf8(note).length > MAX_SIZE) throw new MalformedKeycard("longer than 64 KiB");
  return openNote(note, name, root).slice(0, -1).split("\n");
}

function key(line, label) {
  const text = field(line, label);
  if (!/^[0-9a-f]{64}$/.test(text)) throw new MalformedKeycard(`${label} is not a key of 64 hexadecimal digits`);
  return unhex(text);
}

/**
 * Who acts for the archive today, when *root* says so; one of the errors otherwise.
 * @param {string} note @param {{origin: string, root: Uint8Array, today: string, floor?: number}} known
 * @returns {{serial: number, desk: Uint8Array, reply: Uint8Array, archivists: Uint8Array[]}}
 */
export function verifyMandate(note, { origin, root, ...when }) {
  const lines = linesOf(note, `${origin}/root`, root);
  if (lines.length < 7 || lines[0] !== `${origin}/mandate` || lines[1] !== "v1") {
    throw new MalformedKeycard("not a version 1 mandate of this archive");
  }
  const life = readLife(lines, LONGEST);
  const archivists = lines.slice(7).map((line) => key(line, "archivist"));
  if (new Set(archivists.map(hex)).size !== archivists.length) {
    throw new MalformedKeycard("an archivist is listed twice");
  }
  const [desk, reply] = [key(lines[5], "desk"), key(lines[6], "reply")];
  checkLife(life, when);
  return { serial: life.serial, desk, reply, archivists };
}

/** The notes of a chain, apart; what does not begin as one is one. */
function eachRotation(notes, origin) {
  const head = `${origin}/root-rotation\n`;
  const [first, ...rest] = `\n${notes}`.split(`\n${head}`);
  return first || !rest.length ? [notes] : rest.map((note, at) => head + note + (at < rest.length - 1 ? "\n" : ""));
}

/**
 * The root that follows *root*, by one note or a chain of them, the oldest first; one of the errors otherwise.
 * @param {string} notes @param {{origin: string, root: Uint8Array}} known @returns {Uint8Array}
 */
export function verifyRotation(notes, { origin, root }) {
  if (notes.length > MAX_SIZE) throw new MalformedKeycard("longer than 64 KiB");
  const each = eachRotation(notes, origin);
  const leaving = each.findIndex((note) => note.includes(`\nfrom ${hex(root)}\n`));
  const seen = [hex(root)];
  for (const note of each.slice(Math.max(leaving, 0))) {
    root = verifyOne(note, { origin, root });
    if (seen.includes(hex(root))) throw new MalformedKeycard("these rotations lead back to a root that was left");
    seen.push(hex(root));
  }
  return root;
}

/**
 * The roots that her words may be bound to: *root*, then those from which a chain led to it, the newest first, at most
 * eight. What does not lead here ends the list.
 * @param {string} notes untrusted; empty before the first rotation @param {{origin: string, root: Uint8Array}} known
 */
export function rootsOf(notes, { origin, root }) {
  const roots = [root];
  if (notes.length > MAX_SIZE) return roots;
  try {
    for (const note of eachRotation(notes, origin).slice(1 - MOST_ROOTS).reverse()) {
      const before = unhex(/^from ([0-9a-f]{64})$/m.exec(note)[1]);
      const led = verifyOne(note, { origin, root: before });
      if (hex(led) !== hex(roots.at(-1)) || roots.map(hex).includes(hex(before))) break;
      roots.push(before);
    }
  } catch {
    // Not signed by both, or no note at all.
  }
  return roots;
}

function verifyOne(note, { origin, root }) {
  const lines = linesOf(note, `${origin}/root`, root);
  if (lines.length !== 5 || lines[0] !== `${origin}/root-rotation` || lines[1] !== "v1") {
    throw new MalformedKeycard("not a version 1 root rotation of this archive");
  }
  day(field(lines[2], "issued"));
  const [from, to] = [key(lines[3], "from"), key(lines[4], "to")];
  if (hex(from) !== hex(root) || hex(to) === hex(root)) {
    throw new MalformedKeycard("this rotation does not lead from the root that is known here to another");
  }
  openNote(note, `${origin}/root`, to);
  return to;
}
