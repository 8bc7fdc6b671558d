// Kinds of attacks on what an adapter sends, keeps and shows. Those on webhooks are in attacks-webhooks.test.js.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { rejection } from "../suite/assert.js";
import { Clock, turns } from "../suite/clock.js";
import { env, json, lost, ok, plaidError, text, upstream } from "../suite/upstream.js";
import { lib, packageFolder, wasmBytes } from "./package.js";

const { PlaidAdapter, PlaidAdapterError } = lib;
const token = "access-sandbox-8ab976e6-64bc-4b38-98f7-731e7a349970";
const adapterOn = (fetch, options) => new PlaidAdapter(env, { fetch, maxRetries: 0, ...options });
const errorFrom = (answer, token = "btok_5oEetfLzPklE1fwJZ7SG") =>
  rejection(() =>
    adapterOn(async (url, init) => answer(url, init)).request("/item/get", { user_token: token }),
  );
const everything = (error) =>
  [inspect(error, { depth: 9, showHidden: true, getters: true }), JSON.stringify(error), error.stack].join(
    "\n",
  );

/* Redaction. */

const base64 = (text) => Buffer.from(text).toString("base64");
const spellings = {
  "as it is": (text) => text,
  "in upper case": (text) => text.toUpperCase(),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  "JSON in ASCII": (text) =>
    Array.from(text, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  percent: encodeURIComponent,
  "double percent": (text) => encodeURIComponent(encodeURIComponent(text)),
  form: (text) => new URLSearchParams({ text }).toString().slice(5),
  "HTML, decimal": (text) => text.replace(/[^a-z]/g, (char) => `&#${char.charCodeAt(0)};`),
  "HTML, hexadecimal": (text) => text.replace(/[^a-z]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
  base64,
  "base64 after one byte": (text) => base64(`x${text}y`),
  "base64 after two bytes": (text) => base64(`xy${text}`),
  base64url: (text) => Buffer.from(`?>${text}`).toString("base64url"),
  "base64 in lines": (text) => base64("w".repeat(41) + text + "z".repeat(9)).replace(/.{76}/g, "$&\r\n"),
  hexadecimal: (text) => Buffer.from(text).toString("hex"),
};
const secrets = [
  "btok_5oEetfLzPklE1fwJZ7SG",
  "btok_5oEetfLzPklE1fwJZ7SG\r\n",
  "pda-RDdg0TUCB0FB25_UPIlnhA==",
  'with space+plus/slash%41\\n"quote<tag>&amp',
  "tab\tand\bcontrol-characters-1",
  "éüöäßñçàèìòùâêîôû",
  "\\".repeat(13),
  // Where only the beginning of a secret is searched, an escape may be cut in two.
  ...["%41", "\\u0041", "&#65;"].map((escape) => `${"q".repeat(126)}${escape}${"z".repeat(20)}`),
];
for (const [outer, wrap] of Object.entries(spellings)) {
  test(`a token echoed as ${outer}, and that in every other spelling`, async () => {
    for (const [inner, spell] of Object.entries(spellings)) {
      // Upper case destroys most spellings.
      if (outer === "in upper case" && inner !== "as it is") continue;
      for (const secret of secrets) {
        const echo = wrap(spell(secret));
        const { errorDetails } = await errorFrom(text(`said <${echo}>`, 400), secret);
        assert.ok(errorDetails.includes("[redacted]"), `${inner}: ${errorDetails}`);
        assert.ok(!errorDetails.includes(echo.slice(0, 12)), `${inner}: ${errorDetails}`);
      }
    }
  });
}

test("a secret in bytes that are no UTF-8", async () => {
  const secret = "sécret-0123456789-ünd";
  const bytes = Buffer.from(`said ${secret}`, "latin1");
  for (const echo of [bytes, escape(bytes.toString("latin1"))]) {
    const error = await errorFrom(() => new Response(echo, { status: 400 }), secret);
    assert.ok(!error.errorDetails.includes("0123456789"), error.errorDetails);
  }
  const letters = "éüöäßñçàèìòùâêîôû";
  for (const spell of [escape, (text) => Buffer.from(text, "latin1").toString("base64")]) {
    const { errorDetails } = await errorFrom(text(`said ${spell(letters)}`, 400), letters);
    assert.equal(errorDetails, "[redacted]");
  }
});

test("a secret where the text is cut, whatever stands before it", async () => {
  const secret = `btok_${"q".repeat(40)}`;
  for (const before of ["", `${secret} `.repeat(20), `${secret} `.repeat(300)]) {
    for (const cut of [16_384, 16_384 + 1024]) {
      for (const spell of [spellings["as it is"], spellings["JSON in ASCII"], base64]) {
        for (let at = 1; at < spell(secret).length; at += 7) {
          const filling = "- ".repeat(cut).slice(0, Math.max(0, cut - before.length - at));
          const { errorDetails } = await errorFrom(
            text(`${before}${filling}${spell(secret)} end`, 400),
            secret,
          );
          assert.ok(!errorDetails.includes(spell(secret).slice(0, 12)), errorDetails.slice(-200));
        }
      }
    }
  }
});

test("a token in a body that is nested more deeply than a parser can follow", async () => {
  for (const depth of [100, 3000, 6000]) {
    let deep = 1;
    for (let level = 0; level < depth; level++) deep = [deep];
    const fetch = async (url, init) => new Response(init.body.slice(-100), { status: 400 });
    const error = await rejection(() =>
      adapterOn(fetch).request("/user/get", { deep, user_token: secrets[0] }),
    );
    if (error.kind === "invalid_argument") continue;
    assert.ok(error.errorDetails.includes("[redacted]"));
    assert.ok(!error.errorDetails.includes(secrets[0]));
  }
});

test("a cause is always a copy, also an error of ours", async () => {
  for (const make of [
    (text) => new PlaidAdapterError(text, { kind: "network", detail: text }),
    (text) => new (class extends PlaidAdapterError {})(text),
    (text) => Object.assign(new TypeError(text), { code: text, request: text }),
    (text) => new AggregateError([new Error(text)], text),
    (text) => runInNewContext("Object.assign(new Error(text), { text })", { text }),
    (text) => ({ message: text, toString: () => text }),
    (text) => text,
  ]) {
    const thrown = make(`failed ${env.PLAID_SECRET} ${secrets[0]}`);
    const error = await errorFrom(lost(thrown));
    assert.equal(error.kind, "network");
    assert.notEqual(error.cause, thrown);
    for (const secret of [env.PLAID_SECRET, secrets[0]]) assert.ok(!everything(error).includes(secret));
  }
});

test("a success is never quoted, and its request id is searched", async () => {
  for (const answer of [text(`{"access_token":"new-token-0123456789`), text(`["new-token-0123456789"]`)]) {
    const error = await errorFrom(answer);
    assert.deepEqual([error.kind, error.errorDetails], ["bad_response", undefined]);
    assert.ok(!everything(error).includes("new-token"));
  }
  const events = [];
  const echo = json({ request_id: `r ${env.PLAID_SECRET} ${"x".repeat(20_000)}` });
  await adapterOn(echo, { onAttempt: (event) => events.push(event) }).request("/item/get");
  assert.ok(events[0].requestId.startsWith("r [redacted] x"));
  assert.ok(events[0].requestId.length <= 16_384);
  const adapter = adapterOn(echo);
  for (const start of [() => adapter.transferEvents().next(), () => adapter.syncTransactions(token)]) {
    const error = await rejection(start);
    assert.equal(error.kind, "bad_response");
    assert.ok(!everything(error).includes(env.PLAID_SECRET));
  }
});

test("a call with more tokens than are searched for shows no text from outside", async () => {
  const said = plaidError(400, "INVALID_FIELD", { error_message: "an innocent message" });
  const error = async (count) => {
    const access_tokens = Array.from({ length: count }, (_, n) => `access-of-no-known-form-${n}`);
    return rejection(() => adapterOn(async () => said()).request("/item/get", { access_tokens }));
  };
  assert.equal((await error(99)).errorMessage, "an innocent message");
  const { errorMessage, errorDetails } = await error(600);
  assert.deepEqual([errorMessage, errorDetails], ["[redacted]", "[redacted]"]);
});

/* Cost. In a process of its own, because a search that never ends can't be interrupted. */

test("the cost of an error grows no faster than what is echoed", () => {
  const code = `
    const { PlaidAdapter } = await import(${JSON.stringify(pathToFileURL(join(packageFolder, "index.js")).href)});
    const pieces = ["\\\\a", "%25", "&#x0", "\\\\u00", "a-", "access-sandbox-", "QUFB", "\\"", "aaaa bbbb "];
    const cost = async (piece, length) => {
      const token = piece.repeat(length / piece.length) + "\\n";
      const fetch = async (_, init) => new Response(init.body, { status: 400 });
      const adapter = new PlaidAdapter(${JSON.stringify(env)}, { fetch, maxRetries: 0 });
      const started = process.cpuUsage();
      for (let n = 0; n < 4; n++) await adapter.exchangePublicToken(token).catch(() => {});
      const { user, system } = process.cpuUsage(started);
      return user + system;
    };
    const ratios = {};
    for (const piece of pieces) {
      await cost(piece, 32_000);
      ratios[piece] = (await cost(piece, 320_000)) / (await cost(piece, 32_000));
    }
    console.log(JSON.stringify(ratios));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 60_000 });
  for (const [piece, ratio] of Object.entries(JSON.parse(output))) {
    assert.ok(ratio < 40, `10 times as much of ${piece} costs ${ratio} times as much`);
  }
});

test("an error costs few successes, and a hostile one in all its fields no more than hundreds", () => {
  const code = `
    const { PlaidAdapter } = await import(${JSON.stringify(pathToFileURL(join(packageFolder, "index.js")).href)});
    const token = () => "access-sandbox-" + crypto.randomUUID();
    const body = (text) => JSON.stringify(Object.fromEntries(["error_type", "error_code", "error_message",
      "display_message", "documentation_url", "suggested_action", "request_id"].map((name) => [name, text])));
    const costs = {};
    const measure = async (name, rounds, status, text, tokens) => {
      const fetch = async () => new Response(body(text), { status });
      const adapter = new PlaidAdapter(${JSON.stringify(env)}, { fetch, maxRetries: 0 });
      const call = () => adapter.request("/a/get", { access_tokens: Array.from({ length: tokens }, token) });
      for (let n = 0; n < rounds; n++) await call().catch(() => {});
      const started = process.cpuUsage();
      for (let n = 0; n < rounds; n++) await call().catch(() => {});
      const { user, system } = process.cpuUsage(started);
      costs[name] = (user + system) / rounds;
    };
    const said = "could not find matching access token, https://plaid.com/docs/?ref=error#a";
    await measure("success", 600, 200, said, 1);
    await measure("ordinary", 200, 400, said, 1);
    await measure("99 tokens", 60, 400, said, 99);
    for (const piece of ["QUFB", "41", "\\\\a", "a-", "%25", "a-sandbox-", "-sandbox--production-1"])
      await measure("hostile " + piece, 4, 400, piece.repeat(20_000 / piece.length), 1);
    console.log(JSON.stringify(costs));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 60_000 });
  const { success, ...costs } = JSON.parse(output);
  const most = { ordinary: 20, "99 tokens": 300 };
  for (const [what, cost] of Object.entries(costs)) {
    const successes = cost / success;
    assert.ok(successes < (most[what] ?? 500), `${what}: ${successes.toFixed(1)} successes`);
  }
});

