// Kinds of attacks on webhooks: junk, keys, and bodies without end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rejection } from "../suite/assert.js";
import { Clock, guarded, turns } from "../suite/clock.js";
import {
  base64url,
  body,
  claims,
  keyAnswer,
  keyPair,
  kid,
  payload,
  token,
  unsigned,
} from "../suite/tokens.js";
import { env, json, lost, plaidError, text } from "../suite/upstream.js";
import { lib } from "./package.js";

const { PlaidAdapter } = lib;
const adapterOn = (fetch, options) => new PlaidAdapter(env, { fetch, maxRetries: 0, ...options });
const webhook = (token, ofBody = body) => ({ body: ofBody, headers: { "plaid-verification": token } });
const genuine = async (pair, header) => webhook(await token(pair, header));
const junk = async () =>
  webhook(
    `${unsigned(await claims(), { kid: crypto.randomUUID() })}.${base64url(new Uint8Array(64).fill(7))}`,
  );
const mustRetry = ["rate_limit", "server", "network", "timeout", "api", "bad_response"];

function assertMayRetry(error) {
  assert.ok(mustRetry.includes(error.kind), `${error.kind}: ${error}`);
}

const refusals = {
  "an unknown key": plaidError(400, "INVALID_WEBHOOK_VERIFICATION_KEY_ID"),
  404: text("", 404),
  429: plaidError(429, "RATE_LIMIT"),
  500: plaidError(500, "INTERNAL_SERVER_ERROR"),
  "refused credentials": plaidError(400, "INVALID_API_KEYS"),
  "no connection": lost(),
  "a key that is none": json({ key: { kty: "RSA" }, request_id: "r" }),
};
for (const [what, refusal] of Object.entries(refusals)) {
  test(`junk under ${what}: few requests, and the genuine webhook is accepted later`, () =>
    Clock.run(async (clock) => {
      const pair = await keyPair();
      const key = json(await keyAnswer(pair));
      let requests = 0;
      const adapter = adapterOn(async (url, init) => {
        requests++;
        return keyId(init) === kid ? key() : refusal();
      });
      const started = clock.now;
      for (let n = 0; n < 300; n++) {
        clock.now += 100;
        await rejection(async () => adapter.verifyWebhook(await junk()));
      }
      const seconds = (clock.now - started) / 1000;
      assert.ok(requests <= 20 + seconds + 1, `${requests} requests in ${seconds} s`);
      const hook = await genuine(pair);
      const outcome = await adapter.verifyWebhook(hook).catch((error) => error);
      if (outcome instanceof Error) {
        assertMayRetry(outcome);
        clock.now += 2000;
        assert.deepEqual(await adapter.verifyWebhook(hook), payload);
      }
      // From now on its key is known, whatever else comes.
      const before = requests;
      for (let n = 0; n < 50; n++) await rejection(async () => adapter.verifyWebhook(await junk()));
      assert.deepEqual(await adapter.verifyWebhook(hook), payload);
      assert.ok(requests - before <= 21, `${requests - before}`);
    }));
}

const keyId = (init) => JSON.parse(init.body).key_id;

test("junk on many configurations in turn gives none of them more requests", () =>
  Clock.run(async (clock) => {
    const requests = Array(50).fill(0);
    const refusal = refusals["an unknown key"];
    const { fetch } = globalThis;
    globalThis.fetch = async (url, { headers }) => (requests[headers["PLAID-SECRET"].slice(7)]++, refusal());
    try {
      const adapters = requests.map(
        (_, n) => new PlaidAdapter({ ...env, PLAID_SECRET: `secret-${n}` }, { maxRetries: 0 }),
      );
      for (let n = 0; n < 100; n++) {
        clock.now += 100;
        for (const adapter of adapters) await rejection(async () => adapter.verifyWebhook(await junk()));
      }
    } finally {
      globalThis.fetch = fetch;
    }
    assert.ok(Math.max(...requests) <= 20 + 10 + 1, `${requests}`);
  }));

