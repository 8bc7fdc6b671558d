// One contender in workerd. The clock stands still there, so the time is taken by who asks.

import { wasmUse } from "./lib/wasm-probe.js";
import { create } from "#contender";
import { runAborts, runBatch } from "./lib/batch.js";

let call;

export default {
  async fetch(request, env) {
    call ??= create(env.UPSTREAM);
    const { job, ...options } = await request.json();
    if (job === "batch") await runBatch(call, options);
    if (job === "aborts") await runAborts(call, options);
    return Response.json({ wasm: wasmUse().bytes });
  },
};
