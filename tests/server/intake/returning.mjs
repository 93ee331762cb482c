// What a page does for each code that is typed: reads lines of JSON, answers each with the work that it was.
import { createInterface } from "node:readline";
import { hex, unhex } from "../../../server/intake/client/bytes.js";
import { erase } from "../../../server/intake/client/erase.js";
import { unpacked } from "../../../server/intake/client/receipt.js";
import { codeOf, look } from "../../../server/intake/client/returning.js";

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
  const { typed, files, lists, origin, root, today } = JSON.parse(line);
  work = { asked: [], shares: [] };
  const ask = async (path) => {
    work.asked.push(path);
    return unhex(files[path]);
  };
  globalThis.fetch = async (path, { body }) => {
    work.asked.push(path, body.length);
    return new Response(null, { status: 204 });
  };
  const code = codeOf(typed, lists.map(unpacked));
  const known = { origin, root: unhex(root), today };
  const { found, replies } = await look(code, known, ask, (share) => work.shares.push(share));
  await erase(code, known.root, {});
  console.log(JSON.stringify({ work, found: found.length, replies: replies.length, code: hex(code) }));
}
