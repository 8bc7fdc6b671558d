import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { output } from "../runtimes/processes.mjs";
import { fragment, runDocument, worker } from "./document.js";
import { wranglerConfig } from "./wrangler.js";

/** A user has linked an account; the adapter talks to the sandbox. */
const linked = `
const sandbox = new PlaidSandbox();
const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
const link = () =>
  plaid.request("/sandbox/public_token/create", {
    institution_id: "ins_109508",
    initial_products: ["auth", "identity"],
  });
const { public_token: publicToken } = await link();
const { access_token: accessToken } = await plaid.exchangePublicToken((await link()).public_token);
`;

const secrets = {
  PLAID_CLIENT_ID: { store_id: "store", secret_name: "plaid-client-id" },
  PLAID_SECRET: { store_id: "store", secret_name: "plaid-secret" },
};

runDocument("README.md", {
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

  "secrets store": {
    async run(_file, code) {
      const { vars, secrets_store_secrets } = wranglerConfig(code);
      assert.equal(vars.PLAID_ENV, "sandbox");
      assert.deepEqual(
        secrets_store_secrets.map(({ binding }) => binding),
        ["PLAID_CLIENT_ID", "PLAID_SECRET"],
      );
    },
  },

  "secrets store worker": worker(
    async ({ miniflare, fetch, sandbox }) => {
      for (const name of Object.keys(secrets)) {
        const secret = await miniflare.getSecretsStoreSecretAPI(name);
        await secret().create(sandbox.env[name]);
      }
      assert.match((await (await fetch("/")).json()).link_token, /^link-sandbox-/);
    },
    { bindings: { PLAID_ENV: "sandbox" }, secretsStoreSecrets: secrets },
  ),

  overrides: fragment({
    before: linked,
    after: `
assert.match(link_token, /^link-sandbox-/);
const { body } = sandbox.requests().at(-1)!;
assert.equal(body.webhook, "https://example.com/plaid-webhook");
assert.deepEqual(body.user, { client_user_id: "user-1", email_address: "user@example.com" });`,
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

  "call options": fragment({
    before: linked,
    after: `assert.equal(numbers.ach.length, 3);`,
  }),

  "webhook worker": worker(async ({ fetch, sandbox }) => {
    const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
    const status = async (changes) =>
      (await fetch("/", { method: "POST", body, headers, ...changes })).status;
    sandbox.fail("/webhook_verification_key/get", {
      errorCode: "INTERNAL_SERVER_ERROR",
      retryAfter: "0",
      times: 3,
    });
    assert.equal(await status(), 503);
    assert.equal(await status(), 200);
    assert.equal(await status({ body: `${body} ` }), 400);
    assert.equal(await status({ headers: {} }), 400);
  }),

  express: fragment({
    before: `${linked}
let handle;
const app = { post: (path, read, handler) => (handle = handler) };
const express = { raw: ({ type }) => type };
const answers = [];
const res = {
  json: (value) => answers.push(value),
  status: (status) => ({ end: () => answers.push(status) }),
};`,
    after: `
const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
await handle({ body: Buffer.from(body), headers }, res);
await handle({ body: Buffer.from(body + " "), headers }, res);
assert.deepEqual(answers, [{ received: "ERROR" }, 400]);`,
  }),

  "webhook test": {
    // The block before it is the worker.
    program: (code) => code.replace("./webhook.js", "./webhook-worker.js"),
    async run(file) {
      const folder = dirname(file);
      copyFileSync(file, join(folder, "webhook.test.ts"));
      const printed = await output(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], {
        cwd: folder,
      });
      assert.match(printed, /2 passed/);
    },
  },

  events: fragment({
    before: `${linked}
let cursor = 0;
const handled: number[] = [];
const handle = async (event: { event_id: number }) => handled.push(event.event_id);
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
assert.deepEqual(handled, [1]);
assert.equal(cursor, 1);`,
  }),

  request: fragment({
    before: linked,
    after: `assert.equal(item.institution_id, "ins_109508");`,
  }),

  sandbox: fragment({
    after: `
assert.equal(numbers.ach.length, 3);
assert.equal(sandbox.requests().filter(({ path }) => path === "/auth/get").length, 3 + 1 + 1);
assert.match(linked.public_token, /^public-sandbox-/);
assert.equal((await plaid.request("/transactions/sync")).has_more, false);`,
  }),
});
