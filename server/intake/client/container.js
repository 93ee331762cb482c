/** The capsule's file, taken apart without opening anything. Rules: docs/formats/capsule.md. */

import { fromLittleEndian, same, utf8 } from "./bytes.js";
import { padme } from "./envelope.js";
import { MalformedCapsule } from "./errors.js";

const MAGIC = utf8("ONGGICP1");
const ENVELOPE = utf8("ONGGIEN1");
const MOST = 201; // envelopes: 200 files and their statement
const FRONT = 10; // bytes, of the capsule and of an envelope alike: magic and two more
const STANZA = 1277;
const PREFIX = 56;
const CHUNK = 16384;
const TAG = 16;
const FLOOR = 65536;

/**
 * The envelopes that are whole. `cut` says that more were announced than have come.
 * @param {Blob} untrusted @returns {Promise<{envelopes: Blob[], cut: boolean}>}
 */
export async function read(untrusted) {
  const front = await bytesOf(untrusted, 0, FRONT);
  if (!same(front.slice(0, 8), MAGIC)) throw new MalformedCapsule("does not begin as a capsule does");
  const count = front.length < FRONT ? MOST : fromLittleEndian(front.slice(8));
  if (!(count >= 1 && count <= MOST)) throw new MalformedCapsule("a capsule holds 1 to 201 envelopes");
  const envelopes = [];
  let at = FRONT;
  while (envelopes.length < count) {
    const length = await bytesOf(untrusted, at, 8);
    const head = await bytesOf(untrusted, at + 8, FRONT);
    if (length.length < 8 || head.length < FRONT) return { envelopes, cut: true };
    const size = sizeOf(length, head);
    if (at + 8 + size > untrusted.size) return { envelopes, cut: true };
    envelopes.push(untrusted.slice(at + 8, at + 8 + size));
    at += 8 + size;
  }
  if (at !== untrusted.size) throw new MalformedCapsule("something follows the last envelope");
  return { envelopes, cut: false };
}

const bytesOf = async (blob, at, size) => new Uint8Array(await blob.slice(at, at + size).arrayBuffer());

function sizeOf(length, head) {
  const wrong = () => new MalformedCapsule("no sealed envelope begins so, or has this size");
  if (length[7] || length[6]) throw wrong(); // more than a number here can hold
  const [size, count] = [fromLittleEndian(length), head[9]];
  if (!same(head.slice(0, 8), ENVELOPE) || head[8] !== 1 || !(count >= 1 && count <= 16)) throw wrong();
  const rest = size - (FRONT + count * STANZA) - PREFIX;
  const padded = rest - TAG * (Math.floor(rest / (CHUNK + TAG)) + 1);
  if (rest % (CHUNK + TAG) < TAG || padded < FLOOR || padme(padded) !== padded) throw wrong();
  return size;
}
