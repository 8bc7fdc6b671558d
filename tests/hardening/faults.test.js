// Every operation against every way in which an upstream can fail: the class, the kind, the requests sent and the
// waits between them, on a clock that stands still.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rejection } from "../suite/assert.js";
import { Clock, turns } from "../suite/clock.js";
import { operations } from "../suite/operations.js";
import { env } from "../suite/upstream.js";
import { lib } from "./package.js";
import { http, json, serve } from "./upstream.js";

const TIMEOUT = 7001;
const BACKOFF = [250, 500];
const plaidError = (status, error_code, headers) =>
  json(
    status,
    { error_code, error_type: "TEST_ERROR", error_message: "said Plaid", request_id: "req-1" },
    headers,
  );
const html = "<!doctype html><title>502</title><h1>Bad gateway</h1>";
const huge = "x".repeat(3_000_000);

const send = (bytes) => (socket) => socket.end(bytes);
const begin = (bytes) => (socket) => socket.write(bytes);
const reset = (bytes) => (socket) => socket.write(bytes, () => setImmediate(() => socket.resetAndDestroy()));
const close = (bytes) => (socket) => socket.end(bytes);

// Each: what it is, what the upstream does, the kind, the waits between attempts (none: no retry), further fields.
const once = [];
const faults = [
  ...[400, 401, 402, 403, 404, 409, 410, 413, 415, 422, 451].map((status) => [
    `an error of Plaid's with ${status}`,
    send(plaidError(status, "INVALID_FIELD")),
    "api",
    once,
    { status, errorCode: "INVALID_FIELD", errorMessage: "said Plaid", requestId: "req-1", retryable: false },
  ]),
  ...[500, 502, 503, 504].map((status) => [
    `${status}`,
    send(plaidError(status, "INTERNAL_SERVER_ERROR")),
    "server",
    BACKOFF,
    { status, retryable: true },
  ]),
  ...[501, 505, 507, 520].map((status) => [
    `${status}`,
    send(http(status)),
    "server",
    once,
    { status, retryable: false },
  ]),

  [
    "429",
    send(plaidError(429, "RATE_LIMIT")),
    "rate_limit",
    BACKOFF,
    { retryAfterMs: undefined, retryable: true },
  ],
  [
    "429, credits exhausted",
    send(plaidError(429, "CREDITS_EXHAUSTED")),
    "rate_limit",
    once,
    { retryable: false },
  ],
  ...[429, 503].flatMap((status) => {
    const kind = status === 429 ? "rate_limit" : "server";
    const after = (value) => (socket) =>
      socket.end(http(status, { "retry-after": typeof value === "function" ? value() : value }));
    const inSeconds = (seconds) => () => new Date(Date.now() + seconds * 1000).toUTCString();
    return [
      ["0", "0", [50, 50], 0],
      ["in seconds", "2", [2000, 2000], 2000],
      ["of the longest wait", "60", [60_000, 60_000], 60_000],
      ["too long", "61", once, 61_000],
      ["of 400 digits", "9".repeat(400), once, 9_007_199_254_740_000],
      ["as a date", inSeconds(3), [3000, 3000], 3000],
      ["as a past date", inSeconds(-9), [50, 50], 0],
      ["as a date too far away", inSeconds(7200), once, 7_200_000],
      ...[
        "soon",
        "-1",
        "1.5",
        "1e3",
        "2 s",
        "2,3",
        "0x10",
        "",
        "Xyz, 99 Foo 2026 99:99:99 GMT",
        "2026-03-04T05:06:10Z",
      ].map((value) => [`that is nonsense: ${value}`, value, BACKOFF, undefined]),
    ].map(([what, value, waits, retryAfterMs]) => [
      `${status}, Retry-After ${what}`,
      after(value),
      kind,
      waits,
      { status, retryAfterMs },
    ]);
  }),

  [
    "HTML from a proxy with 200",
    send(http(200, { "content-type": "text/html" }, html)),
    "bad_response",
    once,
    { status: 200 },
  ],
  [
    "HTML from a proxy with 403",
    send(http(403, { "content-type": "text/html" }, html)),
    "api",
    once,
    { errorDetails: html, errorCode: undefined },
  ],
  [
    "HTML from a proxy with 502",
    send(http(502, { "content-type": "text/html" }, html)),
    "server",
    BACKOFF,
    { errorDetails: html },
  ],
  [
    "a Plaid error under a wrong content type",
    send(http(400, { "content-type": "image/png" }, '{"error_code":"INVALID_FIELD"}')),
    "api",
    once,
    { errorCode: "INVALID_FIELD" },
  ],
  ...[
    ["an empty body", ""],
    ["truncated JSON", '{"accounts":[{"account_id":"a'],
    ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
    ["bytes that are not UTF-8", Buffer.from([0xff, 0xfe, 0xc3, 0x28])],
    ["an array", "[{}]"],
    ["null", "null"],
    ["a string", '"ok"'],
    ["a number", "1"],
    ["two objects", "{}{}"],
    ["3 MB of text", huge],
    ["nesting without end", "[".repeat(1_000_000)],
  ].map(([what, body]) => [
    `${what} with 200`,
    send(http(200, {}, body)),
    "bad_response",
    once,
    { status: 200, retryable: false },
  ]),
  ["204", send(http(204)), "bad_response", once, { status: 204 }],
  [
    "an error page of 3 MB",
    send(http(500, {}, huge)),
    "server",
    BACKOFF,
    { errorDetails: huge.slice(0, 16_384) },
  ],

  [
    "a reset before the headers",
    (socket) => socket.resetAndDestroy(),
    "network",
    BACKOFF,
    { status: undefined },
  ],
  ["a close before the headers", close(""), "network", BACKOFF, {}],
  ["a reset in the headers", reset("HTTP/1.1 200 OK\r\ncontent-"), "network", BACKOFF, {}],
  ["a close in the headers", close("HTTP/1.1 200 OK\r\ncontent-"), "network", BACKOFF, {}],
  [
    "a reset in the body",
    reset('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"a":'),
    "network",
    BACKOFF,
    {},
  ],
  [
    "a close in the body",
    close('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"a":1}'),
    "network",
    BACKOFF,
    {},
  ],
  [
    "a close in a chunked body",
    close('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n'),
    "network",
    BACKOFF,
    {},
  ],
  ["something that is not HTTP", close("SSH-2.0-OpenSSH_9.6\r\n"), "network", BACKOFF, {}],
  [
    "headers that are too large",
    close(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(99_000)}\r\n\r\n`),
    "network",
    BACKOFF,
    {},
  ],
  [
    "a body that is not gzip, as it says",
    send(http(200, { "content-encoding": "gzip" }, '{"a":1}')),
    "network",
    BACKOFF,
    {},
  ],
  ["headers that never come", () => {}, "timeout", BACKOFF, { status: undefined, retryable: true }],
  ["headers that never end", begin("HTTP/1.1 200 OK\r\nx: "), "timeout", BACKOFF, {}],
  [
    "a body that never begins",
    begin("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n"),
    "timeout",
    BACKOFF,
    {},
  ],
  [
    "a body that never ends",
    begin('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n'),
    "timeout",
    BACKOFF,
    {},
  ],
  [
    "an error's body that never ends",
    begin("HTTP/1.1 500 No\r\ncontent-length: 99\r\n\r\n"),
    "timeout",
    BACKOFF,
    {},
  ],
];

/** Runs a test by a clock that stands still, but for the timers that Node's own fetch sets. */
function timed(run) {
  const { setTimeout: realSetTimeout } = globalThis;
  return Clock.run((clock) => {
    const { setTimeout } = globalThis;
    const ours = new Set([TIMEOUT, 50, 250, 500, 2000, 3000, 60_000]);
    globalThis.setTimeout = (then, ms, ...args) =>
      (ours.has(ms) ? setTimeout : realSetTimeout)(then, ms, ...args);
    return run(clock);
  });
}

/** Fires the timers that a call needs to fail, each attempt's when its request has arrived. */
async function pass(clock, requests, kind, waits) {
  for (const [at, wait] of [...waits, undefined].entries()) {
    while (requests.length <= at) await turns(1);
    if (kind === "timeout") await clock.fire(TIMEOUT);
    if (wait !== undefined) await clock.fire(wait);
  }
}

for (const { method, error, endpoint, call } of operations) {
  for (const [what, misbehave, kind, waits, fields] of faults) {
    test(`${method}: ${what}`, (t) =>
      timed(async (clock) => {
        const { url, requests } = await serve(t, misbehave);
        const attempts = [];
        const adapter = new lib.PlaidAdapter(
          { ...env, PLAID_BASE_URL: url },
          { timeoutMs: TIMEOUT, onAttempt: (attempt) => attempts.push(attempt) },
        );
        const failing = rejection(() => call(adapter));
        await pass(clock, requests, kind, waits);
        const failure = await failing;
        const Class = kind === "server" ? lib.PlaidApiInternalServerError : lib[error];
        assert.equal(failure.constructor, Class, failure.stack);
        const count = waits.length + 1;
        const expected = { kind, endpoint, attempts: count, ...fields };
        for (const [name, value] of Object.entries(expected)) assert.equal(failure[name], value, name);
        assert.ok(failure.message.length < 1000, "the message is long");
        assert.deepEqual(
          requests.map(({ path }) => path),
          Array(count).fill(endpoint),
        );
        assert.deepEqual(
          attempts.map(({ outcome, retryInMs }) => [outcome, retryInMs]),
          [...waits, undefined].map((wait) => [kind, wait]),
        );
        assert.deepEqual(clock.timers, []);
      }));
  }

  test(`${method}: redirects of every kind to another host`, async (t) => {
    const elsewhere = await serve(t, send(json(200, { stolen: true })));
    for (const status of [300, 301, 302, 303, 304, 305, 307, 308]) {
      for (const location of [
        elsewhere.url,
        `//127.0.0.1:${elsewhere.port}/x`,
        "/elsewhere",
        "",
        undefined,
      ]) {
        const { url, requests } = await serve(
          t,
          send(http(status, location === undefined ? {} : { location })),
        );
        const adapter = new lib.PlaidAdapter({ ...env, PLAID_BASE_URL: url });
        const failure = await rejection(() => call(adapter));
        assert.equal(failure.constructor, lib[error]);
        const { kind, attempts, retryable } = failure;
        assert.deepEqual(
          { kind, attempts, retryable },
          { kind: "bad_response", attempts: 1, retryable: false },
        );
        assert.equal(requests.length, 1);
      }
    }
    assert.equal(elsewhere.requests.length, 0);
  });

  // What somebody's own fetch may give.
  const text = async () => "{}";
  const headers = { get: () => null };
  const unlike = {
    "no response": undefined,
    "a status that is no number": { status: "200", headers, text },
    "no text": { status: 200, headers },
    ...Object.fromEntries(
      [1, null, {}, [], Symbol("text"), 1n, true].map((body) => [
        `a text that is a ${body === null ? "null" : typeof body}`,
        { status: 500, headers, text: async () => body },
      ]),
    ),
  };
  test(`${method}: a fetch that gives no headers`, async () => {
    const adapter = new lib.PlaidAdapter(env, { fetch: async () => ({ status: 500, text }), maxRetries: 0 });
    assert.equal((await rejection(() => call(adapter))).kind, "server");
  });
  test(`${method}: a body that was not read is cancelled`, async () => {
    let cancelled = 0;
    const body = { cancel: async () => void cancelled++ };
    const read = async () => assert.fail("not today");
    const fetch = async () => ({ status: 200, headers, body, text: read });
    const failure = await rejection(() => call(new lib.PlaidAdapter(env, { fetch, maxRetries: 0 })));
    assert.equal(failure.kind, "network");
    assert.equal(cancelled, 1);
  });
  for (const [what, response] of Object.entries(unlike)) {
    test(`${method}: a fetch that gives ${what}`, async () => {
      const adapter = new lib.PlaidAdapter(env, { fetch: async () => response, maxRetries: 0 });
      const failure = await rejection(() => call(adapter));
      assert.equal(failure.constructor, lib[error], failure.stack);
      assert.equal(failure.kind, "bad_response");
    });
  }
  for (const value of [5, {}, Symbol("later"), 1n, true, [], () => {}]) {
    test(`${method}: a Retry-After that is a ${typeof value}`, async () => {
      const response = { status: 429, headers: { get: () => value }, text };
      const adapter = new lib.PlaidAdapter(env, { fetch: async () => response, maxRetries: 0 });
      const { kind, retryAfterMs } = await rejection(() => call(adapter));
      assert.deepEqual({ kind, retryAfterMs }, { kind: "rate_limit", retryAfterMs: undefined });
    });
  }
}

