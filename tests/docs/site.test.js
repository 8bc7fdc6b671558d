// `make docs`: the site, as a static host serves it.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { root } from "../runtimes/consumer.mjs";
import { exec } from "./consumer.js";

const site = join(root, "dist/docs");
const read = (path) => readFileSync(join(site, path), "utf8");

// TypeDoc's warnings, such as a link to nowhere, are errors.
before(() => exec(process.execPath, [join(root, "scripts/docs.mjs")]));

test("it has the pages and the declarations, by what they are imported by", () => {
  assert.ok(readdirSync(join(site, "documents")).includes("Recipes.html"));
  assert.deepEqual(readdirSync(join(site, "modules")).sort(), [
    "plaid-edge.html",
    "plaid-edge_endpoints.html",
    "plaid-edge_manual.html",
    "plaid-edge_sandbox-manual.html",
    "plaid-edge_sandbox.html",
  ]);
  assert.match(read("classes/plaid-edge.PlaidAdapter.html"), /syncTransactions/);
});

test("it can be searched without a server", () => {
  assert.ok(existsSync(join(site, "assets/search.js")));
  assert.match(read("index.html"), /tsd-search/);
});

test("links and pictures of its pages lead to files of the site", () => {
  const pages = ["index.html", ...readdirSync(join(site, "documents")).map((name) => `documents/${name}`)];
  for (const page of pages) {
    for (const [, link] of read(page).matchAll(/(?:href|src|srcset)="([^"#][^"]*)"/g)) {
      if (/^(https?:|data:)/.test(link)) continue;
      const [path] = decodeURIComponent(link.replace(/ .*/, "")).split("#");
      assert.ok(existsSync(join(site, dirname(page), path)), `${page}: ${link}`);
    }
  }
});
