// Calls at the same time, and adapters that are changed or freed meanwhile.

import { assert, assertEquals, assertRejects, assertThrows, later } from "./assert.js";
import { turns } from "./clock.js";
import { operations } from "./operations.js";
import { linked } from "./sandboxed.js";
import { env, json, ok, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAdapterError, PlaidSandbox } = lib;

  /** A fetch whose answers are given by hand. */
  function held() {
    const waiting = [];
    const fetch = (url, init) =>
      new Promise((resolve) => waiting.push({ body: JSON.parse(init.body), resolve }));
    return { fetch, waiting };
  }

  test("many calls at once each get their own answer", async () => {
    const { fetch, waiting } = held();
    const adapter = new PlaidAdapter(env, { fetch });
    const answers = Array.from({ length: 100 }, (_, n) => adapter.request("/accounts/get", { n }));
    await turns(1);
    assertEquals(waiting.length, 100);
    for (const { body, resolve } of waiting.reverse()) resolve(json(body)());
    assertEquals(
      await Promise.all(answers),
      Array.from({ length: 100 }, (_, n) => ({ n })),
    );
  });

  test("all operations at once on the sandbox", async () => {
    const { adapter, accessToken } = await linked(lib);
    const [link, auth, identity, bank, transfer] = await Promise.all([
      adapter.createLinkToken("user-1"),
      adapter.authRequest(accessToken),
      adapter.identityRequest(accessToken),
      adapter.syncBankTransferEvent(0),
      adapter.syncTransferEvent(0),
    ]);
    assert(
      link.link_token &&
        auth.numbers &&
        identity.accounts &&
        bank.bank_transfer_events &&
        transfer.transfer_events,
    );
  });

  test("initializePlaid in flight applies to later calls only", async () => {
    const { fetch, waiting } = held();
    const adapter = new PlaidAdapter(env, { fetch });
    adapter.initializePlaid({ clientName: "First" });
    const first = later(adapter.createLinkToken("user-1"));
    adapter.initializePlaid({ clientName: "Second" });
    const second = later(adapter.createLinkToken("user-1"));
    await turns(1);
    assertEquals(
      waiting.map(({ body }) => body.client_name),
      ["First", "Second"],
    );
    for (const { resolve } of waiting) resolve(ok());
    await Promise.all([first, second]);
  });

  test("adapters know nothing of each other", async () => {
    const [one, two] = [upstream(ok), upstream(ok)];
    const first = new PlaidAdapter(env, one);
    const second = new PlaidAdapter({ ...env, PLAID_SECRET: "another-secret" }, two);
    first.initializePlaid({ clientName: "First" });
    await Promise.all([first.createLinkToken("user-1"), second.createLinkToken("user-1")]);
    assertEquals(one.calls[0].init.headers.get("plaid-secret"), env.PLAID_SECRET);
    assertEquals(two.calls[0].init.headers.get("plaid-secret"), "another-secret");
    assertEquals(two.calls[0].body.client_name, "None");
    first.free();
    await second.createLinkToken("user-1");
  });

  for (const { method, error, call, answer } of operations) {
    test(`${method} finishes after free, even in the same tick`, async () => {
      const { fetch, waiting } = held();
      const adapter = new PlaidAdapter(env, { fetch });
      const answers = [call(adapter)];
      if (method !== "verifyWebhook") adapter.free();
      while (waiting.length === 0) await turns(1);
      adapter.free();
      waiting[0].resolve(json(answer ?? { done: true })());
      const [outcome] = await Promise.allSettled(answers);
      if (method === "verifyWebhook") assertEquals(outcome.reason.kind, "bad_response");
      else assertEquals(outcome.status, "fulfilled", String(outcome.reason));
    });

    test(`${method} after free rejects`, async () => {
      const { fetch, calls } = upstream(ok);
      const adapter = new PlaidAdapter(env, { fetch });
      adapter.free();
      await assertRejects(() => call(adapter), lib[error], {
        kind: "invalid_argument",
        attempts: 0,
        retryable: false,
        message: /freed/,
      });
      assertEquals(calls.length, 0);
    });
  }

  test("initializePlaid after free throws", () => {
    const adapter = new PlaidAdapter(env);
    adapter.free();
    assertThrows(() => adapter.initializePlaid(), PlaidAdapterError, {
      kind: "invalid_argument",
      attempts: 0,
      message: /freed/,
    });
  });

  test("free may be called again", () => {
    const adapter = new PlaidAdapter(env);
    adapter.free();
    adapter.free();
    if (Symbol.dispose) adapter[Symbol.dispose]();
  });

  test("Symbol.dispose frees", async () => {
    if (!Symbol.dispose) return;
    const adapter = new PlaidAdapter(env, upstream(ok));
    adapter[Symbol.dispose]();
    await assertRejects(() => adapter.authRequest("access-sandbox-1"), lib.PlaidAuthError, {
      kind: "invalid_argument",
    });
  });

  test("free while a call waits between attempts", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch, onAttempt: () => adapter.free() });
    sandbox.fail("/link/token/create", { status: 429, retryAfter: "0" });
    const { link_token } = await adapter.createLinkToken("user-1");
    assert(link_token);
  });

  test("a fetch that calls the adapter", async () => {
    const fetch = async (url) => {
      if (url.endsWith("/auth/get")) return json(await adapter.request("/accounts/get"))();
      adapter.initializePlaid({ clientName: "Inner" });
      return json({ inner: true })();
    };
    const adapter = new PlaidAdapter(env, { fetch });
    assertEquals(await adapter.authRequest("access-sandbox-1"), { inner: true });
  });

  test("arguments whose getters use the adapter", async () => {
    const { fetch, calls } = upstream(ok);
    const adapter = new PlaidAdapter(env, { fetch });
    await adapter.createLinkToken("user-1", {
      get overrides() {
        adapter.initializePlaid({ clientName: "Later" });
        return { webhook: "https://example.com" };
      },
    });
    assertEquals(calls[0].body.client_name, "None");
  });

  test("options whose getters throw are refused", async () => {
    const adapter = new PlaidAdapter(env, upstream(ok));
    for (const name of ["signal", "timeoutMs", "maxRetries", "accountIds"]) {
      const options = Object.defineProperty({}, name, {
        get() {
          throw new Error("no");
        },
      });
      await assertRejects(() => adapter.authRequest("access-sandbox-1", options), lib.PlaidAuthError, {
        kind: "invalid_argument",
        message: new RegExp(name),
      });
    }
  });

  test("a revoked proxy is refused", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const adapter = new PlaidAdapter(env, upstream(ok));
    await assertRejects(() => adapter.authRequest("access-sandbox-1", proxy), lib.PlaidAuthError, {
      kind: "invalid_argument",
    });
    await assertRejects(() => adapter.request("/accounts/get", proxy), PlaidAdapterError, {
      kind: "invalid_argument",
    });
    assertThrows(() => new PlaidAdapter(proxy), lib.PlaidAdapterConfigurationError);
  });

  test("a method without its adapter throws or rejects, and breaks nothing", async () => {
    const adapter = new PlaidAdapter(env, upstream(ok));
    const { authRequest } = adapter;
    await (async () => authRequest("access-sandbox-1"))().then(
      () => assert(false, "it worked without its adapter"),
      () => {},
    );
    await adapter.authRequest("access-sandbox-1");
  });
}