test("an answer that is far larger than expected is still an answer", async (t) => {
  const { url } = await serve(
    t,
    send(json(200, { accounts: Array(200_000).fill({ account_id: "a".repeat(50) }) })),
  );
  const { accounts } = await new lib.PlaidAdapter({ ...env, PLAID_BASE_URL: url }).authRequest(
    "access-sandbox-1",
  );
  assert.equal(accounts.length, 200_000);
});

test("every field of an error is short, however long the upstream makes it", async () => {
  const long = "x".repeat(1_000_000);
  const names = [
    "error_type",
    "error_code",
    "error_message",
    "display_message",
    "documentation_url",
    "request_id",
  ];
  const body = Object.fromEntries([...names, "suggested_action"].map((name) => [name, long]));
  const adapter = new lib.PlaidAdapter(env, { fetch: async () => Response.json(body, { status: 400 }) });
  const failure = await rejection(() => adapter.authRequest("access-sandbox-1"));
  assert.ok(JSON.stringify(failure).length < 200_000, `${JSON.stringify(failure).length} characters`);
  assert.ok(failure.message.length < 20_000);
});

test("an answer under a wrong content type is an answer", async (t) => {
  const { url } = await serve(t, send(http(200, { "content-type": "text/html" }, '{"a":1}')));
  const adapter = new lib.PlaidAdapter({ ...env, PLAID_BASE_URL: url });
  assert.deepEqual(await adapter.request("/accounts/get"), { a: 1 });
});

// Endpoints that change something are sent again only when the first request was refused.
for (const [what, misbehave, kind, waits] of [
  ["a reset", (socket) => socket.resetAndDestroy(), "network", []],
  ["503", send(http(503)), "server", []],
  ["429", send(http(429)), "rate_limit", BACKOFF],
]) {
  test(`a request that may not be repeated: ${what}`, (t) =>
    timed(async (clock) => {
      const { url, requests } = await serve(t, misbehave);
      const adapter = new lib.PlaidAdapter({ ...env, PLAID_BASE_URL: url });
      const failing = rejection(() => adapter.request("/transfer/create", {}));
      await pass(clock, requests, kind, waits);
      assert.equal((await failing).kind, kind);
      assert.equal(requests.length, waits.length + 1);
    }));
}
