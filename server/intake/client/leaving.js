/** The way out of a page, from any moment of it: the button, Escape twice, and nothing left behind when it is left. */

const HURRY = 1000; // milliseconds between two presses of Escape

/** @param {string} cover the page she leaves for */
export function wayOut(cover) {
  const leave = () => {
    // The screen first: a slow line must not keep her words in view.
    document.body.replaceChildren();
    location.replace(cover);
  };
  let lastEscape = -HURRY;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - lastEscape < HURRY) leave();
    lastEscape = event.timeStamp;
  });
  document.getElementById("leave").addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  addEventListener("pagehide", () => document.body.replaceChildren());
  // A browser may keep the emptied page and bring it back: a new one then, without her words.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