test("no regular expression is compiled for a call's tokens", async () => {
  const { RegExp: original } = globalThis;
  let compiled = 0;
  globalThis.RegExp = new Proxy(original, {
    construct: (target, args) => (compiled++, new target(...args)),
    apply: (target, self, args) => (compiled++, target(...args)),
  });
  try {
    const access_tokens = Array.from({ length: 99 }, () => `access-production-${crypto.randomUUID()}`);
    const echo = (url, init) => new Response(init.body, { status: 400 });
    const error = await rejection(() =>
      adapterOn(async (...args) => echo(...args)).request("/a/get", { access_tokens }),
    );
    assert.equal(error.errorDetails.match(/\[redacted\]/g).length, 99);
  } finally {
    globalThis.RegExp = original;
  }
  assert.equal(compiled, 0);
});

test("of a large error body only the beginning is kept, and of all texts together", async () => {
  const error = await errorFrom(text("x".repeat(3_000_000), 400));
  assert.ok(error.errorDetails.length <= 16_384);
  assert.ok(error.errorDetails.length > 15_000);
  const long = "y ".repeat(100_000);
  const names = ["error_type", "error_code", "error_message", "display_message", "documentation_url"];
  const many = await errorFrom(json(Object.fromEntries(names.map((name) => [name, long])), 400));
  assert.ok(JSON.stringify(many).length < 60_000);
  assert.ok(many.errorType.startsWith("y y"));
  assert.equal(many.errorDetails, "[redacted]");
});

