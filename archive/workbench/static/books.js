// In the binder: words that are selected in the testimony become a quote; chapters and blocks are moved by hand or by keys.
const source = document.getElementById("source");
const take = document.getElementById("take");

// Positions are counted in code points of the text as two people approved it; a script counts in UTF-16. What stands
// for a name is quoted whole, and counts as many as stand there in the approved text.
const points = (part, node, offset, end) => {
  let counted = 0;
  for (const child of part.childNodes) {
    const name = child.nodeType === Node.ELEMENT_NODE ? Number(child.dataset.points) : 0;
    const text = child.textContent;
    if (child === node || child.contains(node)) {
      const inside = name ? "" : text.slice(0, offset);
      const whole = end ? offset > 0 : offset === text.length;
      return counted + (whole ? name : 0) + Array.from(inside).length;
    }
    if (node === part && offset <= [...part.childNodes].indexOf(child)) return counted;
    counted += name || Array.from(text).length;
  }
  return counted;
};

document.addEventListener("selectionchange", () => {
  const selected = document.getSelection();
  if (!take || !selected) return;
  const range = selected.rangeCount && !selected.isCollapsed ? selected.getRangeAt(0) : null;
  const of = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.("[data-segment]");
  const first = range && of(range.startContainer);
  const last = range && of(range.endContainer);
  take.hidden = !(first && last && source.contains(first));
  if (take.hidden) return;
  const parts = [...source.querySelectorAll("[data-segment]")];
  const chosen = parts.slice(parts.indexOf(first), parts.indexOf(last) + 1);
  document.getElementById("segments").value = chosen.map((part) => part.dataset.segment).join(" ");
  document.getElementById("start").value = points(first, range.startContainer, range.startOffset, false);
  document.getElementById("end").value = points(last, range.endContainer, range.endOffset, true);
});

// What is dragged, or moved with Alt and an arrow, goes by one form, as by its buttons: the server knows one way only.
const form = document.querySelector("#moving form");
const move = (thing, list, at) => {
  if (!form) return;
  form.elements.thing.value = thing.dataset.thing;
  form.elements.into.value = list.dataset.into;
  form.elements.at.value = at;
  form.submit();
};

const lists = [...document.querySelectorAll(".movable")];
const things = (list) => [...list.querySelectorAll(":scope > [data-thing]")];
const alike = (one, other) => one.classList.contains("blocks") === other.classList.contains("blocks");
let dragged = null;

for (const list of lists) {
  list.addEventListener("dragover", (event) => {
    if (dragged && alike(list, dragged.parentElement)) event.preventDefault();
  });
  list.addEventListener("drop", (event) => {
    if (!dragged || !alike(list, dragged.parentElement)) return;
    event.preventDefault();
    const onto = event.target.closest("[data-thing]");
    const all = things(list);
    move(dragged, list, onto ? all.indexOf(onto) : all.length);
  });
  for (const thing of form ? things(list) : []) {
    thing.draggable = true;
    thing.addEventListener("dragstart", (event) => {
      dragged = thing;
      event.dataTransfer.effectAllowed = "move";
    });
    thing.addEventListener("dragover", () => thing.classList.toggle("over", dragged !== thing && alike(list, dragged.parentElement)));
    for (const done of ["dragleave", "drop"]) thing.addEventListener(done, () => thing.classList.remove("over"));
  }
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const thing = event.target.closest?.("[data-thing]");
  if (!step || !event.altKey || !thing || event.target.closest("textarea, input, select")) return;
  event.preventDefault();
  const list = thing.parentElement;
  const at = things(list).indexOf(thing) + step;
  if (at >= 0 && at < things(list).length) return move(thing, list, at);
  // Past either end of its part a chapter goes to the next one.
  const of = lists.filter((each) => alike(each, list));
  const next = of[of.indexOf(list) + step];
  if (next) move(thing, next, step < 0 ? things(next).length : 0);
});

// After a move the keys go on with what was moved.
document.querySelector(`[data-thing="${CSS.escape(location.hash.slice(1))}"]`)?.focus();
