// Any JavaScript value in any position: the call settles, with an answer or a documented rejection, nothing of wasm
// dies, and the adapter works afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { guarded } from "../suite/clock.js";
import { anyWebhook, base64url, claims, keyAnswer, keyPair, kid, token } from "../suite/tokens.js";
import { env, json, ok } from "../suite/upstream.js";
import { lib, wasmBytes } from "./package.js";

const { PlaidAdapter, PlaidAdapterError, PlaidAdapterConfigurationError } = lib;
const LONGEST_MS = 10_000;
const runs = (count) => ({ numRuns: Number(process.env.PLAID_EDGE_FUZZ_RUNS ?? count) });

function throws() {
  throw new Error("hostile");
}
const hostileProxy = new Proxy(
  function () {},
  Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, throws])),
);
const { proxy: revokedProxy, revoke } = Proxy.revocable({}, {});
revoke();
const { proxy: revokedArray, revoke: revokeArray } = Proxy.revocable([], {});
revokeArray();
const cycle = { list: [] };
cycle.self = cycle;
cycle.list.push(cycle);
const detached = new Uint8Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const deep = (depth) => {
  let value = {};
  for (let n = 0; n < depth; n++) value = { value };
  return value;
};
const names = [
  "signal",
  "timeoutMs",
  "maxRetries",
  "accountIds",
  "count",
  "afterId",
  "accessToken",
  "overrides",
];
const more = ["toleranceSeconds", "fetch", "onAttempt", "clientName", "countryCodes", "language", "products"];
const keys = [
  ...names,
  ...more,
  "accountSubtypes",
  "user",
  "body",
  "headers",
  "get",
  "then",
  "toJSON",
  "length",
];
keys.push(
  "PLAID_CLIENT_ID",
  "PLAID_SECRET",
  "PLAID_ENV",
  "PLAID_BASE_URL",
  "arrayBuffer",
  "plaid-verification",
);
const withGetters = Object.defineProperties(
  {},
  Object.fromEntries(keys.map((key) => [key, { get: throws, enumerable: true }])),
);

const odd = [
  ...[
    undefined,
    null,
    true,
    NaN,
    Infinity,
    -0,
    2 ** 53,
    2n ** 64n,
    -1n,
    "",
    " ",
    "\ud800",
    "a\udc00b",
    "\0",
    "__proto__",
  ],
  ...[Symbol("s"), Symbol.iterator, () => {}, throws, class {}, async () => {}, function* () {}],
  ...[hostileProxy, revokedProxy, revokedArray, cycle, withGetters, detached, detached.buffer],
  ...[new Array(1e6), deep(10_000), "x".repeat(3_000_000), "é".repeat(1_000_000)],
  ...[
    new Date(NaN),
    new Map(),
    new WeakMap(),
    /x/g,
    new Error("e"),
    Object.create(null),
    Object(1n),
    Object(Symbol()),
  ],
  ...[
    new AbortController(),
    new AbortController().signal,
    AbortSignal.abort("odd"),
    new Headers(),
    new Response("{}"),
  ],
  ...[
    { then: throws },
    { then: () => {} },
    { toJSON: throws },
    { toJSON: () => 1 },
    { toString: throws, valueOf: throws },
  ],
  ...[
    { [Symbol.toPrimitive]: throws },
    { length: -1 },
    { length: 2 ** 32 },
    Object.freeze({}),
    globalThis,
    PlaidAdapter,
  ],
];
/** Stands for the odd value with that number, which fast-check itself could not handle. */
class Odd {
  constructor(index) {
    this.index = index;
  }
}
const value = fc.oneof(
  { weight: 3, arbitrary: fc.nat(odd.length - 1).map((index) => new Odd(index)) },
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
    withSparseArray: true,
  }),
);