/* Copies, pollution, and what is inherited. */

test("copies of an adapter are refused, and what inherits from one works", async () => {
  const { fetch, calls } = upstream(ok);
  const adapter = adapterOn(fetch);
  const copies = [
    Object.assign(Object.create(PlaidAdapter.prototype), adapter),
    Object.create(PlaidAdapter.prototype, Object.getOwnPropertyDescriptors(adapter)),
    Object.setPrototypeOf({ ...adapter }, PlaidAdapter.prototype),
    Object.setPrototypeOf(structuredClone(adapter), PlaidAdapter.prototype),
  ];
  for (const copy of copies) {
    const error = await rejection(() => copy.authRequest(token));
    assert.ok(error instanceof PlaidAdapterError, String(error));
  }
  assert.equal(calls.length, 0);
  await Object.create(adapter).authRequest(token);
  assert.equal(calls.length, 1);
});

test("what all objects inherit is no setting", async () => {
  // What JSON can put there; some names are the package's own.
  const pollution = {
    PLAID_BASE_URL: "https://evil.example",
    PLAID_ENV: "production",
    baseUrl: "https://evil.example",
    secret: "polluted",
    maxRetries: 5,
    retries: 5,
    waitMs: 1,
    call: 1,
    timeoutMs: 1,
    defaultTimeoutMs: 1,
    signal: { aborted: true },
    digest: "x",
    end: "success",
    value: {},
    retryAfter: "0",
    retryable: true,
    cf: { resolveOverride: "evil.example" },
    mode: "no-cors",
    method: "GET",
    host: "evil.example",
    overrides: { webhook: "https://evil.example" },
    accessToken: "access-polluted",
    accountIds: ["polluted"],
    path: "/item/remove",
    body: '{"polluted":true}',
    template: '{"polluted":true}',
    authRequest: { path: "/item/remove", template: "{}" },
    list: "polluted",
    listener: true,
  };
  for (const [name, value] of Object.entries(pollution)) {
    for (const options of [undefined, {}]) {
      const seen = [];
      const fetch = async (url, init) => {
        // A loop without end would keep this process busy for ever.
        if (seen.length > 20) return new Promise(() => {});
        seen.push([url, init.method, init.body, init.mode, init.cf, init.headers.get("plaid-secret")]);
        throw new TypeError("lost");
      };
      const run = async () => {
        const adapter = new PlaidAdapter(env, { fetch });
        const once = new PlaidAdapter(env, { fetch, maxRetries: 0 });
        const hanging = new PlaidAdapter(env, {
          fetch: () => new Promise(() => {}),
          timeoutMs: 1000,
          maxRetries: 0,
        });
        const outcomes = [];
        for (const start of [
          () => adapter.request("/transfer/create", { amount: "10.00" }, options),
          () => adapter.createLinkToken("user", { maxRetries: 0, ...options }),
          () => adapter.authRequest(token, { maxRetries: 0, ...options }),
          // The second has its plan from the first.
          () => once.authRequest(token),
          () => once.authRequest("access-another"),
          () => {
            const controller = new AbortController();
            const failing = hanging.authRequest(token, { signal: controller.signal, ...options });
            controller.abort("stop");
            return failing;
          },
          async () => {
            const controller = new AbortController();
            const failing = hanging.authRequest(token, { signal: controller.signal, ...options });
            await turns();
            controller.abort("stop");
            return failing;
          },
        ]) {
          const error = await start().catch((error) => error);
          const { name, message, kind, attempts, retryable } = error;
          outcomes.push(error === "stop" ? error : [name, message, kind, attempts, retryable]);
        }
        return [outcomes, seen.splice(0)];
      };
      const clean = await run();
      Object.prototype[name] = value;
      let polluted;
      try {
        polluted = await run();
      } finally {
        delete Object.prototype[name];
      }
      assert.deepEqual(polluted, clean, name);
    }
  }
});

