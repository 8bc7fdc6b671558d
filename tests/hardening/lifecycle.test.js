// Adapters that are freed, forgotten or many: documented behaviour, and nothing that stays behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { rejection } from "../suite/assert.js";
import { turns } from "../suite/clock.js";
import { operations } from "../suite/operations.js";
import { env, json, ok, plaidError, silence } from "../suite/upstream.js";
import { lib, wasmBytes } from "./package.js";

const { PlaidAdapter } = lib;
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

/** Collects what can be collected, finalizers included. */
async function collect(isEnough = () => false) {
  for (let round = 0; round < 20 && !isEnough(); round++) {
    // To look through a weak reference keeps its target for the rest of the turn.
    await turns(2);
    gc();
    await turns(2);
  }
}

const left = (references) => references.filter((reference) => reference.deref() !== undefined).length;

async function assertCollected(references, what) {
  await collect(() => left(references) === 0);
  assert.equal(left(references), 0, `${what} left, of ${references.length}`);
}

/** Makes `count` adapters with one call each, and keeps nothing but weak references to what they were given. */
async function useMany(count, { isFreed = false, answer = ok } = {}) {
  const references = [];
  for (let n = 0; n < count; n++) {
    const fetch = async () => answer();
    const options = { maxRetries: 0 };
    const adapter = new PlaidAdapter(env, { fetch });
    references.push(new WeakRef(fetch), new WeakRef(options), new WeakRef(adapter));
    await adapter.authRequest("access-sandbox-1", options).then(
      (value) => references.push(new WeakRef(value)),
      (error) => references.push(new WeakRef(error)),
    );
    if (isFreed) adapter.free();
  }
  return references;
}

for (const [what, options] of Object.entries({
  "freed adapters": { isFreed: true },
  "forgotten adapters": {},
  "adapters whose calls failed": { answer: plaidError(500, "INTERNAL_SERVER_ERROR") },
})) {
  test(`${what} are collected, with all they were given, and memory does not grow`, async () => {
    await assertCollected(await useMany(1000, options), what);
    const before = wasmBytes();
    for (let round = 0; round < 5; round++) await assertCollected(await useMany(1000, options), what);
    assert.equal(wasmBytes(), before);
  });
}

test("a thousand adapters at once", async () => {
  const round = async () => {
    const adapters = Array.from({ length: 1000 }, (_, n) => new PlaidAdapter(env, { fetch: json({ n }) }));
    const answers = await Promise.all(adapters.map((adapter) => adapter.authRequest("access-sandbox-1")));
    answers.forEach((answer, n) => assert.deepEqual(answer, { n }));
  };
  await round();
  await collect();
  const before = wasmBytes();
  for (let n = 0; n < 5; n++) {
    await round();
    await collect();
  }
  assert.ok(wasmBytes() - before <= 65_536, `${wasmBytes() - before} bytes more`);
});

