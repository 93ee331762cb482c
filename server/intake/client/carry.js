/** The door for somebody else's capsule: its envelopes go to the intake as they are. Nothing is opened here. */

import { read } from "./container.js";
import { hex } from "./bytes.js";
import { random } from "./random.js";
import { upload } from "./upload.js";

const PIECE = 1 << 20;
const NOBODY = hex(random(32)); // erases these: a capsule is taken back at the archive
const $ = (id) => document.getElementById(id);
let waiting = [];
let sent = 0;
let all = 0;

const say = (key) => {
  $("notice").textContent = $("texts").content.querySelector(`[data-text="${key}"]`).textContent;
  $("notice").hidden = false;
};

async function* piecesOf(envelope, from) {
  for (let at = from; at < envelope.size; at += PIECE) {
    yield new Uint8Array(await envelope.slice(at, at + PIECE).arrayBuffer());
  }
}

async function chosen() {
  $("send").disabled = true;
  $("notice").hidden = true;
  const [file] = $("capsule").files;
  if (!file) return;
  $("chosen").textContent = file.name;
  const { envelopes, cut } = await read(file).catch(() => ({}));
  if (cut) return say("cut");
  if (!envelopes) return say("not_one");
  // Names of this page's own: she who sealed them is not here, and nothing but her words may derive hers.
  waiting = envelopes.map((envelope) => ({
    id: hex(random(16)),
    total: envelope.size,
    read: (from) => piecesOf(envelope, from),
    again: true,
  }));
  [sent, all] = [0, file.size];
  $("send").disabled = false;
}

async function send() {
  $("send").disabled = $("capsule").disabled = true;
  $("progress").hidden = false;
  say("working");
  try {
    // What has arrived is not sent again when the line breaks; twice would do no harm, the archive takes it once.
    for (; waiting.length; waiting.shift()) {
      const before = sent;
      const arrived = (bytes) => ($("progress").value = (sent += bytes) / all);
      await upload(waiting[0], NOBODY, arrived).catch((error) => {
        sent = before;
        throw error;
      });
    }
    $("sending").hidden = true;
    $("done").hidden = false;
  } catch {
    $("send").disabled = $("capsule").disabled = false;
    say("failed");
  }
}

$("leave").addEventListener("click", (event) => {
  event.preventDefault();
  location.replace("/cover");
});
$("capsule").addEventListener("change", chosen);
$("send").addEventListener("click", send);
$("capsule").disabled = false;
