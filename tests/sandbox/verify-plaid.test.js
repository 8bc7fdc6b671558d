// The comparison with Plaid, with a second sandbox in Plaid's place: one like the first, and one that deviates.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { promisify } from "node:util";
import { serve } from "./server.js";

const script = fileURLToPath(new URL("../../scripts/verify-plaid.mjs", import.meta.url));

async function verify(env) {
  const options = { env: { PATH: process.env.PATH, ...env } };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [script], options)) };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

test("two sandboxes don't differ", async (t) => {
  const { env, stop } = await serve();
  t.after(() => stop());
  const { code, stdout } = await verify(env);
  assert.match(stdout, /^\d+ calls, 0 differences\n$/);
  assert.equal(code, 0);
});

test("what deviates is named: a status, a code, a field, a type, a state", async (t) => {
  const { env, post, stop } = await serve();
  t.after(() => stop());
  const respond = (path, body) => post("/control/respond", { path, body });
  await post("/control/fail", { path: "/transactions/refresh", status: 500 });
  await post("/control/fail", { path: "/signal/evaluate", errorCode: "INVALID_FIELD" });
  await post("/control/fail", { path: "/identity/get", errorCode: "INVALID_PRODUCT" });
  await respond("/sandbox/item/reset_login", { reset_login: "yes", added: 1 });
  await respond("/transactions/recurring/get", {});
  await respond("/transfer/get", { transfer: { status: "returned", cancellable: false } });
  const { code, stdout } = await verify(env);
  assert.equal(code, 1);
  const has = (line) => assert.ok(stdout.includes(`${line}\n`), `${line}\n\n${stdout}`);
  has("/transactions/refresh: the status is 500 at Plaid, 200 here");
  has('/signal/evaluate: error_code is "INVALID_FIELD" at Plaid, undefined here');
  has("/identity/get: not compared, since these keys may not call it (INVALID_PRODUCT)");
  has('/sandbox/item/reset_login: the type of .reset_login is "string" at Plaid, "boolean" here');
  has('/sandbox/item/reset_login: the type of .added is "number" at Plaid, "absent" here');
  has('/transactions/recurring/get: the type of .inflow_streams is "absent" at Plaid, "list" here');
  has('/transfer/get: the state is ["returned",false] at Plaid, ["posted",false] here');
  // Nothing follows from these but what is said above.
  assert.ok(!stdout.includes(".inflow_streams[]"), stdout);
  assert.ok(!stdout.includes(env.PLAID_SECRET), "a secret was printed");
});

test("without keys it says what it needs", async () => {
  const { code, stderr } = await verify({});
  assert.deepEqual([code, stderr.includes("PLAID_CLIENT_ID and PLAID_SECRET must be set")], [2, true]);
});
