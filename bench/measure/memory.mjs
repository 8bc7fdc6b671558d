// What is left behind: after many calls, after calls that were aborted in flight, and in workerd after requests
// whose client went away, so that the code waiting for the answer is never gone on with.

import { Agent, request } from "node:http";
import { residentBytes, startNode } from "../lib/processes.mjs";
import { startWorkerd } from "../lib/workerd.mjs";

const WARM_UP = 2_000;
const AT_ONCE = 100;

/** In Node, with the heap after collection. `elapsed` is the time of the calls so far: [calls, ms] pairs. */
export async function measureNodeMemory(contender, { calls, aborts, upstream }) {
  const { ask: askAny, stop } = await startNode([contender], { upstream });
  const ask = (job) => askAny({ contender, ...job });
  const steps = [];
  const elapsed = [];
  await ask({ job: "batch", accounts: 4, calls: WARM_UP, inFlight: 16 });
  steps.push({ after: `${WARM_UP} calls`, ...(await ask({ job: "memory" })) });
  const group = calls / 20;
  for (let made = group, ms = 0; made <= calls; made += group) {
    ms += (await ask({ job: "batch", accounts: 4, calls: group, inFlight: 16 })).ms;
    elapsed.push([made, ms]);
  }
  steps.push({ after: `${calls} more`, ...(await ask({ job: "memory" })) });
  for (const part of [1, 2]) {
    await ask({ job: "aborts", calls: aborts / 2, inFlight: AT_ONCE });
    steps.push({ after: `${(aborts / 2) * part} aborted`, ...(await ask({ job: "memory" })) });
  }
  await stop();
  return { name: contender, steps, elapsed };
}

/** In workerd, whose heap can't be asked: wasm memory and the resident memory of the process. */
export async function measureWorkerdMemory(contender, { calls, aborts, cancelled, upstream, port }) {
  const { ask, pid, stop } = await startWorkerd(contender, { upstream, port });
  const steps = [];
  const note = async (after) => {
    for (let round = 0; round < 5; round++) await ask({ job: "memory" });
    steps.push({ after, wasm: (await ask({ job: "memory" })).wasm, rss: residentBytes(pid) });
  };
  const callMany = async (count) => {
    for (let made = 0; made < count; made += 1_000) {
      await ask({ job: "batch", accounts: 4, calls: Math.min(1_000, count), inFlight: 16 });
    }
  };
  await callMany(WARM_UP);
  await note(`${WARM_UP} calls`);
  await callMany(calls);
  await note(`${calls} more`);
  for (const part of [1, 2]) {
    for (let made = 0; made < aborts / 2; made += 500) {
      await ask({ job: "aborts", calls: Math.min(500, aborts / 2), inFlight: AT_ONCE });
    }
    await note(`${(aborts / 2) * part} aborted`);
  }
  let unanswered = 0;
  for (const part of [1, 2]) {
    unanswered += await requestsOfWhichSomeAreCancelled(port, (cancelled / 2) * 3);
    await note(`${(cancelled / 2) * part} cancelled`);
  }
  await stop();
  return { name: contender, steps, unanswered };
}

/** Every third client goes away while its answer is awaited. Gives the number of the others without an answer. */
async function requestsOfWhichSomeAreCancelled(port, count) {
  const agent = new Agent({ keepAlive: true });
  let left = count;
  let unanswered = 0;
  async function lane() {
    while (left-- > 0) {
      const isCancelled = left % 3 === 0;
      const isAnswered = await slowRequest(port, agent, isCancelled);
      if (!isAnswered && !isCancelled) unanswered++;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  agent.destroy();
  return unanswered;
}

function slowRequest(port, agent, isCancelled) {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, agent, method: "POST", timeout: 10_000 }, (response) => {
      response.resume().on("close", () => resolve(response.complete && response.statusCode === 200));
    });
    asked.on("error", () => resolve(false)).on("timeout", () => asked.destroy());
    asked.end(JSON.stringify({ job: "slow" }));
    // A closed connection may still be written to, so workerd goes on; a reset one it gives up at once.
    if (isCancelled) setTimeout(() => asked.socket?.resetAndDestroy(), 20 + Math.random() * 230);
  });
}
