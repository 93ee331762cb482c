/** Her digits as five telephone numbers, for a list that says nothing to others. Format: docs/formats/receipt.md. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "./bytes.js";
import { digitsOf } from "./receipt.js";

const NUMBERS = 5;
const OURS = 7; // digits at the end of each number; what stands before them is made up

/** @param {Uint8Array} code @param {string} lang numbers look like those of where it is spoken */
export function phoneNumbers(code, lang) {
  const filler = sha256(concat(utf8("onggi phone list v1|"), code));
  const digits = digitsOf(code) + (filler[NUMBERS] % 10);
  return Array.from({ length: NUMBERS }, (_, at) => {
    const front = lang.startsWith("zh") ? `13${String(filler[at] % 100).padStart(2, "0")}` : `010${2 + (filler[at] % 8)}`;
    const number = front + digits.slice(at * OURS, (at + 1) * OURS);
    return `${number.slice(0, 3)}-${number.slice(3, 7)}-${number.slice(7)}`;
  });
}
