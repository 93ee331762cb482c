/** The steps of whoever comes back with her words: what arrived, what was answered, adding, choosing anew, taking back. */

import { codeOf, look, takeBack, wordLists } from "./returning.js";
import { $, go, onSpeak, say, textOf } from "./screen.js";
import { request } from "./upload.js";

const TAGS = { kor: "ko", zho: "zh", eng: "en" };
let seen = null;
let lists = null;

const made = (tag, textContent, lang = "") => Object.assign(document.createElement(tag), { textContent, lang });

function arrivals({ found }) {
  if (!found) return textOf("found_unseen");
  if (!found.length) return textOf("found_nothing");
  const held = found.filter(({ state }) => state === 2).length;
  const whole = textOf("found_some").replace("{}", found.length);
  return `${whole} ${textOf(held ? "found_held" : "found_waiting").replace("{}", held)}`;
}

/** What is seen, in the language of the page. */
function render() {
  if (!seen) return;
  $("arrivals").textContent = arrivals(seen);
  const { replies } = seen;
  $("no-replies").textContent = replies?.length ? "" : textOf(replies ? "replies_none" : "replies_unseen");
  const shown = (replies ?? []).flatMap(({ day, lang, parts }) => [
    made("h3", day),
    made("p", parts.map((part) => part ?? textOf("reply_gap")).join(""), TAGS[lang]),
  ]);
  $("replies").replaceChildren(...shown);
}

/**
 * @param {{origin: string, root: Uint8Array, today: string}} known
 * @param {(code: Uint8Array, seq?: number) => import("./submission.js").Account} accountOf
 * @param {(account: object, kind?: string) => void} begin a telling of this account, or a change of its consent
 */
export function visits(known, accountOf, begin) {
  let account = null;

  const busy = async (act, failed) => {
    for (const button of document.querySelectorAll("#returning button, #found button, #leaving button")) button.disabled = true;
    try {
      say("looking");
      await act();
    } catch {
      say(failed);
    }
    for (const button of document.querySelectorAll("#returning button, #found button, #leaving button")) button.disabled = false;
  };

  const find = async () => {
    lists ??= await wordLists(request);
    let code;
    try {
      code = codeOf($("typed").value, lists);
    } catch (error) {
      return error.places ? say("typed_strange", ` ${error.places.join(", ")}`) : say("typed_short");
    }
    seen = await look(code, known, request);
    account = accountOf(code, seen.next);
    $("typed").value = "";
    render();
    go("found");
  };

  const leave = async () => {
    const text = $("leaving").textContent.trim().replace(/\s+/g, " ");
    await takeBack(account, known, { lang: document.documentElement.lang, text });
    go("taken");
  };

  onSpeak(render);
  $("look").addEventListener("click", () => busy(find, "failed_look"));
  $("tell-more").addEventListener("click", () => begin(account));
  $("choose-anew").addEventListener("click", () => begin(account, "consent"));
  $("take-back").addEventListener("click", () => busy(leave, "failed_leave"));
}
