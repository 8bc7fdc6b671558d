// onAttempt

import { assert, assertEquals, assertRejects } from "./assert.js";
import { Clock, turns } from "./clock.js";
import { operations } from "./operations.js";
import { env, json, lost, ok, plaidError, silence, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAuthError } = lib;
  const timed = (name, run) => test(name, () => Clock.run(run));

  /** What onAttempt was told over the answers, when each has happened and each wait is over. */
  async function told(clock, answers, waits, options) {
    const attempts = [];
    const { fetch } = upstream(...answers);
    const adapter = new PlaidAdapter(env, {
      fetch,
      onAttempt: (attempt) => attempts.push(attempt),
      ...options,
    });
    const ended = adapter.authRequest("access-sandbox-1").catch(() => {});
    for (const wait of waits) await clock.fire(wait);
    await ended;
    return attempts;
  }

  for (const { method, endpoint, call, answer } of operations) {
    timed(`${method} tells of its attempts`, async (clock) => {
      const attempts = [];
      const { fetch } = upstream(plaidError(500, "INTERNAL_SERVER_ERROR"), answer ? json(answer) : ok);
      const ended = call(
        new PlaidAdapter(env, { fetch, onAttempt: (attempt) => attempts.push(attempt) }),
      ).catch(() => {});
      await clock.fire(250);
      await ended;
      assertEquals(attempts, [
        {
          endpoint,
          attempt: 1,
          outcome: "server",
          status: 500,
          requestId: "request-failed",
          durationMs: 0,
          retryInMs: 250,
        },
        { endpoint, attempt: 2, outcome: "ok", status: 200, requestId: "request-ok", durationMs: 0 },
      ]);
    });
  }

  timed("each outcome has its fields", async (clock) => {
    const attempts = await told(
      clock,
      [
        lost(),
        silence,
        text("Too many", 429, { "retry-after": "3" }),
        text("<html>", 504),
        plaidError(400, "INVALID_FIELD"),
      ],
      [250, 7000, 500, 3000, 2000],
      { timeoutMs: 7000, maxRetries: 9 },
    );
    const endpoint = "/auth/get";
    assertEquals(attempts, [
      { endpoint, attempt: 1, outcome: "network", durationMs: 0, retryInMs: 250 },
      { endpoint, attempt: 2, outcome: "timeout", durationMs: 7000, retryInMs: 500 },
      { endpoint, attempt: 3, outcome: "rate_limit", status: 429, durationMs: 0, retryInMs: 3000 },
      { endpoint, attempt: 4, outcome: "server", status: 504, durationMs: 0, retryInMs: 2000 },
      { endpoint, attempt: 5, outcome: "api", status: 400, requestId: "request-failed", durationMs: 0 },
    ]);
  });

  timed("bad_response too", async (clock) => {
    const attempts = await told(clock, [text("[]")], []);
    assertEquals(attempts, [
      { endpoint: "/auth/get", attempt: 1, outcome: "bad_response", status: 200, durationMs: 0 },
    ]);
  });

  timed("an answer without a request_id", async (clock) => {
    for (const answer of [{}, { request_id: 1 }, { request_id: null }]) {
      const attempts = await told(clock, [json(answer)], []);
      assertEquals(attempts, [
        { endpoint: "/auth/get", attempt: 1, outcome: "ok", status: 200, durationMs: 0 },
      ]);
    }
  });

  test("it is not told of a call that sent nothing", async () => {
    const attempts = [];
    const adapter = new PlaidAdapter(env, {
      ...upstream(ok),
      onAttempt: (attempt) => attempts.push(attempt),
    });
    await assertRejects(() => adapter.authRequest(""), PlaidAuthError);
    await adapter.authRequest("access-sandbox-1", { signal: AbortSignal.abort() }).catch(() => {});
    assertEquals(attempts, []);
  });

  test("what it throws, or rejects with later, is ignored", async () => {
    const throwing = () => {
      throw new Error("a bug in a logger");
    };
    const rejecting = async () => throwing();
    const hostile = () => ({
      get then() {
        throw new Error("no");
      },
    });
    for (const onAttempt of [throwing, rejecting, hostile, () => new Promise(() => {})]) {
      const adapter = new PlaidAdapter(env, { ...upstream(ok), onAttempt });
      assertEquals(await adapter.authRequest("access-sandbox-1"), { request_id: "request-ok" });
      await turns(2);
    }
  });

  test("it sees no credential and no token", async () => {
    const attempts = [];
    const echo = json({
      request_id: `${env.PLAID_SECRET} ${env.PLAID_CLIENT_ID} access-sandbox-1-token-of-the-call`,
      access_token: "x",
    });
    const adapter = new PlaidAdapter(env, {
      ...upstream(echo),
      onAttempt: (attempt) => attempts.push(attempt),
    });
    await adapter.authRequest("access-sandbox-1-token-of-the-call");
    const text = JSON.stringify(attempts);
    assert(!text.includes(env.PLAID_SECRET) && !text.includes("token-of-the-call"), text);
  });

  test("it may change the adapter", async () => {
    const adapter = new PlaidAdapter(env, {
      ...upstream(ok),
      onAttempt() {
        adapter.initializePlaid({ clientName: "Other" });
        adapter.free();
      },
    });
    assertEquals(await adapter.authRequest("access-sandbox-1"), { request_id: "request-ok" });
  });
}
