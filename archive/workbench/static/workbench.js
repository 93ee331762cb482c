// Words that are selected in the text are put into the box, to be hidden with one press.
const surface = document.getElementById("surface");

document.addEventListener("selectionchange", () => {
  const selected = document.getSelection();
  if (!surface || !selected || selected.isCollapsed) return;
  const from = selected.anchorNode.parentElement?.closest(".original");
  if (!from || !from.contains(selected.focusNode)) return;
  const words = selected.toString().trim();
  if (words && words.length <= 400) surface.value = words;
});

// What is guarded stays small, grey, blurred and silent until its own button opens it, and again closes it.
for (const guarded of document.querySelectorAll(".guarded")) {
  const button = guarded.querySelector("button[data-open]");
  const show = (open) => {
    guarded.toggleAttribute("data-opened", open);
    button?.setAttribute("aria-expanded", String(open));
    for (const media of guarded.querySelectorAll("audio, video")) {
      media.muted = !open;
      if (!open) media.pause();
    }
  };
  show(false);
  button?.addEventListener("click", () => show(!guarded.hasAttribute("data-opened")));
}
