/** The page in one file: checks its card before she can write, seals what she wrote into a file, shows the receipt. */

import * as way from "./capsule.js";
import { unhex } from "./bytes.js";
import { FEW, chosen, consent } from "./consent.js";
import { fingerprint, verifyKeycard } from "./keycard.js";
import { wayOut } from "./leaving.js";
import { redrawn } from "./photos.js";
import { digitsOf, unpacked, wordsOf } from "./receipt.js";
import { Account, cleaned } from "./submission.js";

const MOST_FILES = 200; // the archive takes no statement that lists more
const $ = (id) => document.getElementById(id);
const lang = document.documentElement.lang;
const { root: rootHex, origin, floor } = document.body.dataset;
const root = unhex(rootHex);
let account = null;

const textOf = (key) => $("texts").content.querySelector(`[data-text="${key}"]`).textContent;

function say(key) {
  $("notice").textContent = textOf(key);
  $("notice").hidden = false;
}

/** Counts her photos. */
function refresh() {
  const photos = $("photos").files.length;
  $("photo-count").textContent = photos ? textOf(photos === 1 ? "photos_one" : "photos_many").replace("{}", photos) : "";
}

function enable(on) {
  for (const id of ["words", "photos", "send"]) $(id).disabled = !on;
  for (const box of document.querySelectorAll("[data-grant]")) box.disabled = !on;
}

async function send() {
  const text = cleaned($("words").value);
  if (!text && !$("photos").files.length) return say("empty");
  if (!chosen().includes("keep")) return say("need_keep");
  if ($("photos").files.length > MOST_FILES) return say("too_much");
  enable(false);
  say("working");
  const photos = await redrawn(Array.from($("photos").files)).catch(() => null);
  if (!photos) {
    enable(true);
    return say("bad_photo");
  }
  if (photos.reduce((sum, photo) => sum + photo.size, 0) > way.most) {
    enable(true);
    return say("too_much");
  }
  $("progress").hidden = false;
  try {
    const files = photos.map((source) => ({ source, media: "image/jpeg" }));
    const progress = (share) => ($("progress").value = share);
    await account.submit({ text, lang, files, consent: consent(FEW) }, { progress });
    show(account.code);
  } catch {
    enable(true);
    $("progress").hidden = true;
    say("failed");
  }
}

function show(code) {
  const words = wordsOf(code, unpacked($("list").content.textContent));
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
    const note = await way.card();
    const today = new Date().toISOString().slice(0, 10);
    const known = { origin, root, today, floor: Number(floor), kind: way.kind };
    const { bundle } = verifyKeycard(note, known);
    account = new Account({ bundle, root }, way);
  } catch {
    say("stopped");
    // What she can compare: the date of her phone, and the archive's number on a card or from a friend.
    $("notice").append(` ${new Date().toLocaleDateString(lang)} · ${fingerprint(root)}`);
    return;
  }
  enable(true);
}

wayOut(way.cover);
$("send").addEventListener("click", send);
$("telling").addEventListener("input", refresh);
start();
