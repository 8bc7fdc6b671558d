// The tables in docs/runtimes.md, made of what the last whole runs of tests/runtimes/run.mjs and tests/frameworks/run.mjs
// wrote to dist:
//   node tests/runtimes/table.mjs                     writes both between their markers
//   node tests/runtimes/table.mjs --check runtimes    fails if that one is another

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./consumer.mjs";

const makers = { runtimes: runtimesTable, frameworks: frameworksTable };
const page = join(root, "docs/runtimes.md");
const isCheck = process.argv.includes("--check");
const names = process.argv.slice(2).filter((name) => name in makers);

for (const name of names.length ? names : Object.keys(makers)) {
  const outcomes = JSON.parse(await readFile(join(root, `dist/${name}.json`), "utf8"));
  const failed = outcomes
    .filter(({ state }) => state === "failed")
    .map(({ runtime, how }) => `${runtime} (${how})`);
  if (failed.length) fail(`the last run failed in ${failed.join(", ")}`);

  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = await readFile(page, "utf8");
  const [before, rest] = text.split(begin);
  const [current, after] = rest?.split(end) ?? [];
  if (after === undefined) fail(`docs/runtimes.md lacks the markers ${begin} and ${end}`);
  const table = makers[name](outcomes.filter(({ state }) => state === "passed"));

  const skipped = outcomes.filter(({ state }) => state === "skipped");
  if (!isCheck) {
    if (skipped.length) fail(`${skipped.map(({ runtime }) => runtime).join(", ")} could not be run here`);
    await writeFile(page, `${before}${begin}\n${table}\n${end}${after}`);
  } else {
    // Which browsers a machine has is no affair of ours, and what it can't run proves nothing either way.
    const comparable = (line) =>
      !skipped.some(({ runtime }) => line.startsWith(`| ${runtime} |`)) &&
      line.replace(/(Chromium|Firefox|WebKit)( \|)? [\d.]+/g, "$1");
    const lines = (table) => table.trim().split("\n").map(comparable).filter(Boolean).join("\n");
    if (lines(current) !== lines(table))
      fail("docs/runtimes.md has another table: run node tests/runtimes/table.mjs");
  }
}

/** A row per runtime and version, with all the ways in which it was tried. */
function runtimesTable(outcomes) {
  const ways = ({ how, ran, version }) =>
    `${how.replace(/<[^>]+>/, "`$&`")}${ran && !ran.endsWith(version) ? `, in ${ran}` : ""}`;
  return table(["Runtime", "Version"], "How", outcomes, ({ runtime, version }) => [runtime, version], ways);
}

/** A row per tool, version and what a user of it has to do. */
function frameworksTable(outcomes) {
  const key = ({ runtime, version, line = "nothing" }) => [runtime, version, line];
  return table(["Tool", "Version", "What to do"], "How", outcomes, key, ({ how }) => how);
}

function table(heads, last, outcomes, key, way) {
  const rows = new Map();
  for (const outcome of outcomes) {
    const row = `| ${key(outcome).join(" | ")} |`;
    rows.set(row, [...(rows.get(row) ?? []), way(outcome)]);
  }
  const lines = [...rows].map(([row, ways]) => `${row} ${ways.join("; ")} |`);
  const columns = [...heads, last];
  return [`| ${columns.join(" | ")} |`, `|${" --- |".repeat(columns.length)}`, ...lines].join("\n");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