/** What was generated, with the odd values themselves. */
function real(generated) {
  if (generated instanceof Odd) return odd[generated.index];
  if (Array.isArray(generated)) return generated.map(real);
  if (typeof generated !== "object" || generated === null) return generated;
  if (Object.getPrototypeOf(generated) !== Object.prototype) return generated;
  return Object.fromEntries(Object.entries(generated).map(([key, member]) => [key, real(member)]));
}

const token1 = fc.constant("access-sandbox-1");
const object = (...names) =>
  fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
const either = (...good) => fc.oneof(value, ...good);
const callOptions = either(
  object(...names),
  object("signal", "timeoutMs"),
  fc.record({ maxRetries: fc.constant(0) }),
);
const list = fc.array(value, { maxLength: 3 });
const wired = fc.dictionary(fc.string(), value, { maxKeys: 3 });

const adapterOn = (fetch = async () => ok()) => new PlaidAdapter(env, { fetch, maxRetries: 0 });

/** Checks what a call does: gives a promise that settles, with a rejection that is documented. */
async function check(start) {
  const promise = start();
  assert.ok(promise instanceof Promise, `no promise, but ${inspect(promise)}`);
  const outcome = await guarded(
    promise.then(
      () => undefined,
      (reason) => ({ reason }),
    ),
    LONGEST_MS,
  );
  if (!outcome || isOurs(outcome.reason) || outcome.reason === "odd") return;
  assert.fail(`undocumented: ${inspect(outcome.reason)}`);
}

const isOurs = (error) =>
  Object.values(lib).includes(error?.constructor) && error instanceof PlaidAdapterError;

/** The same for what is documented to throw. */
function checkThrowing(run) {
  try {
    run();
  } catch (error) {
    assert.ok(isOurs(error), `undocumented: ${inspect(error)}`);
  }
}

async function stillWorks(adapter) {
  adapter.initializePlaid();
  assert.deepEqual(await adapter.createLinkToken("user-1"), { request_id: "request-ok" });
}

const calls = {
  createLinkToken: [
    either(fc.constant("user-1")),
    either(callOptions, fc.record({ overrides: either(wired, object("user")) })),
  ],
  exchangePublicToken: [either(fc.constant("public-sandbox-1")), callOptions],
  authRequest: [either(token1), either(callOptions, fc.record({ accountIds: list }))],
  identityRequest: [either(token1), either(callOptions, fc.record({ accountIds: list }))],
  syncBankTransferEvent: [either(fc.constant(0)), callOptions],
  syncTransferEvent: [either(fc.bigInt()), callOptions],
  request: [
    either(fc.constant("/accounts/get"), fc.string(), fc.webPath()),
    either(wired, list),
    callOptions,
  ],
  verifyWebhook: [
    either(
      object("body", "headers"),
      fc.record({ body: value, headers: object("plaid-verification", "get") }),
    ),
    either(callOptions, object("toleranceSeconds")),
  ],
};

for (const [method, args] of Object.entries(calls)) {
  test(`${method} with anything`, async () => {
    const adapter = adapterOn();
    const property = fc.asyncProperty(fc.tuple(...args), (args) =>
      check(() => adapter[method](...real(args))),
    );
    await fc.assert(property, runs(400));
    await stillWorks(adapter);
  });
}

for (const method of ["bankTransferEvents", "transferEvents"]) {
  test(`${method} with anything`, async () => {
    const adapter = adapterOn();
    const property = fc.asyncProperty(either(callOptions), value, async (options, sent) => {
      const events = adapter[method](real(options));
      await check(() => events.next(real(sent)));
      await check(() => events.return(real(sent)));
    });
    await fc.assert(property, runs(200));
    await stillWorks(adapter);
  });
}

