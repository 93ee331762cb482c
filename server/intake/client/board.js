/**
 * The reply board: fetched whole by everyone, opened by trial. Rules: docs/formats/board.md.
 * Nothing here asks for anything or tells anyone: a hit changes what she sees, and nothing else.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { fromLittleEndian, hex } from "./bytes.js";
import { MalformedBoard } from "./errors.js";
import { checkLife, field, number, readLife } from "./keycard.js";
import { noteOf, openNote } from "./notes.js";
import { joined, openPart } from "./reply.js";
import { tried } from "./trial.js";

const SIZES = [256, 512, 1024];
const FRONT = 1024;
const ENTRY = 3407;
const LONGEST = 31 * 86_400_000;

/** The sealed box of an entry: after magic, counts, key id and X-Wing. @param {Uint8Array} entry */
export const boxOf = (entry) => entry.slice(1141, 1287);

/**
 * Her replies on a board that *desk* signed, oldest first; one of the errors when it may not be read.
 * @param {Uint8Array} untrusted @param {{secret: Uint8Array, reply: Uint8Array}} keys her 64 bytes; the archive's reply key
 * @param {{origin: string, desk: Uint8Array, today: string, floor?: number}} known
 * @param {(share: number) => void} [progress]
 */
export async function openBoard(untrusted, keys, known, progress) {
  const { serial, entries } = await verifyBoard(untrusted, known);
  return { serial, replies: await repliesAmong(entries, keys, progress) };
}

/** Hers among the entries of a verified board: every one is tried. */
export async function repliesAmong(entries, keys, progress) {
  const opened = await tried(entries.map(boxOf), keys.secret.slice(0, 32), progress);
  const parts = [];
  for (const [at, entry] of entries.entries()) if (opened[at]) parts.push(await openPart(entry, keys));
  return joined(parts.filter(Boolean));
}

/** The entries of a board that *desk* signed for *origin* and that may be shown today. */
export async function verifyBoard(untrusted, { origin, desk, ...when }) {
  const count = (untrusted.length - FRONT) / ENTRY;
  if (!SIZES.includes(count)) throw new MalformedBoard("no board has this size; was it cut short?");
  const end = 2 + fromLittleEndian(untrusted.slice(0, 2));
  if (end > FRONT || untrusted.subarray(end, FRONT).some(Boolean)) {
    throw new MalformedBoard("what follows the note is not zeros");
  }
  const lines = openNote(noteOf(untrusted.slice(2, end)), `${origin}/desk`, desk).slice(0, -1).split("\n");
  if (lines.length !== 7 || lines[0] !== `${origin}/board` || lines[1] !== "v1") {
    throw new MalformedBoard("not a version 1 board of this archive");
  }
  const life = readLife(lines, LONGEST);
  const digest = field(lines[6], "sha256");
  if (number(lines[5], "count") !== count || !/^[0-9a-f]{64}$/.test(digest)) {
    throw new MalformedBoard("the note is of a board of another size");
  }
  if (hex(await hashed(untrusted.subarray(FRONT))) !== digest) throw new MalformedBoard("the entries are not those that were signed");
  checkLife(life, when);
  const entries = Array.from({ length: count }, (_, at) => untrusted.subarray(FRONT + at * ENTRY, FRONT + (at + 1) * ENTRY));
  return { serial: life.serial, entries };
}

/** SHA-256, by the browser itself where it can: without a JIT our own takes a second or two for a board. */
async function hashed(bytes) {
  const { subtle } = crypto;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : sha256(bytes);
}
