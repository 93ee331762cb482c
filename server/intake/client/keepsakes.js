/** Beside her words: a list that looks like another, and a try whether she has kept them. It never holds her up. */

import { phoneNumbers } from "./disguise.js";
import { isAt, places } from "./recall.js";
import { wordsOf } from "./receipt.js";
import { $, textOf } from "./screen.js";

const made = (tag, properties) => Object.assign(document.createElement(tag), properties);

function question(place) {
  const label = made("label", { textContent: textOf("recall_place").replace("{}", place) });
  const typed = made("input", { autocomplete: "off", spellcheck: false, autocapitalize: "off", translate: false });
  label.append(" ", typed);
  return { label, typed, place };
}

/** @param {Uint8Array} code @param {string[]} list of the page's language */
export function keepsakes(code, list) {
  const numbers = phoneNumbers(code, document.documentElement.lang);
  const names = textOf("phone_names").split(" ");
  $("phones").replaceChildren(...numbers.map((number, at) => made("li", { textContent: `${names[at]} ${number}` })));
  const asked = places(wordsOf(code, list).length).map(question);
  $("asked").replaceChildren(...asked.map(({ label }) => label));
  $("recalled").textContent = "";
  $("check").onclick = () => {
    const right = asked.every(({ place, typed }) => isAt(code, list, place, typed.value));
    $("recalled").textContent = textOf(right ? "recall_right" : "recall_wrong");
  };
}
