// A file sent through any interruptions, by page after page that know only the words: one envelope, to the byte.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { bundleOf } from "../../server/intake/client/boxes.js";
import { LineDown } from "../../server/intake/client/errors.js";
import * as way from "../../server/intake/client/online.js";
import { Account } from "../../server/intake/client/submission.js";
import { request } from "../../server/intake/client/upload.js";

const PART = 1 << 18;
const [CODE, ROOT, SECRET] = [new Uint8Array(13).fill(7), new Uint8Array(32).fill(8), new Uint8Array(64).fill(9)];
const BODY = new Uint8Array(createHash("shake256", { outputLength: 2_300_000 }).update("a film").digest());
const CONSENT = { granted: [], lang: "ko", text: "" };
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The intake's rules of docs/formats/resume.md, in memory. `cut` is called before and after each request is taken. */
class Intake {
  deposits = new Map();
  sent = 0;
  cut = () => {};

  fetch = async (path, { method = "GET", body }) => {
    this.cut("before");
    const answer = this.take(path, method, body);
    this.cut("after");
    return answer;
  };

  take(path, method, body) {
    const json = (value, status = 200) => new Response(JSON.stringify(value), { status });
    const [, , , id, place] = path.split("/");
    if (!id) {
      const { deposit, size } = JSON.parse(body);
      const known = this.deposits.get(deposit);
      if (!known) this.deposits.set(deposit, { size, parts: new Map(), whole: false });
      const { parts, whole } = this.deposits.get(deposit);
      if (known && known.size !== size) return json({}, 409);
      const all = Array.from({ length: Math.ceil(size / PART) }, (_, at) => at * PART);
      return json({ part_size: PART, missing: all.filter((at) => !parts.has(at)), complete: whole }, known ? 200 : 201);
    }
    const deposit = this.deposits.get(id);
    if (place === "complete") {
      assert.equal(deposit.parts.size, Math.ceil(deposit.size / PART));
      deposit.whole = true;
      return json({ complete: true });
    }
    this.sent += body.length;
    const known = deposit.parts.get(Number(place));
    if (known && hash(known) !== hash(body)) return json({}, 409);
    deposit.parts.set(Number(place), body);
    return new Response(null, { status: 204 });
  }

  whole(id) {
    const { parts } = this.deposits.get(id);
    return Buffer.concat([...parts.entries()].sort(([one], [other]) => one - other).map(([, part]) => part));
  }
}

/** One page, that is closed at a random moment unless *patient*. */
async function visit(intake, source, patient, files = [{ source, media: "video/mp4" }]) {
  const closed = new AbortController();
  let left = patient ? Infinity : 2 * Math.random() * 8;
  intake.cut = () => {
    if (--left > 0) return;
    closed.abort();
    throw new TypeError("gone");
  };
  globalThis.fetch = intake.fetch;
  const account = new Account({ bundle: bundleOf(SECRET), root: ROOT }, way, { code: CODE });
  await account.submit({ text: "말", lang: "ko", files, consent: CONSENT }, { signal: closed.signal });
}

test("any interruptions, on any phones, leave one envelope of the file and one whole statement", async () => {
  const seen = new Set();
  for (let round = 0; round < 12; round++) {
    const intake = new Intake();
    for (let visits = 0; ; visits++) {
      try {
        await visit(intake, new Blob([BODY]), visits > 20);
        break;
      } catch (error) {
        assert.equal(error.name, "AbortError", error.stack);
      }
    }
    const [film, ...others] = [...intake.deposits.entries()].sort(([, one], [, other]) => other.size - one.size);
    assert.ok(film[1].whole);
    assert.ok(others.some(([, { whole }]) => whole));
    assert.ok(others.every(([, { size }]) => size === 66959));
    seen.add(`${film[0]} ${hash(intake.whole(film[0]))}`);
  }
  assert.equal(seen.size, 1);
});

test("what has arrived is not sent again", async () => {
  const intake = new Intake();
  await visit(intake, new Blob([BODY]), true);
  const [id, { parts, size }] = [...intake.deposits].find(([, deposit]) => deposit.size > BODY.length);
  const before = hash(intake.whole(id));
  for (const lost of [3 * PART, 4 * PART, 7 * PART]) parts.delete(lost);
  intake.sent = 0;
  await visit(intake, new Blob([BODY]), true);
  assert.equal(hash(intake.whole(id)), before);
  assert.ok(intake.sent <= 3 * PART + 2 * 66959, `${intake.sent} of ${size}`);
});

/** An account of her code that knows of no number but today's first, as after a page was closed. */
const anew = () => new Account({ bundle: bundleOf(SECRET), root: ROOT }, way, { code: CODE });

