// `request`, and what every request looks like.

import { assert, assertEquals, assertRejects, later } from "./assert.js";
import { Clock } from "./clock.js";
import { assertInvalid } from "./invalid.js";
import { operations } from "./operations.js";
import { linked } from "./sandboxed.js";
import { env, json, lost, ok, plaidError, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAdapterError, PlaidApiInternalServerError } = lib;

  for (const { method, endpoint, call, answer } of operations) {
    test(`${method} hands fetch a URL, and an init with its credentials in headers alone`, async () => {
      const { fetch, calls } = upstream(answer ? json(answer) : ok);
      await call(new PlaidAdapter(env, { fetch })).catch(() => {});
      assertEquals(calls.length, 1);
      const { url, init } = calls[0];
      assertEquals(url, `https://sandbox.plaid.com${endpoint}`);
      assertEquals(init.method, "POST");
      assertEquals(init.redirect, "manual");
      assert(init.headers instanceof Headers, "headers is no Headers");
      assertEquals(Object.fromEntries(init.headers), {
        "content-type": "application/json",
        "plaid-client-id": env.PLAID_CLIENT_ID,
        "plaid-secret": env.PLAID_SECRET,
        "plaid-version": "2020-09-14",
      });
      assertEquals(typeof init.body, "string");
      assert(
        !init.body.includes(env.PLAID_CLIENT_ID) && !init.body.includes(env.PLAID_SECRET),
        "credentials in the body",
      );
      assert(init.signal instanceof AbortSignal && !init.signal.aborted, "no live signal");
    });
  }

  test("what a method sends does not depend on the calls before it", async () => {
    const texts = ["access-1", "$&$'$1", 'a"b\\', "\0a", "\ud83d\ude00", " padded "];
    const options = [undefined, null, {}, { maxRetries: 0 }, { accountIds: ["account-1"] }, { timeoutMs: 5 }];
    const calls = texts.flatMap((text) => [
      ...options.flatMap((options) => [
        (adapter) => adapter.authRequest(text, options),
        (adapter) => adapter.identityRequest(text, options),
      ]),
      (adapter) => adapter.exchangePublicToken(text),
      (adapter) => adapter.createLinkToken(text),
      (adapter) => adapter.request("/accounts/get", { text }),
      (adapter) => adapter.request(`/accounts/get${texts.indexOf(text)}`),
      (adapter) => adapter.syncTransferEvent(texts.indexOf(text)),
      (adapter) => adapter.syncTransferEvent(2n ** 60n),
    ]);
    const sent = upstream(ok);
    const used = new PlaidAdapter(env, sent);
    // Twice, so that each call comes after each other one.
    for (const call of [...calls, ...calls]) {
      const first = upstream(ok);
      await call(new PlaidAdapter(env, first));
      sent.calls.length = 0;
      await call(used);
      assertEquals([sent.calls[0].url, sent.calls[0].text], [first.calls[0].url, first.calls[0].text]);
    }
    for (const wrong of ["", " ", undefined, null, 5, ["access-1"], { toString: () => "access-1" }]) {
      await assertRejects(() => used.authRequest(wrong), lib.PlaidAuthError, { kind: "invalid_argument" });
    }
  });

  test("a method's retries are those of its call, whatever came before", () =>
    Clock.run(async (clock) => {
      const { fetch, calls } = upstream(lost());
      const adapter = new PlaidAdapter(env, { fetch, maxRetries: 0 });
      const attempts = async (options, ...waits) => {
        calls.length = 0;
        const failed = later(adapter.authRequest("access-1", options).catch(() => {}));
        for (const wait of waits) await clock.fire(wait);
        await failed;
        return calls.length;
      };
      const all = [await attempts(), await attempts({ maxRetries: 2 }, 250, 500), await attempts()];
      assertEquals(all, [1, 3, 1]);
    }));

  test("the body is sent as it is, {} by default", async () => {
    const { fetch, calls } = upstream(ok);
    const adapter = new PlaidAdapter(env, { fetch });
    await adapter.request("/accounts/get");
    await adapter.request("/accounts/get", { a: [1, { b: null }], "ä☃": "\ud83d\ude00", d: new Date(0) });
    assertEquals(calls[0].text, "{}");
    assertEquals(calls[1].body, { a: [1, { b: null }], "ä☃": "\ud83d\ude00", d: "1970-01-01T00:00:00.000Z" });
  });

  test("the answer is handed through as it is", async () => {
    for (const answer of ["{}", '{"a":{"b":[1e300,null,"\\u0000"]}}', ' {"a":1}\n']) {
      const adapter = new PlaidAdapter(env, { fetch: upstream(text(answer)).fetch });
      assertEquals(await adapter.request("/accounts/get"), JSON.parse(answer));
    }
    const adapter = new PlaidAdapter(env, { fetch: upstream(json({ created: true }, 201)).fetch });
    assertEquals(await adapter.request("/accounts/get"), { created: true });
  });

  test("reaches the sandbox's other endpoints", async () => {
    const { adapter, accessToken } = await linked(lib);
    const { accounts } = await adapter.request("/accounts/get", { access_token: accessToken });
    assert(accounts.length > 0);
    await assertRejects(() => adapter.request("/no/such/endpoint"), PlaidAdapterError, {
      kind: "api",
      status: 404,
      errorCode: "NOT_FOUND",
    });
  });

  for (const path of [
    undefined,
    null,
    1,
    {},
    "",
    "/",
    "accounts/get",
    "https://evil.example/accounts/get",
    "//evil.example/accounts/get",
    "/\\evil.example",
    "/../admin",
    "/accounts/../../admin",
    "/%2e%2e/admin",
    "/accounts/get?query",
    "/accounts/get#fragment",
    "/accounts/get\n",
    "/accounts get",
    "@evil.example/",
    ".evil.example/accounts/get",
    ":8080/accounts/get",
  ]) {
    test(`refuses the path ${JSON.stringify(path)}`, () =>
      assertInvalid(lib, PlaidAdapterError, /path/, (adapter) => adapter.request(path, {})));
  }

  const cyclic = {};
  cyclic.self = cyclic;
  for (const [what, body] of [
    ["a string", "{}"],
    ["a number", 1],
    ["an array", []],
    ["a function", () => {}],
    ["a cycle", cyclic],
    ["a bigint", { n: 1n }],
    ["a toJSON that gives no object", { toJSON: () => "text" }],
    [
      "a getter that throws",
      {
        get a() {
          throw new Error("no");
        },
      },
    ],
  ]) {
    test(`refuses ${what} as a body`, () =>
      assertInvalid(lib, PlaidAdapterError, /body/, (adapter) => adapter.request("/accounts/get", body)));
  }

  test("refuses options that are no object", () =>
    assertInvalid(lib, PlaidAdapterError, /options/, (adapter) => adapter.request("/accounts/get", {}, 5)));

  for (const path of ["/accounts/get", "/transfer/list", "/transactions/sync"]) {
    test(`${path} is a read, and sent again`, () =>
      Clock.run(async (clock) => {
        const { fetch, calls } = upstream(text("", 503), lost(), ok);
        const answer = later(new PlaidAdapter(env, { fetch }).request(path));
        await clock.fire(250);
        await clock.fire(500);
        assertEquals(await answer, { request_id: "request-ok" });
        assertEquals(calls.length, 3);
      }));
  }

  for (const path of ["/transfer/create", "/item/remove", "/target", "/sync/create"]) {
    test(`${path} may act, and is sent again after 429 only`, () =>
      Clock.run(async (clock) => {
        const failing = upstream(text("", 503));
        await assertRejects(() => new PlaidAdapter(env, failing).request(path), PlaidApiInternalServerError, {
          kind: "server",
          attempts: 1,
          // Plaid may have carried it out: a caller's own loop must not pay twice either.
          retryable: false,
        });
        await assertRejects(() => new PlaidAdapter(env, upstream(lost())).request(path), PlaidAdapterError, {
          kind: "network",
          attempts: 1,
          retryable: false,
        });

        const { fetch, calls } = upstream(plaidError(429, "RATE_LIMIT"), ok);
        const answer = later(new PlaidAdapter(env, { fetch }).request(path));
        await clock.fire(250);
        await answer;
        assertEquals(calls.length, 2);
      }));
  }

  test("maxRetries in the call says that any path may be sent twice", () =>
    Clock.run(async (clock) => {
      const { fetch, calls } = upstream(text("", 503), lost(), ok);
      const answer = later(
        new PlaidAdapter(env, { fetch, maxRetries: 0 }).request("/transfer/create", {}, { maxRetries: 2 }),
      );
      await clock.fire(250);
      await clock.fire(500);
      await answer;
      assertEquals(calls.length, 3);
    }));

  test("to ask for no retries is no consent to one", async () => {
    for (const [response, Class] of [
      [text("", 503), PlaidApiInternalServerError],
      [lost(), PlaidAdapterError],
    ])
      await assertRejects(
        () => new PlaidAdapter(env, upstream(response)).request("/transfer/create", {}, { maxRetries: 0 }),
        Class,
        { attempts: 1, retryable: false },
      );
  });

  test("maxRetries of the adapter does not", () =>
    assertRejects(
      () => new PlaidAdapter(env, { ...upstream(text("", 503)), maxRetries: 5 }).request("/transfer/create"),
      PlaidApiInternalServerError,
      { attempts: 1 },
    ));
}
