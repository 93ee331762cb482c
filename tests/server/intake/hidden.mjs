// Asked on standard input, one file a line in base64: answers with what the page would say is in it.
import { createInterface } from "node:readline";
import { hiddenIn } from "../../../server/intake/client/hidden.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { media, facts } = hiddenIn(new Uint8Array(Buffer.from(line, "base64")));
  console.log(JSON.stringify([media ?? "-", ...Array.from(facts).sort()]));
}