test("a fetch of its own for every webhook: few requests under junk, and genuine ones are accepted", () =>
  Clock.run(async (clock) => {
    const own = { ...env, PLAID_SECRET: crypto.randomUUID() };
    const pair = await keyPair();
    const key = json(await keyAnswer(pair));
    let requests = 0;
    const verify = async (hook) => {
      const fetch = async (url, init) => (
        requests++,
        keyId(init) === kid ? key() : refusals["an unknown key"]()
      );
      return new PlaidAdapter(own, { fetch, maxRetries: 0 }).verifyWebhook(await hook);
    };
    for (let n = 0; n < 300; n++) assert.deepEqual(await verify(genuine(pair)), payload);
    const started = clock.now;
    clock.now += 60_000;
    let accepted = 0;
    for (let n = 0; n < 2000; n++) {
      clock.now += 5;
      await rejection(() => verify(junk()));
      if (n % 20 === 0) await verify(genuine(pair)).then(() => accepted++, assertMayRetry);
    }
    const seconds = (clock.now - started) / 1000;
    assert.ok(requests - 300 <= 500 + 20 * seconds, `${requests} requests in ${seconds} s`);
    assert.equal(accepted, 100);
  }));

test("a genuine webhook with a new key is accepted when it is sent again, while junk goes on", () =>
  Clock.run(async (clock) => {
    const pair = await keyPair();
    const key = json(await keyAnswer(pair));
    const fetch = async (url, init) => (keyId(init) === kid ? key() : refusals["an unknown key"]());
    const adapter = new PlaidAdapter({ ...env, PLAID_SECRET: crypto.randomUUID() }, { fetch, maxRetries: 0 });
    const junkFor = async (seconds) => {
      for (let n = 0; n < 20 * seconds; n++) {
        clock.now += 50;
        await rejection(async () => adapter.verifyWebhook(await junk()));
      }
    };
    await junkFor(20);
    // The moment just after junk took what there was.
    assertMayRetry(await rejection(async () => adapter.verifyWebhook(await genuine(pair))));
    // Once in thirty times, junk has taken the place in which the key's id was marked.
    for (let attempt = 1; ; attempt++) {
      await junkFor(30);
      const received = await adapter.verifyWebhook(await genuine(pair)).catch((error) => error);
      if (attempt < 4 && received instanceof Error) continue;
      assert.deepEqual(received, payload);
      break;
    }
  }));

test("a key id has one spelling", async () => {
  const pair = await keyPair();
  let requests = 0;
  const answer = json(await keyAnswer(pair));
  const adapter = adapterOn(async () => (requests++, answer()));
  for (let n = 0; n < 20; n++) {
    const spelled = kid.replace(/[a-f]/g, (letter) => (Math.random() < 0.5 ? letter.toUpperCase() : letter));
    assert.deepEqual(await adapter.verifyWebhook(await genuine(pair, { kid: spelled })), payload);
  }
  assert.equal(requests, 1);
});

test("an expiry that was known at the time of the look-up is noticed at every use", () =>
  Clock.run(async (clock) => {
    const pair = await keyPair();
    const answer = json(await keyAnswer(pair, { expired_at: Math.floor(clock.now / 1000) + 60 }));
    const adapter = adapterOn(async () => answer());
    assert.deepEqual(await adapter.verifyWebhook(await genuine(pair)), payload);
    clock.now += 61_000;
    const error = await rejection(async () => adapter.verifyWebhook(await genuine(pair)));
    assert.equal(error.reason, "expired_key");
  }));

