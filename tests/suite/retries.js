import { assertEquals, assertRejects, later } from "./assert.js";
import { Clock, turns } from "./clock.js";
import { operations } from "./operations.js";
import { env, lost, ok, plaidError, silence, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAuthError, PlaidApiInternalServerError } = lib;
  const timed = (name, run) => test(name, () => Clock.run(run));
  const auth = (answers, options, callOptions) => {
    const { fetch, calls } = upstream(...answers);
    const answer = later(
      new PlaidAdapter(env, { fetch, ...options }).authRequest("access-sandbox-1", callOptions),
    );
    return { answer, calls };
  };
  const busy = plaidError(503, "INTERNAL_SERVER_ERROR");

  for (const [what, failure] of [
    ["a network failure", lost()],
    ["429", plaidError(429, "RATE_LIMIT")],
    ["500", plaidError(500, "INTERNAL_SERVER_ERROR")],
    ["502", text("Bad Gateway", 502)],
    ["503", text("", 503)],
    ["504", text("{}", 504)],
  ]) {
    timed(`after ${what} it is sent again, the same`, async (clock) => {
      const { answer, calls } = auth([failure, ok]);
      await clock.fire(250);
      assertEquals(await answer, { request_id: "request-ok" });
      assertEquals(calls.length, 2);
      assertEquals(calls[1].text, calls[0].text);
      assertEquals(calls[1].url, calls[0].url);
      assertEquals([...calls[1].init.headers], [...calls[0].init.headers]);
      assertEquals(clock.timers, [], "timers left:");
    });
  }

  timed("after a timeout it is sent again", async (clock) => {
    const { answer, calls } = auth([silence, ok]);
    await clock.fire(30_000);
    await clock.fire(250);
    await answer;
    assertEquals(calls.length, 2);
  });

  for (const [what, failure, Class] of [
    ["400", plaidError(400, "INVALID_FIELD"), PlaidAuthError],
    ["401", text("", 401), PlaidAuthError],
    ["404", plaidError(404, "NOT_FOUND"), PlaidAuthError],
    ["409", text("", 409), PlaidAuthError],
    ["429 CREDITS_EXHAUSTED", plaidError(429, "CREDITS_EXHAUSTED"), PlaidAuthError],
    ["501", text("", 501), PlaidApiInternalServerError],
    ["505", text("", 505), PlaidApiInternalServerError],
    ["a redirect", text("", 307), PlaidAuthError],
    ["an answer that is none", text("<html>"), PlaidAuthError],
  ]) {
    timed(`after ${what} it is not sent again`, async (clock) => {
      const { answer, calls } = auth([failure]);
      await assertRejects(() => answer, Class, { attempts: 1 });
      assertEquals(calls.length, 1);
      assertEquals(clock.timers, []);
    });
  }

  for (const { method, error, endpoint, call } of operations) {
    timed(`${method} is sent three times by default`, async (clock) => {
      const { fetch, calls } = upstream(busy);
      const failed = assertRejects(
        () => call(new PlaidAdapter(env, { fetch })),
        PlaidApiInternalServerError,
        {
          kind: "server",
          status: 503,
          endpoint,
          attempts: 3,
          retryable: true,
        },
      );
      await clock.fire(250);
      await clock.fire(500);
      await failed;
      assertEquals(calls.length, 3);
    });
    timed(`${method} fails with what happened last`, async (clock) => {
      const { fetch } = upstream(busy, lost(), plaidError(429, "RATE_LIMIT"));
      const failed = assertRejects(() => call(new PlaidAdapter(env, { fetch })), lib[error], {
        kind: "rate_limit",
        attempts: 3,
      });
      await clock.fire(250);
      await clock.fire(500);
      await failed;
    });
  }

  timed("the wait doubles up to 8 s", async (clock) => {
    clock.random = 1;
    const { answer, calls } = auth([lost()], { maxRetries: 6 });
    for (const wait of [500, 1000, 2000, 4000, 8000, 8000]) await clock.fire(wait);
    await assertRejects(() => answer, PlaidAuthError, { kind: "network", attempts: 7 });
    assertEquals(calls.length, 7);
  });

  timed("the wait is random between half and all", async (clock) => {
    clock.random = 0.5;
    const { answer } = auth([lost()], { maxRetries: 3 });
    for (const [wait, next] of [
      [375, 0.25],
      [625, 0.75],
      [1750, 0],
    ]) {
      await turns();
      clock.random = next;
      await clock.fire(wait);
    }
    await assertRejects(() => answer, PlaidAuthError, { attempts: 4 });
  });

  for (const [header, wait] of [
    // A little all the same, so that clients do not all return at once.
    ["0", 50],
    ["2", 2000],
    [" 3 ", 3000],
    ["60", 60_000],
    ["Wed, 04 Mar 2026 05:06:17 GMT", 10_000],
    ["Wed, 04 Mar 2026 05:05:00 GMT", 50],
  ]) {
    for (const status of [429, 503]) {
      timed(`Retry-After "${header}" with ${status} is obeyed`, async (clock) => {
        const { answer, calls } = auth([plaidError(status, "RATE_LIMIT", {}, { "retry-after": header }), ok]);
        await clock.fire(wait);
        await answer;
        assertEquals(calls.length, 2);
      });
    }
  }

  for (const [header, retryAfterMs] of [
    ["61", 61_000],
    ["86400", 86_400_000],
    ["Wed, 04 Mar 2026 06:06:07 GMT", 3_600_000],
  ]) {
    timed(`Retry-After "${header}" ends the retries`, async () => {
      const { answer, calls } = auth([plaidError(429, "RATE_LIMIT", {}, { "retry-after": header })]);
      await assertRejects(() => answer, PlaidAuthError, {
        kind: "rate_limit",
        attempts: 1,
        retryable: true,
        retryAfterMs,
      });
      assertEquals(calls.length, 1);
    });
  }

  for (const header of ["", "soon", "-1", "1.5", "1e3", "0x10"]) {
    timed(`Retry-After "${header}" is ignored`, async (clock) => {
      const { answer } = auth([plaidError(429, "RATE_LIMIT", {}, { "retry-after": header }), ok]);
      await clock.fire(250);
      await answer;
    });
  }

  timed("retryAfterMs is given with the last failure", async (clock) => {
    const { answer } = auth([plaidError(429, "RATE_LIMIT", {}, { "retry-after": "2" })], { maxRetries: 1 });
    await clock.fire(2000);
    await assertRejects(() => answer, PlaidAuthError, { attempts: 2, retryAfterMs: 2000 });
  });

  timed("maxRetries 0 turns retries off", async () => {
    const { answer } = auth([lost()], { maxRetries: 0 });
    await assertRejects(() => answer, PlaidAuthError, { attempts: 1 });
  });

  timed("a call's maxRetries goes before the adapter's", async (clock) => {
    await assertRejects(() => auth([lost()], {}, { maxRetries: 0 }).answer, PlaidAuthError, { attempts: 1 });
    const { answer } = auth([lost()], { maxRetries: 0 }, { maxRetries: 1 });
    await clock.fire(250);
    await assertRejects(() => answer, PlaidAuthError, { attempts: 2 });
  });

  timed("each attempt has its own signal and the whole timeout", async (clock) => {
    const { answer, calls } = auth([silence, silence, ok], { timeoutMs: 4000 });
    await clock.fire(4000);
    await clock.fire(250);
    await clock.fire(4000);
    await clock.fire(500);
    await answer;
    assertEquals(
      calls.map((call) => call.init.signal.aborted),
      [true, true, false],
    );
  });

  test("the sandbox's faults are overcome", async () => {
    const sandbox = new lib.PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    sandbox.fail("/link/token/create", { status: 429, retryAfter: "0", times: 2 });
    const { link_token } = await adapter.createLinkToken("user-1");
    assertEquals(typeof link_token, "string");
    assertEquals(sandbox.requests().length, 3);
  });
}
