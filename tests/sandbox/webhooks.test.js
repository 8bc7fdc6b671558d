// Webhooks: signed as Plaid's are, really posted, and verifiable with any JOSE library.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { validateWebhook } from "../fidelity/schemas.js";
import { World } from "./world.js";

const received = [];
let receiver, url;

before(async () => {
  receiver = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(request.url === "/bad" ? 500 : 200).end("thanks");
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${receiver.address().port}/hook`;
});
after(() => receiver.close());

/** The payload of a webhook, after every check that Plaid asks for. */
async function verified(world, { body, headers }) {
  const token = headers["plaid-verification"];
  const { alg, kid, typ } = decodeProtectedHeader(token);
  assert.deepEqual([alg, typ], ["ES256", "JWT"]);
  const { key } = await world.ok("/webhook_verification_key/get", { key_id: kid });
  assert.equal(key.expired_at, null);
  const currentDate = new Date(world.now);
  const { payload } = await jwtVerify(token, await importJWK(key, "ES256"), {
    currentDate,
    maxTokenAge: 300,
  });
  assert.deepEqual(Object.keys(payload), ["iat", "request_body_sha256"]);
  assert.equal(payload.request_body_sha256, createHash("sha256").update(body).digest("hex"));
  assert.equal(headers["content-type"], "application/json");
  const content = JSON.parse(body);
  assert.equal(body, JSON.stringify(content, null, 2), "two-space indentation");
  assert.deepEqual(Object.keys(content), Object.keys(content).sort());
  return content;
}

async function onlyDelivery(world) {
  assert.equal(received.length, 1);
  const payload = await verified(world, received.pop());
  // Plaid's types don't have every code.
  if (payload.webhook_code !== "AUTHORIZATION_GRANTED") assert.equal(validateWebhook(payload), null);
  return payload;
}

test("a webhook is signed over its exact bytes", async () => {
  const world = new World();
  const payload = { webhook_type: "ITEM", webhook_code: "ERROR", b: [1, { z: 1, a: "ü\n" }], a: {} };
  const webhook = await world.sandbox.signWebhook(payload);
  assert.deepEqual(await verified(world, webhook), payload);
  assert.match(webhook.body, /^\{\n {2}"a": \{\},\n {2}"b": \[\n {4}1,/);
});

test("the time of issue can be chosen, and an expired key", async () => {
  const world = new World();
  const { headers } = await world.sandbox.signWebhook({}, { issuedAt: 1_700_000_000 });
  const claims = JSON.parse(atob(headers["plaid-verification"].split(".")[1]));
  assert.equal(claims.iat, 1_700_000_000);
  const expired = await world.sandbox.signWebhook({}, { expiredKey: true });
  const { kid } = decodeProtectedHeader(expired.headers["plaid-verification"]);
  const { key } = await world.ok("/webhook_verification_key/get", { key_id: kid });
  assert.ok(key.expired_at < world.now / 1000 && key.created_at < key.expired_at);
  await jwtVerify(expired.headers["plaid-verification"], await importJWK(key, "ES256"));
});

test("keys are a sandbox's own, and unknown ones are refused", async () => {
  const [one, other] = [new World(), new World()];
  const { headers } = await one.sandbox.signWebhook({});
  const { kid: key_id } = decodeProtectedHeader(headers["plaid-verification"]);
  const refused = /^400 INVALID_INPUT\/INVALID_WEBHOOK_VERIFICATION_KEY_ID: invalid key_id provided/;
  assert.match(await other.error("/webhook_verification_key/get", { key_id }), refused);
  one.sandbox.reset();
  assert.match(await one.error("/webhook_verification_key/get", { key_id }), refused);
});

test("a reset login is told to the Item's webhook", async () => {
  const world = new World();
  const { access_token, item_id } = await world.item({ webhook: url });
  await world.ok("/sandbox/item/reset_login", { access_token });
  const payload = await onlyDelivery(world);
  assert.equal(payload.item_id, item_id);
  assert.equal(payload.webhook_code, "ERROR");
  assert.equal(payload.environment, "sandbox");
  assert.equal(payload.error.error_code, "ITEM_LOGIN_REQUIRED");
  assert.equal(payload.error.status, 400);
  const { status } = await world.ok("/item/get", { access_token });
  assert.equal(status.last_webhook.code_sent, "ERROR");
});

test("a changed webhook is acknowledged at the new URL", async () => {
  const world = new World();
  const { access_token } = await world.item();
  await world.ok("/item/webhook/update", { access_token, webhook: url });
  assert.equal((await onlyDelivery(world)).new_webhook_url, url);
});

test("a finished hosted session is told to the link token's webhook", async () => {
  const world = new World();
  const link_token = await world.linkToken({ webhook: url, hosted_link: {} });
  const { public_token } = await world.ok("/sandbox/plaid_edge/link/complete", { link_token });
  const payload = await onlyDelivery(world);
  assert.equal(payload.webhook_code, "SESSION_FINISHED");
  assert.deepEqual(payload.public_tokens, [public_token]);
});

test("the bank transfer webhook goes to the URL of the call", async () => {
  const world = new World();
  await world.ok("/sandbox/bank_transfer/fire_webhook", { webhook: url });
  assert.deepEqual(await onlyDelivery(world), {
    environment: "sandbox",
    webhook_code: "BANK_TRANSFERS_EVENTS_UPDATE",
    webhook_type: "BANK_TRANSFERS",
  });
});

const fire = "/sandbox/item/fire_webhook";

test("every webhook that Plaid's Sandbox fires can be fired", async () => {
  const world = new World();
  const products = ["auth", "transactions", "investments", "liabilities", "assets"];
  const { access_token, item_id } = await world.item({ webhook: url }, products);
  const webhooks = [
    ["DEFAULT_UPDATE", "AUTH"],
    ["DEFAULT_UPDATE", "HOLDINGS"],
    ["DEFAULT_UPDATE", "INVESTMENTS_TRANSACTIONS"],
    ["DEFAULT_UPDATE", "LIABILITIES"],
    ["DEFAULT_UPDATE", "TRANSACTIONS"],
    ["NEW_ACCOUNTS_AVAILABLE", "ITEM"],
    ["SMS_MICRODEPOSITS_VERIFICATION", "AUTH"],
    ["AUTHORIZATION_GRANTED", "ITEM"],
    ["USER_PERMISSION_REVOKED", "ITEM"],
    ["USER_ACCOUNT_REVOKED", "ITEM"],
    ["PENDING_DISCONNECT", "ITEM"],
    ["RECURRING_TRANSACTIONS_UPDATE", "TRANSACTIONS"],
    ["LOGIN_REPAIRED", "ITEM"],
    ["SYNC_UPDATES_AVAILABLE", "TRANSACTIONS"],
    ["PRODUCT_READY", "ASSETS"],
    ["ERROR", "ASSETS"],
  ];
  for (const [webhook_code, webhook_type] of webhooks) {
    const { webhook_fired } = await world.ok(fire, { access_token, webhook_code, webhook_type });
    assert.equal(webhook_fired, true);
    const payload = await onlyDelivery(world);
    assert.deepEqual([payload.webhook_code, payload.webhook_type], [webhook_code, webhook_type]);
    if (webhook_type !== "ASSETS") assert.equal(payload.item_id, item_id);
  }
  await world.ok(fire, { access_token, webhook_code: "DEFAULT_UPDATE" });
  assert.equal((await onlyDelivery(world)).webhook_type, "TRANSACTIONS");
});

test("firing needs a webhook, the product, and a type that goes with the code", async () => {
  const world = new World();
  const { access_token } = await world.item();
  const error = (body) => world.error(fire, { access_token, ...body });
  assert.match(
    await error({ webhook_code: "LOGIN_REPAIRED" }),
    /^400 SANDBOX_ERROR\/SANDBOX_WEBHOOK_INVALID/,
  );
  assert.equal(
    await error({ webhook_code: "SYNC_UPDATES_AVAILABLE" }),
    "400 SANDBOX_ERROR/SANDBOX_PRODUCT_NOT_ENABLED: The transactions product is not enabled on this item",
  );
  assert.match(
    await error({ webhook_code: "LOGIN_REPAIRED", webhook_type: "AUTH" }),
    /INVALID_FIELD: webhook_type/,
  );
  assert.match(
    await error({ webhook_code: "PENDING_EXPIRATION" }),
    /INVALID_FIELD: webhook_code must be one of/,
  );
});

test("a receiver that fails, is away or is elsewhere changes nothing", async () => {
  const world = new World();
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => closed.once("listening", resolve));
  const away = `http://127.0.0.1:${closed.address().port}/`;
  await new Promise((resolve) => closed.close(resolve));
  const elsewhere = "https://example.com/hook";
  for (const webhook of [url.replace("hook", "bad"), away, elsewhere, "http://localhost.example.com/"]) {
    await world.ok("/sandbox/bank_transfer/fire_webhook", { webhook });
  }
  assert.equal(received.splice(0).length, 1);
});

