// Makes the vectors of docs/formats/resume.md once: `node tests/vectors/make_resumes.mjs`. What exists is never written again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { bundleOf } from "../../server/intake/client/boxes.js";
import { concat, hex, utf8 } from "../../server/intake/client/bytes.js";
import { deriver } from "../../server/intake/client/receipt.js";
import { erasureOf, resumable, statementId, tokenOf } from "../../server/intake/client/resume.js";

function save(folder, name, vector) {
  const at = new URL(`${folder}/`, import.meta.url);
  mkdirSync(at, { recursive: true });
  const path = new URL(`${name}.json`, at);
  if (!existsSync(path)) writeFileSync(path, JSON.stringify(vector, null, 1) + "\n");
}

const filled = (hexes, size) => new Uint8Array(Buffer.alloc(size, Buffer.from(hexes, "hex")));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const bytes = (size, at) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + at * 31) % 256);

const GOOD = { code: bytes(13, 1), root: bytes(32, 2), secret: bytes(64, 3), purpose: "intake", media: "image/jpeg", fill: "0d15ea5e", size: 5 };

async function file(name, comment, changes = {}, more = {}) {
  const { code, root, secret, purpose, media, fill, size } = { ...GOOD, ...changes };
  const meta = { type: "file", media, name: "" };
  const to = { code, root, bundle: bundleOf(secret), purpose };
  const sealed = await resumable(to, new Blob([filled(fill, size)]), meta, () => {});
  const pieces = [];
  for await (const piece of sealed.read(0)) pieces.push(piece);
  const envelope = concat(...pieces);
  save("resume", name, {
    expect: "opens",
    comment,
    code_hex: hex(code),
    root_hex: hex(root),
    secret_hex: hex(secret),
    purpose,
    meta,
    body: [fill, size],
    deposit: sealed.id,
    digest_hex: hex(sealed.digest),
    envelope_sha256: sha256(envelope),
    header_b64: Buffer.from(envelope.slice(0, 1343)).toString("base64"),
    ...more,
  });
}

await file("small", "five bytes");
await file("empty", "no byte at all", { size: 0 });
await file("one-piece", "a plaintext of 1 MiB exactly: the last piece has the short chunk", { size: 2 ** 20 - 16 - 46 });
await file("one-byte-more", "one byte more: a second piece", { size: 2 ** 20 - 16 - 45 });
await file("many-pieces", "several pieces, the last of them not full", { size: 3_500_000 });
await file("another-byte", "one byte of the file is another", { fill: "0d15ea5f" });
await file("another-media", "another media type", { media: "image/png" });
await file("another-code", "another receipt", { code: bytes(13, 9) });
await file("another-root", "another archive's root", { root: bytes(32, 9) });
await file("another-key", "another intake key of the archive", { secret: bytes(64, 9) });
await file("another-purpose", "another purpose", { purpose: "capsule" });
await file("changed-behind", "the file changes in its second piece once it was read", { size: 3_500_000 }, { expect: "SourceChanged", change: 1_500_000 });
await file("changed-in-front", "the file changes in its first byte once it was read", { size: 300_000 }, { expect: "SourceChanged", change: 0 });
await file("shorter", "the file is one byte shorter once it was read", { size: 300_000 }, { expect: "SourceChanged", change: 300_000 });

function words(name, comment, { code, root }, seq) {
  const derive = deriver(code, root);
  const erasures = [0, 1, 200].map((index) => erasureOf(derive, seq, index));
  const told = { deposit: statementId(derive, seq), token_hex: hex(tokenOf(derive, seq)), erasures };
  save("account", name, { expect: "opens", comment, code_hex: hex(code), root_hex: hex(root), seq, ...told });
}

words("first", "number 0", GOOD, 0);
words("a-day", "the first number of 24 November 2026", GOOD, 83124);
words("largest", "the largest number that a statement may have", GOOD, 2 ** 31 - 1);
words("another-root", "another archive's root", { ...GOOD, root: bytes(32, 9) }, 83124);

const derive = deriver(GOOD.code, GOOD.root);
const record = (id, state) => concat(new Uint8Array(Buffer.from(id, "hex")), Uint8Array.of(state));
const mine = [[83124, 1], [83125, 2], [83131, 1]].map(([seq, state]) => [statementId(derive, seq), state]);
const others = [5, 6, 7, 8].map((at) => [hex(bytes(16, at)), (at % 2) + 1]);
const all = [...mine, ...others].sort();
const list = (rows, magic = "ONGGIAR1") => concat(utf8(magic), ...rows.map(([id, state]) => record(id, state)));

function arrived(name, comment, bytes, found, changes = {}) {
  const told = { code_hex: hex(GOOD.code), root_hex: hex(GOOD.root), today: "2026-11-26", list_hex: hex(bytes) };
  save("arrived", name, { expect: "opens", comment, ...told, found, next: 83132, ...changes });
}

arrived("three", "three of hers between four of others", list(all), [[83124, 1], [83125, 2], [83131, 1]], { next: 83132 });
arrived("none-of-hers", "four of others", list([...others].sort()), [], { next: 83132 });
arrived("empty", "nothing has arrived", list([]), [], { next: 83132 });
arrived("later", "today's first number is higher than the last that was used", list(all), [[83124, 1], [83125, 2], [83131, 1]], { today: "2026-12-24", next: 83244 });
arrived("too-old", "a day later than the last on which the first of them is looked for", list(all), [[83131, 1]], { today: "2027-03-29", next: 83624 });
const refused = (name, comment, bytes) => arrived(name, comment, bytes, [], { expect: "MalformedArrivals" });
refused("magic", "another magic", list(all, "ONGGIAR2"));
refused("no-magic", "no byte at all", new Uint8Array());
refused("cut", "cut short by a byte", list(all).slice(0, -1));
refused("state-0", "a state that is not known", list(all.map(([id, state], at) => [id, at === 3 ? 0 : state])));
refused("state-3", "a state that is not known", list(all.map(([id, state], at) => [id, at === 3 ? 3 : state])));
refused("not-in-order", "two records in each other's place", list([all[1], all[0], ...all.slice(2)]));
refused("twice", "one id twice", list([all[0], ...all]));
