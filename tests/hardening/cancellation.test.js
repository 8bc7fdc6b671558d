// Aborts at every moment and for every reason: the call rejects with that reason at once, sends nothing more, and
// leaves no listener, no timer and no open connection.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { inspect } from "node:util";
import { Clock, guarded, turns } from "../suite/clock.js";
import { operations } from "../suite/operations.js";
import { anyWebhook, body as webhookBody } from "../suite/tokens.js";
import { endless, env, lost, ok, silence, silenceUntilAborted, upstream } from "../suite/upstream.js";
import { lib } from "./package.js";
import { http, serve } from "./upstream.js";

const { PlaidAdapter } = lib;
const LONGEST_MS = 10_000;

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const reasons = [
  new Error("enough"),
  "stop",
  "",
  0,
  null,
  { code: 1 },
  Symbol("stop"),
  () => {},
  Promise.resolve(),
  revoked(),
];

/** What a call rejects with, as a member: a reason may be a promise. */
const rejection = (start) =>
  start().then(
    () => assert.fail("it succeeded"),
    (reason) => ({ reason }),
  );

function assertSame(given, reason) {
  assert.ok(Object.is(given, reason), `expected ${inspect(reason)}, got ${inspect(given)}`);
}

/** Each way to abort: gives the adapter's fetch, and is told when to abort by `abort`. */
const phases = {
  "in fetch, synchronously": (abort) => () => {
    abort();
    return silence();
  },
  "before the headers": (abort) => () => {
    setImmediate(abort);
    return silence();
  },
  "before the headers, of a fetch that listens": (abort) => (url, init) => {
    setImmediate(abort);
    return silenceUntilAborted(url, init);
  },
  "in the body": (abort) => () => {
    setImmediate(abort);
    return endless();
  },
  "with the answer there": (abort) => () => {
    abort();
    return new Response("{}", { status: 500 });
  },
  "with the failure there": (abort) => () => {
    abort();
    throw new TypeError("lost");
  },
};

