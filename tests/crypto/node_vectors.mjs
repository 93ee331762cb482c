// The same files as tests/crypto/test_vectors.py, read by the code that the page runs; node stands in for a browser.
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { read, spelling } from "./vectors.mjs";

const text = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const list = (name) => text(`../../crypto/wordlists/${name}.txt`).trim().split("\n");
const spelt = spelling({ ko: list("ko"), zh: list("zh"), en: list("en") });

for (const path of readdirSync(new URL("../vectors/", import.meta.url), { recursive: true })) {
  if (!path.endsWith(".json")) continue;
  test(path, () => read(path.split("/")[0], JSON.parse(text(`../vectors/${path}`)), spelt));
}
