// One contender in workerd. The clock stands still there, so the time is taken by who asks.

import { wasmUse } from "./lib/wasm-probe.js";
import { create } from "#contender";
import { runAborts, runBatch } from "./lib/batch.js";

let call;

const jobs = {
  nothing: () => {},
  batch: (options) => runBatch(call, options),
  aborts: (options) => runAborts(call, options),
  slow: () => call("access-bench-slow"),
  memory() {
    gc();
    return { wasm: wasmUse().bytes };
  },
};

export default {
  async fetch(request, env) {
    call ??= create(env.UPSTREAM);
    const { job, ...options } = await request.json();
    return Response.json((await jobs[job](options)) ?? null);
  },
};