for (const { method, call } of operations) {
  for (const [phase, prepare] of Object.entries(phases)) {
    test(`${method}: aborted ${phase}`, async () => {
      for (const reason of reasons) {
        const controller = new AbortController();
        const { signal } = controller;
        const { fetch, calls } = upstream(prepare(() => controller.abort(reason)));
        const { reason: given } = await guarded(
          rejection(() => call(new PlaidAdapter(env, { fetch }), { signal })),
          LONGEST_MS,
        );
        assertSame(given, reason);
        assert.equal(calls.length, 1);
        assert.equal(getEventListeners(signal, "abort").length, 0, "a listener is left");
      }
    });
  }

  test(`${method}: aborted between attempts`, () =>
    Clock.run(async (clock) => {
      for (const reason of reasons) {
        const controller = new AbortController();
        const { fetch, calls } = upstream(lost());
        const failing = rejection(() =>
          call(new PlaidAdapter(env, { fetch }), { signal: controller.signal }),
        );
        while (!clock.timers.includes(250)) await turns(1);
        controller.abort(reason);
        const { reason: given } = await failing;
        assertSame(given, reason);
        await turns();
        assert.equal(calls.length, 1);
        assert.deepEqual(clock.timers, []);
        assert.equal(getEventListeners(controller.signal, "abort").length, 0);
      }
    }));

  test(`${method}: aborted by onAttempt`, async () => {
    const controller = new AbortController();
    const { fetch, calls } = upstream(lost());
    const adapter = new PlaidAdapter(env, { fetch, onAttempt: () => controller.abort("stop") });
    const { reason: given } = await rejection(() => call(adapter, { signal: controller.signal }));
    assert.equal(given, "stop");
    assert.equal(calls.length, 1);
  });

  test(`${method}: the connection ends with the call`, async (t) => {
    for (const answer of [
      () => {},
      (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
    ]) {
      let arrived;
      const arrival = new Promise((resolve) => (arrived = resolve));
      const { url } = await serve(t, (socket) => {
        answer(socket);
        arrived(socket);
      });
      const controller = new AbortController();
      const adapter = new PlaidAdapter({ ...env, PLAID_BASE_URL: url });
      const failing = rejection(() => call(adapter, { signal: controller.signal }));
      const socket = await arrival;
      const closed = new Promise((resolve) => socket.once("close", resolve));
      controller.abort("stop");
      assert.equal((await failing).reason, "stop");
      await guarded(closed, LONGEST_MS);
    }
  });

  test(`${method}: an answer that comes after the end is not read, but cancelled`, async () => {
    let respond;
    let arrived;
    const arrival = new Promise((resolve) => (arrived = resolve));
    const fetch = () => (arrived(), new Promise((resolve) => (respond = resolve)));
    const controller = new AbortController();
    const failing = rejection(() => call(new PlaidAdapter(env, { fetch }), { signal: controller.signal }));
    await arrival;
    controller.abort("stop");
    assert.equal((await failing).reason, "stop");
    const cancelled = new Promise((resolve) =>
      respond(new Response(new ReadableStream({ cancel: resolve }))),
    );
    await guarded(cancelled, LONGEST_MS);
  });

  test(`${method}: AbortSignal.timeout and AbortSignal.any`, async () => {
    const any = AbortSignal.any([AbortSignal.timeout(5), new AbortController().signal]);
    for (const signal of [AbortSignal.timeout(5), any]) {
      const adapter = new PlaidAdapter(env, { fetch: silence });
      const alive = setInterval(() => {}, 1000);
      const { reason: given } = await guarded(
        rejection(() => call(adapter, { signal })),
        LONGEST_MS,
      );
      clearInterval(alive);
      assert.equal(given, signal.reason);
      assert.equal(given.name, "TimeoutError");
    }
  });

  test(`${method}: a signal that is none, or throws, ends the call and leaves no timer`, () =>
    Clock.run(async (clock) => {
      const signals = {
        "addEventListener throws": { addEventListener: throws },
        "removeEventListener throws": { removeEventListener: throws },
        "reason throws": Object.defineProperty({ aborted: true }, "reason", { get: throws }),
        "aborted throws the second time": Object.defineProperty({}, "aborted", { get: throwsAfter(1) }),
        "aborted throws the third time": Object.defineProperty({}, "aborted", { get: throwsAfter(2) }),
      };
      for (const [what, members] of Object.entries(signals)) {
        const signal = { aborted: false, addEventListener() {}, removeEventListener() {} };
        Object.defineProperties(signal, Object.getOwnPropertyDescriptors(members));
        const settled = call(new PlaidAdapter(env, { fetch: async () => ok() }), { signal }).then(
          () => {},
          (error) => assert.ok(!(error instanceof WebAssembly.RuntimeError), what),
        );
        await guarded(settled, LONGEST_MS);
        await turns();
        assert.deepEqual(clock.timers, [], what);
      }
    }));

  test(`${method}: a reason that cannot be read`, async () => {
    const controller = new AbortController();
    Object.defineProperty(controller.signal, "reason", { get: throws });
    const { fetch } = upstream(phases["before the headers"](() => controller.abort()));
    await guarded(
      rejection(() => call(new PlaidAdapter(env, { fetch }), { signal: controller.signal })),
      LONGEST_MS,
    );
  });
}

function throws() {
  throw new Error("hostile");
}

function throwsAfter(times) {
  return () => (times-- > 0 ? false : throws());
}

test("a thousand calls with one signal leave nothing on it", async () => {
  const warnings = [];
  const note = (warning) => warnings.push(warning.name);
  process.on("warning", note);
  const { signal } = new AbortController();
  const adapter = new PlaidAdapter(env, upstream(ok));
  for (let n = 0; n < 1000; n++) await adapter.authRequest("access-sandbox-1", { signal });
  await turns();
  process.off("warning", note);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  assert.deepEqual(warnings, []);
});

test("a webhook whose body never comes", async () => {
  const { headers } = await anyWebhook();
  for (const chunks of [[], [webhookBody.slice(0, 5)]]) {
    const stream = new ReadableStream({
      pull: (stream) => (chunks.length ? stream.enqueue(Buffer.from(chunks.shift())) : new Promise(() => {})),
    });
    const request = new Request("https://example.com/", {
      method: "POST",
      headers,
      body: stream,
      duplex: "half",
    });
    const controller = new AbortController();
    const adapter = new PlaidAdapter(env, upstream(ok));
    const failing = rejection(() => adapter.verifyWebhook(request, { signal: controller.signal }));
    await turns();
    controller.abort("stop");
    assert.equal((await guarded(failing, LONGEST_MS)).reason, "stop");
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  }
});

test("a webhook whose body can't be read leaves nothing on the caller's signal", async () => {
  const { headers } = await anyWebhook();
  const adapter = new PlaidAdapter(env, upstream(ok));
  const { signal } = new AbortController();
  for (const body of [5, "x".repeat(10_000_000), new Uint8Array(10_000_000)]) {
    const { reason } = await rejection(() => adapter.verifyWebhook({ headers, body }, { signal }));
    assert.match(reason.reason, /malformed_body|body_too_large/);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  }
});

test("a signal that tells at once, though it has not aborted", async () => {
  const signal = {
    aborted: false,
    reason: "at once",
    addEventListener: (_, listener) => listener(),
    removeEventListener() {},
  };
  const failing = rejection(() => new PlaidAdapter(env, upstream(ok)).authRequest("a", { signal }));
  assert.equal((await guarded(failing, LONGEST_MS)).reason, "at once");
});

test("a webhook that waits for the key another asked for", () =>
  Clock.run(async (clock) => {
    const webhook = await anyWebhook();
    const { fetch, calls } = upstream(silence);
    const adapter = new PlaidAdapter(env, { fetch });
    adapter.verifyWebhook(webhook).catch(() => {});
    while (calls.length === 0) await turns(1);
    const controller = new AbortController();
    const failing = rejection(() => adapter.verifyWebhook(webhook, { signal: controller.signal }));
    while (!clock.timers.includes(25)) await turns(1);
    controller.abort("stop");
    assert.equal((await guarded(failing, LONGEST_MS)).reason, "stop");
    assert.equal(calls.length, 1);
    assert.ok(!clock.timers.includes(25));
  }));

test("an iterator that was aborted goes on where it was with the next signal's call", async () => {
  const controller = new AbortController();
  const { fetch } = upstream(phases["before the headers"](() => controller.abort("stop")));
  const events = new PlaidAdapter(env, { fetch }).bankTransferEvents({ signal: controller.signal });
  assert.equal((await rejection(() => events.next())).reason, "stop");
  // And, as its signal stays aborted, again.
  assert.equal((await rejection(() => events.next())).reason, "stop");
});
