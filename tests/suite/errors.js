// Every error class and every kind, and what the fields hold.

import { assert, assertEquals, assertError, assertRejects } from "./assert.js";
import { Clock } from "./clock.js";
import { assertInvalid, wrongCallOptions } from "./invalid.js";
import { operations } from "./operations.js";
import { env, json, lost, plaidError, silence, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAdapterError } = lib;

  const adapterOn = (answer, options) =>
    new PlaidAdapter(env, { fetch: upstream(answer).fetch, maxRetries: 0, ...options });
  const auth = (answer) =>
    assertRejects(() => adapterOn(answer).authRequest("access-sandbox-1"), lib.PlaidAuthError);

  const kinds = [
    ["api", plaidError(400, "INVALID_FIELD"), { status: 400, errorCode: "INVALID_FIELD", retryable: false }],
    ["api", plaidError(401, "UNAUTHORIZED"), { status: 401, retryable: false }],
    ["rate_limit", plaidError(429, "RATE_LIMIT"), { status: 429, errorCode: "RATE_LIMIT", retryable: true }],
    [
      "server",
      plaidError(500, "INTERNAL_SERVER_ERROR"),
      { status: 500, errorCode: "INTERNAL_SERVER_ERROR", retryable: true },
    ],
    ["server", text("<html>", 502), { status: 502, retryable: true }],
    ["server", text("", 501), { status: 501, retryable: false }],
    ["network", lost(), { status: undefined, retryable: true }],
    ["bad_response", text("[]"), { status: 200, retryable: false }],
    ["bad_response", text("", 302, { location: "https://evil.example/" }), { status: 302, retryable: false }],
  ];
  for (const { method, error, endpoint, call, refuse, field } of operations) {
    for (const [kind, answer, fields] of kinds) {
      const Class = kind === "server" ? lib.PlaidApiInternalServerError : lib[error];
      test(`${method} fails with ${kind} (${fields.status ?? "no answer"})`, () =>
        assertRejects(() => call(adapterOn(answer)), Class, { kind, endpoint, attempts: 1, ...fields }));
    }
    test(`${method} fails with timeout`, () =>
      Clock.run(async (clock) => {
        const failed = assertRejects(() => call(adapterOn(silence, { timeoutMs: 5000 })), lib[error], {
          kind: "timeout",
          endpoint,
          status: undefined,
          attempts: 1,
          retryable: true,
        });
        await clock.fire(5000);
        await failed;
      }));
    test(`${method} fails with invalid_argument`, () => assertInvalid(lib, lib[error], field, refuse));
    test(`${method} refuses wrong call options`, async () => {
      for (const [name, value] of wrongCallOptions()) {
        await assertInvalid(lib, lib[error], new RegExp(name), (adapter) => call(adapter, { [name]: value }));
      }
    });
    test(`${method} says in the message which operation failed`, async () => {
      const failure = await assertRejects(
        () => call(adapterOn(plaidError(400, "INVALID_FIELD"))),
        lib[error],
      );
      assert(
        failure.message.includes("INVALID_FIELD") && failure.message.includes("what went wrong"),
        failure.message,
      );
    });
  }

  test("the classes", () => {
    const classes = Object.entries(lib).filter(([name]) => /^Plaid\w+Error$/.test(name));
    assertEquals(classes.map(([name]) => name).sort(), [
      "PlaidAdapterConfigurationError",
      "PlaidAdapterError",
      "PlaidApiInternalServerError",
      "PlaidAuthError",
      "PlaidBankTransferSyncEventError",
      "PlaidCreateLinkTokenError",
      "PlaidExchangePublicTokenError",
      "PlaidIdentityError",
      "PlaidTransactionsSyncError",
      "PlaidTransferSyncEventError",
      "PlaidWebhookVerificationError",
    ]);
    for (const [name, Class] of classes) {
      assert(name === "PlaidAdapterError" || Class.prototype instanceof PlaidAdapterError, name);
      assert(Class.prototype instanceof Error, name);
      assertEquals(Class.prototype.name, name);
    }
  });

  test("every field of Plaid's error", async () => {
    const body = {
      display_message: "Please log in.",
      documentation_url: "https://plaid.com/docs/errors/item/",
      error_code: "ITEM_LOGIN_REQUIRED",
      error_message: "the login details of this item have changed",
      error_type: "ITEM_ERROR",
      request_id: "HNTDNrA8F1shFEW",
      suggested_action: "Send the user to update mode.",
    };
    assertError(await auth(json(body, 400)), lib.PlaidAuthError, {
      name: "PlaidAuthError",
      kind: "api",
      endpoint: "/auth/get",
      status: 400,
      requestId: "HNTDNrA8F1shFEW",
      errorType: "ITEM_ERROR",
      errorCode: "ITEM_LOGIN_REQUIRED",
      errorMessage: "the login details of this item have changed",
      displayMessage: "Please log in.",
      documentationUrl: "https://plaid.com/docs/errors/item/",
      suggestedAction: "Send the user to update mode.",
      errorDetails: JSON.stringify(body),
      attempts: 1,
      retryable: false,
      retryAfterMs: undefined,
      message: /ITEM_LOGIN_REQUIRED/,
    });
  });

  test("displayMessage and suggestedAction may be null", async () => {
    assertError(await auth(plaidError(400, "INVALID_FIELD")), lib.PlaidAuthError, {
      displayMessage: null,
      suggestedAction: null,
    });
  });

  test("codes and types are open lists", async () => {
    assertError(
      await auth(plaidError(418, "BRAND_NEW_CODE", { error_type: "BRAND_NEW_TYPE" })),
      lib.PlaidAuthError,
      {
        kind: "api",
        status: 418,
        errorCode: "BRAND_NEW_CODE",
        errorType: "BRAND_NEW_TYPE",
      },
    );
  });

  test("an error without Plaid's fields", async () => {
    for (const body of [
      "",
      "<html>Not found</html>",
      "[]",
      "null",
      "{}",
      '{"error_code":1,"error_type":null,"error_message":{},"request_id":[]}',
    ]) {
      const error = assertError(await auth(text(body, 404)), lib.PlaidAuthError, {
        kind: "api",
        status: 404,
        errorCode: undefined,
        errorType: undefined,
        errorMessage: undefined,
        requestId: undefined,
      });
      assertEquals(error.errorDetails ?? "", body);
      assertEquals(
        Object.keys(error).filter((name) => error[name] === undefined),
        [],
        "fields without a value:",
      );
    }
  });

  test("errorDetails is cut at 16,384 characters", async () => {
    const error = await auth(text("x".repeat(100_000), 404));
    assertEquals(error.errorDetails, "x".repeat(16_384));
    assert(error.message.length < 1000, "the message holds the whole body");
  });

  for (const code of [
    "INSTITUTION_DOWN",
    "INSTITUTION_NOT_RESPONDING",
    "INSTITUTION_NOT_AVAILABLE",
    "PRODUCT_NOT_READY",
  ]) {
    test(`${code} is retryable, and not retried`, () =>
      assertRejects(
        () => adapterOn(plaidError(400, code), { maxRetries: 2 }).authRequest("access-sandbox-1"),
        lib.PlaidAuthError,
        {
          kind: "api",
          errorCode: code,
          attempts: 1,
          retryable: true,
        },
      ));
  }

  test("CREDITS_EXHAUSTED is not retryable", async () => {
    assertError(await auth(plaidError(429, "CREDITS_EXHAUSTED")), lib.PlaidAuthError, {
      kind: "rate_limit",
      retryable: false,
    });
  });

  test("only a JSON object is an answer", async () => {
    for (const body of [
      "",
      "null",
      "true",
      "1",
      '"text"',
      "[]",
      "[{}]",
      "<html>",
      "{",
      '{"a":1}{',
      "undefined",
    ]) {
      assertError(await auth(text(body)), lib.PlaidAuthError, {
        kind: "bad_response",
        status: 200,
        attempts: 1,
      });
    }
    assertError(await auth(() => new Response(null, { status: 204 })), lib.PlaidAuthError, {
      kind: "bad_response",
      status: 204,
    });
  });

  test("no redirect is followed", async () => {
    for (const status of [301, 302, 303, 304, 307, 308]) {
      const answer = () => new Response(null, { status, headers: { location: "https://evil.example/" } });
      assertError(await auth(answer), lib.PlaidAuthError, {
        kind: "bad_response",
        status,
        attempts: 1,
        retryable: false,
      });
    }
  });

  test("a browser's opaque redirect is a redirect", async () => {
    const opaque = {
      type: "opaqueredirect",
      status: 0,
      ok: false,
      headers: new Headers(),
      body: null,
      text: async () => "",
    };
    assertError(await auth(() => opaque), lib.PlaidAuthError, {
      kind: "bad_response",
      status: undefined,
      attempts: 1,
      message: /redirect/,
    });
  });

  test("the body of an answer that is not used is cancelled", async () => {
    let cancelled = 0;
    const answer = () =>
      new Response(new ReadableStream({ cancel: () => void cancelled++ }), { status: 307 });
    await auth(answer);
    assertEquals(cancelled, 1);
  });

  test("a fetch that gives no Response", async () => {
    for (const wrong of [
      undefined,
      null,
      1,
      "text",
      {},
      [],
      { status: "200" },
      { status: 200 },
      { status: 200, headers: new Headers(), text: 1 },
    ]) {
      assertError(await auth(() => wrong), lib.PlaidAuthError, { attempts: 1 });
    }
    for (const wrong of [undefined, "text", {}])
      assertError(await auth(() => wrong), lib.PlaidAuthError, { kind: "bad_response" });
  });

  test("a fetch that rejects with anything at all", async () => {
    for (const reason of [
      new TypeError("lost"),
      new Error(""),
      "stop",
      "",
      1,
      null,
      undefined,
      Symbol("stop"),
      {},
      Object.create(null),
    ]) {
      assertError(await auth(() => Promise.reject(reason)), lib.PlaidAuthError, {
        kind: "network",
        attempts: 1,
      });
    }
  });

  test("a fetch that throws", () =>
    assertRejects(
      () =>
        new PlaidAdapter(env, {
          maxRetries: 0,
          fetch() {
            throw new TypeError("not today");
          },
        }).authRequest("access-sandbox-1"),
      lib.PlaidAuthError,
      { kind: "network", attempts: 1, message: /not today/ },
    ));

  test("a body that breaks off", async () => {
    const answer = () =>
      new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError("broke off")) }));
    assertError(await auth(answer), lib.PlaidAuthError, { kind: "network", attempts: 1 });
  });

  test("cause is a copy of what fetch rejected with", async () => {
    const reason = Object.assign(new TypeError("connection lost"), { code: "ECONNRESET", request: "GET /" });
    const { cause } = await auth(lost(reason));
    assert(cause !== reason && cause instanceof Error);
    assertEquals([cause.name, cause.message, cause.code], ["TypeError", "connection lost", "ECONNRESET"]);
    assertEquals(cause.request, undefined);
  });

  test("an error is JSON without its stack", async () => {
    const error = await auth(plaidError(400, "INVALID_FIELD"));
    const json = JSON.parse(JSON.stringify(error));
    assertEquals(json.name, "PlaidAuthError");
    assertEquals(json.message, error.message);
    for (const name of [
      "kind",
      "endpoint",
      "status",
      "requestId",
      "errorType",
      "errorCode",
      "errorMessage",
      "errorDetails",
      "attempts",
      "retryable",
    ]) {
      assertEquals(json[name], error[name], name);
    }
    assert(!("stack" in json) && !("cause" in json), "stack or cause");
    assert(String(error).startsWith("PlaidAuthError: "), String(error));
    assert(String(error.stack).includes("PlaidAuthError") || !/^\w*Error/.test(error.stack), error.stack);
  });
}
