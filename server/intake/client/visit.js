/** The steps of whoever comes back with her words: what arrived, what was answered, adding, choosing anew, taking back. */

import { shuffled } from "./random.js";
import { backOf, codeOf, look, takeBack, wordLists } from "./returning.js";
import { $, go, onSpeak, say, textOf } from "./screen.js";
import { request } from "./upload.js";

const TAGS = { kor: "ko", zho: "zh", eng: "en" };
const EACH_DAY = 4; // numbers of statements, docs/formats/resume.md
let seen = null;
let lists = null;
let sent = []; // a box and its line for each statement that shows

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
  const lang = document.documentElement.lang;
  sent.forEach(({ seq, state, line }, at) => {
    const day = new Date(Math.floor(seq / EACH_DAY) * 864e5).toLocaleDateString(lang, { dateStyle: "long", timeZone: "UTC" });
    line.textContent = `${at + 1}. ${day}: ${textOf(state === 2 ? "back_held" : "back_waiting")}`;
  });
}

/** What she may take back, each with a box: nothing is marked but everything. */
function offer({ found }) {
  sent = (found ?? []).map((each) => {
    const box = Object.assign(made("input", ""), { type: "checkbox", autocomplete: "off" });
    const line = made("span", "");
    const label = Object.assign(made("label", ""), { className: "choice" });
    label.append(box, line);
    return { ...each, box, line, label };
  });
  $("sent").replaceChildren(...sent.map(({ label }) => label));
  Object.assign($("older"), { checked: false, disabled: !found });
  $("all").checked = true;
}

/** Everything, or single ones: marking one takes the mark from the other. */
function marked({ target }) {
  const others = target.id === "all" ? [...sent.map(({ box }) => box), $("older")] : [$("all")];
  for (const box of others) box.checked = false;
}

/** What is marked of one account. */
function backFrom({ root, next }) {
  const hers = sent.filter((each) => each.root === root);
  const chosen = hers.filter(({ box }) => box.checked).map(({ seq }) => seq);
  return backOf(hers.map(({ seq }) => seq), chosen, $("older").checked, next);
}

/** She goes on as who is seen here; where nothing is, as who she would be today. */
const goingOn = (accounts) =>
  (accounts.filter(({ found, replies }) => found?.length || replies?.length).at(-1) ?? accounts.at(-1)).account;

/** Her choice is said for every account: nobody is to see which is hers. */
const everywhere = (accounts) => ({
  code: accounts[0].account.code,
  async submit(...telling) {
    for (const { account } of shuffled(accounts)) await account.submit(...telling);
  },
});

/**
 * @param {{origin: string, root: Uint8Array, rotations: string, today: string}} known
 * @param {(code: Uint8Array, root: Uint8Array, seq?: number) => import("./submission.js").Account} accountOf
 * @param {(account: object, kind?: string) => void} begin a telling of this account, or a change of its consent
 */
export function visits(known, accountOf, begin) {
  let accounts = [];

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
    accounts = seen.accounts.map((each) => ({ ...each, account: accountOf(code, each.root, each.next) }));
    $("typed").value = "";
    offer(seen);
    render();
    go("found");
  };

  const leave = async () => {
    const text = $("leaving").textContent.trim().replace(/\s+/g, " ");
    const taken = accounts.map((each) => ({ ...each, back: $("all").checked ? undefined : backFrom(each) }));
    if (taken.every(({ back }) => back?.length === 0)) return say("need_back");
    await takeBack(taken, { lang: document.documentElement.lang, text });
    go("taken");
  };

  onSpeak(render);
  $("back").addEventListener("change", marked);
  $("look").addEventListener("click", () => busy(find, "failed_look"));
  $("tell-more").addEventListener("click", () => begin(goingOn(accounts)));
  $("choose-anew").addEventListener("click", () => begin(everywhere(accounts), "consent"));
  $("take-back").addEventListener("click", () => busy(leave, "failed_leave"));
}
