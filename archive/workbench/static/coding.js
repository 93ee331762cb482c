// Words that are selected become the evidence of the next act, with the paragraph they stand in.
const words = document.getElementById("words");
const phrase = document.getElementById("phrase");
const segment = document.getElementById("segment");

document.addEventListener("selectionchange", () => {
  const selected = document.getSelection();
  if (!words || !selected || selected.isCollapsed || !words.contains(selected.anchorNode)) return;
  const told = selected.toString().trim();
  const part = selected.anchorNode.parentElement.closest("[data-segment]");
  if (!part || !told || told.length > 400 || !part.contains(selected.focusNode)) return;
  phrase.value = told;
  segment.value = part.dataset.segment;
});
