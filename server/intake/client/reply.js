/** What the archive wrote back: one part in each entry of the board. Rules: docs/formats/board.md. */

import { openFrom } from "./boxes.js";
import { utf8 } from "./bytes.js";
import { unseal } from "./envelope.js";
import { OnggiError } from "./errors.js";
import { day } from "./keycard.js";

const PART = 1920;
const MOST_PARTS = 16;
const MESSAGE = new RegExp(
  "^onggi-reply\\nv1\\nserial ([1-9][0-9]{0,5})\\nday (20[0-9]{2}-[0-9]{2}-[0-9]{2})\\nlang ([a-z]{3})\\n" +
    "part ([1-9][0-9]?) ([1-9][0-9]?)\\n\\n([^\\x00-\\x08\\x0b-\\x1f\\x7f]+)$",
);
// A mark at the front is part of the text, as Python reads it; what is not UTF-8 is nobody's reply.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The part in an entry, or null when it is not hers, not by the archive or of another version. */
export async function openPart(entry, { secret, reply }) {
  let opened;
  try {
    opened = await unseal(entry, secret, "reply");
  } catch (error) {
    // A browser that fails must not look like a board without a reply.
    if (error instanceof OnggiError) return null;
    throw error;
  }
  return Object.keys(opened.meta).length ? null : parse(messageIn(opened.body, secret.slice(0, 32), reply));
}

function messageIn(body, secret, sender) {
  try {
    return decoder.decode(openFrom(body, secret, sender));
  } catch {
    return ""; // no box between these two keys, or no text in it
  }
}

function parse(message) {
  const [, serial, date, lang, number, of, text] = MESSAGE.exec(message) ?? [];
  if (!text || !isDay(date)) return null;
  const part = { serial: Number(serial), day: date, lang, number: Number(number), of: Number(of), text };
  const fits = part.number <= part.of && part.of <= MOST_PARTS && utf8(text).length <= PART;
  return fits && text.normalize("NFC") === text ? part : null;
}

function isDay(text) {
  try {
    return day(text) > 0;
  } catch {
    return false;
  }
}

/**
 * Her replies by their numbers; a part that did not come is null.
 * @returns {{serial: number, day: string, lang: string, parts: (string | null)[]}[]}
 */
export function joined(parts) {
  const serials = [...new Set(parts.map((part) => part.serial))].sort((one, other) => one - other);
  return serials.map((serial) => join(parts.filter((part) => part.serial === serial))).filter(Boolean);
}

/** The reply that parts of one serial are, or null when two of them disagree: their order must not decide. */
function join([first, ...others]) {
  const { serial, day, lang, of } = first;
  const texts = Array(of).fill(null);
  for (const part of [first, ...others]) {
    if (part.day !== day || part.lang !== lang || part.of !== of) return null;
    if (![null, part.text].includes(texts[part.number - 1])) return null;
    texts[part.number - 1] = part.text;
  }
  return { serial, day, lang, parts: texts };
}
