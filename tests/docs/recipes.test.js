import assert from "node:assert/strict";
import { PlaidAdapter } from "../../dist/package/index.js";
import { compile, exec } from "./consumer.js";
import { fragment, module, runDocument, worker } from "./document.js";
import { snippetsOf } from "./snippets.js";
import { wranglerConfig } from "./wrangler.js";

const { code: schema } = snippetsOf("docs/recipes.md").find(({ language }) => language === "sql");

runDocument("docs/recipes.md", {
  "webhook handler": worker(
    async ({ miniflare, fetch, sandbox }) => {
      const { body, headers } = await sandbox.signWebhook({
        webhook_type: "ITEM",
        webhook_code: "LOGIN_REPAIRED",
        item_id: "item-1",
      });
      const status = async (path, changes) =>
        (await fetch(path, { method: "POST", body, headers, ...changes })).status;
      assert.equal(await status("/webhook"), 200);
      assert.equal(await status("/elsewhere"), 404);
      assert.equal(await status("/webhook", { method: "GET", body: undefined }), 405);
      assert.equal(await status("/webhook", { body: body.replace("item-1", "item-2") }), 400);
      assert.equal(await status("/webhook", { headers: {} }), 400);

      sandbox.reset(); // and with it, Plaid's keys
      const later = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
      sandbox.fail("/webhook_verification_key/get", { status: 503, retryAfter: "0", times: 3 });
      assert.equal(await status("/webhook", later), 503);
      assert.equal(await status("/webhook", later), 200);

      const handler = await miniflare.getWorker();
      const messages = [{ id: "1", timestamp: new Date(), attempts: 1, body: JSON.parse(body) }];
      assert.equal((await handler.queue("plaid-webhooks", messages)).outcome, "ok");
    },
    { queueProducers: { WORK: "plaid-webhooks" } },
  ),

  "webhook queue": {
    async run(_file, code) {
      const { queues } = wranglerConfig(code);
      assert.equal(queues.producers[0].binding, "WORK");
      assert.equal(queues.consumers[0].queue, queues.producers[0].queue);
    },
  },

  "event sync": worker(
    async ({ miniflare, sandbox }) => {
      const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
      const transfer = await linkAndTransfer(plaid);
      const database = await miniflare.getD1Database("DB");
      await database.exec(schema.replace(/--.*/g, "").replaceAll("\n", " "));
      const handler = await miniflare.getWorker();
      const night = async () => (await handler.scheduled({ cron: "0 3 * * *" })).outcome;
      const stored = async () =>
        (await database.prepare("SELECT * FROM event ORDER BY event_id").all()).results;
      const asked = () => sandbox.requests().filter(({ path }) => path === "/bank_transfer/event/sync");

      // More than a page. The second one fails for good.
      for (let count = 1; count <= 30; count++) await transfer();
      sandbox.fail("/bank_transfer/event/sync", { delayMs: 0 });
      sandbox.fail("/bank_transfer/event/sync", { status: 500, retryAfter: "0", times: 3 });
      assert.equal(await night(), "exception");
      assert.equal((await stored()).length, 25);

      assert.equal(await night(), "ok");
      assert.deepEqual(
        (await stored()).map(({ event_id }) => event_id),
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
      assert.equal((await stored())[0].amount, "12.34");

      await transfer();
      assert.equal(await night(), "ok");
      assert.equal((await stored()).length, 31);
      assert.deepEqual(
        asked().map(({ body }) => body.after_id),
        [0, 25, 25, 25, 25, 30, 30, 31],
      );
    },
    { d1Databases: ["DB"] },
  ),

  // Created by the event sync above.
  "event table": { async run() {} },

  "event sync settings": {
    async run(_file, code) {
      const { triggers, d1_databases } = wranglerConfig(code);
      assert.deepEqual(triggers.crons, ["0 3 * * *"]);
      assert.equal(d1_databases[0].binding, "DB");
    },
  },

  "update mode": module(async ({ accounts }, { PlaidAdapter, PlaidSandbox }) => {
    const sandbox = new PlaidSandbox();
    const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const accessToken = await linked(plaid);
    const user = { id: "user-1", accessToken };
    assert.deepEqual((await (await accounts(plaid, user)).json())[0], {
      name: "Plaid Checking",
      mask: "0000",
    });

    await plaid.request("/sandbox/item/reset_login", { access_token: accessToken });
    const refused = await accounts(plaid, user);
    assert.equal(refused.status, 409);
    const { link_token } = await refused.json();
    const { body } = sandbox.requests().at(-1);
    assert.deepEqual([body.access_token, body.products], [accessToken, undefined]);

    await plaid.request("/sandbox/plaid_edge/link/complete", { link_token });
    assert.equal((await accounts(plaid, user)).status, 200);

    await plaid.request("/item/remove", { access_token: accessToken });
    await assert.rejects(accounts(plaid, user), { errorCode: "ITEM_NOT_FOUND" });
  }),

  "update mode page": fragment({
    before: `
const answers = [Response.json({ link_token: "link-sandbox-1" }, { status: 409 }), Response.json(["an account"])];
const fetch = async (path) => (assert.equal(path, "/accounts"), answers.shift());
const Plaid = {
  create: ({ token, onSuccess }) => (assert.equal(token, "link-sandbox-1"), { open: () => onSuccess() }),
};`,
    after: `assert.deepEqual(await loadAccounts(), ["an account"]);`,
  }),

  "unit test": {
    program: (code) => code,
    async run(file) {
      // A test within a test is reported to the one outside, unless it is told that it is alone.
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
      const { stdout } = await exec(process.execPath, ["--test", compile(file)], { env });
      assert.match(stdout, /pass 4\b/);
    },
  },
});

async function linked(plaid) {
  const { public_token } = await plaid.request("/sandbox/public_token/create", {
    institution_id: "ins_109508",
    initial_products: ["auth"],
  });
  return (await plaid.exchangePublicToken(public_token)).access_token;
}

/** Gives a function that makes one bank transfer, and so one event, after the other. */
async function linkAndTransfer(plaid) {
  const access_token = await linked(plaid);
  const { accounts } = await plaid.authRequest(access_token);
  let made = 0;
  return () =>
    plaid.request("/bank_transfer/create", {
      idempotency_key: `transfer-${++made}`,
      access_token,
      account_id: accounts[0].account_id,
      type: "debit",
      network: "ach",
      ach_class: "ppd",
      amount: "12.34",
      iso_currency_code: "USD",
      description: "test",
      user: { legal_name: "Alberta Bobbeth Charleson" },
    });
}
