/** What she can compare, in words of the page's language; and the way to other pages, while she has nothing to lose. */

import { printOf, unpacked } from "./receipt.js";
import { $, listOf, onSpeak } from "./screen.js";

/** Keep the fingerprint in the language of the page. The first time it came with the page. @param {Uint8Array} root */
export function comparable(root) {
  onSpeak(() => {
    const words = printOf(root, unpacked(listOf()));
    $("print").replaceChildren(...words.map((textContent) => Object.assign(document.createElement("li"), { textContent })));
    for (const link of $("elsewhere").children) link.search = `?lang=${document.documentElement.lang}`;
  });
  // A page without https, an onion's, has no `crypto.subtle`; what takes its place is slower.
  $("slow").hidden = Boolean(globalThis.crypto?.subtle);
  // A page that she leaves forgets what she wrote.
  addEventListener("input", () => ($("elsewhere").hidden = true));
}
