// The sound and what is said in it follow each other; what is written goes to the archive as WebVTT.
// Nothing is kept in the browser: what was not saved is gone with the page.
const room = document.getElementById("room");
const player = document.getElementById("player");
const cues = document.getElementById("cues");
const form = document.getElementById("transcript");
const unsaved = document.getElementById("unsaved");
const SKIP = 3; // seconds
const AWAKE = 4 * 60_000; // milliseconds; the desk closes when it hears nothing for 20 minutes
const TIME = /^(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/;

const clock = (seconds) => {
  const all = Math.max(0, Math.round(seconds * 1000));
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${two(all / 3600000)}:${two((all / 60000) % 60)}:${two((all / 1000) % 60)}.${String(all % 1000).padStart(3, "0")}`;
};
const seconds = (text) => {
  const told = TIME.exec(text.trim());
  return told ? ((Number(told[1] ?? 0) * 60 + Number(told[2])) * 60 + Number(told[3])) + Number(told[4]) / 1000 : NaN;
};
const rows = () => [...(cues?.querySelectorAll(".cue") ?? [])];
const field = (row, name) => row.querySelector(name);
const rowOf = (element) => element.closest?.(".cue") ?? cues?.querySelector("[aria-current]");
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

let changed = false;
let heard = Date.now();
const stayAwake = () => {
  const picture = document.querySelector("#wave img");
  if (!picture || Date.now() - heard < AWAKE) return;
  heard = Date.now();
  new Image().src = picture.src; // whoever listens or types is at the desk: the request says so
};
const change = () => {
  changed = true;
  unsaved.textContent = unsaved.dataset.said;
  stayAwake();
};

const seek = (at) => {
  if (player && Number.isFinite(at)) player.currentTime = Math.max(0, at);
};
const play = () => (player.paused ? player.play() : player.pause());
const go = (row) => {
  seek(seconds(field(row, ".start").value));
  mark(row);
};
const mark = (row) => {
  for (const each of rows()) {
    if (each === row) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
};

const add = () => {
  const blank = document.getElementById("blank").content.firstElementChild.cloneNode(true);
  const after = cues.querySelector("[aria-current]") ?? rows().at(-1);
  const from = player ? player.currentTime : after ? seconds(field(after, ".end").value) : 0;
  field(blank, ".start").value = clock(from);
  field(blank, ".end").value = clock(from + SKIP);
  if (after) after.after(blank);
  else cues.append(blank);
  document.getElementById("empty").hidden = true;
  mark(blank);
  field(blank, "textarea").focus();
  change();
};

const written = () => rows().filter((row) => field(row, "textarea").value.trim()).map((row) => {
  const told = field(row, "textarea").value.split(/\r?\n/).filter((line) => line.trim()).join("\n").trim();
  const speaker = field(row, ".speaker").value;
  const name = row.dataset.cue ? `${row.dataset.cue}\n` : "";
  return `${name}${field(row, ".start").value.trim()} --> ${field(row, ".end").value.trim()}\n${speaker ? `<v ${speaker}>` : ""}${escaped(told)}\n`;
});

// A time that cannot be read is said at its field, before anything is sent.
const wrong = () => rows().flatMap((row) => [field(row, ".start"), field(row, ".end")]).find((input) => {
  const row = input.closest(".cue");
  const fits = !Number.isNaN(seconds(input.value)) && (input.matches(".start") || seconds(input.value) > seconds(field(row, ".start").value));
  input.setAttribute("aria-invalid", String(!fits));
  return !fits;
});

form?.addEventListener("submit", (event) => {
  const plain = document.getElementById("plain");
  if (plain.open) return (changed = false); // whoever opened the text edits the text
  const bad = wrong();
  if (bad) {
    event.preventDefault();
    bad.focus();
    return undefined;
  }
  document.getElementById("vtt").value = ["WEBVTT\n", ...written()].join("\n");
  return (changed = false);
});

const KEYS = {
  " ": play,
  ArrowLeft: () => seek(player.currentTime - SKIP),
  ArrowRight: () => seek(player.currentTime + SKIP),
  "[": (row) => row && set(row, ".start"),
  "]": (row) => row && set(row, ".end"),
  n: (row) => {
    const all = rows();
    const next = all[row ? all.indexOf(row) + 1 : 0];
    if (next) {
      next.focus();
      go(next);
    }
  },
  Enter: (row) => row && field(row, "textarea").focus(),
  m: () => hear(player.muted),
  s: () => form && !document.getElementById("save").disabled && form.requestSubmit(),
};
const set = (row, end) => {
  field(row, end).value = clock(player.currentTime);
  change();
};

room?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const writes = event.target.matches("input, textarea, select");
  if (writes && event.key === "Escape") rowOf(event.target)?.focus();
  const pressed = event.target.matches("button, summary, a") && (event.key === " " || event.key === "Enter");
  const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (writes || pressed || !key || !player) return;
  event.preventDefault();
  key(rowOf(event.target));
});

room?.addEventListener("click", (event) => {
  const row = event.target.closest(".cue");
  if (row && event.target.matches(".go")) go(row);
  if (row && event.target.matches(".remove")) {
    (row.nextElementSibling ?? row.previousElementSibling ?? document.getElementById("add")).focus();
    row.remove();
    change();
  }
});
cues?.addEventListener("input", change);
document.getElementById("add")?.addEventListener("click", add);
window.addEventListener("beforeunload", (event) => changed && event.preventDefault());

const button = document.getElementById("sound");
const hear = (on) => {
  player.muted = !on;
};
if (player) {
  const cursor = document.getElementById("cursor");
  const wave = document.getElementById("wave");
  button.addEventListener("click", () => hear(player.muted));
  player.addEventListener("volumechange", () => button.setAttribute("aria-pressed", String(!player.muted)));
  player.addEventListener("timeupdate", () => {
    cursor.style.left = player.duration ? `${(100 * player.currentTime) / player.duration}%` : "0";
    const now = rows().find((row) => seconds(field(row, ".start").value) <= player.currentTime && player.currentTime < seconds(field(row, ".end").value));
    if (now && !now.hasAttribute("aria-current")) {
      mark(now);
      if (!document.activeElement.matches("textarea, input, select")) now.scrollIntoView({ block: "nearest" });
    }
    stayAwake();
  });
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    if (player.duration) seek((player.duration * (event.clientX - box.left)) / box.width);
  });
}
if (form) document.getElementById("plain").open = false;
