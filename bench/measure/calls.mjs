// What a call costs over a hand-written fetch. In every round each contender runs one small batch, in rotating
// order, and is compared with the hand-written fetch of the same round, so that what else the machine does hits
// all alike. A sitting is a set of fresh processes.

import { processorMs, startNode } from "../lib/processes.mjs";
import { median, spread } from "../lib/stats.mjs";
import { startWorkerd } from "../lib/workerd.mjs";

/** The contender that the others are compared with. */
export const BASELINE = "fetch";

const runtimes = {
  node: (contender, { upstream }) => startNode(contender, { upstream }),
  workerd: (contender, { upstream, port }) => startWorkerd(contender, { upstream, port }),
};

/** `cases` are batches with their number of `rounds`. Gives, for each, the figures of every contender. */
export async function measureCalls(runtime, contenders, cases, { sittings, upstream, port }) {
  const results = cases.map((batch) => ({
    ...batch,
    contenders: contenders.map((name) => ({ name, sittings: [] })),
  }));
  for (let sitting = 0; sitting < sittings; sitting++) {
    const running = [];
    for (const [index, name] of contenders.entries()) {
      running.push({ name, ...(await runtimes[runtime](name, { upstream, port: port + index })) });
    }
    for (const result of results) {
      const figures = await sit(runtime, running, result);
      for (const contender of result.contenders) contender.sittings.push(figures.get(contender.name));
    }
    for (const { stop } of running) await stop();
  }
  for (const result of results) result.contenders = result.contenders.map(summary);
  return results;
}

async function sit(runtime, running, { accounts, calls, inFlight, rounds, warmUp }) {
  const batch = { job: "batch", accounts, calls, inFlight };
  const taken = new Map(running.map(({ name }) => [name, []]));
  for (const { ask } of running) await ask({ ...batch, calls: warmUp });
  const before = running.map(({ pid }) => processorMs(pid));
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < running.length; index++) {
      const { name, ask } = running[(index + round) % running.length];
      taken.get(name).push((await time[runtime](ask, batch)) / calls);
    }
  }
  const processor = new Map(running.map(({ name, pid }, index) => [name, processorMs(pid) - before[index]]));
  const ofBaseline = (ms, round) => ms / taken.get(BASELINE)[round];
  return new Map(
    running.map(({ name }) => [
      name,
      {
        ms: median(taken.get(name)),
        ratio: median(taken.get(name).map(ofBaseline)),
        processorMs: processor.get(name) / (rounds * calls),
        processorRatio: processor.get(name) / processor.get(BASELINE),
      },
    ]),
  );
}

const time = {
  node: async (ask, batch) => (await ask(batch)).ms,
  // workerd's clock stands still while it works, so the time is taken here, less the way there and back.
  async workerd(ask, batch) {
    const idle = await clocked(() => ask({ job: "nothing" }));
    return (await clocked(() => ask(batch))) - idle;
  },
};

async function clocked(run) {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function summary({ name, sittings }) {
  const of = (key) => spread(sittings.map((sitting) => sitting[key]));
  const keys = ["ms", "ratio", "processorMs", "processorRatio"];
  return { name, ...Object.fromEntries(keys.map((key) => [key, of(key)])) };
}
