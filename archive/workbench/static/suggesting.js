// Suggestions are decided with keys, in the page; the server hears of them when they are kept or proposed.
const get = (id) => document.getElementById(id);
const read = (id) => JSON.parse(get(id).textContent);
const said = read("said");
const fill = (sentence, ...values) => values.reduce((told, value) => told.replace("{}", value), sentence);
const [root, told, list, kind, slider] = ["seek", "told", "list", "kind", "slider"].map(get);
const categories = [...kind.options].map((each) => each.value);
const items = read("rows").map(([start, end, category, state, words, what, sure, why, step], n) =>
  ({ n, start, end, category, state, words, what, sure, why, step, byHand: false }));
const marks = [];
for (const mark of told.querySelectorAll("mark")) marks[mark.dataset.n] = mark;
const alike = Map.groupBy ? Map.groupBy(items, (each) => each.words) : items.reduce(
  (found, each) => found.set(each.words, [...(found.get(each.words) ?? []), each]), new Map());
const UNKEPT = 8 * 60 * 1000;
const undone = [];
let step = Number(root.dataset.step);
let shown = [];
let at = 0;
let changed = false;

const current = () => shown[at];
const within = (each) => each.state !== "" || each.step <= step;
const sameWords = (each) => alike.get(each.words);

function sift() {
  const before = current();
  shown = items.filter(within);
  at = Math.max(0, before ? shown.indexOf(before) : 0);
  root.dataset.step = told.dataset.step = step;
  const added = items.filter((each) => !each.state && each.step === step).length;
  const all = items.filter((each) => !each.state && each.step <= step).length;
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

function set(chosen, change) {
  undone.push({ at: current(), before: chosen.map((each) => [each, each.state, each.category]) });
  for (const each of chosen) {
    Object.assign(each, change);
    if (marks[each.n]) marks[each.n].dataset.state = each.state;
  }
  changed = true;
}

function decide(state, all) {
  if (!current()) return;
  const chosen = all ? sameWords(current()) : [current()];
  set(chosen, all && state === "hide" ? { state, category: current().category } : { state });
  onward();
}

function undo() {
  const last = undone.pop();
  if (!last) return;
  for (const [each, state, category] of last.before) {
    Object.assign(each, { state, category });
    if (marks[each.n]) marks[each.n].dataset.state = state;
  }
  shown = items.filter(within);
  at = Math.max(0, shown.indexOf(last.at));
  paint();
}

function retype(category) {
  const each = current();
  if (!each || !category) return;
  // Of what is hidden already the other occurrences follow: one word has one label.
  set(sameWords(each).filter((one) => one === each || one.state === "hide"), { category });
  paint(false);
}

function add() {
  const chosen = document.getSelection();
  const part = chosen?.anchorNode?.parentElement?.closest("[data-at]");
  if (!part || chosen.isCollapsed || !part.contains(chosen.focusNode)) { tell(said.select); return; }
  const range = chosen.getRangeAt(0);
  const words = range.toString();
  const before = document.createRange();
  before.setStart(part, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = Number(part.dataset.at) + [...before.toString()].length;
  const end = start + [...words].length;
  if (!words.trim() || items.some((each) => within(each) && each.start < end && start < each.end)) { tell(said.taken); return; }
  // What was only suggested further up the slider gives way to what a person chose.
  for (const each of items.filter((one) => one.start < end && start < one.end)) {
    each.step = Infinity;
    marks[each.n]?.replaceWith(...marks[each.n].childNodes);
    delete marks[each.n];
  }
  const each = { n: items.length, start, end, category: current()?.category ?? categories[0], state: "", words, what: "", sure: "", why: said.hand, step: 0, byHand: true };
  items.push(each);
  alike.set(words, [...(alike.get(words) ?? []), each]);
  const mark = document.createElement("mark");
  mark.dataset.n = each.n;
  mark.append(range.extractContents());
  range.insertNode(mark);
  marks[each.n] = mark;
  chosen.removeAllRanges();
  sift();
  at = shown.indexOf(each);
  set([each], { state: "hide" });
  paint();
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
  help: () => get("help").toggleAttribute("open"), less: () => slide(step - 1), more: () => slide(step + 1),
};
// By the key and not by its letter: with a Korean keyboard the letter of "n" is another.
const keys = { KeyN: "next", KeyP: "back", KeyA: "hide", KeyX: "show", KeyU: "undo", KeyH: "add", BracketLeft: "less", BracketRight: "more" };
const capitals = { KeyA: "hide_all", KeyX: "show_all", Slash: "help" };

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
  const decided = items.filter((each) => each.state && each.step !== Infinity);
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
