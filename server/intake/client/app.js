/** The page. Checks the keycard before she can write, seals what she wrote, shows the receipt. */

import english from "../../../crypto/wordlists/en.txt";
import korean from "../../../crypto/wordlists/ko.txt";
import { unhex } from "./bytes.js";
import { verifyKeycard } from "./keycard.js";
import { digitsOf, wordsOf } from "./receipt.js";
import { redraw, submit } from "./submission.js";

const LISTS = { ko: korean, en: english };
const $ = (id) => document.getElementById(id);
const lang = document.documentElement.lang;
const { root: rootHex, origin } = document.body.dataset;
const root = unhex(rootHex);
let bundle = null;

function say(key) {
  const notice = $("notice");
  notice.textContent = $("texts").content.querySelector(`[data-text="${key}"]`).textContent;
  notice.hidden = false;
}

function leave() {
  // The screen first: a slow line must not keep her words in view.
  document.body.replaceChildren();
  location.replace("/cover");
}

function enable(on) {
  for (const id of ["words", "photos", "send"]) $(id).disabled = !on;
  for (const box of document.querySelectorAll("[data-grant]")) box.disabled = !on;
}

const chosen = () => Array.from(document.querySelectorAll("[data-grant]:checked"), (box) => box.dataset.grant);
const consentText = () =>
  Array.from(document.querySelectorAll("[data-grant]"), (box) => box.nextElementSibling.textContent).join("\n");

async function redrawn() {
  try {
    return await Promise.all(Array.from($("photos").files, redraw));
  } catch {
    return null;
  }
}

async function send() {
  const text = $("words").value.trim();
  if (!text && !$("photos").files.length) return say("empty");
  if (!chosen().includes("keep")) return say("need_keep");
  enable(false);
  say("working");
  const photos = await redrawn();
  if (!photos) {
    enable(true);
    return say("bad_photo");
  }
  $("progress").hidden = false;
  try {
    const telling = { text, photos, chosen: chosen(), lang, consentText: consentText() };
    show(await submit(telling, { bundle, root }, (share) => ($("progress").value = share)));
  } catch {
    enable(true);
    $("progress").hidden = true;
    say("failed");
  }
}

function show(code) {
  const words = wordsOf(code, LISTS[lang].trim().split("\n"));
  $("receipt").replaceChildren(
    ...words.map((word) => Object.assign(document.createElement("li"), { textContent: word })),
  );
  $("digits").textContent = digitsOf(code).replace(/(.{5})/g, "$1 ").trim();
  $("words").value = "";
  $("photos").value = "";
  $("telling").hidden = true;
  $("done").hidden = false;
  scrollTo(0, 0);
}

async function start() {
  try {
    const note = await (await fetch("/keycard", { credentials: "omit", cache: "no-store" })).text();
    const today = new Date().toISOString().slice(0, 10);
    bundle = verifyKeycard(note, { origin, root, today }).bundle;
  } catch {
    return say("stopped");
  }
  enable(true);
}

let lastEscape = 0;
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - lastEscape < 1000) leave();
  lastEscape = event.timeStamp;
});
$("leave").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
$("send").addEventListener("click", send);
addEventListener("pagehide", () => document.body.replaceChildren());
start();
