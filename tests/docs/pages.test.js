// What the pages say beside their blocks: links, commands, the table of platforms.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { PlaidAdapter } from "../../dist/package/index.js";
import { PlaidSandbox } from "../../dist/package/sandbox.js";
import { root } from "../runtimes/consumer.mjs";
import { snippetsOf } from "./snippets.js";

const read = (path) => readFileSync(join(root, path), "utf8");
const markdownIn = (folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
const pages = [
  ...["README.md", "CHANGELOG.md", "SECURITY.md", "examples/README.md"],
  ...markdownIn("docs").map((name) => `docs/${name}`),
];

test("links and pictures lead somewhere", () => {
  for (const page of pages) {
    const links = [...read(page).matchAll(/\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
      ([, a, b]) => a ?? b,
    );
    for (const link of links.filter((link) => !/^https?:/.test(link))) {
      const [path, anchor] = link.split("#");
      const target = path ? join(dirname(page), path) : page;
      assert.ok(existsSync(join(root, target)), `${page} links to ${link}`);
      if (anchor) assert.ok(anchorsOf(target).includes(anchor), `${page} links to ${link}`);
    }
  }
});

/** As GitHub names them. */
function anchorsOf(page) {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

test("every make target and script that is named exists", () => {
  const makefile = read("Makefile");
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/(?:^|`)make ([\w-]+)/gm)) {
      assert.match(makefile, new RegExp(`^${target}:`, "m"), `${page}: make ${target}`);
    }
    for (const [path] of read(page).matchAll(/\b(scripts|tests|bench)\/[\w./-]+\.(sh|mjs)/g)) {
      assert.ok(existsSync(join(root, path)), `${page}: ${path}`);
    }
  }
});

test("the wrangler that a command names is the tested one", () => {
  const { wrangler } = JSON.parse(read("package.json")).devDependencies;
  const named = pages.flatMap((page) => [...read(page).matchAll(/\bwrangler@([\d.]+)/g)]);
  assert.ok(named.length > 0);
  for (const [, version] of named) assert.equal(version, wrangler);
});

test("only pages that are run have code", () => {
  const run = [
    "README.md",
    ...["configuration", "errors", "recipes", "runtimes", "sandbox", "webhooks"].map(
      (name) => `docs/${name}.md`,
    ),
  ];
  for (const page of pages.filter((page) => !run.includes(page)))
    assert.deepEqual(snippetsOf(page), [], page);
});

test("the table of platforms: each way to make an adapter makes one", async () => {
  const { env } = new PlaidSandbox();
  const platform = { env, process: { env }, Netlify: { env: { toObject: () => env } } };
  const table = read("docs/configuration.md").match(/\| platform \|(.*?)\n\n/s)[1];
  const ways = [...table.matchAll(/`(new PlaidAdapter\(.*?\)|await PlaidAdapter\.fromEnv\(.*?\))` \|/g)];
  assert.equal(ways.length, 7);
  for (const [, expression] of ways) {
    const names = ["PlaidAdapter", ...Object.keys(platform)];
    const make = new Function(...names, `return (async () => ${expression})()`);
    assert.ok((await make(PlaidAdapter, ...Object.values(platform))) instanceof PlaidAdapter, expression);
  }
});
