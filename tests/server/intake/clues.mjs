// Asked on standard input, one text a line, as JSON: answers with the clues that the page would find in it.
import { createInterface } from "node:readline";
import { clues } from "../../../server/intake/client/clues.js";

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(clues(JSON.parse(line))));
