import assert from "node:assert/strict";
import { PGlite } from "@electric-sql/pglite";
import { PlaidAdapter } from "../../dist/package/index.js";
import { PlaidSandbox } from "../../dist/package/sandbox.js";
import { compile, exec } from "./consumer.js";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { fragment, module, runDocument, worker } from "./document.js";
import { linked as linkedBefore } from "./linked.js";
import { snippetsOf } from "./snippets.js";
import { MiniflareResponse } from "./workerd.js";
import { wranglerConfig } from "./wrangler.js";

const tables = (name) => snippetsOf("docs/recipes.md").find((snippet) => snippet.name === name).code;

/** D1 takes a statement a line. */
const create = (database, name) =>
  database.exec(tables(name).replace(/--.*/g, "").replaceAll("\n", " ").replaceAll("; ", ";\n"));

const settings = (check) => ({ run: async (_file, code) => check(wranglerConfig(code)) });
/** What another recipe runs. */
const elsewhere = { async run() {} };
const page = `
const fetch = async () => Response.json({ link_token: "link-sandbox-1" });
const stored = new Map();
const sessionStorage = { setItem: (name, value) => stored.set(name, value), getItem: (name) => stored.get(name) };
const window = { location: { href: "https://example.com/oauth?oauth_state_id=1" } };
const opened = [];
const Plaid = { create: (settings) => ({ open: () => opened.push(settings) }) };
const onSuccess = () => {};`;
const keyOf = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");

/** The steps that a sync into any database has to pass; `stored` gives the ids in it. */
async function syncs({ plaid, sandbox, accessToken, sync, stored, cursor, amounts }) {
  await sync(); // an Item that is not ready
  assert.deepEqual([await stored(), await cursor()], [[], null]);

  await sync();
  const all = await plaid.syncTransactions(accessToken);
  assert.ok(all.added.length > 0);
  assert.deepEqual(await stored(), all.added.map(({ transaction_id }) => transaction_id).sort());
  assert.equal(await cursor(), all.next_cursor);
  const total = all.added.reduce((sum, { amount }) => sum + amount, 0);
  assert.ok(Math.abs((await amounts()) - total) < 0.001);

  // An update that adds, changes and removes; then one that fails.
  const [changed, removed] = all.added;
  const added = { ...changed, transaction_id: "new" };
  const next = (changes) => ({
    ...{ accounts: [], added: [], modified: [], removed: [], has_more: false, next_cursor: "cursor-2" },
    ...{ transactions_update_status: "HISTORICAL_UPDATE_COMPLETE", ...changes },
  });
  sandbox.respond(
    "/transactions/sync",
    next({
      added: [added],
      modified: [{ ...changed, amount: changed.amount + 1000 }],
      removed: [{ transaction_id: removed.transaction_id, account_id: removed.account_id }],
    }),
  );
  await sync();
  const expected = [...all.added.slice(1).filter((one) => one !== removed), changed, added]
    .map(({ transaction_id }) => transaction_id)
    .sort();
  assert.deepEqual([await stored(), await cursor()], [expected, "cursor-2"]);
  const newTotal = total - removed.amount + 1000 + changed.amount;
  assert.ok(Math.abs((await amounts()) - newTotal) < 0.001);

  sandbox.respond(
    "/transactions/sync",
    next({ next_cursor: "cursor-3", added: [{ ...added, transaction_id: "broken", name: null }] }),
  );
  await assert.rejects(sync());
  assert.deepEqual([await stored(), await cursor()], [expected, "cursor-2"]);
}

const TOKEN_KEYS = { current: "a", keys: { a: keyOf() } };

/** As the recipe's sealToken does it. */
async function sealed(accessToken) {
  const encode = (bytes) => Buffer.from(bytes).toString("base64");
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = Buffer.from(TOKEN_KEYS.keys.a, "base64");
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt"]);
  const algorithm = { name: "AES-GCM", iv, additionalData: Buffer.from("item-1") };
  const text = await crypto.subtle.encrypt(algorithm, key, Buffer.from(accessToken));
  return ["a", encode(iv), encode(text)].join(".");
}

const proxied = [];
const proxySandbox = new PlaidSandbox();
/** The Worker behind the service binding. */
async function proxy(request) {
  proxied.push(request.url);
  const { method, headers } = request;
  const response = await proxySandbox.fetch(request.url, {
    method,
    headers: [...headers],
    body: await request.text(),
  });
  return new MiniflareResponse(await response.text(), { headers: [...response.headers] });
}

