// Counts a part as read once all of it stood in the window, from its beginning on; the server hears which.
const form = document.getElementById("reread");
const left = document.getElementById("left");
const covered = new Map([...document.querySelectorAll(".once-more [data-part]")].map((part) => [part, 0]));
const READING = 400; // milliseconds that the window has to stand still: what flies past is not read
const above = document.querySelector(".marking");
let standing = 0;

function look() {
  // What stands behind the two bars that stay in the window is not seen.
  const [begin, end] = [Math.max(0, above.getBoundingClientRect().bottom), Math.min(innerHeight, form.getBoundingClientRect().top)];
  for (const [part, down] of covered) {
    const { top, height } = part.getBoundingClientRect();
    const from = Math.max(0, begin - top);
    const to = Math.min(height, end - top);
    if (from <= down && to > down) covered.set(part, to);
    if (covered.get(part) >= height - 1) {
      part.removeAttribute("data-unread");
      covered.delete(part);
    }
  }
  const unread = document.querySelectorAll(".once-more [data-unread]").length;
  left.textContent = left.dataset.said.replace("{}", unread);
}

addEventListener("scroll", () => {
  clearTimeout(standing);
  standing = setTimeout(look, READING);
}, { passive: true });
addEventListener("resize", look);
form.addEventListener("submit", () => {
  const read = document.querySelectorAll(".once-more [data-part]:not([data-unread])");
  form.elements.parts.value = [...read].map((part) => part.dataset.part).join(" ");
});
form.hidden = false;
look();