/** A receiver that responds with these statuses, and then with 200. `next` gives what it got next. */
async function receiving(t, ...statuses) {
  const [got, waiting] = [[], []];
  const hand = () => {
    while (got.length > 0 && waiting.length > 0) waiting.shift()(got.shift());
  };
  const server = createServer(async (message, response) => {
    let body = "";
    for await (const chunk of message) body += chunk;
    got.push({ headers: message.headers, body });
    response.writeHead(statuses.shift() ?? 200).end();
    hand();
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const next = () => new Promise((resolve) => (waiting.push(resolve), hand()));
  return { url: `http://127.0.0.1:${server.address().port}/`, got, next };
}

test("a webhook that is not received is retried as the clock moves, signed anew", async (t) => {
  const { url, next, got } = await receiving(t, 500, 204);
  const world = new World();
  const { access_token } = await world.item({ webhook: url });
  await world.ok("/sandbox/item/reset_login", { access_token });
  const first = await next();
  world.sandbox.advance(29_999);
  world.sandbox.advance(1);
  const second = await next();
  assert.equal(second.body, first.body);
  const issued = ({ headers }) => JSON.parse(atob(headers["plaid-verification"].split(".")[1])).iat;
  assert.equal(issued(second) - issued(first), 30);
  world.sandbox.advance(120_000);
  assert.equal(issued(await next()) - issued(first), 150);
  // It was received: nothing is left to be retried, and the next to come is another.
  world.sandbox.advance(86_400_000);
  await world.ok("/item/webhook/update", { access_token, webhook: url });
  assert.match((await next()).body, /WEBHOOK_UPDATE_ACKNOWLEDGED/);
  assert.deepEqual(got, []);
});

test("after six retries, no other follows", async (t) => {
  const { url, next, got } = await receiving(t, ...Array(7).fill(503));
  const world = new World();
  await world.ok("/sandbox/bank_transfer/fire_webhook", { webhook: url });
  world.sandbox.advance(86_400_000);
  for (let attempt = 0; attempt < 7; attempt++) await next();
  world.sandbox.advance(86_400_000);
  await world.ok("/sandbox/bank_transfer/fire_webhook", { webhook: url });
  await next();
  assert.deepEqual(got, []);
});

test("webhooks come twice, late and out of order on demand", async (t) => {
  const { url, next, got } = await receiving(t);
  const world = new World();
  const { access_token } = await world.item({ webhook: url });
  const send = (webhook_code) => world.ok(fire, { access_token, webhook_code });
  const codes = async (count) => {
    const come = [];
    while (come.length < count) come.push(JSON.parse((await next()).body).webhook_code);
    return come;
  };
  world.sandbox.webhooks({ duplicate: true });
  world.sandbox.webhooks({ reorder: true });
  world.sandbox.webhooks({ delayMs: 60_000 });
  await send("LOGIN_REPAIRED");
  assert.deepEqual(await codes(2), ["LOGIN_REPAIRED", "LOGIN_REPAIRED"]);
  await send("PENDING_DISCONNECT");
  await send("USER_PERMISSION_REVOKED");
  assert.deepEqual(await codes(2), ["USER_PERMISSION_REVOKED", "PENDING_DISCONNECT"]);
  await send("NEW_ACCOUNTS_AVAILABLE");
  await send("LOGIN_REPAIRED");
  assert.deepEqual(await codes(1), ["LOGIN_REPAIRED"]);
  world.sandbox.advance(60_000);
  assert.deepEqual(await codes(1), ["NEW_ACCOUNTS_AVAILABLE"]);
  assert.deepEqual(got, []);
});

test("wrong wishes for webhooks say what is wrong", () => {
  const { sandbox } = new World();
  const wrong = [
    [undefined, "disorder must be an object"],
    [{}, "disorder: one of duplicate, delayMs and reorder is needed"],
    [{ times: 0, duplicate: true }, "disorder: times must be an integer of at least 1"],
    [{ times: 1, reorder: true }, "disorder: times must be at least 2 with reorder"],
    [{ delayMs: -1 }, "disorder.delayMs must be an integer from 0 to 4294967295"],
    [{ duplicated: true }, "disorder.duplicated is unknown: disorder has times, duplicate, delayMs, reorder"],
  ];
  for (const [disorder, message] of wrong) {
    assert.throws(() => sandbox.webhooks(disorder), { name: "TypeError", message });
  }
});

test("an abort doesn't wait for the receiver", async () => {
  const world = new World();
  const caller = new AbortController();
  const slow = createServer((request) => {
    request.socket.once("close", () => slow.close());
    caller.abort("enough");
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  const webhook = `http://127.0.0.1:${slow.address().port}/`;
  const path = "/sandbox/bank_transfer/fire_webhook";
  const call = world.send(path, { webhook }, { signal: caller.signal });
  await assert.rejects(call, (error) => error === "enough");
  // The delivery is given up, too.
  if (slow.listening) await once(slow, "close");
});

test("webhooks go to the hosts that were allowed, and to no others", async (t) => {
  const world = new World({ webhookHosts: ["App", "10.0.0.1"] });
  const sent = [];
  t.mock.method(globalThis, "fetch", async (to) => (sent.push(new Request(to).url), new Response(null)));
  const allowed = ["http://app/a", "http://app:3000/b", "https://10.0.0.1/c"];
  for (const webhook of [...allowed, "http://app.example.com/", "http://10.0.0.2/"]) {
    await world.ok("/sandbox/bank_transfer/fire_webhook", { webhook });
  }
  assert.deepEqual(sent, allowed);
});

test("hosts for webhooks are names only", () => {
  for (const webhookHosts of ["app", [1], ["http://app"], ["app:3000"], ["app/x"], ["a@b"], [""]]) {
    assert.throws(() => new World({ webhookHosts }), {
      name: "TypeError",
      message: "options.webhookHosts must be an array of host names, without scheme, port and path",
    });
  }
});

test("nothing is sent beyond this machine", async (t) => {
  const world = new World();
  const sent = [];
  t.mock.method(globalThis, "fetch", async (to) => (sent.push(new Request(to).url), new Response(null)));
  const local = ["http://localhost:1/a", "http://127.0.0.1/b", "http://[::1]:2/c"];
  const remote = [
    "https://example.com/",
    "http://app.localhost/",
    "http://127.9.9.9/",
    "http://10.0.0.1/",
    "http://127.0.0.1.example.com/",
    "http://localhost@a.b/",
  ];
  for (const webhook of [...local, ...remote]) {
    await world.ok("/sandbox/bank_transfer/fire_webhook", { webhook });
  }
  assert.deepEqual(sent, local);
});
