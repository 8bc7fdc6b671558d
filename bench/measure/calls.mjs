// What a call costs over a hand-written fetch. A contender and a hand-written fetch run small batches in turns, and
// each batch is compared with its neighbour, so that what else the machine does hits both alike. A sitting is a
// set of fresh processes, a pair at a time: with all contenders at once, each ran in the caches that the one before
// it had left, and in Node in the garbage.

import { processorMs, startNode } from "../lib/processes.mjs";
import { median, spread } from "../lib/stats.mjs";
import { startWorkerd } from "../lib/workerd.mjs";

/** The contender that the others are compared with. */
export const BASELINE = "fetch";

/** `cases` are batches with their number of `rounds`. Gives, for each, the figures of every contender. */
export async function measureCalls(runtime, contenders, cases, { sittings, upstream, port }) {
  const figures = cases.map(() => new Map(contenders.map((name) => [name, []])));
  for (let sitting = 0; sitting < sittings; sitting++) {
    for (const name of contenders.filter((name) => name !== BASELINE)) {
      const { time, stop } = await runtimes[runtime]([BASELINE, name], { upstream, port });
      for (const [index, batch] of cases.entries()) {
        const pair = await sit(time, [BASELINE, name], batch);
        for (const [name, figure] of pair) figures[index].get(name).push(figure);
      }
      await stop();
    }
  }
  return cases.map((batch, index) => ({ ...batch, contenders: [...figures[index]].map(summary) }));
}

async function sit(time, names, { accounts, calls, inFlight, rounds, warmUp }) {
  const batch = { job: "batch", accounts, calls, inFlight };
  const taken = new Map(names.map((name) => [name, []]));
  for (const name of names) await time(name, { ...batch, calls: warmUp });
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) taken.get(name).push(await time(name, batch));
  }
  const baseline = taken.get(BASELINE);
  return names.map((name) => {
    const perCall = (key) => median(taken.get(name).map((batch) => batch[key])) / calls;
    const ratio = (key) => median(taken.get(name).map((batch, round) => batch[key] / baseline[round][key]));
    const figure = {
      ms: perCall("ms"),
      ratio: ratio("ms"),
      processorMs: perCall("processorMs"),
      processorRatio: ratio("processorMs"),
    };
    return [name, figure];
  });
}

const runtimes = {
  // Both in one process: one that sleeps while the other has its turn finds its caches cold, and takes up to
  // twice the time.
  async node(contenders, { upstream }) {
    const { ask, stop } = await startNode(contenders, { upstream });
    return { time: (contender, batch) => ask({ ...batch, contender }), stop };
  },

  async workerd(contenders, { upstream, port }) {
    const running = new Map();
    for (const [index, name] of contenders.entries()) {
      running.set(name, await startWorkerd(name, { upstream, port: port + index }));
    }
    return {
      // workerd's clock stands still while it works, so the time is taken here, less the way there and back.
      async time(contender, batch) {
        const worker = running.get(contender);
        const idle = await clocked(worker, { job: "nothing" });
        const busy = await clocked(worker, batch);
        return { ms: busy.ms - idle.ms, processorMs: busy.processorMs - idle.processorMs };
      },
      async stop() {
        for (const worker of running.values()) await worker.stop();
      },
    };
  },
};

async function clocked({ ask, pid }, job) {
  const processorBefore = processorMs(pid);
  const started = performance.now();
  await ask(job);
  return { ms: performance.now() - started, processorMs: processorMs(pid) - processorBefore };
}

function summary([name, sittings]) {
  const of = (key) => spread(sittings.map((sitting) => sitting[key]));
  const keys = ["ms", "ratio", "processorMs", "processorRatio"];
  return { name, ...Object.fromEntries(keys.map((key) => [key, of(key)])) };
}
