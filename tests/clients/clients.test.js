// The sandbox as a server, driven over HTTP by Plaid's official clients, which know nothing of it but its address.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { promisify } from "node:util";
import { Configuration, PlaidApi } from "plaid";
import { serve } from "../sandbox/server.js";

test("plaid, from npm", async (t) => {
  const { env, plaid: send, stop } = await serve();
  t.after(() => stop());
  const headers = { "PLAID-CLIENT-ID": env.PLAID_CLIENT_ID, "PLAID-SECRET": env.PLAID_SECRET };
  const plaid = new PlaidApi(
    new Configuration({ basePath: env.PLAID_BASE_URL, baseOptions: { headers, proxy: false } }),
  );

  const created = await plaid.linkTokenCreate({
    client_name: "Clients",
    language: "en",
    country_codes: ["US"],
    user: { client_user_id: "someone" },
    products: ["auth", "transactions"],
  });
  const { link_token } = created.data;
  assert.match(link_token, /^link-sandbox-/);

  const { public_token } = await send("/sandbox/plaid_edge/link/complete", { link_token });
  const { access_token, item_id } = (await plaid.itemPublicTokenExchange({ public_token })).data;
  assert.match(access_token, /^access-sandbox-/);

  const auth = (await plaid.authGet({ access_token })).data;
  assert.equal(auth.item.item_id, item_id);
  assert.equal(auth.numbers.ach.length, 3);
  const { account_id } = auth.accounts.find(({ subtype }) => subtype === "checking");

  const identity = (await plaid.identityGet({ access_token })).data;
  assert.deepEqual(identity.accounts[0].owners[0].names, ["Alberta Bobbeth Charleson"]);

  let [cursor, more, added] = ["", true, []];
  while (more) {
    const page = (await plaid.transactionsSync({ access_token, cursor, count: 10 })).data;
    more = page.has_more || page.transactions_update_status === "NOT_READY";
    added = added.concat(page.added);
    cursor = page.next_cursor;
  }
  assert.ok(added.length > 16);
  assert.equal(new Set(added.map((row) => row.transaction_id)).size, added.length);

  const { authorization } = (
    await plaid.transferAuthorizationCreate({
      access_token,
      account_id,
      type: "debit",
      network: "ach",
      amount: "12.34",
      ach_class: "ppd",
      user: { legal_name: "Alberta Bobbeth Charleson" },
    })
  ).data;
  assert.equal(authorization.decision, "approved");
  const { transfer } = (
    await plaid.transferCreate({
      access_token,
      account_id,
      authorization_id: authorization.id,
      description: "test",
    })
  ).data;
  assert.equal(transfer.amount, "12.34");
  await plaid.sandboxTransferSimulate({ transfer_id: transfer.id, event_type: "posted" });
  const { transfer_events } = (await plaid.transferEventSync({ after_id: 0 })).data;
  assert.deepEqual(
    transfer_events.map((event) => [event.transfer_id, event.event_type]),
    [
      [transfer.id, "pending"],
      [transfer.id, "posted"],
    ],
  );

  await plaid.sandboxItemResetLogin({ access_token });
  await assert.rejects(plaid.authGet({ access_token }), ({ response }) => {
    const { error_type, error_code, request_id } = response.data;
    assert.deepEqual([response.status, error_type, error_code], [400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED"]);
    assert.match(request_id, /^\w{15}$/);
    return true;
  });
});

test("plaid-python, from PyPI", async (t) => {
  const { env, stop } = await serve();
  t.after(() => stop());
  const script = fileURLToPath(new URL("flow.py", import.meta.url));
  const python = process.env.PYTHON ?? "python3";
  // A proxy of this machine would be asked for loopback addresses too.
  const quiet = { PATH: process.env.PATH, NO_PROXY: "*", PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await promisify(execFile)(python, [script], { env: { ...quiet, ...env } });
  assert.equal(stdout, "done\n");
});

// The quick starts of the page, as they stand there.
const page = readFileSync(new URL("../../docs/sandbox.md", import.meta.url), "utf8");
for (const [name, language, program] of [
  ["python", "py", process.env.PYTHON ?? "python3"],
  ["node", "mjs", process.execPath],
]) {
  test(`the quick start in ${name} prints an account number`, async (t) => {
    const { env, stop } = await serve();
    t.after(() => stop());
    const [, code] = page.match(new RegExp(`<!-- run: ${name} -->\n\`\`\`\\w+\n(.*?)\`\`\``, "s"));
    // In this folder, from which its imports are found.
    const file = fileURLToPath(new URL(`quick-start-${process.pid}.${language}`, import.meta.url));
    t.after(() => rmSync(file, { force: true }));
    writeFileSync(file, code);
    const quiet = { PATH: process.env.PATH, NO_PROXY: "*", PYTHONDONTWRITEBYTECODE: "1" };
    const { stdout } = await promisify(execFile)(program, [file], { env: { ...quiet, ...env } });
    assert.equal(stdout, "1111222233330000\n");
  });
}
