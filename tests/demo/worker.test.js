import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Visitor } from "./visitor.js";
import { startWorker } from "./worker.js";

const running = new Set();
after(() => Promise.all([...running].map((worker) => worker.dispose())));

async function start(options) {
  const started = await startWorker(options);
  running.add(started.worker);
  return {
    ...started,
    visitor: (origin) => new Visitor((url, init) => started.worker.dispatchFetch(url, init), origin),
  };
}

/** What Link would hand to the page. */
async function publicToken(sandbox) {
  const answer = await sandbox.fetch("https://sandbox.plaid.com/sandbox/public_token/create", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "PLAID-CLIENT-ID": sandbox.env.PLAID_CLIENT_ID,
      "PLAID-SECRET": sandbox.env.PLAID_SECRET,
    },
    body: JSON.stringify({ institution_id: "ins_109508", initial_products: ["auth", "identity"] }),
  });
  return (await answer.json()).public_token;
}

/** A visitor with a linked item. */
async function linked({ visitor, sandbox }) {
  const someone = visitor();
  await someone.get("/api/session");
  const { body } = await someone.post("/api/items", { public_token: await publicToken(sandbox) });
  return { someone, itemId: body.data.item_id };
}

async function createTransfer(someone, itemId, accountId, amount = "12.34") {
  const { body, status } = await someone.post("/api/sandbox/transfers", {
    item_id: itemId,
    account_id: accountId,
    type: "debit",
    amount,
    legal_name: "Alberta Charleson",
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.bank_transfer.id;
}

const sessionId = (someone) => someone.cookie.replace(/^[^=]*=/, "").split(".")[0];

/** The names of the tables that sessions left in a storage folder. */
function storedTables(storage) {
  return readdirSync(storage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes("Session"))
    .flatMap(({ parentPath, name }) => [
      ...readFileSync(join(parentPath, name), "latin1").matchAll(/CREATE TABLE (\w+)/g),
    ])
    .map(([, table]) => table)
    .filter((table) => !table.startsWith("_cf"));
}

const firstAccount = async (someone, itemId) =>
  (await someone.get(`/api/items/${itemId}/auth`)).body.data.accounts[0].account_id;

describe("sessions", () => {
  let demo;
  before(async () => (demo = await start()));

  test("the cookie is HttpOnly, SameSite and signed, and Secure except on localhost", async () => {
    const local = (await demo.visitor().get("/api/session")).headers.get("set-cookie");
    assert.match(local, /^session=[\w-]{36}\.[\w%]+; .*HttpOnly; SameSite=Lax/);
    assert.doesNotMatch(local, /Secure/);
    const deployed = (await demo.visitor("https://demo.example").get("/api/session")).headers.get(
      "set-cookie",
    );
    assert.match(deployed, /^__Host-session=.*HttpOnly; Secure; SameSite=Lax/);
    const lan = (await demo.visitor("http://192.168.1.20").get("/api/session")).headers.get("set-cookie");
    assert.match(lan, /Secure/);
  });

  for (const host of ["127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example"]) {
    test(`${host} is not this machine: the cookie is Secure, and HSTS is sent`, async () => {
      const { headers } = await demo.visitor(`https://${host}`).get("/api/session");
      assert.match(headers.get("set-cookie"), /^__Host-session=.*Secure/);
      assert.match(headers.get("strict-transport-security"), /max-age/);
    });
  }

  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
    test(`${host} is this machine`, async () => {
      const { headers } = await demo.visitor(`http://${host}:8787`).get("/api/session");
      assert.doesNotMatch(headers.get("set-cookie"), /Secure/);
      assert.equal(headers.get("strict-transport-security"), null);
    });
  }

  test("a visitor who only looks leaves nothing in storage", async () => {
    const storage = mkdtempSync(join(tmpdir(), "plaid-edge-storage-"));
    const { worker } = await startWorker({ storage });
    const someone = new Visitor((url, init) => worker.dispatchFetch(url, init));
    for (let count = 0; count < 3; count += 1) {
      assert.deepEqual((await someone.get("/api/session")).body.items, []);
    }
    assert.equal((await someone.get("/api/items/none/auth")).status, 404);
    assert.deepEqual((await someone.get("/api/activity")).body.events, []);
    assert.equal((await someone.ask("DELETE", "/api/session")).status, 200);
    await worker.dispose();
    const left = storedTables(storage);
    rmSync(storage, { recursive: true });
    assert.deepEqual(left, []);
  });

  test("a session that could not end is tried again", async () => {
    const demo = await start();
    const { someone } = await linked(demo);
    const sessions = await demo.worker.getDurableObjectNamespace("SESSIONS");
    const stub = sessions.get(sessions.idFromName(sessionId(someone)));
    demo.sandbox.fail("/item/remove", {
      status: 400,
      errorType: "INVALID_INPUT",
      errorCode: "INVALID_API_KEYS",
    });
    await stub.expire();
    const tomorrow = Date.now() + 24 * 3600 * 1000;
    const { items, endsAt } = (await someone.get("/api/session")).body;
    assert.equal(items.length, 1);
    assert.ok(endsAt > Date.now() && endsAt <= tomorrow, "the next attempt is within a day");
    await stub.expire();
    assert.deepEqual((await someone.get("/api/session")).body.items, []);
  });

  test("no cookie, or one that is not ours, is 401", async () => {
    const someone = demo.visitor();
    const none = await someone.post("/api/link-token");
    assert.deepEqual([none.status, none.body.error.code], [401, "no_session"]);
    await someone.get("/api/session");
    const [id] = someone.cookie.split(".");
    someone.cookie = `${id}.${encodeURIComponent(Buffer.alloc(32, 7).toString("base64"))}`;
    const forged = await someone.post("/api/link-token");
    assert.deepEqual([forged.status, forged.body.error.code], [401, "invalid_session"]);
    assert.equal((await someone.get("/api/session")).status, 200);
    assert.notEqual(someone.cookie.split(".")[0], id, "a forged cookie gets a session of its own");
  });

  test("one session can't use another's item", async () => {
    const { itemId } = await linked(demo);
    const other = demo.visitor();
    await other.get("/api/session");
    const answer = await other.get(`/api/items/${itemId}/auth`);
    assert.deepEqual([answer.status, answer.body.error.code], [404, "unknown_item"]);
  });

  test("ending a session removes the item at Plaid", async () => {
    const { someone, itemId } = await linked(demo);
    const { cookie } = someone;
    assert.equal((await someone.ask("DELETE", "/api/session")).status, 200);
    assert.equal(demo.sandbox.requests().at(-1).path, "/item/remove");
    assert.equal((await someone.get(`/api/items/${itemId}/auth`)).status, 401);
    someone.cookie = cookie;
    assert.equal(
      (await someone.get(`/api/items/${itemId}/auth`)).status,
      404,
      "nothing is left for the old cookie",
    );
  });
});

describe("bad input", () => {
  let someone;
  before(async () => {
    const demo = await start();
    someone = demo.visitor();
    await someone.get("/api/session");
  });

  const refusals = [
    [
      "a request from another site",
      "POST",
      "/api/link-token",
      {},
      { Origin: "https://evil.example" },
      403,
      "cross_origin",
    ],
    [
      "one that the browser calls cross-site",
      "POST",
      "/api/link-token",
      {},
      { "Sec-Fetch-Site": "cross-site" },
      403,
      "cross_origin",
    ],
    [
      "one from a sibling site",
      "DELETE",
      "/api/session",
      undefined,
      { "Sec-Fetch-Site": "same-site" },
      403,
      "cross_origin",
    ],
    [
      "a form",
      "POST",
      "/api/link-token",
      "a=b",
      { "Content-Type": "application/x-www-form-urlencoded" },
      415,
      "unsupported_media_type",
    ],
    ["broken JSON", "POST", "/api/link-token", "{", {}, 400, "invalid_body"],
    ["a list", "POST", "/api/link-token", [], {}, 400, "invalid_body"],
    ["a field of the wrong type", "POST", "/api/link-token", { products: "auth" }, {}, 400, "invalid_body"],
    ["an unknown field", "POST", "/api/link-token", { secret: "x" }, {}, 400, "invalid_body"],
    ["a missing field", "POST", "/api/items", {}, {}, 400, "invalid_body"],
    ["a huge body", "POST", "/api/items", { public_token: "x".repeat(20_000) }, {}, 413, "body_too_large"],
    ["an unknown route", "GET", "/api/nothing", undefined, {}, 404, "not_found"],
    ["a wrong method", "PUT", "/api/items", {}, {}, 405, "method_not_allowed"],
    ["a webhook by GET", "GET", "/webhook", undefined, {}, 405, "method_not_allowed"],
    ["an unknown item", "GET", "/api/items/none/identity", undefined, {}, 404, "unknown_item"],
    [
      "an unknown transfer",
      "POST",
      "/api/sandbox/transfers/none/simulate",
      { event_type: "posted" },
      {},
      404,
      "unknown_transfer",
    ],
  ];
  for (const [name, method, path, body, headers, status, code] of refusals) {
    test(`${name} is ${status}`, async () => {
      const answer = await someone.ask(method, path, body, headers);
      assert.deepEqual([answer.status, answer.body?.error.code], [status, code], answer.text);
      assert.equal(answer.headers.get("cache-control")?.includes("public") ?? false, false);
    });
  }

  test("a body that is too long is refused before all of it has come", { timeout: 20_000 }, async () => {
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(64 * 1024))),
    });
    const { status, body } = await someone.ask("POST", "/api/link-token", endless);
    assert.deepEqual([status, body.error.code], [413, "body_too_large"]);
  });

  test("the wrong method is told the right ones", async () => {
    assert.equal((await someone.ask("PUT", "/api/items", {})).headers.get("allow"), "POST");
  });

  test("Plaid's refusal comes back as the error the code saw", async () => {
    const { status, body } = await someone.post("/api/items", { public_token: "public-sandbox-nonsense" });
    assert.equal(status, 422);
    assert.equal(body.error.name, "PlaidExchangePublicTokenError");
    assert.equal(body.error.errorCode, "INVALID_PUBLIC_TOKEN");
    assert.equal(body.call.attempts.length, 1);
  });
});

