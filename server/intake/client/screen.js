/** What every step of her page has: a way out, one step in view at a time, and words in her language. */

import { wayOut } from "./leaving.js";

export const $ = (id) => document.getElementById(id);
const COVER = "/cover";

let spoken;
const listeners = [];

/** @param {string} key of translations/*.po */
export const textOf = (key) => spoken.texts[key];

/** The packed list that her receipt is spelt with in the language of the page. */
export const listOf = () => spoken.list;

/** Called whenever the page has begun to speak another language. @param {() => void} listener */
export const onSpeak = (listener) => listeners.push(listener);

/** Show one step and no other, from its top; what was said before is gone. @param {string} id */
export function go(id) {
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== id;
  $("notice").hidden = true;
  scrollTo(0, 0);
  // A screen reader begins here, and no button that is gone keeps the focus.
  $(id).querySelector('[tabindex="-1"]')?.focus({ preventScroll: true });
}

/** Say something above the step. @param {string} key @param {string} [more] what follows, in no language */
export function say(key, more = "") {
  Object.assign($("notice"), { textContent: textOf(key) + more, hidden: false });
  Object.assign($("notice").dataset, { key, more });
  $("notice").scrollIntoView({ block: "nearest" });
}

/** Put every text of the page into another language; what she typed, chose and recorded stays as it is. */
async function speak(lang) {
  const careful = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
  const answer = await fetch(`/texts/${lang}`, careful).catch(() => ({ ok: false }));
  if (!answer.ok) return say("no_line");
  spoken = await answer.json();
  document.documentElement.lang = lang;
  document.title = textOf("title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = textOf(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.ariaLabel = textOf(node.dataset.tLabel);
  for (const link of document.querySelectorAll("[data-speak]")) {
    if (link.dataset.speak === lang) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (!$("notice").hidden) say($("notice").dataset.key, $("notice").dataset.more);
  for (const listener of listeners) listener();
}

/** The way out, the languages, and the buttons that lead from step to step. */
export function open() {
  spoken = JSON.parse($("catalogue").content.textContent);
  wayOut(COVER);
  $("languages").addEventListener("click", (event) => {
    const { speak: lang } = event.target.dataset;
    if (!lang) return;
    event.preventDefault();
    speak(lang);
  });
  for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => go(button.dataset.go));
}
