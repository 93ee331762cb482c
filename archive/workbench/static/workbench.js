// Words that are selected in the text are put into the box, to be hidden with one press.
const original = document.getElementById("original");
const surface = document.getElementById("surface");

document.addEventListener("selectionchange", () => {
  const selected = document.getSelection();
  if (!original || !selected || selected.isCollapsed || !original.contains(selected.anchorNode)) return;
  const words = selected.toString().trim();
  if (words && words.length <= 400) surface.value = words;
});