/* Money. */

test("retryable is true only where the adapter itself would repeat the call", async () => {
  const answers = {
    lost: lost(),
    500: plaidError(500, "INTERNAL_SERVER_ERROR"),
    503: text("", 503),
    429: plaidError(429, "RATE_LIMIT"),
    unreadable: text("{"),
    redirect: () => new Response(null, { status: 307, headers: { location: "https://evil.example" } }),
  };
  for (const [what, answer] of Object.entries(answers)) {
    for (const [path, body] of [
      ["/transfer/create", { amount: "10.00" }],
      ["/transfer/create", { amount: "10.00", idempotency_key: "one" }],
      ["/bank_transfer/create", { amount: "10.00" }],
      ["/accounts/balance/get", {}],
      ["/item/get", {}],
    ]) {
      await Clock.run(async (clock) => {
        const { fetch, calls } = upstream(answer);
        const call = rejection(() => adapterOn(fetch, { maxRetries: 1 }).request(path, body));
        await turns();
        for (const ms of clock.timers) if (ms < 30_000) await clock.fire(ms);
        const { retryable } = await call;
        assert.equal(retryable, calls.length === 2, `${what} of ${path}`);
      });
    }
  }
});

test("a payment is idempotent by what is sent, and by options as they were read first", async () => {
  class Payment {
    authorization_id = "looks idempotent";
    toJSON() {
      return { amount: "1.00" };
    }
  }
  const hidden = Object.defineProperty({ amount: "1.00" }, "authorization_id", { value: "not sent" });
  let reads = 0;
  const changing = {
    get maxRetries() {
      return reads++ === 0 ? undefined : 2;
    },
  };
  for (const [body, options] of [[new Payment()], [hidden], [{ amount: "1.00" }, changing]]) {
    const { fetch, calls } = upstream(lost());
    const adapter = new PlaidAdapter(env, { fetch });
    const error = await rejection(() => adapter.request("/transfer/create", body, options));
    assert.deepEqual([calls.length, error.retryable], [1, false]);
  }
});

