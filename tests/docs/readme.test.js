import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../runtimes/consumer.mjs";
import { compile, exec } from "./consumer.js";
import { fragment, runDocument, worker } from "./document.js";
import { linked } from "./linked.js";

const readme = readFileSync(join(root, "README.md"), "utf8");

test("the README is short", () => {
  assert.ok(readme.trimEnd().split("\n").length <= 250);
});

runDocument("README.md", {
  start: {
    program: (code) => code,
    async run(file, code) {
      assert.equal(code.split("\n").length, 9);
      const [, printed] = readme.match(/```console\n\$ node start\.mjs\n(.*?)```/s);
      assert.equal((await exec(process.execPath, [compile(file)])).stdout, printed);
    },
  },

  sandbox: fragment({
    after: `
assert.equal(numbers.ach.length, 3);
assert.equal(sandbox.requests().filter(({ path }) => path === "/auth/get").length, 3 + 1);`,
  }),

  worker: worker(async ({ fetch, sandbox }) => {
    const { link_token } = await (await fetch("/")).json();
    assert.match(link_token, /^link-sandbox-/);
    const [{ path, body }] = sandbox.requests();
    assert.equal(path, "/link/token/create");
    assert.deepEqual([body.client_name, body.products], ["My app", ["auth", "identity"]]);
  }),

  flow: fragment({
    before: linked,
    after: `
assert.deepEqual([account, routing, names], ["1111222233330000", "011401533", ["Alberta Bobbeth Charleson"]]);`,
  }),

  page: fragment({
    before: `
const asked = [];
let opened = false;
const fetch = async (path, init) => {
  asked.push([path, init]);
  return Response.json({ link_token: "link-sandbox-1" });
};
const Plaid = {
  create({ token, onSuccess }) {
    assert.equal(token, "link-sandbox-1");
    onSuccess("public-sandbox-1");
    return { open: () => (opened = true) };
  },
};`,
    after: `
assert.ok(opened);
assert.deepEqual(asked[0], ["/link-token", { method: "POST" }]);
assert.deepEqual(asked[1], ["/exchange", { method: "POST", body: '{"public_token":"public-sandbox-1"}' }]);`,
  }),

  feeds: fragment({
    before: `${linked}
let cursor: string | undefined;
let afterId = 0;
const handled: number[] = [];
const handle = async (event: { event_id: number }) => handled.push(event.event_id);
await plaid.syncTransactions(accessToken); // the first one is not ready yet
const { accounts } = await plaid.authRequest(accessToken);
await plaid.request("/bank_transfer/create", {
  idempotency_key: "1",
  access_token: accessToken,
  account_id: accounts[0]!.account_id,
  type: "debit",
  network: "ach",
  ach_class: "ppd",
  amount: "12.34",
  iso_currency_code: "USD",
  description: "test",
  user: { legal_name: "Alberta Bobbeth Charleson" },
});`,
    after: `
assert.ok(added.length > 0 && next_cursor !== "");
assert.deepEqual([modified, removed], [[], []]);
assert.deepEqual([handled, afterId], [[1], 1]);`,
  }),

  request: fragment({
    before: linked,
    after: `assert.equal(item.institution_id, "ins_109508");`,
  }),

  errors: fragment({
    before: `${linked}
await plaid.request("/sandbox/item/reset_login", { access_token: accessToken });
const printed: unknown[] = [];
console.log = console.error = (...line: unknown[]) => printed.push(...line);`,
    after: `
assert.equal(sandbox.requests().at(-1)!.body.access_token, accessToken);
assert.match(String(printed[1]), /^link-sandbox-/);`,
  }),

  webhook: fragment({
    before: `${linked}
const message = { webhook_type: "TRANSACTIONS", webhook_code: "SYNC_UPDATES_AVAILABLE", item_id: "item-1" };
const { body, headers } = await sandbox.signWebhook(message);
const request = new Request("https://example.com/webhook", { method: "POST", body, headers });
const synced: string[] = [];
const sync = async (item: string) => synced.push(item);`,
    after: `assert.deepEqual(synced, ["item-1"]);`,
  }),
});
