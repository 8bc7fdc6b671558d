// The class's own surface: what it has, what it takes, what it refuses.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PlaidSandbox, World } from "./world.js";

test("a sandbox works without options, on the real clock", async () => {
  const sandbox = new PlaidSandbox();
  assert.equal(sandbox.env.PLAID_ENV, "sandbox");
  assert.match(sandbox.env.PLAID_CLIENT_ID, /^[0-9a-f]{24}$/);
  assert.match(sandbox.env.PLAID_SECRET, /^[0-9a-f]{30}$/);
  assert.deepEqual(new PlaidSandbox().env, sandbox.env);
  const { headers } = await sandbox.signWebhook({});
  const { iat } = JSON.parse(atob(headers["plaid-verification"].split(".")[1]));
  assert.ok(Number.isInteger(iat) && iat > 1_700_000_000);
});

test("fetch is bound, and the same each time", async () => {
  const { sandbox } = new World();
  const { fetch } = sandbox;
  assert.equal(sandbox.fetch, fetch);
  assert.equal(sandbox.env, sandbox.env);
  const response = await fetch.call(undefined, "https://a.test/x", { method: "POST" });
  assert.ok(response instanceof Response);
  assert.equal(response.status, 404);
});

test("fetch takes what the platform's fetch takes", async () => {
  const world = new World();
  const { PLAID_CLIENT_ID: client_id, PLAID_SECRET: secret } = world.sandbox.env;
  const { access_token } = await world.item();
  const url = "https://sandbox.plaid.com/item/get";
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ client_id, secret, access_token });
  const bytes = new TextEncoder().encode(body);
  const post = (body, init) => ({ method: "POST", headers, body, ...init });
  const calls = [
    [url, post(body)],
    [new URL(url), post(bytes)],
    [new Request(url, post(body))],
    [new Request(url, { method: "POST" }), post(body)],
    [url, post(new Blob([body], { type: "application/json" }))],
    [url, post(new Blob([body]).stream(), { duplex: "half" })],
    [url, { ...post(body), headers: new Headers(headers) }],
    [{ toString: () => url }, post(body)],
  ];
  for (const [input, init] of calls) {
    const response = await world.sandbox.fetch(input, init);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).item.error, null);
  }
});

test("fetch rejects with a TypeError where the platform's does", async () => {
  const { sandbox } = new World();
  const wrong = [
    [],
    ["/relative"],
    ["https://a.test/", 7],
    ["https://a.test/", { method: "GET", body: "x" }],
    ["https://a.test/", { signal: "x" }],
    ["https://a.test/", { headers: { "bad name": "x" } }],
  ];
  for (const args of wrong) await assert.rejects(sandbox.fetch(...args), TypeError);
  const used = new Request("https://a.test/", { method: "POST", body: "x" });
  await used.text();
  await assert.rejects(sandbox.fetch(used), TypeError);
});

test("what a caller's own code throws comes back as it is", async () => {
  const mine = new Error("mine");
  const thrower = () => {
    throw mine;
  };
  const getter = Object.defineProperty({}, "signal", { get: thrower });
  const { sandbox } = new World();
  await assert.rejects(sandbox.fetch("https://a.test/", getter), (error) => error === mine);
  const clock = new PlaidSandbox({ now: thrower });
  await assert.rejects(clock.fetch("https://a.test/", { method: "POST" }), (error) => error === mine);
  await assert.rejects(clock.signWebhook({}), (error) => error === mine);
  assert.throws(() => new PlaidSandbox(Object.defineProperty({}, "secret", { get: thrower })), mine);
  const trap = new Proxy({}, { ownKeys: thrower, get: thrower });
  assert.throws(() => sandbox.fail("/x", trap), mine);
  await assert.rejects(sandbox.signWebhook({ toJSON: thrower }), (error) => error === mine);
});

test("a Request whose parts call the sandbox is no harm", async () => {
  const { sandbox } = new World();
  class Meddler extends Request {
    get url() {
      sandbox.reset();
      return super.url;
    }
    get method() {
      return (sandbox.requests(), super.method);
    }
  }
  const { Request: original } = globalThis;
  globalThis.Request = Meddler;
  try {
    assert.equal((await sandbox.fetch("https://a.test/", { method: "POST" })).status, 404);
  } finally {
    globalThis.Request = original;
  }
});

test("a clock may call the sandbox, and must give a time", async () => {
  const seen = [];
  const sandbox = new PlaidSandbox({
    now: () => {
      sandbox.reset();
      seen.push(sandbox.requests().length);
      return 0;
    },
  });
  assert.equal((await sandbox.fetch("https://a.test/", { method: "POST" })).status, 404);
  assert.deepEqual(seen, [0]);
  for (const time of [NaN, Infinity, -1, 1e300, "0", 0n, null, undefined, {}]) {
    const odd = new PlaidSandbox({ now: () => time });
    await assert.rejects(odd.signWebhook({}), { name: "TypeError", message: /^now must give milliseconds/ });
  }
});

test("wrong options name the field", () => {
  const wrong = [
    [null, "options must be an object"],
    [7, "options must be an object"],
    [[], "options must be an object"],
    [{ clientID: "x" }, "options.clientID is unknown"],
    [{ clientId: 7 }, "options.clientId must be a non-empty string"],
    [{ clientId: "" }, "options.clientId must be a non-empty string"],
    [{ secret: "a b" }, "options.secret must be a non-empty string"],
    [{ secret: "ü" }, "options.secret must be a non-empty string"],
    [{ now: 7 }, "options.now must be a function"],
  ];
  for (const [options, message] of wrong) {
    assert.throws(
      () => new PlaidSandbox(options),
      (error) => error instanceof TypeError && error.message.startsWith(message),
    );
  }
  new PlaidSandbox({ clientId: undefined, secret: undefined, now: undefined });
  new PlaidSandbox(new Proxy({ clientId: "x" }, {}));
});