test("a telling whose number is taken gets the next one, and neither is lost", async () => {
  const intake = new Intake();
  globalThis.fetch = intake.fetch;
  const shares = [];
  const said = (text, told) => anew().submit({ text, lang: "ko", files: [], consent: CONSENT }, told);
  const first = await said("처음");
  const [[id, { parts }]] = [...intake.deposits];
  const before = hash(parts.get(0));
  const second = await said("다시", { progress: (share) => shares.push(share) });
  const third = await said("또");
  assert.deepEqual([second, third], [first + 1, first + 2]);
  assert.equal(intake.deposits.size, 3);
  assert.ok([...intake.deposits.values()].every(({ whole }) => whole));
  assert.equal(hash(intake.deposits.get(id).parts.get(0)), before);
  assert.deepEqual([shares.at(-1), Math.max(...shares)], [1, 1]);
});

test("what is refused for another reason than its number is not sent again under the next one", async () => {
  const intake = new Intake();
  const asked = [];
  globalThis.fetch = async (path, init) => {
    if (path === "/api/deposits") asked.push(JSON.parse(init.body).deposit);
    return path.endsWith("/0") ? new Response("{}", { status: 413 }) : intake.fetch(path, init);
  };
  await assert.rejects(anew().submit({ text: "말", lang: "ko", files: [], consent: CONSENT }), { name: "Refused", status: 413 });
  assert.equal(asked.length, 1);
});

test("a file with one changed byte goes to another place", async () => {
  const intake = new Intake();
  const other = BODY.slice();
  other[2_000_000] ^= 1;
  await visit(intake, new Blob([BODY]), true);
  await visit(intake, new Blob([other]), true);
  assert.equal([...intake.deposits.values()].filter(({ size }) => size > BODY.length).length, 2);
});

test("a file that changes while it is sent is refused before the change is sealed, however often it changes back", async () => {
  const good = new Intake();
  await visit(good, new Blob([BODY]), true);
  const [id] = [...good.deposits].find(([, deposit]) => deposit.size > BODY.length);
  const envelope = good.whole(id);
  const reads = [];
  let changed = false;
  const source = {
    size: BODY.length,
    slice(start, end) {
      const bytes = BODY.slice(start, end);
      if (changed && start > 1_000_000) bytes[5] ^= 1;
      reads.push(start);
      return new Blob([bytes]);
    },
  };
  const intake = new Intake();
  const file = { source, media: "video/mp4" };
  for (let round = 0; round < 4; round++) {
    changed = false;
    intake.cut = () => {};
    const account = new Account({ bundle: bundleOf(SECRET), root: ROOT }, way, { code: CODE });
    globalThis.fetch = async (path, init) => {
      changed = true; // once it was read for its digest
      return intake.fetch(path, init);
    };
    const sending = account.submit({ text: "말", lang: "ko", files: [file], consent: CONSENT });
    await assert.rejects(sending, { name: "SourceChanged" });
  }
  const [[same, { parts }]] = [...intake.deposits];
  assert.equal(same, id);
  assert.equal(intake.deposits.size, 1); // no statement lists what did not arrive
  assert.ok(parts.size > 0);
  for (const [at, part] of parts) assert.equal(hash(part), hash(envelope.subarray(at, at + part.length)));
});

test("a recording that was sealed already is sent as it is, and goes on after a pause", async () => {
  const intake = new Intake();
  const pieces = [1_000, 700_000, 300_000].map((size) => new Uint8Array(randomBytes(size)));
  const file = { digest: new Uint8Array(64), padded: 5, total: 1_001_000, media: "audio/webm", pieces };
  globalThis.fetch = intake.fetch;
  const account = new Account({ bundle: bundleOf(SECRET), root: ROOT }, way, { code: CODE });
  const telling = { text: "말", lang: "ko", files: [file], consent: CONSENT };
  const pause = new AbortController();
  intake.cut = () => intake.sent > 2 * PART && pause.abort();
  await assert.rejects(account.submit(telling, { signal: pause.signal }), { name: "AbortError" });
  intake.cut = () => {};
  await account.submit(telling);
  const [id] = [...intake.deposits.keys()];
  assert.equal(hash(intake.whole(id)), hash(Buffer.concat(pieces)));
  assert.equal(intake.deposits.size, 2);
});

test("a dead line and a refusal are told apart", async () => {
  const soon = globalThis.setTimeout;
  globalThis.setTimeout = (act) => soon(act, 0);
  let asked = 0;
  globalThis.fetch = async () => {
    asked++;
    throw new TypeError("no line");
  };
  // The clock of a request is not what ends it here.
  await assert.rejects(request("/arrived"), LineDown);
  assert.equal(asked, 8);
  globalThis.setTimeout = soon;
  globalThis.fetch = async () => new Response("{}", { status: 404 });
  await assert.rejects(request("/arrived"), { name: "Refused", status: 404 });
});
