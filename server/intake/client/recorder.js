/** Her voice, on the page: beginning, holding, ending. What was recorded goes to the attachments, sealed already. */

import { addVoice } from "./attachments.js";
import { Recording } from "./recording.js";
import { $, say, textOf } from "./screen.js";

let recording = null;

function label() {
  for (const [id, key] of [["record", recording ? "record_stop" : "record"], ["hold", recording?.paused ? "record_resume" : "record_pause"]]) {
    Object.assign($(id).dataset, { t: key });
    $(id).textContent = textOf(key);
  }
}

function listen() {
  if (!recording) return;
  const seconds = Math.floor(recording.seconds);
  $("elapsed").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  $("level").value = recording.paused ? 0 : Math.sqrt(recording.level);
  setTimeout(listen, 200);
}

function hold() {
  if (recording.paused) recording.resume();
  else recording.pause();
  label();
}

async function begin(bundle) {
  try {
    recording = await Recording.begin({ bundle, ended: stopRecording });
  } catch ({ message }) {
    return say(`record_${message}`);
  }
  $("recorder").hidden = false;
  label();
  listen();
}

/** End it, if one is running; *keep* what was said. */
export async function stopRecording(keep = true) {
  const ended = recording;
  if (!ended) return;
  recording = null;
  $("recorder").hidden = true;
  label();
  const parts = (await ended.stop()) ?? [];
  if (keep) addVoice(parts);
}

/** @param {() => Uint8Array} bundleOf the keys that a recording is sealed to as it grows */
export function recorder(bundleOf) {
  $("record").addEventListener("click", () => (recording ? stopRecording() : begin(bundleOf())));
  $("hold").addEventListener("click", hold);
  $("drop").addEventListener("click", () => stopRecording(false));
}
