// What a page does for each code that is typed: reads lines of JSON, answers each with the work that it was.
import { createInterface } from "node:readline";
import { hex, unhex } from "../../../server/intake/client/bytes.js";
import * as way from "../../../server/intake/client/online.js";
import { unpacked } from "../../../server/intake/client/receipt.js";
import { codeOf, look, takeBack } from "../../../server/intake/client/returning.js";
import { Account } from "../../../server/intake/client/submission.js";

const { subtle } = crypto;
let work;
const counted = (name) => {
  const own = subtle[name].bind(subtle);
  Object.defineProperty(subtle, name, {
    value: (...given) => {
      work[name] = (work[name] ?? 0) + 1;
      return own(...given);
    },
  });
};
for (const name of ["importKey", "deriveBits", "digest"]) counted(name);

for await (const line of createInterface({ input: process.stdin })) {
  const { typed, files, lists, origin, root, rotations, today, bundle, times } = JSON.parse(line);
  work = { asked: [], shares: [] };
  const sent = [];
  const ask = async (path) => {
    work.asked.push(path);
    return unhex(files[path]);
  };
  const begun = JSON.stringify({ part_size: 1 << 20, missing: [0], complete: false });
  globalThis.fetch = async (path, { body }) => {
    work.asked.push(path.replace(/[0-9a-f]{32}/, "ID"), body?.length ?? 0);
    if (path === "/api/deposits") sent.push(JSON.parse(body).deposit);
    return path === "/api/deposits" ? new Response(begun, { status: 201 }) : new Response(null, { status: 204 });
  };
  const code = codeOf(typed, lists.map(unpacked));
  const known = { origin, root: unhex(root), rotations, today };
  const { accounts, found, replies } = await look(code, known, ask, (share) => work.shares.push(share));
  const hers = () =>
    accounts.map(({ root, next, found: shown }) => {
      const account = new Account({ bundle: unhex(bundle), root }, way, { code, seq: next });
      return { account, root, back: shown.map(({ seq }) => [seq, seq]) };
    });
  await takeBack(hers(), { lang: "ko", text: "" });
  const told = { work: structuredClone(work), found: found.length, replies: replies.length, code: hex(code) };
  const ids = accounts.map(({ root, next }) => way.statementId({ code, root }, next));
  for (let more = 1; more < times; more++) await takeBack(hers(), { lang: "ko", text: "" });
  console.log(JSON.stringify({ ...told, order: sent.map((id) => ids.indexOf(id)) }));
}