test("tokens are found at any depth under their key", async () => {
  const secret = "zq8w7e6r5t4y3u2i1o";
  for (const body of [
    { access_tokens: [{ id: "a" }, secret] },
    { access_tokens: { a: secret } },
    { access_tokens: [[{ value: [secret] }]], name: "n" },
    { user: { secret: { of: { all: secret } } } },
  ]) {
    const error = await rejection(() =>
      adapterOn(plaidError(400, "INVALID_FIELD", { error_message: secret })).request("/item/get", body),
    );
    assert.ok(!everything(error).includes(secret), JSON.stringify(body));
  }
  const echo = adapterOn(json({ request_id: secret }));
  assert.ok(!everything(await rejection(() => echo.syncTransactions(secret))).includes(secret));
});

test("Retry-After of 0, or in the past, waits all the same", async () => {
  for (const header of ["0", "00", "Sun, 06 Nov 1994 08:49:37 GMT"]) {
    for (const [random, ms] of [
      [0, 50],
      [1, 100],
    ]) {
      await Clock.run(async (clock) => {
        clock.random = random;
        const { fetch, calls } = upstream(plaidError(429, "RATE_LIMIT", {}, { "retry-after": header }), ok);
        const call = adapterOn(fetch, { maxRetries: 1 }).request("/item/get");
        await turns();
        assert.equal(calls.length, 1);
        await clock.fire(ms);
        await call;
      });
    }
  }
});

/* Runtimes and configuration. */

