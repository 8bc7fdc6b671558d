// Runs every measurement and writes results/results.json, results/results.md and ../docs/bench.svg:
//   node bench.mjs [--quick]      --quick: small counts, to try the harness; its results are not written

import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { format, resolveConfig } from "prettier";
import { generateHeyApi } from "./lib/generate.mjs";
import { unpackPlaidEdge } from "./lib/package.mjs";
import { startUpstream } from "./lib/processes.mjs";
import { exponent } from "./lib/stats.mjs";
import { measureCalls } from "./measure/calls.mjs";
import { measureGrowth } from "./measure/growth.mjs";
import { measureLoad } from "./measure/load.mjs";
import { measureNodeMemory, measureWorkerdMemory } from "./measure/memory.mjs";
import { measureSize } from "./measure/size.mjs";
import { plot } from "./plot.mjs";
import { report } from "./report.mjs";

const PORT = 9100;
const CONTENDERS = [
  "fetch",
  "fetch-timeout",
  "openapi-fetch",
  "hey-api",
  "plaid-edge",
  "plaid-fetch",
  "plaid",
];
const isQuick = process.argv.includes("--quick");
const amount = isQuick
  ? { sittings: 1, rounds: 0.1, processes: 3, calls: 2_000, aborts: 1_000, cancelled: 200, growth: 3 }
  : { sittings: 3, rounds: 1, processes: 15, calls: 100_000, aborts: 10_000, cancelled: 2_000, growth: 12 };

const CALLS = [
  { accounts: 4, calls: 10, inFlight: 1, rounds: 200, warmUp: 2_000 },
  { accounts: 200, calls: 5, inFlight: 1, rounds: 150, warmUp: 200 },
  { accounts: 5_000, calls: 1, inFlight: 1, rounds: 40, warmUp: 5 },
  { accounts: 50_000, calls: 1, inFlight: 1, rounds: 10, warmUp: 2 },
];
const THROUGHPUT = [1, 16, 128].map((inFlight) => ({
  accounts: 4,
  calls: 256,
  inFlight,
  rounds: 8,
  warmUp: 1_000,
}));

unpackPlaidEdge();
await generateHeyApi();
const upstream = await startUpstream(PORT);
const options = { sittings: amount.sittings, upstream: upstream.url, port: PORT + 10 };
const scaled = (cases) =>
  cases.map((batch) => ({ ...batch, rounds: Math.max(3, batch.rounds * amount.rounds) }));

const results = { machine: machine(), amount };
results.size = await step("size", () => measureSize(CONTENDERS));
results.load = await step("load", () => measureLoad(CONTENDERS, amount));
results.calls = {};
results.throughput = {};
results.growth = {};
results.memory = {};
for (const runtime of ["node", "workerd"]) {
  const measured = (cases) => measureCalls(runtime, CONTENDERS, scaled(cases), options);
  results.calls[runtime] = await step(`calls, ${runtime}`, () => measured(CALLS));
  results.throughput[runtime] = await step(`throughput, ${runtime}`, () => measured(THROUGHPUT));
  const growth = { ...options, sittings: 1, rounds: amount.growth };
  results.growth[runtime] = await step(`growth, ${runtime}`, () =>
    measureGrowth(runtime, ["fetch", "plaid-edge"], growth),
  );
  const measure = { node: measureNodeMemory, workerd: measureWorkerdMemory }[runtime];
  results.memory[runtime] = [];
  for (const contender of CONTENDERS) {
    const memory = await step(`memory, ${runtime}, ${contender}`, () =>
      measure(contender, { ...amount, ...options }),
    );
    results.memory[runtime].push(memory);
  }
}
for (const memory of results.memory.node) memory.exponent = exponent(memory.elapsed);
await upstream.stop();

const markdown = await tidy("results.md", report(results));
if (!isQuick) {
  await writeFile("results/results.json", await tidy("results.json", JSON.stringify(results)));
  await writeFile("results/results.md", markdown);
  await writeFile("../docs/bench.svg", plot(results));
}
console.log(markdown);

async function step(name, run) {
  const started = performance.now();
  const result = await run();
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return result;
}

function machine() {
  const require = createRequire(import.meta.url);
  const version = (name) => require(`${name}/package.json`).version;
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0].model,
    cores: cpus().length,
    node: process.versions.node,
    workerd: version("workerd"),
    plaid: version("plaid"),
    "plaid-fetch": version("plaid-fetch"),
    "openapi-fetch": version("openapi-fetch"),
    "hey-api": version("@hey-api/openapi-ts"),
    "plaid-edge": version("plaid-edge"),
  };
}

async function tidy(filepath, text) {
  return format(text, { ...(await resolveConfig("bench.mjs")), filepath });
}