test("the constructor, fromEnv and initializePlaid with anything", async () => {
  const good = fc.constant(env);
  const someEnv = either(
    good,
    object("PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"),
    fc.record({ PLAID_CLIENT_ID: fc.string(), PLAID_SECRET: fc.string(), PLAID_ENV: value }),
  );
  const someOptions = either(object("fetch", "timeoutMs", "maxRetries", "onAttempt"));
  const settings = either(
    object("clientName", "countryCodes", "language", "products", "accountSubtypes"),
    fc.record({ products: list }),
  );
  const adapter = adapterOn();
  const property = fc.asyncProperty(someEnv, someOptions, settings, async (...generated) => {
    const [env, options, settings] = generated.map(real);
    checkThrowing(() => new PlaidAdapter(env, options));
    await check(() => PlaidAdapter.fromEnv(env, options));
    checkThrowing(() => adapter.initializePlaid(settings));
  });
  await fc.assert(property, runs(400));
  await stillWorks(adapter);
});

test("a fetch that gives, or rejects with, anything", async () => {
  const response = object("status", "headers", "text", "body", "json");
  const almost = fc.record({
    status: fc.oneof(fc.integer(), fc.double(), fc.constant(500)),
    header: value,
    body: fc.oneof(value, fc.string(), fc.json()),
  });
  const property = fc.asyncProperty(
    either(response, almost),
    fc.boolean(),
    async (generated, isRejection) => {
      const given = real(generated);
      if (generated?.header !== undefined) {
        given.headers = { get: () => given.header };
        given.text = () => given.body;
      }
      const fetch = async () => {
        if (isRejection) throw given;
        return given;
      };
      // A thenable that never settles is what the timeout is for.
      const adapter = new PlaidAdapter(env, { fetch, maxRetries: 0, timeoutMs: 100 });
      await check(() => adapter.authRequest("access-sandbox-1"));
    },
  );
  await fc.assert(property, runs(1000));
  await stillWorks(adapterOn());
});

test("a fetch that rejects with what has no text", async () => {
  const textless = { toString: throws };
  const reason = Object.defineProperty({}, "message", {
    get() {
      throw textless;
    },
  });
  const adapter = adapterOn(() => Promise.reject(reason));
  const error = await adapter.authRequest("access-sandbox-1").catch((error) => error);
  assert.ok(isOurs(error), inspect(error));
  assert.equal(error.kind, "network");
});

test("an onAttempt that gives, or throws, anything", async () => {
  const property = fc.asyncProperty(value, fc.boolean(), async (given, isThrown) => {
    const onAttempt = () => {
      if (isThrown) throw real(given);
      return real(given);
    };
    const adapter = new PlaidAdapter(env, { fetch: async () => ok(), onAttempt });
    assert.deepEqual(await adapter.authRequest("access-sandbox-1"), { request_id: "request-ok" });
  });
  await fc.assert(property, runs(200));
});

/* What comes from outside. */

test("answers of any JSON", async () => {
  const names = [
    "error_type",
    "error_code",
    "error_message",
    "display_message",
    "documentation_url",
    "request_id",
  ];
  const error = fc.record(Object.fromEntries(names.map((name) => [name, fc.jsonValue()])), {
    requiredKeys: [],
  });
  const status = fc.constantFrom(200, 201, 400, 403, 429, 500, 501, 503);
  const property = fc.asyncProperty(fc.oneof(error, fc.jsonValue()), status, async (body, status) => {
    const adapter = adapterOn(json(body, status));
    await check(() => adapter.authRequest("access-sandbox-1"));
    await check(() => adapter.bankTransferEvents().next());
    await check(() => adapter.transferEvents().next());
  });
  await fc.assert(property, runs(300));
});

test("feeds of any events", async () => {
  const event = fc.oneof(
    fc.jsonValue(),
    fc.record({ event_id: fc.oneof(fc.maxSafeInteger(), fc.nat(9), fc.jsonValue()) }),
  );
  const page = fc.record({
    bank_transfer_events: fc.oneof(fc.array(event), fc.jsonValue()),
    has_more: fc.jsonValue(),
  });
  const property = fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 4 }), async (pages) => {
    let at = 0;
    const adapter = adapterOn(async () => Response.json(pages[Math.min(at++, pages.length - 1)]));
    const ids = [];
    await check(async () => {
      for await (const { event_id } of adapter.bankTransferEvents()) ids.push(event_id);
    });
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
      "repeated or out of order",
    );
  });
  await fc.assert(property, runs(300));
});

