// The same files as tests/crypto/test_vectors.py, read by the code that the page runs; node stands in for a browser.
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { KINDS, read, spelling } from "./vectors.mjs";

const text = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const list = (name) => text(`../../crypto/wordlists/${name}.txt`).trim().split("\n");
const spelt = spelling({ ko: list("ko"), zh: list("zh"), en: list("en") });

// The folders that are not among the kinds are Python's alone.
for (const kind of KINDS) {
  for (const name of readdirSync(new URL(`../vectors/${kind}/`, import.meta.url))) {
    const path = `${kind}/${name}`;
    test(path, () => read(kind, JSON.parse(text(`../vectors/${path}`)), spelt));
  }
}
