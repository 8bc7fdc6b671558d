// What callers of many kinds count on: unknown options, other classes and copies, test doubles, files, idempotency.

import { assert, assertEquals, assertMatch, later, rejection } from "./assert.js";
import { Clock } from "./clock.js";
import { env, json, lost, ok, plaidError, text, upstream } from "./upstream.js";

const token = "access-sandbox-11111111-2222-3333-4444-555555555555";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAuthError, isPlaidError } = lib;
  const timed = (name, run) => test(name, () => Clock.run(run));

  test("an option that does not exist is refused by name", async () => {
    const { fetch, calls } = upstream(ok);
    const adapter = new PlaidAdapter(env, { fetch });
    for (const [name, call] of [
      ["acessToken", () => adapter.createLinkToken("u", { acessToken: token })],
      ["accountIDs", () => adapter.authRequest(token, { accountIDs: [] })],
      ["timeout", () => adapter.request("/item/get", {}, { timeout: 5 })],
      ["tolerance", () => adapter.verifyWebhook({ body: "", headers: {} }, { tolerance: 5 })],
    ]) {
      const error = await rejection(call);
      assertEquals(error.kind, "invalid_argument");
      assertMatch(error.message, new RegExp(`options\\.${name} is not a known name`));
    }
    assertEquals(calls.length, 0);
    await adapter.authRequest(token, { unknown: undefined });
    for (const [what, make] of [
      ["options.timeout", () => new PlaidAdapter(env, { timeout: 5 })],
      ["settings.clientname", () => adapter.initializePlaid({ clientname: "x" })],
    ]) {
      const error = await rejection(async () => make());
      assertEquals(error.kind, "configuration");
      assert(error.problems[0].startsWith(`${what} is not a known name`), error.message);
    }
  });

  test("the message ends with Plaid's request id", async () => {
    const { fetch } = upstream(plaidError(400, "INVALID_FIELD"));
    const { message } = await rejection(() => new PlaidAdapter(env, { fetch }).authRequest(token));
    assert(message.endsWith(" (request_id request-failed)"), message);
  });

  test("isPlaidError knows errors of ours, of whichever copy, and nothing else", async () => {
    const error = await rejection(() => new PlaidAdapter(env).authRequest(5));
    assert(isPlaidError(error) && error instanceof PlaidAuthError);
    // Another copy's classes have the same brand.
    const brand = Symbol.for("plaid-edge.error");
    class PlaidAdapterErrorOfACopy extends Error {}
    class PlaidAuthErrorOfACopy extends PlaidAdapterErrorOfACopy {}
    PlaidAdapterErrorOfACopy.prototype[brand] = "PlaidAdapterError";
    PlaidAuthErrorOfACopy.prototype[brand] = "PlaidAuthError";
    const other = new PlaidAuthErrorOfACopy();
    assert(isPlaidError(other) && other instanceof PlaidAuthError);
    assert(!(other instanceof lib.PlaidIdentityError));
    class Mine extends PlaidAuthError {}
    assert(
      !(error instanceof Mine) && new Mine("m") instanceof PlaidAuthError && new Mine("m") instanceof Mine,
    );
    for (const value of [undefined, null, 1, "e", {}, new Error("e"), Object.create(null)]) {
      assert(!isPlaidError(value), String(value?.message));
    }
  });

  test("fromEnv of a class that extends the adapter gives that class", async () => {
    class Mine extends PlaidAdapter {}
    assert((await Mine.fromEnv(env)) instanceof Mine);
    const { fromEnv } = PlaidAdapter;
    assert((await fromEnv(env)) instanceof PlaidAdapter);
  });

  test("a copy of an adapter has no power, and says so", async () => {
    const { fetch, calls } = upstream(ok);
    const adapter = new PlaidAdapter(env, { fetch });
    const prototype = Object.getPrototypeOf(adapter);
    for (const copy of [
      Object.assign(Object.create(prototype), adapter),
      Object.create(prototype, Object.getOwnPropertyDescriptors(adapter)),
      { ...adapter, authRequest: adapter.authRequest },
    ]) {
      const error = await rejection(() => copy.authRequest(token));
      assertMatch(error.message, /authRequest.*not a PlaidAdapter/);
    }
    const { authRequest } = adapter;
    assertMatch((await rejection(() => authRequest(token))).message, /plaid\.authRequest/);
    assertEquals(calls.length, 0);
  });

  for (const [what, response] of [
    ["plain headers", { status: 400, headers: { "Retry-After": "2" } }],
    ["no headers", { status: 400 }],
    ["json() and no text()", { status: 400, text: undefined }],
  ]) {
    test(`a test double with ${what} is read`, async () => {
      const body = { error_type: "ITEM_ERROR", error_code: "ITEM_LOGIN_REQUIRED" };
      const double = {
        text: async () => JSON.stringify(body),
        json: async () => body,
        ...response,
      };
      const fetch = async () => double;
      const error = await rejection(() => new PlaidAdapter(env, { fetch }).authRequest(token));
      assertEquals([error.kind, error.errorCode, error.attempts], ["api", "ITEM_LOGIN_REQUIRED", 1]);
      if (response.headers) assertEquals(error.retryAfterMs, 2000);
    });
  }

  test("what a test double lacks is said", async () => {
    for (const double of [{}, { status: 200 }, { text: async () => "{}" }, "text", null]) {
      const adapter = new PlaidAdapter(env, { fetch: async () => double });
      const error = await rejection(() => adapter.authRequest(token));
      assertEquals(error.kind, "bad_response");
      assertMatch(error.message, /numeric status.*text\(\)/);
    }
  });

  test("what a framework throws through fetch passes as it is", async () => {
    const bailout = Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC_SERVER_USAGE" });
    const { fetch, calls } = upstream(lost(bailout));
    assert((await rejection(() => new PlaidAdapter(env, { fetch }).authRequest(token))) === bailout);
    assertEquals(calls.length, 1);
  });

  test("a fetch that lost its object is told what to write", async () => {
    const { fetch, calls } = upstream(
      lost(new TypeError("Illegal invocation: function called with incorrect this")),
    );
    const error = await rejection(() => new PlaidAdapter(env, { fetch }).authRequest(token));
    assertEquals([error.kind, error.retryable, calls.length], ["configuration", false, 1]);
    assertMatch(error.message, /env\.SERVICE\.fetch\(input, init\)/);
  });

  test("304 is no redirect", async () => {
    const fetch = async () => new Response(null, { status: 304 });
    const error = await rejection(() => new PlaidAdapter(env, { fetch }).authRequest(token));
    assertEquals([error.kind, error.status], ["bad_response", 304]);
    assert(!/redirect/.test(error.message), error.message);
  });

  test("download gives the file", async () => {
    const { fetch, calls } = upstream(text("%PDF-1.4", 200, { "content-type": "application/pdf" }));
    const file = await new PlaidAdapter(env, { fetch }).download("/asset_report/pdf/get", {
      asset_report_token: "a",
    });
    assertEquals([await file.text(), file.type], ["%PDF-1.4", "application/pdf"]);
    assertEquals(calls[0].body, { asset_report_token: "a" });
    const failing = upstream(plaidError(400, "PRODUCT_NOT_READY"));
    const adapter = new PlaidAdapter(env, { fetch: failing.fetch });
    const error = await rejection(() => adapter.download("/asset_report/pdf/get"));
    assertEquals([error.errorCode, error.retryable], ["PRODUCT_NOT_READY", true]);
  });

  for (const [path, body, isRetried] of [
    ["/institutions/search", { query: "x" }, true],
    ["/identity/match", {}, true],
    ["/accounts/balance/get", {}, false],
    ["/processor/balance/get", {}, false],
    ["/cra/check_report/lend_score/get", {}, false],
    ["/signal/evaluate", {}, false],
    ["/not/one/of/plaid/get", {}, false],
    ["/transfer/create", { authorization_id: "a" }, true],
    ["/transfer/create", { idempotency_key: "k" }, false],
    ["/bank_transfer/create", { idempotency_key: "k" }, true],
    ["/bank_transfer/create", { idempotency_key: "" }, false],
    ["/bank_transfer/create", Object.create({ idempotency_key: "inherited" }), false],
  ]) {
    const shown = `${path} ${JSON.stringify(body)}`;
    timed(`${shown} is ${isRetried ? "" : "not "}retried after a lost response`, async (clock) => {
      const { fetch, calls } = upstream(lost(), ok);
      const answer = later(new PlaidAdapter(env, { fetch }).request(path, body));
      if (isRetried) {
        await clock.fire(250);
        await answer;
      } else {
        const error = await rejection(() => answer);
        assertEquals([error.kind, error.retryable], ["network", false]);
      }
      assertEquals(calls.length, isRetried ? 2 : 1);
    });
  }

  timed("balance may take longer than the rest, unless the adapter says otherwise", async (clock) => {
    const silence = () => new Promise(() => {});
    const balance = (options) =>
      later(new PlaidAdapter(env, { fetch: silence, ...options }).request("/accounts/balance/get"));
    const slow = balance();
    await clock.fire(60_000);
    assertEquals((await rejection(() => slow)).kind, "timeout");
    const quick = balance({ timeoutMs: 700 });
    await clock.fire(700);
    assertEquals((await rejection(() => quick)).kind, "timeout");
  });

  test("a success that can't be read is not quoted", async () => {
    const { fetch } = upstream(text('{"access_token":"access-sandbox-8ab976e6', 200));
    const error = await rejection(() =>
      new PlaidAdapter(env, { fetch }).exchangePublicToken("public-sandbox-1"),
    );
    assertEquals([error.kind, error.errorDetails], ["bad_response", undefined]);
    assertMatch(error.message, /used up/);
    assert(!JSON.stringify(error).includes("8ab976e6"));
  });

  test("settings are read from own properties only", async () => {
    const { fetch, calls } = upstream(json({ a: 1 }));
    Object.prototype.PLAID_BASE_URL = "https://evil.example";
    Object.prototype.maxRetries = 50;
    try {
      await new PlaidAdapter(env, { fetch }).request("/item/get", {}, {});
    } finally {
      delete Object.prototype.PLAID_BASE_URL;
      delete Object.prototype.maxRetries;
    }
    assertEquals(calls[0].url, "https://sandbox.plaid.com/item/get");
  });
}
