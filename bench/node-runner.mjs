// Contenders in a Node process. Does what the parent asks, and answers with what it took:
//   node --expose-gc node-runner.mjs <upstream> <contender>...

import { runAborts, runBatch } from "./lib/batch.js";
import { wasmUse } from "./lib/wasm-probe.js";

const [upstream, ...contenders] = process.argv.slice(2);
const calls = {};
for (const contender of contenders) {
  const { create } = await import(`./contenders/${contender}.js`);
  calls[contender] = create(upstream);
}

const jobs = {
  batch: ({ contender, ...options }) => timed(() => runBatch(calls[contender], options)),
  aborts: ({ contender, ...options }) => timed(() => runAborts(calls[contender], options)),
  memory,
};

process.on("message", async ({ job, ...options }) => {
  try {
    process.send({ result: await jobs[job](options) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.send({ result: "ready" });

async function timed(run) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, processorMs: (user + system) / 1000 };
}

async function memory() {
  // Finalizers run between collections, and free things that the next one collects.
  for (let round = 0; round < 5; round++) {
    global.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, external, arrayBuffers, wasm: wasmUse().bytes };
}
