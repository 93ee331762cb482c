/**
 * The page. Checks the keycard before she can write; then, a step at a time: she tells, chooses, keeps her words, sends.
 *
 * 1. Her words come before the sending, so that what breaks off can go on from them.
 * 2. Nothing is asked for, and nothing leaves, before she presses send.
 */

import * as attachments from "./attachments.js";
import { unhex } from "./bytes.js";
import { clues } from "./clues.js";
import { FEW, MORE, chosen, consent } from "./consent.js";
import { fingerprint, verifyKeycard } from "./keycard.js";
import * as way from "./online.js";
import { digitsOf, unpacked, wordsOf } from "./receipt.js";
import { recorder, stopRecording } from "./recorder.js";
import { $, go, listOf, onSpeak, open as screen, say, textOf } from "./screen.js";
import { Account, cleaned } from "./submission.js";
import { keepsakes } from "./keepsakes.js";
import { visits } from "./visit.js";
import { comparable } from "./trust.js";

const MOST_FILES = 200; // the archive takes no statement that lists more
const MOST_BYTES = 2e9;
const FULL = [429, 503]; // too many today; no room left
const PAUSE = 600; // milliseconds without a key: she is not corrected in the middle of a word
let known; // this archive, as the page names it, and the day
let bundle = null;
let account = null;
let stop = null;
let returned = null; // what she came back for, when she did: "telling" or "consent"
let picking = null;

/** Her words; an answer stands under its question, as the page asked it. */
function told() {
  const answers = Array.from(document.querySelectorAll("#telling details textarea"), (field) => {
    const answer = cleaned(field.value);
    return answer && `${field.labels[0].textContent}\n${answer}`;
  });
  return cleaned([$("words").value, ...answers].filter(Boolean).join("\n\n"));
}

function refresh() {
  attachments.show();
  point();
  spell();
}

/** Say what may tell who she is, beside where she types. What was found goes nowhere. */
function point() {
  const kinds = new Set(clues(told()).map(({ kind }) => kind));
  const lines = Array.from(kinds, (kind) => textOf(`clue_${kind}`));
  $("clues").textContent = lines.length ? [...lines, textOf("clue_hint")].join(" ") : "";
}

let typing;
function typed() {
  clearTimeout(typing);
  typing = setTimeout(point, PAUSE);
}

async function pick() {
  const chosen = Array.from($("photos").files);
  $("photos").value = "";
  await attachments.add(chosen).catch(() => say("bad_file"));
}

function spell() {
  if (!account) return;
  const list = unpacked(listOf());
  const lines = wordsOf(account.code, list).map((word) => Object.assign(document.createElement("li"), { textContent: word }));
  $("receipt").replaceChildren(...lines);
  keepsakes(account.code, list);
  $("digits").textContent = digitsOf(account.code).replace(/(.{5})/g, "$1 ").trim();
}

async function choose() {
  await picking;
  await stopRecording();
  if (!told() && !attachments.count()) return say("empty");
  if (attachments.count() > MOST_FILES || attachments.bytes() > MOST_BYTES) return say("too_much");
  go("choices");
}

function keep() {
  if (!chosen().includes("keep")) return say("need_keep");
  if (returned) return send(); // she has her words
  spell();
  go("keeping");
}

const percent = (share) => `${Math.floor(100 * share)} %`;

function arrived(share) {
  $("progress").value = share;
  $("share").textContent = percent(share);
}

/** While the phone does the sum that a busy intake asks for; what has arrived stays on the bar. */
const working = (share) => ($("share").textContent = `${textOf("busy")} ${percent(share)}`);

/** Tell her, while it is tried, when a file may be larger than what fits in. One that has begun before has its room. */
async function warn(files) {
  const room = await way.room(stop.signal).catch(() => Infinity);
  const most = Math.max(1, ...files.map(({ source, total }) => total ?? source.size));
  if (most > room && !$("sending").hidden) say("room_little", ` ${room / 1e6} MB`);
}

async function send() {
  stop = new AbortController();
  arrived(0);
  go("sending"); // at once, or she would press again
  const files = await attachments.files().catch(() => null);
  if (!files) {
    go("telling");
    return say("bad_photo");
  }
  try {
    warn(files);
    const lang = document.documentElement.lang;
    const said = returned === "consent" ? { text: "", kind: "consent" } : { text: told(), files };
    await account.submit({ ...said, lang, consent: consent({ ...FEW, ...MORE }) }, { progress: arrived, working, signal: stop.signal });
    done();
  } catch (error) {
    go(returned ? "choices" : "keeping");
    say(stop.signal.aborted ? "paused" : FULL.includes(error.status) ? "room_none" : "failed");
  }
}

function done() {
  if (returned === "consent") return go("changed");
  for (const field of document.querySelectorAll("#telling textarea")) field.value = "";
  attachments.clear();
  refresh();
  go("done");
}

/** She came back: to tell more, or to choose anew. Nothing here knows what she chose before. */
function begin(hers, kind = "telling") {
  account = hers;
  returned = kind;
  for (const box of document.querySelectorAll("[data-grant]")) box.checked = false;
  go(kind === "consent" ? "choices" : "telling");
  if (kind === "consent") say("choose_anew");
}

async function start() {
  try {
    const { origin, root, floor, rotations, today } = known;
    ({ bundle } = verifyKeycard(await way.card(), { origin, root, today, floor: Number(floor), kind: way.kind }));
    account = new Account({ bundle, root }, way);
    visits({ origin, root, rotations, today }, (code, root, seq) => new Account({ bundle, root }, way, { code, seq }), begin);
  } catch {
    // What she can compare: the date of her phone, and the archive's number on a card or from a friend.
    $("trust").open = true;
    return say("stopped", ` ${new Date().toLocaleDateString(document.documentElement.lang)} · ${fingerprint(known.root)}`);
  }
  for (const field of document.querySelectorAll("#telling :disabled, #look")) field.disabled = false;
}

/** Where there is a document: everything she can press, and then whether she may trust this archive today. */
export function open() {
  const { root: rootHex, ...rest } = document.body.dataset;
  known = { ...rest, root: unhex(rootHex), today: new Date().toISOString().slice(0, 10) };
  screen();
  comparable(known.root);
  onSpeak(refresh);
  recorder(() => bundle);
  $("photos").addEventListener("change", () => (picking = pick()));
  $("telling").addEventListener("input", typed);
  $("to-choices").addEventListener("click", choose);
  $("to-receipt").addEventListener("click", keep);
  $("send").addEventListener("click", send);
  $("pause").addEventListener("click", () => stop.abort());
  $("add").addEventListener("click", () => go("telling"));
  start();
}
