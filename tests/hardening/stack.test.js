// A stack overflow in wasm would leave its memory in disorder for every later request of the isolate.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { env, ok } from "../suite/upstream.js";
import { lib } from "./package.js";

const { PlaidAdapter } = lib;

/** Calls `run` as near to the end of the stack as can be. */
function atTheEdge(run) {
  const deeper = () => {
    try {
      return deeper();
    } catch {
      return run();
    }
  };
  return deeper();
}

// Wasm in disorder may run for ever. So that is tried in a process that can be ended.
const self = fileURLToPath(import.meta.url);
if (process.argv.includes("--at-the-edge")) await callAtTheEdge();
else {
  test("calls at the end of the stack break nothing", () =>
    // V8 prints the line of each rejection that it has no stack left to tell of, and the bundle's lines are long.
    promisify(execFile)(process.execPath, [self, "--at-the-edge"], { timeout: 120_000, maxBuffer: 2 ** 28 }));
}

async function callAtTheEdge() {
  const adapter = new PlaidAdapter(env, { fetch: async () => ok(), maxRetries: 0 });
  const nested = {
    get signal() {
      adapter.authRequest("access-sandbox-1", nested).catch(() => {});
      return undefined;
    },
  };
  const attempts = {
    "calls within calls": () => adapter.authRequest("access-sandbox-1", nested),
    "an object of call options": () =>
      adapter.authRequest("access-sandbox-1", { maxRetries: 0, accountIds: ["a"] }),
    "link settings": () => adapter.initializePlaid({ products: ["auth"] }),
    "a link token": () => adapter.createLinkToken("user-1"),
    "an error": () => adapter.authRequest(1),
    "an adapter": () => new PlaidAdapter(env),
    "a webhook": () => adapter.verifyWebhook({ body: "", headers: {} }),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    for (let n = 0; n < 300; n++) {
      try {
        const started = atTheEdge(attempt);
        if (started instanceof Promise) started.catch(() => {});
      } catch (error) {
        assert.ok(!(error instanceof WebAssembly.RuntimeError), `${what}: ${error}`);
      }
    }
    adapter.initializePlaid();
    assert.deepEqual(await adapter.createLinkToken("user-1"), { request_id: "request-ok" }, what);
  }
  adapter.free();
}
