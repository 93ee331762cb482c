/**
 * The page. Checks the keycard before she can write; then, a step at a time: she tells, chooses, keeps her words, sends.
 *
 * 1. Her words come before the sending, so that what breaks off can go on from them.
 * 2. Nothing is asked for, and nothing leaves, before she presses send.
 */

import { unhex } from "./bytes.js";
import { FEW, MORE, chosen, consent } from "./consent.js";
import { fingerprint, verifyKeycard } from "./keycard.js";
import * as way from "./online.js";
import { redrawn } from "./photos.js";
import { digitsOf, unpacked, wordsOf } from "./receipt.js";
import { $, go, listOf, onSpeak, say, textOf } from "./screen.js";
import { Account, cleaned } from "./submission.js";

const MOST_FILES = 200; // the archive takes no statement that lists more
const { root: rootHex, origin, floor } = document.body.dataset;
const root = unhex(rootHex);
let account = null;
let stop = null;

/** Her words; an answer stands under its question, as the page asked it. */
function told() {
  const answers = Array.from(document.querySelectorAll("#telling details textarea"), (field) => {
    const answer = field.value.trim();
    return answer && `${field.labels[0].textContent}\n${answer}`;
  });
  return cleaned([$("words").value, ...answers].filter(Boolean).join("\n\n"));
}

function refresh() {
  const photos = $("photos").files.length;
  $("photo-count").textContent = photos ? textOf(photos === 1 ? "photos_one" : "photos_many").replace("{}", photos) : "";
  spell();
}

function spell() {
  if (!account) return;
  const words = wordsOf(account.code, unpacked(listOf()));
  const lines = words.map((word) => Object.assign(document.createElement("li"), { textContent: word }));
  $("receipt").replaceChildren(...lines);
  $("digits").textContent = digitsOf(account.code).replace(/(.{5})/g, "$1 ").trim();
}

function choose() {
  if (!told() && !$("photos").files.length) return say("empty");
  if ($("photos").files.length > MOST_FILES) return say("too_much");
  go("choices");
}

function keep() {
  if (!chosen().includes("keep")) return say("need_keep");
  spell();
  go("keeping");
}

function arrived(share) {
  $("progress").value = share;
  $("share").textContent = `${Math.floor(100 * share)} %`;
}

async function send() {
  const pictures = await redrawn(Array.from($("photos").files)).catch(() => null);
  if (!pictures) {
    go("telling");
    return say("bad_photo");
  }
  const files = pictures.map((source) => ({ source, media: "image/jpeg" }));
  stop = new AbortController();
  go("sending");
  try {
    const lang = document.documentElement.lang;
    await account.submit({ text: told(), lang, files, consent: consent({ ...FEW, ...MORE }) }, { progress: arrived, signal: stop.signal });
    done();
  } catch {
    go("keeping");
    say(stop.signal.aborted ? "paused" : "failed");
  }
}

function done() {
  for (const field of document.querySelectorAll("#telling textarea, #photos")) field.value = "";
  refresh();
  go("done");
}

async function start() {
  try {
    const note = await way.card();
    const today = new Date().toISOString().slice(0, 10);
    const { bundle } = verifyKeycard(note, { origin, root, today, floor: Number(floor), kind: way.kind });
    account = new Account({ bundle, root }, way);
  } catch {
    // What she can compare: the date of her phone, and the archive's number on a card or from a friend.
    return say("stopped", ` ${new Date().toLocaleDateString(document.documentElement.lang)} · ${fingerprint(root)}`);
  }
  for (const field of document.querySelectorAll("#telling :disabled")) field.disabled = false;
}

onSpeak(refresh);
$("photos").addEventListener("change", refresh);
$("to-choices").addEventListener("click", choose);
$("to-receipt").addEventListener("click", keep);
$("send").addEventListener("click", send);
$("pause").addEventListener("click", () => stop.abort());
$("add").addEventListener("click", () => go("telling"));
start();