describe("settings", () => {
  test("without secrets every answer says what to set, and shows no value", async () => {
    const demo = await start({
      vars: { SESSION_SECRET: "short-canary", TOKEN_KEY: "canary", PLAID_SECRET: "" },
    });
    const { status, body, text } = await demo.visitor().get("/api/session");
    assert.equal(status, 503);
    for (const name of ["SESSION_SECRET", "TOKEN_KEY", "PLAID_SECRET"]) {
      assert.ok(
        body.error.problems.some((problem) => problem.includes(name)),
        name,
      );
    }
    assert.doesNotMatch(text, /canary/);
    const page = await demo.visitor().get("/", { Accept: "text/html" });
    assert.equal(page.status, 503);
    assert.match(page.text, /<li>TOKEN_KEY/);
  });

  test("with real keys Plaid's Link may load, and the local sandbox's controls are 404", async () => {
    const demo = await start();
    const { someone, itemId } = await linked(demo);
    const policy = (await someone.get("/")).headers.get("content-security-policy");
    assert.match(policy, /script-src 'self' https:\/\/cdn\.plaid\.com;/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    const controls = [
      ["/api/sandbox/webhooks/forge", { item_id: itemId, flaw: "stale" }],
      ["/api/sandbox/break", { item_id: itemId, scenario: "outage" }],
    ];
    for (const [path, body] of controls) {
      assert.equal((await someone.post(path, body)).status, 404, path);
    }
  });

  test("on the local sandbox, its Link may load, and no other host is allowed", async () => {
    const sandbox = "http://127.0.0.1:8999";
    const demo = await start({ vars: { PLAID_BASE_URL: sandbox } });
    const someone = demo.visitor();
    const policy = (await someone.get("/")).headers.get("content-security-policy");
    for (const directive of ["script-src 'self'", "frame-src"]) {
      assert.ok(policy.includes(`${directive} ${sandbox};`), policy);
    }
    assert.doesNotMatch(policy.replaceAll(sandbox, ""), /https?:|unsafe|\*/);
    const { linkScript } = (await someone.get("/api/session")).body;
    assert.equal(linkScript, `${sandbox}/link/v2/stable/link-initialize.js`);
  });

  test("in production nothing of the sandbox is left", async () => {
    const demo = await start({ vars: { PLAID_ENV: "production" } });
    const someone = demo.visitor("https://demo.example");
    assert.equal((await someone.get("/api/session")).body.environment, "production");
    for (const path of ["transfers", "transfers/x/simulate", "webhooks/fire", "webhooks/forge", "break"]) {
      assert.equal((await someone.post(`/api/sandbox/${path}`, {})).status, 404, path);
    }
  });
});

describe("secrets", () => {
  test("access tokens are sealed at rest, and no answer holds one, the secret or a whole account number", async () => {
    const storage = mkdtempSync(join(tmpdir(), "plaid-edge-storage-"));
    const demo = await startWorker({ storage });
    running.add(demo.worker);
    const seen = [];
    const someone = new Visitor(async (url, init) => {
      const answer = await demo.worker.dispatchFetch(url, init);
      seen.push(await answer.clone().text(), JSON.stringify([...answer.headers]));
      return answer;
    });
    await someone.get("/api/session");
    await someone.post("/api/link-token", { products: ["auth"] });
    const { body } = await someone.post("/api/items", { public_token: await publicToken(demo.sandbox) });
    const itemId = body.data.item_id;
    await someone.get(`/api/items/${itemId}/auth`);
    await someone.get(`/api/items/${itemId}/identity`);
    demo.sandbox.fail("/auth/get", { status: 400, errorType: "ITEM_ERROR", errorCode: "ITEM_LOCKED" });
    assert.equal((await someone.get(`/api/items/${itemId}/auth`)).status, 422);
    demo.sandbox.fail("/identity/get", { rawBody: "not JSON" });
    assert.equal((await someone.get(`/api/items/${itemId}/identity`)).status, 502);
    await someone.post("/api/link-token", { item_id: itemId });
    running.delete(demo.worker);
    await demo.worker.dispose();

    const canaries = [
      /access-sandbox-[0-9a-f]/,
      new RegExp(demo.sandbox.env.PLAID_SECRET),
      /1111222233330000/,
    ];
    const files = readdirSync(storage, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    rmSync(storage, { recursive: true });
    assert.ok(
      files.some((file) => file.includes(itemId)),
      "the item is stored",
    );
    for (const canary of canaries) {
      for (const text of [...seen, ...files]) assert.doesNotMatch(text, canary);
    }
  });
});

describe("webhooks", () => {
  const payload = {
    webhook_type: "BANK_TRANSFERS",
    webhook_code: "BANK_TRANSFERS_EVENTS_UPDATE",
    environment: "sandbox",
  };

  test("a genuine one starts a sync, others leave a reason and nothing else", async () => {
    const demo = await start();
    const { someone, itemId } = await linked(demo);
    await createTransfer(someone, itemId, await firstAccount(someone, itemId));
    const plaid = demo.visitor("https://demo.example");

    const genuine = await demo.sandbox.signWebhook(payload);
    const tampered = await plaid.post(
      "/webhook",
      genuine.body.replace("sandbox", "production"),
      genuine.headers,
    );
    assert.deepEqual([tampered.status, tampered.body.error.reason], [400, "body_mismatch"]);
    const stale = await demo.sandbox.signWebhook(payload, { issuedAt: Math.floor(Date.now() / 1000) - 600 });
    assert.equal((await plaid.post("/webhook", stale.body, stale.headers)).body.error.reason, "stale");
    const unsigned = await plaid.post("/webhook", genuine.body);
    assert.equal(unsigned.body.error.reason, "missing_header");
    let activity = (await someone.get("/api/activity")).body;
    assert.deepEqual(
      activity.webhooks.map((webhook) => webhook.rejected),
      ["missing_header", "stale", "body_mismatch"],
    );
    assert.ok(activity.webhooks.every((webhook) => webhook.payload === null));
    assert.equal(activity.cursor, 0);

    assert.equal((await plaid.post("/webhook", genuine.body, genuine.headers)).status, 200);
    // The sync runs after the answer; asking for one more waits its turn in the log.
    await someone.post("/api/events/sync");
    activity = (await someone.get("/api/activity")).body;
    assert.equal(activity.events.length, 1);
    assert.deepEqual(activity.webhooks[0].payload, payload);
  });

  test("several that come at once are each answered", async () => {
    const demo = await start();
    const { body, headers } = await demo.sandbox.signWebhook(payload);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => demo.visitor().post("/webhook", body, headers)),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  });

  test("junk does not push genuine ones out of the log", async () => {
    const demo = await start();
    const { someone } = await linked(demo);
    const { body, headers } = await demo.sandbox.signWebhook(payload);
    const log = await demo.worker.getDurableObjectNamespace("EVENT_LOG");
    const stub = log.get(log.idFromName("plaid"));
    await demo.visitor().post("/webhook", body, headers);
    for (let count = 0; count < 60; count += 1) await stub.reject("missing_header");
    const { webhooks } = (await someone.get("/api/activity")).body;
    assert.equal(webhooks.filter(({ rejected }) => rejected).length, 50);
    assert.equal(webhooks.at(-1).payload.webhook_code, payload.webhook_code);
  });

  for (const [what, fault] of [
    ["refused", { status: 400, errorType: "INVALID_INPUT", errorCode: "INVALID_API_KEYS" }],
    ["answered with 500", { status: 500, errorType: "API_ERROR", errorCode: "INTERNAL_SERVER_ERROR" }],
    ["answered by a proxy", { status: 200, rawBody: "<!doctype html>" }],
    ["not answered", { networkError: true }],
  ]) {
    test(`when the request for the key is ${what}, Plaid is told to retry`, async () => {
      const demo = await start();
      const { someone } = await linked(demo);
      const { body, headers } = await demo.sandbox.signWebhook(payload);
      demo.sandbox.fail("/webhook_verification_key/get", { ...fault, times: 9 });
      assert.equal((await demo.visitor().post("/webhook", body, headers)).status, 503);
      assert.deepEqual((await someone.get("/api/activity")).body.webhooks, [], "it was not judged");
    });
  }

  test("the payload is kept, except for tokens", async () => {
    const demo = await start();
    const { someone, itemId } = await linked(demo);
    const sent = { webhook_type: "ITEM", webhook_code: "X", item_id: itemId, environment: "sandbox" };
    const { body, headers } = await demo.sandbox.signWebhook({ ...sent, public_token: "public-sandbox-1" });
    await demo.visitor().post("/webhook", body, headers);
    assert.deepEqual((await someone.get("/api/activity")).body.webhooks[0].payload, sent);
  });

  test("the page hears of news at once, and is not answered without", { timeout: 20_000 }, async () => {
    const demo = await start();
    const { someone, itemId } = await linked(demo);
    const { version } = (await someone.get("/api/activity")).body;
    let answered = false;
    const news = someone.get(`/api/activity?after=${version}`).then((response) => {
      answered = true;
      return response.body;
    });
    // What concerns somebody else is no news: the next request is made and answered in between.
    const other = await linked(demo);
    const about = async (item_id, webhook_code) => {
      const { body, headers } = await demo.sandbox.signWebhook({ ...payload, item_id, webhook_code });
      assert.equal((await demo.visitor().post("/webhook", body, headers)).status, 200);
    };
    await about(other.itemId, "THEIRS");
    assert.equal((await other.someone.get("/api/activity")).body.webhooks.length, 1);
    assert.equal(answered, false);
    await about(itemId, "MINE");
    assert.deepEqual(
      (await news).webhooks.map((webhook) => webhook.payload.webhook_code),
      ["MINE"],
    );
  });

  test("a session sees webhooks about its own items only", async () => {
    const demo = await start();
    const [mine, theirs] = [await linked(demo), await linked(demo)];
    const about = {
      webhook_type: "ITEM",
      webhook_code: "LOGIN_REPAIRED",
      item_id: theirs.itemId,
      environment: "sandbox",
    };
    const { body, headers } = await demo.sandbox.signWebhook(about);
    await demo.visitor().post("/webhook", body, headers);
    assert.equal((await theirs.someone.get("/api/activity")).body.webhooks.length, 1);
    assert.equal((await mine.someone.get("/api/activity")).body.webhooks.length, 0);
  });
});

describe("the schedule", () => {
  test("handles each event once, and goes on after a failure where it stopped", async () => {
    let breakAt = Infinity;
    let pages = 0;
    let together = null; // { missing, all, arrived }: holds requests until so many have come
    const demo = await start({
      onPlaid(path) {
        if (path !== "/bank_transfer/event/sync") return;
        if (together) {
          if ((together.missing -= 1) === 0) together.arrived();
          return together.all;
        }
        pages += 1;
        if (pages === breakAt) {
          demo.sandbox.fail(path, { status: 400, errorType: "INVALID_INPUT", errorCode: "INVALID_API_KEYS" });
        }
      },
    });
    const { someone, itemId } = await linked(demo);
    const accountId = await firstAccount(someone, itemId);
    for (let count = 1; count <= 30; count += 1)
      await createTransfer(someone, itemId, accountId, `${count}.00`);

    const scheduled = async () => (await demo.worker.getWorker()).scheduled({ cron: "*/10 * * * *" });
    const log = async () => (await someone.get("/api/activity")).body;

    breakAt = 2;
    assert.equal((await scheduled()).outcome, "exception");
    const half = await log();
    assert.equal(half.events.length, 25, "the first page is handled");
    assert.equal(half.cursor, half.events[0].event_id);

    breakAt = Infinity;
    assert.equal((await scheduled()).outcome, "ok");
    assert.equal((await log()).events.length, 30);

    await createTransfer(someone, itemId, accountId);
    together = { missing: 3 };
    together.all = new Promise((resolve) => (together.arrived = resolve));
    const runs = await Promise.all([scheduled(), scheduled(), someone.post("/api/events/sync")]);
    assert.deepEqual(
      runs.map((run) => run.outcome ?? run.status),
      ["ok", "ok", 200],
    );
    const { events, cursor } = await log();
    assert.equal(events.length, 31);
    assert.equal(new Set(events.map((event) => event.event_id)).size, 31);
    assert.equal(cursor, events[0].event_id);
  });
});
