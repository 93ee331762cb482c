/** The digests of a source's pieces, by which a change is noticed before any of it is sealed. */

import { sha256 } from "@noble/hashes/sha2.js";
import { same } from "./bytes.js";
import { SourceChanged } from "./errors.js";

/** SHA-256, native where there is one. @param {Uint8Array} plain */
export const digestOf = async (plain) =>
  crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", plain)) : sha256(plain);

/** An error when a piece is not what it was when its job's digests were made; without them, nobody knows. */
export async function refuseChanged({ digests }, at, plain) {
  if (!digests || same(await digestOf(plain), digests.slice(at * 32, at * 32 + 32))) return;
  throw new SourceChanged("the source is not what it was; this piece was not sealed");
}
