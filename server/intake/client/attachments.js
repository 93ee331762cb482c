/**
 * What goes with her words: photos, recordings, any file. Each has a line that says what it is, and what it may tell.
 *
 * 1. A picture is drawn anew, and loses what was written beside it, unless she keeps it as it is.
 * 2. Anything else goes as it is; its line says what such a file may hold. No name of a file ever goes.
 */

import { hiddenIn } from "./hidden.js";
import { redrawn } from "./photos.js";
import { $, textOf } from "./screen.js";

const FRONT = 32e6; // bytes; no phone's photo is larger, and a film's front says what it is
const MEDIA = /^[a-z]{1,20}\/[a-z0-9.+-]{1,100}$/;
const DOCUMENT = /pdf|word|officedocument|opendocument|hwp|text|rtf/;

/** @type {{kind: string, media: string, facts?: Set<string>, file?: File, parts?: object[], keep: boolean, ready?: object[]}[]} */
let all = [];

/** What is to be told about a file before it goes. @param {File} file */
async function look(file) {
  const { media, facts } = hiddenIn(new Uint8Array(await file.slice(0, FRONT).arrayBuffer()));
  const type = file.type.toLowerCase();
  if (media || type.startsWith("image/")) return { kind: "photo", media: media ?? type, facts, file, keep: false };
  const kind = DOCUMENT.test(type) ? "document" : { video: "video", audio: "sound" }[type.split("/")[0]];
  return { kind: kind ?? "file", media: type, file, keep: true };
}

/** @param {Iterable<File>} files */
export async function add(files) {
  for (const file of files) all.push(await look(file));
  show();
}

/** @param {object[]} parts of a recording, sealed already */
export function addVoice(parts) {
  if (parts.length) all.push({ kind: "voice", parts, keep: true });
  show();
}

/** How many envelopes they will be. */
export const count = () => all.reduce((sum, { parts }) => sum + (parts?.length ?? 1), 0);

/** Bytes in all, as they are now. */
export const bytes = () => all.reduce((sum, { file, parts }) => sum + (file?.size ?? parts.reduce((size, { total }) => size + total, 0)), 0);

export function clear() {
  all = [];
  show();
}

/** As `Account.submit` takes them; the same objects each time, so that a second try goes on. Throws where a picture cannot be drawn. */
export async function files() {
  for (const one of all) one.ready ??= one.parts ?? [await readied(one)];
  return all.flatMap(({ ready }) => ready);
}

async function readied({ keep, file, media }) {
  if (keep) return { source: file, media: MEDIA.test(media) ? media : "application/octet-stream" };
  const [source] = await redrawn([file]);
  return { source, media: "image/jpeg" };
}

function lineOf({ kind, facts, keep }) {
  if (kind === "voice") return textOf("voice_hint");
  if (kind !== "photo") return textOf(`tells_${kind}`);
  const known = Array.from(facts, (fact) => textOf(`fact_${fact}`)).join(", ");
  return [known && textOf("tells_photo").replace("{}", known), textOf(keep ? "photo_kept" : "photo_drawn")].filter(Boolean).join(" ");
}

const element = (tag, ...children) => {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
};

/** Draw the list anew, also in another language. */
export function show() {
  const rows = all.map((one, at) => {
    const name = `${at + 1}. ${textOf(`kind_${one.kind}`)}`;
    const remove = Object.assign(element("button", textOf("remove")), { type: "button", className: "quiet", ariaLabel: `${textOf("remove")}: ${name}` });
    remove.addEventListener("click", () => {
      all.splice(at, 1);
      show();
      $("photos").focus();
    });
    const line = element("p", lineOf(one));
    const row = element("li", element("strong", name), line);
    if (one.kind === "photo") {
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: one.keep, autocomplete: "off" });
      box.addEventListener("change", () => {
        Object.assign(one, { keep: box.checked, ready: null });
        line.textContent = lineOf(one);
      });
      row.append(element("label", box, element("span", textOf("photo_keep"))));
    }
    row.append(remove);
    return row;
  });
  $("files").replaceChildren(...rows);
}