test("what a runtime lacks is named", async () => {
  for (const name of ["setTimeout", "fetch", "AbortController", "Headers", "crypto"]) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    // Only the caller's own `fetch` is handed Headers.
    const adapter = new PlaidAdapter(env, name === "Headers" ? { fetch: lost() } : undefined);
    const b64u = (value) => Buffer.from(value).toString("base64url");
    const claims = {
      iat: Math.floor(Date.now() / 1000),
      request_body_sha256: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    };
    const head = { alg: "ES256", kid: crypto.randomUUID() };
    const webhook = {
      body: "{}",
      headers: {
        "plaid-verification": [...[head, claims].map(JSON.stringify), Buffer.alloc(64)].map(b64u).join("."),
      },
    };
    const calls = [() => adapter.verifyWebhook(webhook)];
    if (name !== "crypto") calls.push(() => adapter.authRequest(token));
    Object.defineProperty(globalThis, name, { value: undefined, configurable: true, writable: true });
    const errors = [];
    try {
      for (const call of calls) errors.push(await call().catch((error) => error));
    } finally {
      Object.defineProperty(globalThis, name, descriptor);
    }
    for (const error of errors) {
      assert.equal(error.kind, "configuration", `${name}: ${error}`);
      assert.ok(error.message.includes(name), error.message);
    }
  }
});

test("a base URL that is accepted is read alike by every URL parser", async () => {
  const parts = [
    "https:",
    "http:",
    "//",
    "\t",
    "\n",
    "\0",
    "\\",
    "/",
    "@",
    ":",
    "user:pw",
    "host",
    "127.0.0.1",
  ];
  parts.push(
    ".",
    "[::1]",
    "localhost",
    "0x7f",
    "134744072",
    "8",
    "08",
    "?",
    "#",
    "%40",
    "443",
    "\u00ad",
    "．",
    " ",
  );
  let seed = 7;
  const pick = () => parts[(seed = (seed * 48271) % 2147483647) % parts.length];
  let accepted = 0;
  for (let n = 0; n < 30_000; n++) {
    const url = `${n % 2 ? "https" : "http"}${n % 3 ? "://" : ""}${pick()}${pick()}${pick()}${n % 5 ? "" : pick()}`;
    let adapter, asked;
    try {
      const fetch = async (url) => ((asked = url), Response.json({}));
      adapter = new PlaidAdapter({ ...env, PLAID_BASE_URL: url }, { fetch, maxRetries: 0 });
    } catch {
      continue;
    }
    assert.ok(!/[\0-\x20\x7f]/.test(url.trim()), JSON.stringify(url));
    await adapter.request("/item/get");
    if (!URL.canParse(asked)) continue;
    accepted++;
    const { host, hostname, protocol, username } = new URL(asked);
    const [scheme, , written] = asked.split("/");
    assert.equal(protocol, scheme, url);
    assert.equal(username, "");
    assert.equal(
      host,
      written.replace(scheme === "https:" ? /:0*443$/ : /:0*80$/, "").replace(/:0+(?=\d)/, ":"),
      url,
    );
    const isLocal = /^(localhost|127\.[\d.]+|\[::1\]|[^.[]+)$/.test(hostname);
    assert.ok(protocol === "https:" || isLocal, url);
  }
  assert.ok(accepted > 500, `${accepted}`);
});

/* Hooks, listeners, adapters by the thousand. */

test("a hook on stacks that throws breaks no later call", async () => {
  const adapter = adapterOn(async () => new Response("", { status: 500 }));
  Error.prepareStackTrace = () => {
    throw new Error("the hook failed");
  };
  try {
    for (let n = 0; n < 3; n++) await assert.rejects(() => adapter.authRequest(token));
    assert.throws(() => new PlaidAdapter({}));
  } finally {
    delete Error.prepareStackTrace;
  }
  const error = await rejection(() => adapter.authRequest(token));
  assert.equal(error.kind, "server");
});

test("fifty calls on one signal cause no warning", async () => {
  const warnings = [];
  const note = (warning) => warnings.push(warning);
  process.on("warning", note);
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 50 }, () =>
    adapterOn(() => new Promise(() => {}))
      .authRequest(token, { signal })
      .catch((reason) => reason),
  );
  await turns();
  controller.abort("enough");
  assert.deepEqual(new Set(await Promise.all(calls)), new Set(["enough"]));
  await turns();
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});