test("Retry-After of any text", async () => {
  const date = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.integer().map(String),
    date,
    date.map((text) => text.replace(/\d/, "9")),
  );
  const property = fc.asyncProperty(text, async (value) => {
    const fetch = async () => ({ status: 503, headers: { get: () => value }, text: async () => "{}" });
    const error = await guarded(
      adapterOn(fetch)
        .authRequest("access-sandbox-1")
        .catch((error) => error),
      LONGEST_MS,
    );
    assert.equal(error.kind, "server");
    const { retryAfterMs } = error;
    assert.ok(
      retryAfterMs === undefined || (retryAfterMs >= 0 && retryAfterMs <= Number.MAX_SAFE_INTEGER),
      `${retryAfterMs}`,
    );
  });
  await fc.assert(property, runs(1000));
});

test("base URLs of any text lead to their own host, encrypted or on loopback", async () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "http:",
      "https:",
      "//",
      "/",
      "\\",
      "@",
      "?",
      "#",
      ":",
      "localhost",
      "127.0.0.1",
      "[::1]",
      "evil.example",
      "..",
      "\t",
      "\n",
      "%2e",
    ),
  );
  const text = fc.oneof(
    fc.webUrl(),
    fc.array(part).map((parts) => parts.join("")),
    fc.array(part).map((parts) => `https://${parts.join("")}`),
  );
  const property = fc.asyncProperty(text, async (url) => {
    const asked = [];
    let adapter;
    checkThrowing(() => {
      const fetch = async (url) => (asked.push(url), ok());
      adapter = new PlaidAdapter(
        { ...env, PLAID_ENV: undefined, PLAID_BASE_URL: url },
        { fetch, maxRetries: 0 },
      );
    });
    if (!adapter) return;
    await adapter.authRequest("access-sandbox-1");
    const [expected, actual] = [new URL(url), new URL(asked[0])];
    assert.equal(actual.origin, expected.origin);
    assert.ok(
      actual.protocol === "https:" || /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(actual.hostname),
      asked[0],
    );
    assert.ok(
      actual.pathname.endsWith("/auth/get") &&
        actual.search + actual.hash + actual.username + actual.password === "",
      asked[0],
    );
  });
  await fc.assert(property, runs(2000));
});

test("environments of any text", async () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
  const property = fc.asyncProperty(text, text, async (id, secret) => {
    let sent;
    let adapter;
    const fetch = async (url, init) => ((sent = init.headers), ok());
    checkThrowing(
      () =>
        (adapter = new PlaidAdapter(
          { PLAID_CLIENT_ID: id, PLAID_SECRET: secret, PLAID_ENV: "sandbox" },
          { fetch },
        )),
    );
    if (!adapter) return;
    await adapter.authRequest("access-sandbox-1");
    assert.equal(sent.get("plaid-client-id"), id.trim());
    assert.equal(sent.get("plaid-secret"), secret.trim());
  });
  await fc.assert(property, runs(2000));
});

