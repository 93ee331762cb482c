/** The receipt words, made in the page; the server never sees them. Format: docs/formats/receipt.md. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bundleOf } from "./boxes.js";
import { concat, hex, unhex, utf8 } from "./bytes.js";
import { expand, hmac } from "./cobblestone.js";
import { ed25519 } from "./curve25519.js";
import { MalformedReceipt } from "./errors.js";
import { fingerprint } from "./keycard.js";
import { random } from "./random.js";

const RANDOM = 13;
const BITS = 110;
const DIGITS = 34;
const LISTED = 55; // five telephone numbers of eleven
const PRINT = 132;

const checkOf = (code) => BigInt(sha256(concat(utf8("onggi receipt v1"), code))[0] >> 2);

/** The list of a page, each of whose lines begins with a digit: how much it takes over from the line before. @param {string} text */
export function unpacked(text) {
  let line = "";
  return text.match(/\d\D*/g).map((row) => (line = line.slice(0, row[0]) + row.slice(1)));
}

/** A code of 13 random bytes. */
export const newCode = () => random(RANDOM);

const numberOf = (code) => (BigInt("0x" + hex(code)) << 6n) | checkOf(code);

/**
 * A list has 1,024 or 2,048 lines. A line's first spelling is shown; every spelling in it is read.
 * @param {Uint8Array} code @param {string[]} list
 */
export const wordsOf = (code, list) => spell(numberOf(code), BITS, list);

function spell(number, bits, list) {
  const each = Math.log2(list.length);
  const place = (at) => Number(BigInt.asUintN(each, number >> BigInt(bits - each * (at + 1))));
  return Array.from({ length: bits / each }, (_, at) => list[place(at)].split(" ")[0]);
}

/** The root's fingerprint in words: as many of its first 132 bits as whole words take. @param {Uint8Array} root */
export function printOf(root, list) {
  const bits = PRINT - (PRINT % Math.log2(list.length));
  return spell(BigInt("0x" + hex(sha256(root))) >> BigInt(256 - bits), bits, list);
}

/** @param {Uint8Array} code */
export const digitsOf = (code) => numberOf(code).toString().padStart(DIGITS, "0");

/** Widths, case and composition are no difference. @param {string} text */
export const fold = (text) => text.normalize("NFKC").toLowerCase();

/** The code in words of any of *lists*, or in digits, however typed. @param {string} text @param {string[][]} lists */
export function parseReceipt(text, lists) {
  const code = rightCode(numberIn(text, lists));
  if (!code) throw new MalformedReceipt("a word or digit is wrong or out of order");
  return code;
}

/** The number that was typed, its check right or wrong; `MalformedReceipt` when it is none. */
export function numberIn(text, lists) {
  const parts = fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (!parts.length) throw new MalformedReceipt("nothing was typed");
  // Numbers between words are hers: she copied the list as the page counts it.
  const words = parts.filter((part) => !/^[0-9]+$/.test(part));
  const digits = parts.join("").replace(/[^0-9]/g, "");
  // A list of telephone numbers and whatever they are called: the last seven of each are hers, but the very last.
  if (digits.length === LISTED) return BigInt(digits.replace(/....(.{7})/g, "$1").slice(0, DIGITS));
  if (words.length) return readWords(words, lists);
  if (digits.length !== DIGITS) throw new MalformedReceipt(`a receipt has ${DIGITS} digits`);
  return BigInt(digits);
}

function readWords(parts, lists) {
  let best = { known: 0, strange: parts };
  for (const list of lists) {
    const places = new Map(list.flatMap((line, at) => line.split(" ").map((word) => [fold(word), at])));
    // No word of the lists of 1,024 begins another, so joined words can be cut in one way only.
    for (const words of list.length === 1024 ? [parts, cut(parts.join(""), places)] : [parts]) {
      const strange = words.flatMap((word, at) => (places.has(word) ? [] : at + 1));
      const known = words.length - strange.length;
      if (known > best.known) best = { known, strange, words, places, each: Math.log2(list.length) };
    }
  }
  const { known, strange, words, places, each } = best;
  if (!known) throw new MalformedReceipt("these are not words of a list");
  // Never the word itself: it may be part of her secret.
  if (strange.length) {
    throw Object.assign(new MalformedReceipt(`not in the list: word ${strange.join(", ")}; is it misspelt?`), { places: strange });
  }
  if (known !== BITS / each) throw new MalformedReceipt(`${BITS / each} words are needed; these are ${known}`);
  return words.reduce((number, word) => (number << BigInt(each)) | BigInt(places.get(word)), 0n);
}

function cut(text, places) {
  const words = [];
  for (let at = 0; at < text.length; at += words.at(-1).length) {
    words.push([2, 3].map((size) => text.slice(at, at + size)).find((word) => places.has(word)) ?? text.slice(at));
  }
  return words;
}

/** The code of a number, or null when its check is wrong. @param {bigint} number */
export function rightCode(number) {
  const value = number >> 6n;
  if (value >> 104n) return null;
  const code = unhex(value.toString(16).padStart(2 * RANDOM, "0"));
  return checkOf(code) === (number & 63n) ? code : null;
}

/**
 * Secrets that only this code gives, for the archive of this root.
 * @param {Uint8Array} code @param {Uint8Array} root @returns {(info: string | Uint8Array, size?: number) => Uint8Array}
 */
export function deriver(code, root) {
  // HKDF (RFC 5869): extracted once, expanded for each info.
  const key = hmac(utf8("onggi receipt v1|" + fingerprint(root).replaceAll(" ", "")), code);
  return (info, size = 32) => expand(key, typeof info === "string" ? utf8(info) : info, size);
}

/** Her keys for the archive of this root. @param {Uint8Array} code @param {Uint8Array} root */
export function keysOf(code, root) {
  const derive = deriver(code, root);
  const [secret, signing] = [concat(derive("x25519"), derive("xwing")), derive("ed25519")];
  return {
    secret,
    bundle: bundleOf(secret),
    signingPublic: ed25519.getPublicKey(signing),
    sign: (/** @type {Uint8Array} */ message) => ed25519.sign(message, signing),
  };
}
