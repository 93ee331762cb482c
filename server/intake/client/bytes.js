/** Bytes and their texts. Nothing here knows what they mean. */

const encoder = new TextEncoder();

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => encoder.encode(text);

/** @param {...Uint8Array} pieces @returns {Uint8Array} */
export function concat(...pieces) {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** @param {Uint8Array} bytes @returns {string} */
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** @param {string} text @returns {Uint8Array} */
export function unhex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Strict base64 (RFC 4648): padded, no white space, one text for the same bytes. @param {string} text @returns {Uint8Array} */
export function unbase64(text) {
  const raw = atob(text);
  if (btoa(raw) !== text) throw new TypeError("not base64");
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** An unsigned number in little-endian bytes. @param {number} value @param {number} size */
export function littleEndian(value, size) {
  const bytes = new Uint8Array(size);
  for (let at = 0, left = value; at < size; at++, left = Math.floor(left / 256)) bytes[at] = left % 256;
  return bytes;
}

/** @param {Uint8Array} bytes @returns {number} a safe integer, or an error */
export function fromLittleEndian(bytes) {
  const value = bytes.reduceRight((sum, b) => sum * 256 + b, 0);
  if (!Number.isSafeInteger(value)) throw new RangeError("too large a number");
  return value;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
