// Checks the size of what a worker deploys against bench/budget.json, and fails when it is over. Bytes are exact,
// so unlike a time this may fail a build. Wants the packed package: run `make pack` first.

import { readFileSync } from "node:fs";
import { INLINED, WORKERD, bundle, sizes } from "../bench/lib/bundle.mjs";
import { unpackPlaidEdge } from "../bench/lib/package.mjs";

const budgets = JSON.parse(readFileSync(new URL("../bench/budget.json", import.meta.url), "utf8"));

unpackPlaidEdge();
let isOver = false;
for (const [form, build] of Object.entries({ workerd: WORKERD, inlined: INLINED })) {
  const { script, wasm } = await bundle("one-call-worker.js", "plaid-edge", build);
  const parts = [["JavaScript", script], ...wasm.map(({ name, bytes }) => [name, bytes])];
  const gzipped = parts.map(([name, bytes]) => [name, sizes(bytes).gzip]);
  const total = gzipped.reduce((sum, [, bytes]) => sum + bytes, 0);
  const { budget, target } = budgets[form];
  console.log(`${form}, gzip -9:`);
  for (const [name, bytes] of gzipped) line(name, bytes);
  line("total", total);
  line("budget", budget);
  if (budget > target) line("target", target);
  if (total > budget) {
    isOver = true;
    console.error(`the ${form} form is ${total - budget} bytes over its budget`);
  }
}
process.exitCode = isOver ? 1 : 0;

function line(name, bytes) {
  console.log(`  ${name.padEnd(18)}${String(bytes).padStart(8)}`);
}
