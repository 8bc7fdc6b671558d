// Runs the suite in every runtime that can be had here, or in those whose name contains one of the arguments:
//   node tests/runtimes/run.mjs            all of them
//   node tests/runtimes/run.mjs deno vite  some
// A line per runtime. What a whole run found is written to dist/runtimes.json, for the table in the README.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyOf, here, install, root } from "./consumer.mjs";
import { installPackages } from "./packages.mjs";

process.chdir(here);
await installPackages(here);
const { closeBrowser } = await import("./chromium.mjs");
const { Skipped } = await import("./target.mjs");

const files = ["node", "deno", "bun", "workerd", "miniflare", "wrangler", "browser", "test-runners", "next"];
const filters = process.argv.slice(2).map((filter) => filter.toLowerCase());
const targets = (await Promise.all(files.map((file) => import(`./targets/${file}.mjs`))))
  .flatMap((module) => module.default)
  .filter(
    (target) => !filters.length || filters.some((filter) => title(target).toLowerCase().includes(filter)),
  );
if (targets.length === 0) throw new Error(`no runtime is called ${filters.join(" or ")}`);

const consumer = await install();
const outcomes = [];
const waiting = [...targets];
await Promise.all([work(), work()]);
await closeBrowser();
await rm(consumer, { recursive: true, force: true });

outcomes.sort((a, b) => targets.indexOf(a.target) - targets.indexOf(b.target));
if (!filters.length) {
  await writeFile(join(root, "dist/runtimes.json"), `${JSON.stringify(outcomes.map(record), null, 2)}\n`);
}
const count = (state) => outcomes.filter((outcome) => outcome.state === state).length;
const skipped = count("skipped");
console.log(`${count("passed")} passed, ${count("failed")} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exitCode = count("failed") ? 1 : 0;

/** Takes one target after the other. Two work at a time: most of a run is waiting for programs to start. */
async function work() {
  for (let target = waiting.shift(); target; target = waiting.shift()) {
    const outcome = await runTarget(target);
    outcomes.push(outcome);
    report(outcome);
  }
}

async function runTarget(target) {
  const folder = await copyOf(consumer);
  try {
    const result = await target.run(folder);
    if (!(result.passed > 0)) throw new Error(`no test ran: ${JSON.stringify(result)}`);
    return { target, state: result.failed ? "failed" : "passed", ...result };
  } catch (error) {
    if (error instanceof Skipped) return { target, state: "skipped", reason: error.message };
    return { target, state: "failed", reason: error.message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function title({ runtime, how, version }, found = version) {
  return `${[runtime, found].filter(Boolean).join(" ")} (${how})`;
}

function report({ target, state, reason, version, passed, failed, failures }) {
  const paint = (code, text) => (process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const name = title(target, version ?? target.version);
  if (state === "skipped") return console.log(paint(33, `${name}: skipped, ${reason}`));
  const counts = passed === undefined ? `failed, ${reason}` : `${passed} passed, ${failed} failed`;
  console.log(paint(state === "passed" ? 32 : 31, `${name}: ${counts}`));
  for (const { name, message } of failures?.slice(0, 10) ?? [])
    console.log(`  ${name}\n    ${message.slice(0, 500)}`);
  if (failures?.length > 10) console.log(`  and ${failures.length - 10} more`);
}

function record({ target, state, reason, version, ran, passed, failed }) {
  const { runtime, how } = target;
  return {
    runtime,
    version: version ?? target.version,
    how,
    ran,
    state,
    passed,
    failed,
    reason,
  };
}