test("webhook tokens of any text are refused, without a request", async () => {
  const good = await token(await keyPair());
  const { body } = await anyWebhook();
  const segment = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.jsonValue().map((value) => base64url(JSON.stringify(value))),
    fc.string({ unit: "binary" }),
  );
  const mutated = fc
    .tuple(fc.nat(good.length - 1), fc.string({ minLength: 1, maxLength: 2 }))
    .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1));
  const text = fc.oneof(
    fc.string(),
    fc.array(segment, { maxLength: 4 }).map((parts) => parts.join(".")),
  );
  let asked = 0;
  const adapter = adapterOn(
    async () => (
      asked++,
      Response.json({ error_code: "INVALID_WEBHOOK_VERIFICATION_KEY_ID" }, { status: 400 })
    ),
  );
  const verify = (token, body) => adapter.verifyWebhook({ body, headers: { "plaid-verification": token } });
  const refused = async (verification) => {
    const error = await guarded(
      verification.then(
        () => assert.fail("verified"),
        (error) => error,
      ),
      LONGEST_MS,
    );
    assert.equal(error.constructor, lib.PlaidWebhookVerificationError, inspect(error));
    assert.ok(error.reason);
  };
  await fc.assert(
    fc.asyncProperty(text, (text) => refused(verify(text, body))),
    runs(1000),
  );
  assert.equal(asked, 0);
  await fc.assert(
    fc.asyncProperty(mutated, (text) => (text === good ? undefined : refused(verify(text, body)))),
    runs(1000),
  );
  await fc.assert(
    fc.asyncProperty(fc.string(), (other) => refused(verify(good, other))),
    runs(200),
  );
});

test("a webhook's body without end is read to the limit, and cancelled", async () => {
  const { headers } = await anyWebhook();
  let read = 0;
  let isCancelled = false;
  const body = new ReadableStream({
    pull(stream) {
      if ((read += 65_536) > 64 * 1_048_576) stream.error(new Error("read on and on"));
      else stream.enqueue(new Uint8Array(65_536));
    },
    cancel() {
      isCancelled = true;
      throw new Error("hostile");
    },
  });
  const request = new Request("https://example.com/", { method: "POST", headers, body, duplex: "half" });
  const error = await adapterOn()
    .verifyWebhook(request)
    .catch((error) => error);
  assert.equal(error.reason, "body_too_large", inspect(error));
  assert.ok(read < 2 * 1_048_576, `${read} bytes were read`);
  assert.ok(isCancelled);
});

