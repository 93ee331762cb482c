/** The page's way to the archive in a file that any hand may carry. Format: docs/formats/capsule.md. */

import { utf8, littleEndian } from "./bytes.js";
import { Sealer } from "./envelope.js";

export const kind = "capsule";
export const cover = "about:blank";
/** Bytes: a phone holds the whole file in its memory. */
export const most = 200e6;
const NAME = "photo-backup.bin";

/** It lies in the page: from a file, nothing can be asked for. */
export const card = async () => document.getElementById("card").content.textContent;

/** Nobody looks for a number of a capsule: each page has a receipt of its own. */
export const first = () => 0;

/** Under a random key: a file that is carried is made once, and nothing of it is resumed. */
export function file({ bundle, purpose }, source, meta) {
  const sealer = new Sealer([bundle], purpose);
  return { digest: sealer.digest, ...sealer.sizes(meta, source.size), read: () => sealer.seal(source, meta) };
}

/** Where the envelopes of one statement go, the statement's last. @param {number} count */
export function parcel(_, count) {
  const parts = [utf8("ONGGICP1"), littleEndian(count, 2)];
  return {
    async add({ total, read }, _seq, _index, progress) {
      parts.push(littleEndian(total, 8));
      for await (const piece of read(0)) {
        // A Blob at once: the browser can put it elsewhere than into the page's own memory.
        parts.push(new Blob([piece]));
        progress(piece.length);
      }
    },
    close() {
      const file = document.getElementById("file");
      // The link stays for a second try: some browsers ask before they save, and some save nothing.
      Object.assign(file, { href: URL.createObjectURL(new Blob(parts)), download: NAME });
      file.click();
    },
  };
}
