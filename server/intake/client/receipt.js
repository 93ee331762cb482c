/** The receipt words, made in the page; the server never sees them. Format: docs/formats/receipt.md. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bundleOf } from "./boxes.js";
import { concat, hex, unhex, utf8 } from "./bytes.js";
import { expand } from "./cobblestone.js";
import { MalformedReceipt } from "./errors.js";
import { fingerprint } from "./keycard.js";
import { random } from "./random.js";

const RANDOM = 13;
const BITS = 110;
const DIGITS = 34;

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
export function wordsOf(code, list) {
  const [number, each] = [numberOf(code), Math.log2(list.length)];
  const place = (at) => Number(BigInt.asUintN(each, number >> BigInt(BITS - each * (at + 1))));
  return Array.from({ length: BITS / each }, (_, at) => list[place(at)].split(" ")[0]);
}

/** @param {Uint8Array} code */
export const digitsOf = (code) => numberOf(code).toString().padStart(DIGITS, "0");

const fold = (text) => text.normalize("NFKC").toLowerCase();

/** The code in words of any of *lists*, or in digits, however typed. @param {string} text @param {string[][]} lists */
export function parseReceipt(text, lists) {
  const parts = fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (!parts.length) throw new MalformedReceipt("nothing was typed");
  // Numbers between words are hers: she copied the list as the page counts it.
  const words = parts.filter((part) => !/^[0-9]+$/.test(part));
  if (words.length) return codeOf(readWords(words, lists));
  const digits = parts.join("");
  if (digits.length !== DIGITS) throw new MalformedReceipt(`a receipt has ${DIGITS} digits`);
  return codeOf(BigInt(digits));
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
  if (strange.length) throw new MalformedReceipt(`not in the list: word ${strange.join(", ")}; is it misspelt?`);
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

function codeOf(number) {
  const value = number >> 6n;
  if (value >> 104n) throw new MalformedReceipt("a digit is wrong");
  const code = unhex(value.toString(16).padStart(2 * RANDOM, "0"));
  if (checkOf(code) !== (number & 63n)) throw new MalformedReceipt("a word or digit is wrong or out of order");
  return code;
}

/**
 * Secrets that only this code gives, for the archive of this root.
 * @param {Uint8Array} code @param {Uint8Array} root @returns {(info: string | Uint8Array, size?: number) => Uint8Array}
 */
export function deriver(code, root) {
  // HKDF (RFC 5869): extracted once, expanded for each info.
  const key = hmac(sha512, utf8("onggi receipt v1|" + fingerprint(root).replaceAll(" ", "")), code);
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
