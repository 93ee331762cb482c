// Suggestions are decided with keys, in the page; the server hears of them when they are kept or proposed.
const get = (id) => document.getElementById(id);
const read = (id) => JSON.parse(get(id).textContent);
const said = read("said");
const fill = (sentence, ...values) => values.reduce((told, value) => told.replace("{}", value), sentence);
const [root, told, list, kind, slider] = ["seek", "told", "list", "kind", "slider"].map(get);
const categories = [...kind.options].map((each) => each.value);
const items = read("rows").map(([start, end, category, state, words, what, sure, why, step], n) =>
  ({ n, start, end, category, state, words, what, sure, why, step, byHand: false, gone: false }));
const marks = [];
const parts = [...told.querySelectorAll("[data-at]")].map((part) => {
  const letters = [...part.textContent];
  const from = Number(part.dataset.at);
  for (const mark of part.querySelectorAll("mark")) marks[mark.dataset.n] = mark;
  return { part, letters, from, to: from + letters.length };
});
const UNKEPT = 8 * 60 * 1000;
const undone = [];
let step = Number(root.dataset.step);
let shown = [];
let at = 0;
let changed = false;

const current = () => shown[at];
const within = (each) => !each.gone && (each.state !== "" || each.step <= step);
const sameWords = (each) => items.filter((one) => !one.gone && one.words === each.words);
const partOf = (at) => parts.find((each) => each.from <= at && at < each.to);

function sift() {
  const before = current();
  shown = items.filter(within);
  at = Math.max(0, before ? shown.indexOf(before) : 0);
  root.dataset.step = told.dataset.step = step;
  const open = items.filter((each) => !each.gone && !each.state);
  const added = open.filter((each) => each.step === step).length;
  const all = open.filter((each) => each.step <= step).length;
  get("step").textContent = fill(get("step").dataset.said, step + 1, all, added);
}

function row(each) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "seek-row";
  button.tabIndex = -1;
  button.dataset.n = each.n;
  button.dataset.state = each.state;
  if (each === current()) button.setAttribute("aria-current", "true");
  const words = document.createElement("b");
  words.lang = told.lang;
  words.textContent = each.words;
  button.append(words, ` ${[each.what, each.sure].filter(Boolean).join(" · ")} — ${said[each.state || "open"]}`);
  line.value = shown.indexOf(each) + 1;
  line.append(button);
  return line;
}

function paint(scroll = true) {
  const each = current();
  const from = Math.max(0, at - 2);
  list.replaceChildren(...shown.slice(from, from + 7).map(row));
  told.querySelector("mark[aria-current]")?.removeAttribute("aria-current");
  const open = shown.filter((one) => !one.state).length;
  const hidden = shown.filter((one) => one.state === "hide").length;
  get("count").textContent = fill(get("count").dataset.said, open, hidden, shown.length);
  get("propose").textContent = fill(get("propose").dataset.said, hidden, open);
  const [words, why, state] = get("card").querySelectorAll("p");
  words.textContent = each?.words ?? "";
  if (!each) { why.textContent = said.none; state.textContent = ""; return; }
  why.textContent = [each.what, each.why, each.sure].filter(Boolean).join(" · ");
  state.textContent = `${said[each.state || "open"]} · ${fill(said.alike, sameWords(each).length)}`;
  kind.value = each.category;
  const mark = marks[each.n];
  mark?.setAttribute("aria-current", "true");
  if (scroll) mark?.scrollIntoView({ block: "nearest" });
}

function move(by) {
  at = Math.min(Math.max(0, at + by), Math.max(0, shown.length - 1));
  paint();
}

function onward() {
  const next = shown.findIndex((each, n) => n > at && !each.state);
  if (next >= 0) at = next;
  else if (shown.some((each) => !each.state)) at = shown.findIndex((each) => !each.state);
  paint();
}

// A part is cut anew where its items begin and end; only what changed its place needs it.
function draw({ part, letters, from, to }) {
  const here = items.filter((each) => !each.gone && from <= each.start && each.end <= to);
  const pieces = [];
  let reached = from;
  for (const each of here.sort((one, other) => one.start - other.start)) {
    const mark = document.createElement("mark");
    Object.assign(mark.dataset, { n: each.n, state: each.state, from: each.step });
    mark.append(letters.slice(each.start - from, each.end - from).join(""));
    pieces.push(letters.slice(reached - from, each.start - from).join(""), mark);
    marks[each.n] = mark;
    reached = each.end;
  }
  part.replaceChildren(...pieces, letters.slice(reached - from).join(""));
}

// Everything goes through here, so that everything can be undone.
function set(chosen, change) {
  const before = chosen.map((each) => [each, { ...each }]);
  undone.push({ at: current(), before });
  for (const each of chosen) Object.assign(each, change(each));
  changed = true;
  redraw(before);
}

function redraw(before) {
  const moved = before.filter(([each, was]) => each.start !== was.start || each.end !== was.end || each.gone !== was.gone);
  for (const part of new Set(moved.map(([each]) => partOf(each.start)))) draw(part);
  for (const [each] of before) if (!each.gone) marks[each.n].dataset.state = each.state;
}

function decide(state, all) {
  const one = current();
  if (!one) return;
  const { category } = one;
  set(all ? sameWords(one) : [one], () => (all && state === "hide" ? { state, category } : { state }));
  onward();
}

