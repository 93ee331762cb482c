// In the binder: words that are selected in the testimony become a quote, and blocks are moved by hand or by keys.
const source = document.getElementById("source");
const take = document.getElementById("take");

// Positions are counted in code points, as the archive counts them; a script counts in UTF-16.
const points = (part, node, offset) => {
  const before = document.createRange();
  before.setStart(part, 0);
  before.setEnd(node, offset);
  return Array.from(before.toString()).length;
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
  document.getElementById("start").value = points(first, range.startContainer, range.startOffset);
  document.getElementById("end").value = points(last, range.endContainer, range.endOffset);
});

// A block is dragged to its place; the form of its own buttons carries the move, so that the server knows one way only.
const list = document.querySelector("ol.blocks");
let dragged = null;
for (const block of list?.querySelectorAll("[data-block]") ?? []) {
  block.draggable = true;
  block.addEventListener("dragstart", (event) => {
    dragged = block;
    event.dataTransfer.effectAllowed = "move";
  });
  block.addEventListener("dragover", (event) => {
    if (!dragged || dragged === block) return;
    event.preventDefault();
    block.classList.add("over");
  });
  block.addEventListener("dragleave", () => block.classList.remove("over"));
  block.addEventListener("drop", (event) => {
    event.preventDefault();
    block.classList.remove("over");
    move(dragged, [...list.children].indexOf(block));
  });
}

const move = (block, at) => {
  const form = block?.querySelector("input[name=thing]")?.form;
  const mover = form?.action.endsWith("/move") ? form : null;
  if (!mover || !mover.querySelector("button:enabled")) return;
  mover.elements.at.value = at;
  mover.submit();
};