test("one look-up serves all that wait, each for its own time", () =>
  Clock.run(async (clock) => {
    const pair = await keyPair();
    const answer = await keyAnswer(pair);
    let give;
    let requests = 0;
    const adapter = adapterOn(
      () => (requests++, new Promise((resolve) => (give = () => resolve(Response.json(answer))))),
    );
    const hook = await genuine(pair);
    const patient = Array.from({ length: 10 }, () => adapter.verifyWebhook(hook, { timeoutMs: 4000 }));
    await turns(20);
    let refused;
    rejection(() => adapter.verifyWebhook(hook, { timeoutMs: 30 })).then((error) => (refused = error));
    await turns(20);
    for (let n = 0; n < 100 && !refused; n++) await clock.fire(clock.timers.find((ms) => ms < 25) ?? 25);
    assert.equal(refused.kind, "timeout");
    assert.equal(requests, 1);
    give();
    await turns();
    let isDone = false;
    const all = Promise.all(patient).finally(() => (isDone = true));
    for (let n = 0; n < 60 && !isDone; n++) {
      if (clock.timers.includes(25)) await clock.fire(25);
      else await turns();
    }
    assert.deepEqual(await all, Array(10).fill(payload));
    assert.equal(requests, 1);
  }));

const endless = {
  strings: () => "x".repeat(65_536),
  "empty chunks": () => new Uint8Array(),
  "empty strings": () => "",
  "huge chunks": () => new Uint8Array(4_000_000),
  buffers: () => new ArrayBuffer(65_536),
};
for (const [what, chunk] of Object.entries(endless)) {
  for (const isLater of [false, true]) {
    test(`a body without end: ${what}${isLater ? ", each a turn later" : ""}`, async () => {
      let isCancelled = false;
      const reader = {
        read: async () => {
          // Many empty pieces would take their time.
          if (isLater && what !== "empty chunks" && what !== "empty strings") await turns(1);
          else if (isLater) await undefined;
          return { done: false, value: chunk() };
        },
        cancel: async () => {
          isCancelled = true;
        },
      };
      const request = {
        headers: { "plaid-verification": (await genuine(await keyPair())).headers["plaid-verification"] },
        body: { getReader: () => reader },
        arrayBuffer: () => assert.fail("it is read whole"),
      };
      // A framework's request, with the platform's own within, is no way around.
      for (const given of [
        request,
        { raw: { ...request, bodyUsed: false }, arrayBuffer: request.arrayBuffer },
      ]) {
        isCancelled = false;
        const error = await guarded(
          rejection(() => adapterOn(lost()).verifyWebhook(given)),
          30_000,
        );
        assert.equal(error.reason, "body_too_large", String(error));
        assert.ok(isCancelled);
      }
    });
  }
}

test("what comes first is judged first, and an unsigned body is never parsed", async () => {
  const { parse } = JSON;
  const parsed = [];
  JSON.parse = (text, ...rest) => (parsed.push(text), parse(text, ...rest));
  try {
    const marked = '{"marked":1}';
    const forged = webhook((await junk()).headers["plaid-verification"], marked);
    assert.equal((await rejection(() => adapterOn(lost()).verifyWebhook(forged))).reason, "body_mismatch");
    const header = `${unsigned(await claims({}, marked))}.${base64url(new Uint8Array(64))}`;
    const answer = json(await keyAnswer(await keyPair()));
    const error = await rejection(() =>
      adapterOn(async () => answer()).verifyWebhook(webhook(header, marked)),
    );
    assert.equal(error.reason, "bad_signature");
    assert.ok(!parsed.includes(marked));
  } finally {
    JSON.parse = parse;
  }
});

test("what all objects inherit is no claim", async () => {
  const polluted = {
    alg: "ES256",
    kid,
    algorithm: "ES256",
    keyId: kid,
    iat: Date.now() / 1000,
    issuedAt: Date.now() / 1000,
  };
  Object.assign(polluted, { toleranceSeconds: 1e7, toleranceS: 1e7, signatureLength: 64, expired_at: null });
  const pair = await keyPair();
  const answer = json(await keyAnswer(pair));
  const old = webhook(await token(pair, {}, { iat: 1_000_000_000 }));
  const bare = webhook(`${base64url("{}")}.${base64url("{}")}.${base64url(new Uint8Array(64))}`);
  for (const [name, value] of Object.entries(polluted)) Object.prototype[name] = value;
  const reasons = [];
  try {
    for (const given of [old, bare, webhook("no token")]) {
      const error = await adapterOn(async () => answer())
        .verifyWebhook(given, {})
        .catch((error) => error);
      reasons.push(error.reason);
    }
  } finally {
    for (const name of Object.keys(polluted)) delete Object.prototype[name];
  }
  assert.deepEqual(reasons, ["stale", "wrong_algorithm", "malformed_token"]);
});