test("adapters by the thousand cost as much as the first, and no memory of wasm", () => {
  const kept = [];
  const round = () => {
    const started = process.cpuUsage();
    for (let n = 0; n < 1000; n++) kept.push(new PlaidAdapter(env));
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };
  round();
  const bytes = wasmBytes();
  const costs = Array.from({ length: 20 }, round);
  const least = (costs) => Math.min(...costs);
  assert.ok(least(costs.slice(-5)) < 4 * least(costs.slice(0, 5)), `${costs}`);
  assert.equal(wasmBytes(), bytes);
});

test("a response from a double that is none says so, and what is missing", async () => {
  const almost = { headers: new Headers(), text: async () => "{}", blob: async () => new Blob() };
  for (const status of [Infinity, -Infinity, NaN, 200.5, -1, 1000, 65_736, 2 ** 32 + 200, "200", 200n]) {
    for (const start of [(adapter) => adapter.authRequest(token), (adapter) => adapter.download("/a/get")]) {
      const error = await rejection(() => start(adapterOn(async () => ({ ...almost, status }))));
      assert.equal(error.kind, "bad_response", `${status}: ${error}`);
      assert.match(error.message, /did not return a Response/);
    }
  }
  for (const members of [{ text: "{}" }, { json: {} }, { text: "{}", json: { a: 1 } }, {}]) {
    let sent = 0;
    const error = await rejection(() =>
      adapterOn(async () => (sent++, { ok: true, ...members })).authRequest(token),
    );
    assert.deepEqual([error.kind, error.retryable, sent], ["bad_response", false, 1], Object.keys(members));
  }
  const { blob, ...blobless } = almost;
  const failing = rejection(() => adapterOn(async () => ({ ...blobless, status: 200 })).download("/a/get"));
  assert.match((await failing).message, /blob\(\) for a download/);
  const given = await adapterOn(async () => ({ ...almost, status: 200 })).download("/a/get");
  assert.ok(given instanceof Blob);
});

test("a list in the place of something else is not read", async () => {
  const lists = [new Array(2 ** 32 - 1), Object.assign([], { [Symbol.iterator]: () => assert.fail("read") })];
  for (const list of lists) {
    for (const start of [
      (adapter) => adapter.authRequest(list),
      (adapter) => adapter.request("/accounts/get", list),
      (adapter) => adapter.authRequest(token, list),
      (adapter) => adapter.authRequest(token, { timeoutMs: list, signal: list }),
      (adapter) => adapter.verifyWebhook(list),
    ]) {
      assert.equal((await rejection(() => start(adapterOn(lost())))).kind, "invalid_argument");
    }
  }
});

test("what a runtime lacks is named where it was needed, and nothing is sent", async () => {
  const { Headers, fetch } = globalThis;
  const outcome = async (lacking, options) => {
    const calls = [];
    const send = async (url) => (calls.push(url), lost()());
    Object.assign(globalThis, { fetch: send });
    for (const name of lacking) delete globalThis[name];
    try {
      const adapter = new PlaidAdapter(env, { maxRetries: 0, ...options?.(send) });
      const error = await rejection(() => adapter.authRequest(token));
      return [error.kind, /has no (\w+)/.exec(error.message)?.[1], calls.length];
    } finally {
      Object.assign(globalThis, { Headers, fetch });
    }
  };
  const own = (fetch) => ({ fetch });
  assert.deepEqual(await outcome(["Headers"], own), ["configuration", "Headers", 0]);
  assert.deepEqual(await outcome(["Headers"]), ["network", undefined, 1]);
  assert.deepEqual(await outcome(["fetch"]), ["configuration", "fetch", 0]);
  assert.deepEqual(await outcome(["fetch"], own), ["network", undefined, 1]);
  for (const name of ["AbortController", "setTimeout"]) {
    const { [name]: value } = globalThis;
    try {
      assert.deepEqual(await outcome([name]), ["configuration", name, 0]);
    } finally {
      globalThis[name] = value;
    }
  }
});