function undo() {
  const last = undone.pop();
  if (!last) { tell(said.nothing); return; }
  const now = last.before.map(([each]) => [each, { ...each }]);
  for (const [each, was] of last.before) Object.assign(each, was);
  redraw(now);
  sift();
  at = Math.max(0, shown.indexOf(last.at));
  paint();
  tell(said.undone);
}

function retype(category) {
  const each = current();
  if (!each || !category) return;
  // Of what is hidden already the other occurrences follow: one word has one label.
  set(sameWords(each).filter((one) => one === each || one.state === "hide"), () => ({ category }));
  paint(false);
}

// What is only suggested gives way to what a person chose; what was decided does not.
function inTheWay(start, end, but) {
  const others = items.filter((each) => !each.gone && each !== but && each.start < end && start < each.end);
  return others.some((each) => each.state) ? null : others;
}

function add() {
  const chosen = selected();
  if (!chosen) { tell(said.select); return; }
  const others = inTheWay(chosen.start, chosen.end);
  if (!others) { tell(said.taken); return; }
  const category = current()?.category ?? categories[0];
  const each = { n: items.length, ...chosen, category, state: "", what: "", sure: "", why: said.hand, step: 0, byHand: true, gone: true };
  items.push(each);
  set([each, ...others], (one) => (one === each ? { state: "hide", gone: false } : { gone: true }));
  document.getSelection().removeAllRanges();
  sift();
  at = shown.indexOf(each);
  paint();
}

// Where a selection lies, in code points of the whole text, and its words; null when not within one part.
function selected() {
  const chosen = document.getSelection();
  const found = parts.find(({ part }) => part.contains(chosen?.anchorNode) && part.contains(chosen.focusNode));
  if (!found || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  const words = range.toString();
  const before = document.createRange();
  before.setStart(found.part, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = found.from + [...before.toString()].length;
  return words.trim() ? { start, end: start + [...words].length, words } : null;
}

// One letter more or less, at the front or the back. Whoever says where words begin and end hides them.
function reach(front, back) {
  const each = current();
  if (!each) return;
  const { letters, from, to } = partOf(each.start);
  const [start, end] = [each.start + front, each.end + back];
  if (start < from || end > to || start >= end) { tell(said.edge); return; }
  const others = inTheWay(start, end, each);
  if (!others) { tell(said.taken); return; }
  const words = letters.slice(start - from, end - from).join("");
  set([each, ...others], (one) => (one === each ? { start, end, words, state: "hide", byHand: true } : { gone: true }));
  sift();
  paint();
  tell(fill(said.reaches, words));
}

// A passage that tells who she is without a name: its words go into the form below the text.
function note() {
  const chosen = selected();
  if (!chosen) { tell(said.select); return; }
  const { passage, passage_at, reason } = get("decide").elements;
  [passage.value, passage_at.value] = [chosen.words, chosen.start];
  get("passage").open = true;
  reason.focus();
}

function tell(sentence) {
  get("card").querySelector(".seek-state").textContent = sentence;
}

function slide(to) {
  step = Math.min(Math.max(0, to), Number(slider.max));
  slider.value = step;
  sift();
  paint(false);
}

const acts = {
  next: () => move(1), back: () => move(-1), undo, add,
  hide: () => decide("hide", false), show: () => decide("show", false),
  hide_all: () => decide("hide", true), show_all: () => decide("show", true),
  front_out: () => reach(-1, 0), front_in: () => reach(1, 0), back_in: () => reach(0, -1), back_out: () => reach(0, 1), note,
  take_back: () => get("undo")?.requestSubmit(),
  help: () => get("help").toggleAttribute("open"), less: () => slide(step - 1), more: () => slide(step + 1),
};
// By the key and not by its letter: with a Korean keyboard the letter of "n" is another.
const keys = { KeyN: "next", KeyP: "back", KeyA: "hide", KeyX: "show", KeyU: "undo", KeyH: "add", KeyM: "note", BracketLeft: "less", BracketRight: "more", Comma: "back_in", Period: "back_out" };
const capitals = { KeyA: "hide_all", KeyX: "show_all", KeyU: "take_back", Slash: "help", Comma: "front_out", Period: "front_in" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !get("keys").checked) return;
  if (event.target.matches("select, textarea, input:not([type=range]):not([type=checkbox])")) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const name = event.key === "?" ? "help" : (event.shiftKey ? capitals : keys)[event.code];
  if (digit && !event.shiftKey) retype(categories[digit - 1]);
  else if (name) acts[name]();
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) acts[button.dataset.do]();
  const chosen = event.target.closest("#list [data-n], #told mark");
  const found = chosen ? shown.indexOf(items[chosen.dataset.n]) : -1;
  if (found >= 0 && document.getSelection().isCollapsed) { at = found; paint(chosen.tagName !== "MARK"); }
});
kind.addEventListener("change", () => retype(kind.value));
slider.addEventListener("input", () => slide(Number(slider.value)));
get("decide").addEventListener("submit", (event) => {
  const decided = items.filter((each) => each.state && !each.gone);
  event.target.elements.choices.value = JSON.stringify(decided.map((each) =>
    [each.start, each.end, each.category, each.state, ...(each.byHand ? [each.words] : [])]));
  event.target.elements.theta.value = said.steps[step];
  changed = false;
});
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

// A desk that hears nothing for twenty minutes closes: what was decided is kept before that, and the page comes again.
setInterval(() => { if (changed && performance.now() > UNKEPT) get("keep").click(); }, 60 * 1000);

root.hidden = false;
root.parentElement.classList.add("seeking");
sift();
paint(false);