test("webhook claims and headers of any JSON", async () => {
  const pair = await keyPair();
  const header = fc.record(
    {
      alg: fc.oneof(fc.constant("ES256"), fc.jsonValue()),
      kid: fc.jsonValue(),
      typ: fc.jsonValue(),
      crit: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const claim = fc.record({ iat: fc.jsonValue(), request_body_sha256: fc.jsonValue() }, { requiredKeys: [] });
  const { body } = await anyWebhook();
  const adapter = adapterOn(json(await keyAnswer(pair)));
  const property = fc.asyncProperty(header, claim, async (header, claim) => {
    const signed = await token(pair, header, claim);
    await check(() => adapter.verifyWebhook({ body, headers: { "plaid-verification": signed } }));
  });
  await fc.assert(property, runs(300));
});

test("webhook keys of any JSON never verify", async () => {
  const pair = await keyPair();
  const { key } = await keyAnswer(pair);
  const members = Object.fromEntries(
    Object.entries(key).map(([name, value]) => [
      name,
      fc.oneof(fc.constant(value), fc.jsonValue(), fc.base64String()),
    ]),
  );
  const answer = fc.oneof(
    fc.jsonValue(),
    fc.record({ key: fc.oneof(fc.jsonValue(), fc.record(members, { requiredKeys: [] })) }),
  );
  const other = await keyPair();
  const signed = await token(other, { kid }, await claims());
  const { body } = await anyWebhook();
  const property = fc.asyncProperty(answer, async (answer) => {
    const adapter = adapterOn(json(answer));
    const verification = adapter.verifyWebhook({ body, headers: { "plaid-verification": signed } });
    const error = await guarded(
      verification.then(
        () => assert.fail("verified"),
        (error) => error,
      ),
      LONGEST_MS,
    );
    assert.equal(error.constructor, lib.PlaidWebhookVerificationError, inspect(error));
  });
  await fc.assert(property, runs(300));
});

test("objects that JSON cannot carry, because of what all of them inherit", async () => {
  const adapter = adapterOn();
  for (const start of [
    () => adapter.identityRequest("access-sandbox-1", { accountIds: ["a"] }),
    () => adapter.request("/accounts/get", { a: 1 }),
  ]) {
    let started;
    Object.defineProperty(Object.prototype, "toJSON", { value: throws, configurable: true });
    try {
      started = start();
    } finally {
      delete Object.prototype.toJSON;
    }
    const error = await started.catch((error) => error);
    assert.ok(isOurs(error), inspect(error));
    assert.equal(error.kind, "invalid_argument");
  }
  await stillWorks(adapter);
});

test("text of any length stays out of wasm, whose memory never shrinks", async () => {
  const long = "a".repeat(5_000_000);
  const { body } = await anyWebhook();
  const before = wasmBytes();
  const headers = { get: () => long };
  const text = async () => JSON.stringify({ error_code: long });
  const adapter = adapterOn(async () => ({ status: 429, headers, text }));
  const headed = Buffer.from(JSON.stringify({ alg: "ES256", kid: long })).toString("base64url");
  for (const start of [
    () => adapter.request(`/${long}`),
    () => adapter.request("/accounts/get", { long }),
    () => adapter.createLinkToken(long, { accessToken: long, overrides: { long } }),
    () => adapter.exchangePublicToken(long),
    () => adapter.authRequest(long, { accountIds: [long] }),
    () => adapter.verifyWebhook({ body: long, headers: { "plaid-verification": "a.b.c" } }),
    () => adapter.verifyWebhook({ body, headers: { "plaid-verification": `${headed}.e30.AAAA` } }),
  ]) {
    await check(start);
  }
  checkThrowing(() => adapter.initializePlaid({ clientName: long, products: [long] }));
  assert.ok(wasmBytes() - before < 1_000_000, `${wasmBytes() - before} bytes more`);
});

test("a signal that lacks a member", async () => {
  const signal = { aborted: false, addEventListener() {}, removeEventListener() {} };
  const adapter = adapterOn();
  await adapter.authRequest("access-sandbox-1", { signal });
  for (const name of Object.keys(signal)) {
    const given = { ...signal, [name]: undefined };
    const error = await adapter.authRequest("access-sandbox-1", { signal: given }).catch((error) => error);
    assert.equal(error.kind, "invalid_argument", name);
  }
});

test("getters that call the adapter, over and over", async () => {
  const adapter = adapterOn();
  let depth = 0;
  const options = {
    get signal() {
      if (depth++ < 2000) adapter.authRequest("access-sandbox-1", options).catch(() => {});
      return undefined;
    },
  };
  await check(() => adapter.authRequest("access-sandbox-1", options));
  await stillWorks(adapter);
});

test("nesting that no writer of JSON can follow", async () => {
  const adapter = adapterOn();
  for (const depth of [100, 1000, 3000, 5000, 7000, 10_000, 100_000]) {
    await check(() => adapter.request("/accounts/get", deep(depth)));
    await check(() => adapter.createLinkToken("user-1", { overrides: deep(depth) }));
  }
  await stillWorks(adapter);
});

test("methods without their adapter", async () => {
  const adapter = adapterOn();
  for (const method of [
    ...Object.keys(calls),
    "bankTransferEvents",
    "transferEvents",
    "initializePlaid",
    "free",
  ]) {
    for (const receiver of [
      undefined,
      null,
      {},
      1,
      "text",
      new Map(),
      PlaidAdapter.prototype,
      Object.create(adapter),
    ]) {
      try {
        const started = PlaidAdapter.prototype[method].call(receiver, "access-sandbox-1");
        if (started instanceof Promise)
          await guarded(
            started.catch(() => {}),
            LONGEST_MS,
          );
      } catch (error) {
        assert.ok(!(error instanceof WebAssembly.RuntimeError), `${method}: ${error}`);
      }
    }
  }
  const heir = Object.create(adapterOn());
  await stillWorks(heir);
  assert.throws(() => PlaidAdapter(env), TypeError);
  await stillWorks(adapterOn());
});
