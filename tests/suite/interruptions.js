// Timeouts, and aborts by the caller.

import { assert, assertEquals, assertRejects, later, rejection } from "./assert.js";
import { Clock, turns } from "./clock.js";
import { operations } from "./operations.js";
import { endless, env, json, lost, ok, silence, silenceUntilAborted, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAuthError } = lib;
  const timed = (name, run) => test(name, () => Clock.run(run));
  const auth = (answers, options, callOptions) => {
    const { fetch, calls } = upstream(...answers);
    const answer = later(
      new PlaidAdapter(env, { fetch, maxRetries: 0, ...options }).authRequest(
        "access-sandbox-1",
        callOptions,
      ),
    );
    return { answer, calls };
  };

  for (const [what, answer] of [
    ["a fetch that never answers", silence],
    ["a fetch that answers the abort", silenceUntilAborted],
    ["a body that never ends", endless],
  ]) {
    timed(`the time runs out over ${what}`, async (clock) => {
      const { answer: failing, calls } = auth([answer], { timeoutMs: 1234 });
      await clock.fire(1234);
      await assertRejects(() => failing, PlaidAuthError, {
        kind: "timeout",
        status: undefined,
        attempts: 1,
        retryable: true,
      });
      assert(calls[0].init.signal.aborted, "fetch's signal was not aborted");
      assertEquals(clock.timers, []);
    });
  }

  timed("30 s by default", async (clock) => {
    const { answer } = auth([silence]);
    await clock.fire(30_000);
    await assertRejects(() => answer, PlaidAuthError, { kind: "timeout" });
  });

  timed("a call's timeoutMs goes before the adapter's", async (clock) => {
    const { answer } = auth([silence], { timeoutMs: 1000 }, { timeoutMs: 2000 });
    await clock.fire(2000);
    await assertRejects(() => answer, PlaidAuthError, { kind: "timeout" });
  });

  timed("an answer in time leaves no timer", async (clock) => {
    const { answer, calls } = auth([ok]);
    await answer;
    assertEquals(clock.timers, []);
    assert(!calls[0].init.signal.aborted, "the signal was aborted");
  });

  timed("an answer that comes too late changes nothing", async (clock) => {
    let respond;
    const late = () => new Promise((resolve) => (respond = resolve));
    const { answer } = auth([late], { timeoutMs: 1000 });
    await clock.fire(1000);
    await assertRejects(() => answer, PlaidAuthError, { kind: "timeout" });
    respond(ok());
    await turns();
  });

  const reasons = [new Error("enough"), "stop", 0, null, { code: 1 }];
  for (const { method, call } of operations) {
    test(`${method} rejects with the reason of a signal that was aborted before, and sends nothing`, async () => {
      for (const reason of reasons) {
        const { fetch, calls } = upstream(ok);
        const given = await rejection(() =>
          call(new PlaidAdapter(env, { fetch }), { signal: AbortSignal.abort(reason) }),
        );
        assert(given === reason, `got ${given}`);
        assertEquals(calls.length, 0);
      }
    });

    timed(`${method} rejects with the signal's reason when it is aborted under way`, async (clock) => {
      for (const answer of [silence, silenceUntilAborted, endless]) {
        for (const reason of reasons) {
          const controller = new AbortController();
          const { fetch, calls } = upstream(answer);
          const failing = rejection(() =>
            call(new PlaidAdapter(env, { fetch }), { signal: controller.signal }),
          );
          while (calls.length === 0) await turns(1);
          controller.abort(reason);
          const given = await failing;
          assert(given === reason, `got ${given}`);
          assert(calls[0].init.signal.aborted, "fetch's signal was not aborted");
          assertEquals(calls.length, 1);
          assertEquals(clock.timers, []);
        }
      }
    });

    timed(`${method} rejects with the signal's reason when it is aborted between attempts`, async (clock) => {
      const controller = new AbortController();
      const { fetch, calls } = upstream(lost());
      const failing = rejection(() => call(new PlaidAdapter(env, { fetch }), { signal: controller.signal }));
      while (!clock.timers.includes(250)) await turns(1);
      const reason = new Error("enough");
      controller.abort(reason);
      assert((await failing) === reason);
      assertEquals(calls.length, 1);
      assertEquals(clock.timers, []);
    });
  }

  test("abort() without a reason is an AbortError, as fetch's", async () => {
    const controller = new AbortController();
    const { answer } = auth([silence], {}, { signal: controller.signal });
    controller.abort();
    const reason = await rejection(() => answer);
    assertEquals(reason.name, "AbortError");
    assert(reason === controller.signal.reason);
  });

  timed("an abort goes before the timeout", async (clock) => {
    const controller = new AbortController();
    const { answer } = auth([silence], { timeoutMs: 1000 }, { signal: controller.signal });
    await turns();
    controller.abort("stop");
    assertEquals(await rejection(() => answer), "stop");
    assertEquals(clock.timers, []);
  });

  test("an abort after the end changes nothing", async () => {
    const controller = new AbortController();
    const { answer } = auth([json({ a: 1 })], {}, { signal: controller.signal });
    assertEquals(await answer, { a: 1 });
    controller.abort("late");
    assertEquals(await answer, { a: 1 });
  });

  timed("a long-lived signal keeps no listener", async (clock) => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener;
    const remove = signal.removeEventListener;
    signal.addEventListener = (...args) => (listeners++, add.apply(signal, args));
    signal.removeEventListener = (...args) => (listeners--, remove.apply(signal, args));
    for (let n = 0; n < 5; n++) await auth([ok], {}, { signal }).answer;
    const { answer } = auth([lost(), ok], { maxRetries: 1 }, { signal });
    await clock.fire(250);
    await answer;
    assertEquals(listeners, 0, "listeners left:");
  });

  timed("one signal ends all the calls that have it", async () => {
    const controller = new AbortController();
    const all = [1, 2, 3].map(() => auth([silence], {}, { signal: controller.signal }).answer);
    controller.abort("stop");
    assertEquals(await Promise.all(all.map((answer) => rejection(() => answer))), ["stop", "stop", "stop"]);
  });
}
