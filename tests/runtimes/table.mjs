// The table of runtimes in docs/runtimes.md, made of what the last whole run of run.mjs wrote to dist/runtimes.json:
//   node tests/runtimes/table.mjs          writes it between its markers
//   node tests/runtimes/table.mjs --check  fails if it is another

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./consumer.mjs";

const [begin, end] = ["<!-- runtimes -->", "<!-- /runtimes -->"];
const page = join(root, "docs/runtimes.md");

const outcomes = JSON.parse(await readFile(join(root, "dist/runtimes.json"), "utf8"));
const failed = outcomes
  .filter(({ state }) => state === "failed")
  .map(({ runtime, how }) => `${runtime} (${how})`);
if (failed.length) fail(`the last run failed in ${failed.join(", ")}`);

const text = await readFile(page, "utf8");
const [before, rest] = text.split(begin);
const [current, after] = rest?.split(end) ?? [];
if (after === undefined) fail(`docs/runtimes.md lacks the markers ${begin} and ${end}`);

const skipped = outcomes.filter(({ state }) => state === "skipped");
if (!process.argv.includes("--check")) {
  if (skipped.length) fail(`${skipped.map(({ runtime }) => runtime).join(", ")} could not be run here`);
  await writeFile(page, `${before}${begin}\n${table()}\n${end}${after}`);
} else {
  // Which browser a machine has is no affair of ours, and what it can't run proves nothing either way.
  const comparable = (line) =>
    !skipped.some(({ runtime }) => line.startsWith(`| ${runtime} |`)) &&
    line.replace(/Chromium [\d.]+/g, "Chromium");
  const lines = (table) => table.trim().split("\n").map(comparable).filter(Boolean).join("\n");
  if (lines(current) !== lines(table()))
    fail("docs/runtimes.md has another table: run node tests/runtimes/table.mjs");
}

/** A row per runtime and version, with all the ways in which it was tried. */
function table() {
  const rows = new Map();
  for (const { runtime, version, how, ran, state } of outcomes) {
    if (state !== "passed") continue;
    const where = ran && ran !== version ? `, in ${ran}` : "";
    const key = `| ${runtime} | ${version} |`;
    rows.set(key, [...(rows.get(key) ?? []), `${how.replace(/<[^>]+>/, "`$&`")}${where}`]);
  }
  const lines = [...rows].map(([key, hows]) => `${key} ${hows.join("; ")} |`);
  return ["| Runtime | Version | How |", "| --- | --- | --- |", ...lines].join("\n");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