for (const { method, call, answer } of operations) {
  test(`${method}: 2,000 calls, well and badly ended, leave nothing behind`, async () => {
    const answers = [json(answer ?? {}), plaidError(400, "INVALID_FIELD"), () => new Response("<html>")];
    let at = 0;
    const adapter = new PlaidAdapter(env, { fetch: async () => answers[at++ % answers.length]() });
    const references = [];
    const make = async (count) => {
      for (let n = 0; n < count; n++) {
        const options = { timeoutMs: 1000 };
        references.push(new WeakRef(options));
        const ended = await call(adapter, options).catch((error) => error);
        references.push(new WeakRef(ended));
      }
    };
    await make(500);
    const before = wasmBytes();
    await make(1500);
    await assertCollected(references, "options, answers and errors");
    assert.equal(wasmBytes(), before);
    adapter.free();
  });

  test(`${method}: calls that were aborted leave nothing behind`, async () => {
    const references = [];
    const adapter = new PlaidAdapter(env, { fetch: silence });
    const abandon = async () => {
      const controller = new AbortController();
      const options = { signal: controller.signal };
      references.push(new WeakRef(options), new WeakRef(controller));
      const ended = rejection(() => call(adapter, options));
      await turns(1);
      controller.abort("stop");
      await ended;
    };
    for (let n = 0; n < 20; n++) await abandon();
    await assertCollected(references, "options and signals");
    adapter.free();
  });

  test(`${method}: calls that never end leave nothing behind when nobody can end them`, async () => {
    const references = [];
    const { setTimeout } = globalThis;
    let asked = 0;
    // A configuration of this test's own: the requests for keys of another may be used up.
    const ownEnv = { ...env, PLAID_SECRET: "0123456789abcdef0123456789abcd" };
    // As in a worker whose client has gone: no timer fires any more, and nothing is continued.
    globalThis.setTimeout = () => 0;
    const abandon = () => {
      const options = { timeoutMs: 1000 };
      const fetch = () => {
        asked++;
        return new Promise(() => {});
      };
      const adapter = new PlaidAdapter(ownEnv, { fetch });
      references.push(new WeakRef(options), new WeakRef(fetch), new WeakRef(adapter));
      call(adapter, options).catch(() => {});
    };
    try {
      for (let n = 0; n < 100; n++) abandon();
      while (asked < 100) await turns(1);
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    await assertCollected(references, "options, fetches and adapters");
  });
}

test("free gives up credentials and fetch at once, while the adapter is still held", async () => {
  const make = () => {
    const fetch = async () => ok();
    return { adapter: new PlaidAdapter(env, { fetch }), reference: new WeakRef(fetch) };
  };
  const { adapter, reference } = make();
  adapter.free();
  await assertCollected([reference], "fetch");
  const error = await rejection(() => adapter.authRequest("access-sandbox-1"));
  assert.equal(error.kind, "invalid_argument");
});

test("free in the same tick, twice, disposed, and by its own fetch", async () => {
  for (const end of [
    (adapter) => adapter.free(),
    (adapter) => (adapter.free(), adapter.free()),
    (adapter) => adapter[Symbol.dispose]?.(),
  ]) {
    const fetch = async () => {
      await turns(1);
      end(adapter);
      return ok();
    };
    const adapter = new PlaidAdapter(env, { fetch });
    const pending = [adapter.authRequest("access-sandbox-1"), adapter.createLinkToken("user-1")];
    end(adapter);
    for (const answer of await Promise.all(pending)) assert.deepEqual(answer, { request_id: "request-ok" });
  }
});

test("initializePlaid, free and calls in any order", async () => {
  for (let seed = 0; seed < 200; seed++) {
    const adapter = new PlaidAdapter(env, { fetch: async () => ok() });
    const pending = [];
    let isFree = false;
    for (let step = 0; step < 8; step++) {
      const action = (seed * 31 + step * 17 + (seed >> step)) % 5;
      if (action === 0 && step > 3) isFree = (adapter.free(), true);
      else if (action === 1 && !isFree) adapter.initializePlaid({ clientName: `${seed}` });
      else if (action === 2) await turns(1);
      else pending.push(adapter.createLinkToken("user-1").catch((error) => error.kind));
    }
    for (const answer of await Promise.all(pending)) {
      assert.ok(answer === "invalid_argument" || answer.request_id === "request-ok", String(answer));
    }
  }
});

test("iterators that are left half-way are collected", async () => {
  const answer = json({ bank_transfer_events: [{ event_id: 1 }, { event_id: 2 }] });
  const references = [];
  const leave = async (method) => {
    const adapter = new PlaidAdapter(env, { fetch: async () => answer() });
    const events = adapter.bankTransferEvents();
    references.push(new WeakRef(events), new WeakRef(adapter));
    assert.equal((await events.next()).value.event_id, 1);
    if (method) await events[method]();
  };
  for (let n = 0; n < 100; n++) await leave(n % 2 ? "return" : undefined);
  await assertCollected(references, "iterators and adapters");
});