test("wrong faults name the field", () => {
  const { sandbox } = new World();
  const refused = (path, fault, message) =>
    assert.throws(
      () => sandbox.fail(path, fault),
      (error) => error instanceof TypeError && error.message.includes(message),
      message,
    );
  for (const path of [undefined, null, "", "item/get", 7, {}, Symbol("x")])
    refused(path, { status: 500 }, "path must be");
  for (const fault of [undefined, null, 7, "500", [], Symbol("x")])
    refused("/x", fault, "fault must be an object");
  refused("/x", { code: "X" }, "fault.code is unknown");
  refused("/x", { ["__proto__"]: 1 }, "fault.__proto__ is unknown");
  for (const times of [0, -1, 1.5, NaN, Infinity, "2", 2n ** 70n, {}])
    refused("/x", { status: 500, times }, "times must be");
  for (const status of [199, 600, 1.5, "500", 70_000, NaN]) refused("/x", { status }, "status must be");
  for (const delayMs of [-1, 2 ** 31, 1.5, "1", NaN]) refused("/x", { delayMs }, "delayMs must be");
  for (const name of ["errorType", "errorCode", "errorMessage", "retryAfter", "rawBody"]) {
    refused("/x", { [name]: 7 }, `fault.${name} must be a string`);
  }
  for (const name of ["networkError", "hang"])
    refused("/x", { [name]: 1 }, `fault.${name} must be a boolean`);
  refused("/x", { retryAfter: "a\nb" }, "retryAfter must be");
  refused("/x", { retryAfter: "ü" }, "retryAfter must be");
  refused("/x", {}, "is needed");
  refused("/x", { times: 2 }, "is needed");
  refused("/x", { networkError: false }, "is needed");
  refused("/x", { rawBody: "", errorCode: "X" }, "rawBody is sent as it is");
  refused("/x", { networkError: true, status: 500 }, "networkError means");
  refused("/x", { networkError: true, hang: true }, "networkError means");
  refused("/x", { hang: true, rawBody: "" }, "hang means");
  sandbox.fail("/x", new Proxy({ status: 500 }, {}));
  sandbox.fail("/x", { status: 500, times: undefined, rawBody: undefined });
});

test("wrong webhooks name the argument", async () => {
  const { sandbox } = new World();
  const cycle = {};
  cycle.self = cycle;
  let deep = {};
  for (let i = 0; i < 200; i++) deep = { deep };
  for (const payload of [undefined, null, 7, "text", [], () => {}, { toJSON: () => 7 }, deep]) {
    await assert.rejects(sandbox.signWebhook(payload), {
      name: "TypeError",
      message: /^payload must be an object/,
    });
  }
  for (const payload of [cycle, { a: 1n }]) await assert.rejects(sandbox.signWebhook(payload), TypeError);
  for (const issuedAt of [1.5, "0", NaN, {}]) {
    const message = "options.issuedAt must be an integer, in Unix seconds";
    await assert.rejects(sandbox.signWebhook({}, { issuedAt }), { name: "TypeError", message });
  }
  await assert.rejects(sandbox.signWebhook({}, { expired: true }), /options.expired is unknown/);
  await assert.rejects(sandbox.signWebhook({}, { expiredKey: 1 }), /options.expiredKey must be a boolean/);
});

test("requests are told without credentials, and prototypes stay clean", async () => {
  const world = new World();
  const { PLAID_CLIENT_ID: client_id, PLAID_SECRET: secret } = world.sandbox.env;
  await world.send("/item/get?x=1", { client_id, secret, access_token: "x" });
  await world.send("/nowhere", '{"__proto__":{"polluted":1},"a":[1.5,null]}');
  await world.send("/item/get", "no JSON");
  const requests = world.sandbox.requests();
  assert.deepEqual(
    requests.map(({ path }) => path),
    ["/item/get", "/nowhere", "/item/get"],
  );
  assert.deepEqual(requests[0].body, { access_token: "x" });
  assert.ok(Object.hasOwn(requests[1].body, "__proto__"));
  assert.equal(requests[1].body.polluted, undefined);
  assert.equal({}.polluted, undefined);
  assert.equal(requests[2].body, null);
  requests.pop();
  assert.equal(world.sandbox.requests().length, 3);
});

test("only the latest ten thousand requests are remembered", async () => {
  const { sandbox } = new World();
  for (let i = 0; i <= 10_000; i++) await sandbox.fetch(`https://a.test/${i}`);
  const requests = sandbox.requests();
  assert.equal(requests.length, 10_000);
  assert.equal(requests[0].path, "/1");
});

test("calls in flight at once don't disturb each other", async () => {
  const world = new World();
  const items = await Promise.all(Array.from({ length: 50 }, () => world.item()));
  assert.equal(new Set(items.map(({ access_token }) => access_token)).size, 50);
  const read = await Promise.all(items.map(({ access_token }) => world.ok("/auth/get", { access_token })));
  read.forEach(({ item }, i) => assert.equal(item.item_id, items[i].item_id));
});

test("the declarations list the paths that it models", () => {
  const declarations = readFileSync(new URL("../../pkg-template/sandbox.d.ts", import.meta.url), "utf8");
  const [list] = declarations.match(/^ \* - \*\*Link and Items.*?^ \*$/ms);
  const listed = [...list.matchAll(/`(\/[\w/]+)`/g)].map(([, path]) => path);
  assert.deepEqual(listed.sort(), Object.keys(new PlaidSandbox().coverage()).sort());
});