test("what all objects inherit makes no key unusable", async () => {
  const pair = await keyPair();
  const answer = json(await keyAnswer(pair));
  for (const [name, value] of Object.entries({
    d: "AAAA",
    use: "enc",
    key_ops: ["sign"],
    alg: "HS256",
    k: "AA",
  })) {
    const hook = await genuine(pair);
    Object.prototype[name] = value;
    let verified;
    try {
      verified = await adapterOn(async () => answer())
        .verifyWebhook(hook)
        .catch((error) => error);
    } finally {
      delete Object.prototype[name];
    }
    assert.deepEqual(verified, payload, name);
  }
});

test("a hook on stacks that throws breaks no later webhook", async () => {
  const pair = await keyPair();
  const expired = json(await keyAnswer(pair, { expired_at: 1 }));
  const adapter = adapterOn(async () => expired());
  Error.prepareStackTrace = () => {
    throw new Error("the hook failed");
  };
  try {
    for (let n = 0; n < 3; n++) await adapter.verifyWebhook(await genuine(pair)).catch(() => {});
  } finally {
    delete Error.prepareStackTrace;
  }
  const error = await rejection(async () => adapter.verifyWebhook(await genuine(pair)));
  assert.equal(error.reason, "expired_key");
});

test("what ends one caller's look-up is no answer for those who wait", async () => {
  const pair = await keyPair();
  const known = json(await keyAnswer(pair));
  const judged = await rejection(async () =>
    adapterOn(async () => known()).verifyWebhook({ body, headers: {} }),
  );
  for (const [what, options, end] of [
    [
      "an abort with an error of ours",
      ({ signal }) => ({ signal }),
      (controller) => controller.abort(judged),
    ],
    ["a timeout of its own", () => ({ timeoutMs: 20 }), () => {}],
  ]) {
    const controller = new AbortController();
    let requests = 0;
    // The first is answered by nobody.
    const fetch = async () => (++requests === 1 ? new Promise(() => {}) : known());
    const adapter = adapterOn(fetch);
    const first = rejection(async () => adapter.verifyWebhook(await genuine(pair), options(controller)));
    while (requests === 0) await turns(1);
    const waiting = adapter.verifyWebhook(await genuine(pair));
    end(controller);
    await first;
    assert.deepEqual(await waiting, payload, what);
    assert.equal(requests, 2);
  }
});

test("a webhook that was aborted leaves its body free, and is read no further", async () => {
  const { headers } = await genuine(await keyPair());
  for (const abort of ["before", "while the sender stalls"]) {
    let pulled = 0;
    let isCancelled = false;
    const body = new ReadableStream(
      {
        pull(stream) {
          // One piece comes, and then nothing more.
          if (pulled++ > 0) return new Promise(() => {});
          stream.enqueue(new Uint8Array(8));
        },
        cancel: () => void (isCancelled = true),
      },
      { highWaterMark: 0 },
    );
    const request = new Request("https://example.com/", { method: "POST", headers, body, duplex: "half" });
    const controller = new AbortController();
    if (abort === "before") controller.abort("stop");
    const failing = rejection(() => adapterOn(lost()).verifyWebhook(request, { signal: controller.signal }));
    if (abort !== "before") {
      while (pulled < 2) await turns(1);
      controller.abort("stop");
    }
    assert.equal(await failing, "stop");
    assert.equal(request.body.locked, false, abort);
    assert.deepEqual([pulled > 0, isCancelled], abort === "before" ? [false, false] : [true, true]);
  }
});

