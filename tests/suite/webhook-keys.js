// verifyWebhook: which keys are asked for, and how often.

import { assert, assertEquals, assertRejects, later, rejection } from "./assert.js";
import { Clock, turns } from "./clock.js";
import { body, keyAnswer, keyPair, kid, payload, token } from "./tokens.js";
import { env, json, lost, plaidError, text, upstream } from "./upstream.js";

const minute = 60_000;
const day = 24 * 60 * minute;
const unknownKey = plaidError(400, "INVALID_WEBHOOK_VERIFICATION_KEY_ID");

export default function (test, lib) {
  const { PlaidAdapter, PlaidSandbox, PlaidWebhookVerificationError, PlaidApiInternalServerError } = lib;
  const timed = (name, run) => test(name, () => Clock.run(run));

  const adapterOn = (fetch, options) => new PlaidAdapter(env, { fetch, maxRetries: 0, ...options });
  const signed = async (pair, header) => ({
    body,
    headers: { "plaid-verification": await token(pair, header) },
  });
  const otherKid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

  async function assertReason(reason, adapter, webhook, fields = {}) {
    return assertRejects(() => adapter.verifyWebhook(webhook), PlaidWebhookVerificationError, {
      kind: "webhook",
      reason,
      ...fields,
    });
  }

  /** Refused, or not judged because too many keys were asked for: then the sender is to come again. */
  async function assertNoKey(adapter, webhook) {
    const error = await rejection(() => adapter.verifyWebhook(webhook));
    assertEquals(error.reason, "unknown_key");
    if (error.kind === "webhook") return;
    assertEquals([error.kind, error.retryable, error.attempts], ["rate_limit", true, 0]);
    assert(error.retryAfterMs > 0);
  }

  timed("a key is kept for a day, and then fetched again", async (clock) => {
    const pair = await keyPair();
    const { fetch, calls } = upstream(json(await keyAnswer(pair)));
    const adapter = adapterOn(fetch);
    for (const [wait, requests] of [
      [0, 1],
      [0, 1],
      [day - minute, 1],
      [2 * minute, 2],
      [minute, 2],
    ]) {
      clock.now += wait;
      assertEquals(await adapter.verifyWebhook(await signed(pair)), payload);
      assertEquals(calls.length, requests);
    }
  });

  timed("a key that expired meanwhile is noticed within a day", async (clock) => {
    const pair = await keyPair();
    const expired_at = Math.floor(clock.now / 1000) + 3600;
    const { fetch } = upstream(json(await keyAnswer(pair)), json(await keyAnswer(pair, { expired_at })));
    const adapter = adapterOn(fetch);
    await adapter.verifyWebhook(await signed(pair));
    clock.now += day + minute;
    await assertReason("expired_key", adapter, await signed(pair));
  });

  timed("each kid has its own key", async () => {
    const [one, two] = [await keyPair(), await keyPair()];
    const { fetch, calls } = upstream(
      json(await keyAnswer(one)),
      json(await keyAnswer(two, { kid: otherKid(2) })),
    );
    const adapter = adapterOn(fetch);
    await adapter.verifyWebhook(await signed(one));
    await adapter.verifyWebhook(await signed(two, { kid: otherKid(2) }));
    await assertReason("bad_signature", adapter, await signed(one, { kid: otherKid(2) }));
    assertEquals(
      calls.map((call) => call.body),
      [{ key_id: kid }, { key_id: otherKid(2) }],
    );
  });

  timed("an expired key is refused", async (clock) => {
    const pair = await keyPair();
    const seconds = Math.floor(clock.now / 1000);
    const { fetch, calls } = upstream(json(await keyAnswer(pair, { expired_at: seconds - 1 })));
    const adapter = adapterOn(fetch);
    await assertReason("expired_key", adapter, await signed(pair));
    await assertReason("expired_key", adapter, await signed(pair));
    assertEquals(calls.length, 1, "requests sent:");
    const later = upstream(json(await keyAnswer(pair, { expired_at: seconds + 3600 })));
    assertEquals(await adapterOn(later.fetch).verifyWebhook(await signed(pair)), payload);
    // What is no time at all is no time to come.
    for (const expired_at of ["never", true, [seconds + 3600], { valueOf: 1, toString: 1 }]) {
      const never = upstream(json(await keyAnswer(pair, { expired_at })));
      const adapter = adapterOn(never.fetch);
      await assertReason("expired_key", adapter, await signed(pair));
      await assertReason("expired_key", adapter, await signed(pair));
      assertEquals(never.calls.length, 1, `${JSON.stringify(expired_at)}: requests sent:`);
    }
  });

  test("an expired key of the sandbox's", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    await assertReason("expired_key", adapter, await sandbox.signWebhook(payload, { expiredKey: true }));
  });

  timed("an unknown kid is remembered for a while", async (clock) => {
    const pair = await keyPair();
    const { fetch, calls } = upstream(unknownKey, json(await keyAnswer(pair)));
    const adapter = adapterOn(fetch);
    await assertReason("unknown_key", adapter, await signed(pair), {
      attempts: 1,
      status: 400,
      errorCode: "INVALID_WEBHOOK_VERIFICATION_KEY_ID",
    });
    for (let n = 0; n < 5; n++)
      await assertReason("unknown_key", adapter, await signed(pair), { attempts: 0 });
    assertEquals(calls.length, 1);
    clock.now += day;
    assertEquals(await adapter.verifyWebhook(await signed(pair)), payload);
  });

  test("a kid that the sandbox does not know", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    await assertReason("unknown_key", adapter, await signed(await keyPair(), { kid: otherKid(7) }));
    const webhook = await sandbox.signWebhook(payload);
    assertEquals(await adapter.verifyWebhook(webhook), payload);
  });

  for (const how of ["one after the other", "at once"]) {
    timed(`200 unknown kids ${how} are at most 20 requests`, async () => {
      const pair = await keyPair();
      const known = json(await keyAnswer(pair));
      const calls = [];
      const adapter = adapterOn(async (url, init) => {
        const { key_id } = JSON.parse(init.body);
        calls.push(key_id);
        return key_id === kid ? known() : unknownKey();
      });
      await adapter.verifyWebhook(await signed(pair));
      const kids = Array.from({ length: 200 }, (_, n) => otherKid(n));
      const attack = async (kid) => assertNoKey(adapter, await signed(pair, { kid }));
      if (how === "at once") await Promise.all(kids.map(attack));
      else for (const kid of kids) await attack(kid);
      assert(calls.length - 1 <= 20, `${calls.length - 1} requests`);
      // Who is known already does not suffer.
      assertEquals(await adapter.verifyWebhook(await signed(pair)), payload);
    });
  }

  timed("the flood ends, and new keys are asked for again", async (clock) => {
    const pair = await keyPair();
    const known = json(await keyAnswer(pair));
    const adapter = adapterOn(async (url, init) =>
      JSON.parse(init.body).key_id === kid ? known() : unknownKey(),
    );
    for (let n = 0; n < 50; n++) await assertNoKey(adapter, await signed(pair, { kid: otherKid(n) }));
    clock.now += 10 * minute;
    assertEquals(await adapter.verifyWebhook(await signed(pair)), payload);
  });

  timed("many webhooks at once share a request", async (clock) => {
    const pair = await keyPair();
    const answer = json(await keyAnswer(pair));
    let release;
    const released = new Promise((resolve) => (release = resolve));
    const { fetch, calls } = upstream(() => released.then(answer));
    const adapter = adapterOn(fetch);
    const webhook = await signed(pair);
    const given = [];
    for (let n = 0; n < 10; n++) adapter.verifyWebhook(webhook).then((payload) => given.push(payload));
    // The answer comes when all the others wait for it.
    const waiting = () => clock.timers.filter((ms) => ms === 25).length;
    for (let turn = 0; turn < 500 && waiting() + calls.length < 10; turn++) await turns(1);
    release();
    for (let turn = 0; turn < 500 && given.length < 10; turn++) {
      if (waiting()) await clock.fire(25);
      else await turns(1);
    }
    assertEquals(given, Array(10).fill(payload));
    assertEquals(calls.length, 1, "requests sent:");
  });

  timed("a call that is never continued holds up no other for long", async (clock) => {
    const pair = await keyPair();
    const answer = json(await keyAnswer(pair));
    const { fetch } = upstream(() => new Promise(() => {}), answer);
    const adapter = adapterOn(fetch);
    adapter.verifyWebhook(await signed(pair)).catch(() => {});
    await turns();
    let given;
    adapter.verifyWebhook(await signed(pair)).then((payload) => (given = payload));
    // However it waits, it does so by timers, and by none of the 30 s of the first one's timeout.
    for (let turn = 0; turn < 500 && !given; turn++) {
      const [short] = clock.timers.filter((ms) => ms < 10_000);
      if (short !== undefined) await clock.fire(short);
      else await turns(1);
    }
    assertEquals(given, payload);
  });

  for (const [what, answer, Class, fields] of [
    ["Plaid answers 500", text("", 500), PlaidApiInternalServerError, { kind: "server", status: 500 }],
    ["Plaid cannot be reached", lost(), PlaidWebhookVerificationError, { kind: "network" }],
    [
      "Plaid answers 429",
      plaidError(429, "RATE_LIMIT"),
      PlaidWebhookVerificationError,
      { kind: "rate_limit" },
    ],
    [
      "the credentials are refused",
      plaidError(400, "INVALID_API_KEYS"),
      PlaidWebhookVerificationError,
      { kind: "api", errorCode: "INVALID_API_KEYS" },
    ],
    ["the answer is none", text("<html>"), PlaidWebhookVerificationError, { kind: "bad_response" }],
    ["the answer has no key", json({}), PlaidWebhookVerificationError, { kind: "bad_response" }],
    [
      "the key is no key",
      json({ key: { kid, kty: "EC", crv: "P-256", x: "AA", y: "AA" } }),
      PlaidWebhookVerificationError,
      { kind: "bad_response" },
    ],
  ]) {
    // By a clock that stands still, so that the next one cannot wait for the first.
    timed(`when ${what}, it cannot be checked, and the next one asks again`, async () => {
      const pair = await keyPair();
      const { fetch, calls } = upstream(answer, json(await keyAnswer(pair)));
      const adapter = adapterOn(fetch);
      await assertRejects(async () => adapter.verifyWebhook(await signed(pair)), Class, {
        endpoint: "/webhook_verification_key/get",
        attempts: 1,
        ...(Class === PlaidWebhookVerificationError && { reason: "unknown_key" }),
        ...fields,
      });
      assertEquals(await adapter.verifyWebhook(await signed(pair)), payload);
      assertEquals(calls.length, 2);
    });
  }

  for (const [what, change] of Object.entries({
    "of another curve": async () =>
      (({ crv, x, y }) => ({ crv, x, y }))((await keyAnswer(await keyPair("P-384"))).key),
    "of another kind": async () => ({ kty: "oct", k: "AAAA" }),
    "of another id": async () => ({ kid: otherKid(1) }),
    "without x": async () => ({ x: undefined }),
  })) {
    test(`a key ${what} is not used`, async () => {
      const pair = await keyPair();
      const changes = await change();
      const { fetch } = upstream(json(await keyAnswer(pair, changes)));
      await assertRejects(
        async () => adapterOn(fetch).verifyWebhook(await signed(pair)),
        PlaidWebhookVerificationError,
        {
          kind: "bad_response",
          reason: "unknown_key",
        },
      );
    });
  }

  test("a point that is not on the curve", async () => {
    const pair = await keyPair();
    const { key } = await keyAnswer(await keyPair());
    const { fetch } = upstream(json(await keyAnswer(pair, { y: key.y })));
    const failing = async () => adapterOn(fetch).verifyWebhook(await signed(pair));
    // Some runtimes notice when they import the key, others when they use it.
    await assertRejects(failing, PlaidWebhookVerificationError, { kind: /^(bad_response|webhook)$/ });
  });

  test("a key that would also sign or carry other members is only a public key", async () => {
    const pair = await keyPair();
    const { fetch } = upstream(
      json(await keyAnswer(pair, { key_ops: ["sign"], ext: false, d: "AAAA", alg: "HS256", use: "enc" })),
    );
    assertEquals(await adapterOn(fetch).verifyWebhook(await signed(pair)), payload);
  });

  timed("the key is asked for with the adapter's retries", async (clock) => {
    const pair = await keyPair();
    const { fetch, calls } = upstream(lost(), text("", 503), json(await keyAnswer(pair)));
    const given = later(new PlaidAdapter(env, { fetch }).verifyWebhook(await signed(pair)));
    await clock.fire(250);
    await clock.fire(500);
    assertEquals(await given, payload);
    assertEquals(calls.length, 3);
  });

  test("adapters share no keys", async () => {
    const pair = await keyPair();
    const webhook = await signed(pair);
    const [one, two] = [upstream(json(await keyAnswer(pair))), upstream(unknownKey)];
    await adapterOn(one.fetch).verifyWebhook(webhook);
    const error = await rejection(() => adapterOn(two.fetch).verifyWebhook(webhook));
    assertEquals(error.reason, "unknown_key");
  });
}