runDocument("docs/recipes.md", {
  "sealed tokens": module(async ({ sealToken, openToken, resealToken }) => {
    const keys = { current: "a", keys: { a: keyOf() } };
    const sealed = await sealToken(keys, "access-sandbox-1", "item-1");
    assert.match(sealed, /^a\./);
    assert.ok(!sealed.includes("access"));
    assert.notEqual(await sealToken(keys, "access-sandbox-1", "item-1"), sealed);
    assert.equal(await openToken(keys, sealed, "item-1"), "access-sandbox-1");
    await assert.rejects(openToken(keys, sealed, "item-2"));
    await assert.rejects(
      openToken(
        keys,
        sealed.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
        "item-1",
      ),
    );

    const rotated = { current: "b", keys: { ...keys.keys, b: keyOf() } };
    const resealed = await resealToken(rotated, sealed, "item-1");
    assert.match(resealed, /^b\./);
    assert.equal(await resealToken(rotated, resealed, "item-1"), resealed);
    delete rotated.keys.a;
    assert.equal(await openToken(rotated, resealed, "item-1"), "access-sandbox-1");
    await assert.rejects(openToken(rotated, sealed, "item-1"), /there is no key "a"/);
  }),

  oauth: fragment({
    before: linkedBefore,
    after: `
assert.match(link_token, /^link-sandbox-/);
assert.equal(sandbox.requests().at(-1)!.body.redirect_uri, "https://example.com/oauth");`,
  }),
  "oauth start": fragment({
    before: page,
    after: `assert.deepEqual([stored.get("link_token"), opened[0].token], ["link-sandbox-1", "link-sandbox-1"]);`,
  }),
  "oauth return": fragment({
    before: `${page}\nstored.set("link_token", "link-sandbox-1");`,
    after: `
assert.equal(opened[0].token, "link-sandbox-1");
assert.equal(opened[0].receivedRedirectUri, window.location.href);`,
  }),

  "hosted link": module(async ({ startLink, finishLink }, { PlaidAdapter, PlaidSandbox }) => {
    const sandbox = new PlaidSandbox();
    const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const kept = new Map();
    const users = {
      get: async (token) => kept.get(token),
      set: async (token, user) => kept.set(token, user),
    };
    assert.match(await startLink(plaid, users, "user-1"), /^https:/);
    const [link_token] = kept.keys();
    const { public_token } = await plaid.request("/sandbox/plaid_edge/link/complete", { link_token });
    const exchanged = () =>
      sandbox.requests().filter(({ path }) => path === "/item/public_token/exchange").length;
    const finished = { webhook_type: "LINK", webhook_code: "SESSION_FINISHED", link_token };
    await finishLink(plaid, users, { ...finished, status: "EXITED" });
    assert.equal(exchanged(), 0);
    await finishLink(plaid, users, { ...finished, status: "SUCCESS", public_tokens: [public_token] });
    assert.equal(exchanged(), 1);
  }),

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

  "transactions d1": elsewhere, // by the worker below
  "transactions tables": elsewhere,

  "transactions worker": worker(
    async ({ miniflare, sandbox }) => {
      const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
      const accessToken = await linked(plaid, ["transactions"]);
      const database = await miniflare.getD1Database("DB");
      await create(database, "transactions tables");
      await database
        .prepare("INSERT INTO item VALUES ('item-1', ?, NULL)")
        .bind(await sealed(accessToken))
        .run();
      const handler = await miniflare.getWorker();
      const sync = async (item_id = "item-1") => {
        const body = { webhook_type: "TRANSACTIONS", webhook_code: "SYNC_UPDATES_AVAILABLE", item_id };
        const messages = [{ id: "1", timestamp: new Date(), attempts: 1, body }];
        const { outcome } = await handler.queue("plaid-webhooks", messages);
        if (outcome !== "ok") throw new Error(outcome);
      };
      const rows = async (sql) => (await database.prepare(sql).all()).results;
      await sync("removed");
      await syncs({
        ...{ plaid, sandbox, accessToken, sync },
        stored: async () =>
          (await rows("SELECT transaction_id AS id FROM transactions")).map(({ id }) => id).sort(),
        cursor: async () => (await rows("SELECT cursor FROM item"))[0].cursor,
        amounts: async () => (await rows("SELECT sum(amount) AS sum FROM transactions"))[0].sum,
      });
    },
    { d1Databases: ["DB"], bindings: { ...new PlaidSandbox().env, TOKEN_KEYS: JSON.stringify(TOKEN_KEYS) } },
  ),

  "transactions postgres": module(async ({ syncToPostgres }, { PlaidAdapter, PlaidSandbox }) => {
    const sandbox = new PlaidSandbox();
    const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const accessToken = await linked(plaid, ["transactions"]);
    const database = new PGlite();
    try {
      await database.exec(tables("transactions tables postgres"));
      await database.query("INSERT INTO item VALUES ('item-1', 'encrypted', NULL)");
      const rows = async (sql) => (await database.query(sql)).rows;
      await syncs({
        ...{ plaid, sandbox, accessToken },
        sync: () => syncToPostgres(plaid, database, "item-1", accessToken),
        stored: async () =>
          (await rows("SELECT transaction_id AS id FROM transactions")).map(({ id }) => id).sort(),
        cursor: async () => (await rows("SELECT cursor FROM item"))[0].cursor,
        amounts: async () => Number((await rows("SELECT sum(amount) AS sum FROM transactions"))[0].sum),
      });
    } finally {
      await database.close();
    }
  }),
  "transactions tables postgres": elsewhere,

  "event sync": worker(
    async ({ miniflare, sandbox }) => {
      const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
      const transfer = await linkAndTransfer(plaid);
      const database = await miniflare.getD1Database("DB");
      await create(database, "event table");
      const handler = await miniflare.getWorker();
      const night = async () => (await handler.scheduled({ cron: "0 3 * * *" })).outcome;
      const stored = async () =>
        (await database.prepare("SELECT * FROM event ORDER BY event_id").all()).results;
      const asked = () => sandbox.requests().filter(({ path }) => path === "/transfer/event/sync");

      // More than a page. The second one fails for good.
      for (let count = 1; count <= 130; count++) await transfer();
      sandbox.fail("/transfer/event/sync", { delayMs: 0 });
      sandbox.fail("/transfer/event/sync", { status: 500, retryAfter: "0", times: 3 });
      assert.equal(await night(), "exception");
      assert.equal((await stored()).length, 100);

      assert.equal(await night(), "ok");
      assert.deepEqual(
        (await stored()).map(({ event_id }) => event_id),
        Array.from({ length: 130 }, (_, index) => index + 1),
      );
      assert.equal((await stored())[0].amount, "12.34");

      await transfer();
      assert.equal(await night(), "ok");
      assert.equal((await stored()).length, 131);
      assert.deepEqual(
        asked().map(({ body }) => body.after_id),
        [0, 100, 100, 100, 100, 130],
      );
    },
    { d1Databases: ["DB"] },
  ),

  "event table": elsewhere,

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

  "remove item": module(async ({ removeItem }, { PlaidAdapter, PlaidSandbox }) => {
    const sandbox = new PlaidSandbox();
    const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const accessToken = await linked(plaid);
    sandbox.fail("/item/remove", { status: 503, retryAfter: "0" });
    await removeItem(plaid, accessToken);
    await removeItem(plaid, accessToken);
    await assert.rejects(removeItem(plaid, "access-sandbox-0"), { errorCode: "INVALID_ACCESS_TOKEN" });
  }),

  logging: fragment({
    before: `
const sandbox = new PlaidSandbox();
const { env } = sandbox;
globalThis.fetch = sandbox.fetch;
const printed = [];
console.log = (line) => printed.push(line);`,
    after: `
await plaid.createLinkToken("user-1");
assert.match(printed[0], /^{"endpoint":"\\/link\\/token\\/create","attempt":1,"outcome":"ok","status":200,"requestId":"/);`,
  }),

  opentelemetry: {
    program: (code) => code,
    async run(file) {
      const sandbox = new PlaidSandbox();
      const { fetch } = globalThis;
      Object.assign(process.env, sandbox.env);
      globalThis.fetch = sandbox.fetch;
      const recorded = [];
      const instrument = (name) => ({
        record: (_value, attributes) => recorded.push([name, attributes.endpoint, attributes.outcome]),
        add: (value, attributes) => recorded.push([name, attributes.endpoint, attributes.outcome]),
      });
      try {
        // The copy that the recipe imports.
        const api = createRequire(file)("@opentelemetry/api");
        api.metrics.setGlobalMeterProvider({
          getMeter: () => ({ createHistogram: instrument, createCounter: instrument }),
        });
        const { plaid } = await import(pathToFileURL(compile(file)));
        sandbox.fail("/link/token/create", { status: 503, retryAfter: "0" });
        await plaid.createLinkToken("user-1");
      } finally {
        globalThis.fetch = fetch;
        for (const name of Object.keys(sandbox.env)) delete process.env[name];
      }
      assert.deepEqual(recorded, [
        ["plaid.attempt.duration", "/link/token/create", "server"],
        ["plaid.retries", "/link/token/create", "server"],
        ["plaid.attempt.duration", "/link/token/create", "ok"],
      ]);
    },
  },

  "service binding": worker(
    async ({ fetch }) => {
      assert.match((await (await fetch("/")).json()).link_token, /^link-sandbox-/);
      assert.deepEqual(proxied, ["https://sandbox.plaid.com/link/token/create"]);
    },
    { serviceBindings: { PLAID_PROXY: proxy } },
  ),
  "service binding settings": settings(({ services }) => {
    assert.equal(services[0].binding, "PLAID_PROXY");
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

async function linked(plaid, initial_products = ["auth"]) {
  const { public_token } = await plaid.request("/sandbox/public_token/create", {
    institution_id: "ins_109508",
    initial_products,
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