test("a body that breaks off, that was read before, and that is none", async () => {
  const { headers } = await genuine(await keyPair());
  const request = (body) =>
    new Request("https://example.com/", { method: "POST", headers, body, duplex: "half" });
  const broken = () => {
    let count = 0;
    return new ReadableStream({
      pull: (stream) =>
        count++ > 2 ? stream.error(new Error("the sender is gone")) : stream.enqueue(new Uint8Array(8)),
    });
  };
  const read = request(body);
  await read.text();
  const locked = request(body);
  locked.body.getReader();
  const throwing = (name) => Object.defineProperty({}, name, { get: () => assert.fail("a getter") });
  const numbers = new ReadableStream({ start: (stream) => stream.enqueue(7) });
  for (const [given, kind, words] of [
    [request(broken()), "network", /could not be read: the sender is gone/],
    [{ headers, arrayBuffer: async () => Promise.reject(new Error("gone")) }, "network", /read: gone/],
    [Object.assign(throwing("bodyUsed"), { headers, arrayBuffer: async () => 1 }), "network", /a getter/],
    [{ headers, body: throwing("locked"), arrayBuffer: async () => assert.fail() }, "network", /a getter/],
    [read, "invalid_argument", /has not been read/],
    [locked, "invalid_argument", /has not been read/],
    [{ headers, body: numbers, arrayBuffer: async () => assert.fail() }, "invalid_argument", /the raw body/],
    [{ headers, arrayBuffer: async () => 1e9 }, "invalid_argument", /the raw body/],
  ]) {
    const error = await rejection(() => adapterOn(lost()).verifyWebhook(given));
    assert.equal(error.kind, kind, String(error));
    assert.equal(error.reason, "malformed_body");
    assert.match(error.message, words);
  }
});

test("what a body's reader throws shows no credentials, and a body that can't be looked at is refused", async () => {
  const { headers } = await genuine(await keyPair());
  const { PLAID_CLIENT_ID, PLAID_SECRET } = env;
  const arrayBuffer = async () => Promise.reject(new Error(`reading as ${PLAID_CLIENT_ID}:${PLAID_SECRET}`));
  const error = await rejection(() => adapterOn(lost()).verifyWebhook({ headers, arrayBuffer }));
  for (const shown of [error.message, error.stack, error.cause.message, JSON.stringify(error)]) {
    assert.ok(!shown.includes(PLAID_SECRET) && !shown.includes(PLAID_CLIENT_ID), shown);
  }

  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  const throwing = Object.defineProperty({}, Symbol.toStringTag, { get: () => assert.fail("a getter") });
  for (const body of [throwing, new Proxy({}, { get: () => assert.fail("a trap") })]) {
    const error = await rejection(() => adapterOn(lost()).verifyWebhook({ headers, body }));
    assert.deepEqual([error.kind, error.reason], ["invalid_argument", "malformed_body"]);
  }
  const gone = await rejection(() => adapterOn(lost()).verifyWebhook({ headers, body: detached }));
  assert.equal(gone.reason, "malformed_body", String(gone));
});

test("a key that turns out to be none is not kept", async () => {
  const pair = await keyPair();
  const { key } = await keyAnswer(pair);
  const good = json({ key });
  const answers = [
    { ...key, y: key.x },
    { ...key, x: undefined },
    { ...key, kid: crypto.randomUUID() },
    null,
  ];
  const adapter = adapterOn(async () => (answers.length > 0 ? json({ key: answers.pop() }) : good)());
  for (let left = answers.length; left > 0; left--) {
    const error = await rejection(async () => adapter.verifyWebhook(await genuine(pair)));
    assert.equal(error.kind, "bad_response");
  }
  assert.deepEqual(await adapter.verifyWebhook(await genuine(pair)), payload);
});

test("a runtime without timers, of which a webhook needs to wait, is named", async () => {
  const pair = await keyPair();
  const adapter = adapterOn(() => new Promise(() => {}));
  const controller = new AbortController();
  const first = rejection(async () =>
    adapter.verifyWebhook(await genuine(pair), { signal: controller.signal }),
  );
  await turns();
  const { setTimeout } = globalThis;
  const hook = await genuine(pair);
  let error;
  try {
    delete globalThis.setTimeout;
    error = await rejection(() => adapter.verifyWebhook(hook));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  controller.abort();
  await first;
  assert.deepEqual([error.kind, /setTimeout/.test(error.message)], ["configuration", true]);
});
