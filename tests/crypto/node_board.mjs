// The vectors of the reply board, whose bytes node makes up: the browser's own test is tests/journeys/test_way_back.py.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { boxOf, openBoard, verifyBoard } from "../../server/intake/client/board.js";
import { unbase64, unhex } from "../../server/intake/client/bytes.js";
import { tried } from "../../server/intake/client/trial.js";

const folder = new URL("../vectors/board/", import.meta.url);

async function expects(vector, act) {
  let failure = null;
  try {
    await act();
  } catch (error) {
    failure = error;
  }
  if (vector.expect === "opens") {
    if (failure) throw failure;
  } else {
    assert.equal(failure?.name, vector.expect, failure?.message);
  }
}

const FORM = unhex("4f4e474749454e310101020000000000000000f204");
const filler = (at) => [FORM, createHash("shake256", { outputLength: 3407 - FORM.length }).update(`${at}`).digest()];

/** The whole board that a vector stands for. */
function assembled({ front_b64, entries, count, size }) {
  const entry = (at) => (entries[at] ? [unbase64(entries[at])] : filler(at));
  const board = Buffer.concat([unbase64(front_b64), ...Array.from({ length: count }, (_, at) => entry(at)).flat()]);
  return new Uint8Array(Buffer.concat([board.subarray(0, size), Buffer.alloc(Math.max(0, size - board.length))]));
}

for (const name of readdirSync(folder)) {
  const vector = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  test(`board/${name}`, () =>
    expects(vector, async () => {
      const { origin, today, floor } = vector;
      const known = { origin, today, floor, desk: unhex(vector.desk_hex) };
      const keys = { secret: unhex(vector.secret_hex), reply: unhex(vector.reply_hex) };
      const board = assembled(vector);
      const { replies } = await openBoard(board, keys, known);
      const told = replies.map(({ serial, day, lang, parts }) => [serial, day, lang, parts]);
      assert.deepEqual(told, vector.replies);
      const { entries } = await verifyBoard(board, known);
      const hits = async (among) => {
        const opened = await tried(among.map((at) => boxOf(entries[at])), keys.secret.slice(0, 32));
        return among.filter((_, at) => opened[at]);
      };
      assert.deepEqual(await hits([...entries.keys()]), vector.opens);
      // And on bare http, where a browser gives a page no WebCrypto at all.
      if (name === "two-replies.json") {
        Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
        try {
          assert.deepEqual((await openBoard(board, keys, known)).replies, replies);
        } finally {
          delete crypto.subtle;
        }
      }
      // The same where a browser has no X25519 of its own.
      const { importKey } = crypto.subtle;
      crypto.subtle.importKey = async function (form, ...rest) {
        if (form === "pkcs8") throw new Error("not supported");
        return importKey.call(this, form, ...rest);
      };
      try {
        assert.deepEqual(await hits(Object.keys(vector.entries).map(Number)), vector.opens);
      } finally {
        crypto.subtle.importKey = importKey;
      }
    }),
  );
}
