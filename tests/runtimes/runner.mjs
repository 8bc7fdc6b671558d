// Runs targets and says how each went: a line per target.

import { writeFile } from "node:fs/promises";
import { Skipped } from "./target.mjs";

/**
 * Runs all targets, or those whose title contains one of the command line's arguments. What a whole run found is
 * written to `record`.
 *
 * @param {import("./target.mjs").Target[]} all
 * @param {(target: object) => Promise<object>} run
 */
export async function runTargets(all, run, record) {
  const filters = process.argv.slice(2).map((filter) => filter.toLowerCase());
  const targets = all.filter(
    (target) => !filters.length || filters.some((filter) => title(target).toLowerCase().includes(filter)),
  );
  if (targets.length === 0) throw new Error(`no target is called ${filters.join(" or ")}`);

  const outcomes = [];
  const waiting = [...targets];
  /** Takes one target after the other. Two work at a time: most of a run is waiting for programs to start. */
  const work = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const outcome = await outcomeOf(target, run);
      outcomes.push(outcome);
      report(outcome);
    }
  };
  await Promise.all([work(), work()]);

  outcomes.sort((a, b) => targets.indexOf(a.target) - targets.indexOf(b.target));
  if (!filters.length) await writeFile(record, `${JSON.stringify(outcomes.map(recordOf), null, 2)}\n`);
  const count = (state) => outcomes.filter((outcome) => outcome.state === state).length;
  const skipped = count("skipped");
  console.log(`${count("passed")} passed, ${count("failed")} failed${skipped ? `, ${skipped} skipped` : ""}`);
  process.exitCode = count("failed") ? 1 : 0;
}

async function outcomeOf(target, run) {
  const started = performance.now();
  try {
    const result = await run(target);
    if (!(result.passed > 0)) throw new Error(`no test ran: ${JSON.stringify(result)}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    return { target, state: result.failed ? "failed" : "passed", seconds, ...result };
  } catch (error) {
    if (error instanceof Skipped) return { target, state: "skipped", reason: error.message };
    return { target, state: "failed", reason: error.message };
  }
}

function title({ runtime, how, version }, found = version) {
  return `${[runtime, found].filter(Boolean).join(" ")} (${how})`;
}

function report({ target, state, reason, version, passed, failed, failures, seconds }) {
  const paint = (code, text) => (process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const name = title(target, version ?? target.version);
  if (state === "skipped") return console.log(paint(33, `${name}: skipped, ${reason}`));
  const counts =
    passed === undefined ? `failed, ${reason}` : `${passed} passed, ${failed} failed, ${seconds} s`;
  console.log(paint(state === "passed" ? 32 : 31, `${name}: ${counts}`));
  for (const { name, message } of failures?.slice(0, 10) ?? [])
    console.log(`  ${name}\n    ${message.slice(0, 500)}`);
  if (failures?.length > 10) console.log(`  and ${failures.length - 10} more`);
}

function recordOf({ target, state, reason, version, ran, passed, failed }) {
  const { runtime, how, line } = target;
  return {
    runtime,
    version: version ?? target.version,
    how,
    line,
    ran,
    state,
    passed,
    failed,
    reason,
  };
}
