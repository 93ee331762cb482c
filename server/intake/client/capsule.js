/** The page's way to the archive in a file that any hand may carry. Format: docs/formats/capsule.md. */

import { utf8, littleEndian } from "./bytes.js";

export const kind = "capsule";
export const cover = "about:blank";
/** Bytes: a phone holds the whole file in its memory. */
export const most = 200e6;
const NAME = "photo-backup.bin";

/** It lies in the page: from a file, nothing can be asked for. */
export const card = async () => document.getElementById("card").content.textContent;

/** Where the envelopes of one statement go, the statement's last. @param {number} count */
export function parcel(count) {
  const parts = [utf8("ONGGICP1"), littleEndian(count, 2)];
  return {
    async add(envelope, total, progress) {
      parts.push(littleEndian(total, 8));
      for await (const piece of envelope) {
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
