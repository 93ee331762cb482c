/** The receipt words, made in the page; the server never sees them. Format: docs/formats/receipt.md. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bundleOf, random } from "./boxes.js";
import { concat, hex, unhex, utf8 } from "./bytes.js";
import { MalformedReceipt } from "./errors.js";
import { fingerprint } from "./keycard.js";

const RANDOM = 13;
const WORDS = 10;
const DIGITS = 34;

const checkOf = (code) => BigInt(sha256(concat(utf8("onggi receipt v1"), code))[0] >> 2);

/** A code of 13 random bytes. */
export const newCode = () => random(RANDOM);

const numberOf = (code) => (BigInt("0x" + hex(code)) << 6n) | checkOf(code);

/** @param {Uint8Array} code @param {string[]} list 2,048 words */
export function wordsOf(code, list) {
  const number = numberOf(code);
  return Array.from({ length: WORDS }, (_, at) => list[Number((number >> BigInt(11 * (WORDS - 1 - at))) & 2047n)]);
}

/** @param {Uint8Array} code */
export const digitsOf = (code) => numberOf(code).toString().padStart(DIGITS, "0");

/** The code in words of any of *lists*, or in digits, however typed. @param {string} text @param {string[][]} lists */
export function parseReceipt(text, lists) {
  const fold = (word) => word.normalize("NFKC").toLowerCase();
  const parts = fold(text).split(/[\s,.;\u00b7-]+/).filter(Boolean);
  if (parts.length && parts.every((part) => /^[0-9]+$/.test(part))) {
    const digits = parts.join("");
    if (digits.length !== DIGITS) throw new MalformedReceipt(`a receipt has ${DIGITS} digits`);
    return codeOf(BigInt(digits));
  }
  if (parts.length !== WORDS) throw new MalformedReceipt(`a receipt has ${WORDS} words or ${DIGITS} digits`);
  for (const list of lists) {
    const places = new Map(list.map((word, at) => [fold(word), BigInt(at)]));
    if (parts.every((part) => places.has(part))) {
      return codeOf(parts.reduce((number, part) => (number << 11n) | places.get(part), 0n));
    }
  }
  throw new MalformedReceipt("a word is not in the list; is one misspelt?");
}

function codeOf(number) {
  const value = number >> 6n;
  if (value >> 104n) throw new MalformedReceipt("a digit is wrong");
  const code = unhex(value.toString(16).padStart(2 * RANDOM, "0"));
  if (checkOf(code) !== (number & 63n)) throw new MalformedReceipt("a word or digit is wrong or out of order");
  return code;
}

/** Her keys for the archive of this root. @param {Uint8Array} code @param {Uint8Array} root */
export function keysOf(code, root) {
  const salt = utf8("onggi receipt v1|" + fingerprint(root).replaceAll(" ", ""));
  const derive = (info) => hkdf(sha512, code, salt, utf8(info), 32);
  const signing = derive("ed25519");
  return {
    bundle: bundleOf(concat(derive("x25519"), derive("xwing"))),
    signingPublic: ed25519.getPublicKey(signing),
    sign: (/** @type {Uint8Array} */ message) => ed25519.sign(message, signing),
  };
}
