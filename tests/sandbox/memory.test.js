// The sandbox's memory: bounded in bytes, whatever it is filled with.

import assert from "node:assert/strict";
import { test } from "node:test";

// The sandbox keeps its memory to itself, so that it is seen as it is made.
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    memory = this.exports.memory ?? memory;
  }
};
const { PlaidSandbox } = await import("../../dist/package/sandbox.js");
WebAssembly.Instance = Instance;

const MIB = 1024 * 1024;
const numbers = { list: Array(400_000).fill(1) };
const objects = { list: Array(100_000).fill({ a: 1 }) };

for (const [what, content] of Object.entries({ numbers, objects })) {
  test(`long requests full of ${what} are dropped, the oldest first`, async (t) => {
    const sandbox = new PlaidSandbox();
    t.after(() => sandbox.reset()); // All sandboxes share one memory.
    const create = () =>
      call(sandbox, "/link/token/create", {
        client_name: "A bank",
        language: "en",
        country_codes: ["US"],
        user: { client_user_id: "user-1" },
        products: ["auth"],
        income_verification: content,
      });
    const created = [];
    for (let count = 0; count < 30; count++) created.push((await create()).link_token);
    // Records are measured by estimates, and 256 MiB of them are kept.
    const full = memory.buffer.byteLength;
    assert.ok(full < 400 * MIB, `${full / MIB} MiB`);
    for (let count = 0; count < 10; count++) created.push((await create()).link_token);
    assert.equal(memory.buffer.byteLength, full);
    const get = (link_token) => call(sandbox, "/link/token/get", { link_token });
    assert.equal((await get(created[0])).error_code, "INVALID_LINK_TOKEN");
    assert.equal((await get(created.at(-1))).link_token, created.at(-1));
  });
}

test("failures that nobody calls for are refused in the end", async () => {
  const sandbox = new PlaidSandbox();
  const fail = () => sandbox.fail("/never/called", { rawBody: "x".repeat(MIB) });
  for (let count = 0; count < 15; count++) fail();
  assert.throws(fail, /too many failures and responses wait for their calls/);
  assert.throws(() => sandbox.respond("/too", { text: "x".repeat(MIB) }), /too many failures/);
  await assert.rejects(async () => {
    const response = await sandbox.fetch("https://sandbox.plaid.com/never/called", { method: "POST" });
    await response.json();
  });
  fail();
});

async function call({ env, fetch }, path, body) {
  const response = await fetch(`https://sandbox.plaid.com${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "plaid-client-id": env.PLAID_CLIENT_ID,
      "plaid-secret": env.PLAID_SECRET,
    },
    body: JSON.stringify(body),
  });
  return response.json();
}
