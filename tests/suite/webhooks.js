// verifyWebhook: which webhooks are let through.

import { assert, assertEquals, assertRejects, later, rejection } from "./assert.js";
import { Clock } from "./clock.js";
import {
  base64url,
  body,
  bytes,
  claims,
  hmacToken,
  keyAnswer,
  keyPair,
  kid,
  payload,
  sha256,
  sign,
  token,
  unsigned,
} from "./tokens.js";
import { env, json, upstream } from "./upstream.js";

const name = "plaid-verification";
const MiB = 1024 * 1024;

export default function (test, lib) {
  const { PlaidAdapter, PlaidSandbox, PlaidWebhookVerificationError, jose } = lib;

  /** An adapter whose upstream hands out the key of `pair`. */
  async function keyed(changes) {
    const pair = await keyPair();
    const { fetch, calls } = upstream(json(await keyAnswer(pair, changes)));
    return { pair, calls, adapter: new PlaidAdapter(env, { fetch, maxRetries: 0 }) };
  }

  /** Checks that a webhook is refused for that reason, and how many keys were asked for. */
  async function assertRefused({ adapter, calls }, webhook, reason, requests, options) {
    const before = calls.length;
    await assertRejects(() => adapter.verifyWebhook(webhook, options), PlaidWebhookVerificationError, {
      kind: "webhook",
      reason,
      attempts: requests,
      retryable: false,
      message: /^verifyWebhook: ./,
    });
    assertEquals(calls.length - before, requests, "requests sent:");
  }

  const withToken = (token, ofBody = body) => ({ body: ofBody, headers: { [name]: token } });

  test("a webhook of the sandbox's", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const sent = {
      webhook_type: "ITEM",
      webhook_code: "ERROR",
      item_id: "item-1",
      error: { a: [1, null, "ä☃"] },
    };
    const webhook = await sandbox.signWebhook(sent);
    assertEquals(await adapter.verifyWebhook(webhook), sent);
    const keyRequests = sandbox.requests().map(({ path, body }) => [path, Object.keys(body)]);
    assertEquals(keyRequests, [["/webhook_verification_key/get", ["key_id"]]]);
  });

  test("every form in which a webhook may be passed", async () => {
    const world = await keyed();
    const header = await token(world.pair);
    const buffer = new Uint8Array([0, ...bytes(body), 0]);
    for (const webhook of [
      new Request("https://example.com/hook", {
        method: "POST",
        body,
        headers: { "Plaid-Verification": header },
      }),
      new Request("https://example.com/hook", {
        method: "POST",
        body: bytes(body),
        headers: { [name]: header },
      }),
      { body, headers: { [name]: header } },
      { body, headers: { "Plaid-Verification": header, "Content-Type": "application/json" } },
      { body, headers: { "PLAID-VERIFICATION": header } },
      { body, headers: new Headers({ [name]: header }) },
      { body: bytes(body), headers: { [name]: header } },
      { body: buffer.subarray(1, -1), headers: new Headers({ [name]: header }) },
    ]) {
      assertEquals(await world.adapter.verifyWebhook(webhook), payload);
    }
    assertEquals(world.calls.length, 1);
    assertEquals(world.calls[0].body, { key_id: kid });
  });

  test("a Request's body is used up", async () => {
    const world = await keyed();
    const request = new Request("https://example.com/", {
      method: "POST",
      body,
      headers: { [name]: await token(world.pair) },
    });
    await world.adapter.verifyWebhook(request);
    assert(request.bodyUsed);
    // A mistake of the program, and no forgery.
    await assertRejects(() => world.adapter.verifyWebhook(request), PlaidWebhookVerificationError, {
      kind: "invalid_argument",
      message: /has not been read/,
    });
  });

  test("no payload but what was sent", async () => {
    const world = await keyed();
    for (const text of [
      '{"webhook_type":"A","webhook_code":"B"}',
      '{\n  "webhook_code": "B",\n  "webhook_type": "A",\n  "x": 0.10\n}',
      '{"webhook_type":"A","webhook_code":"B","emoji":"\u{1f600}","escaped":"\\u00e4"}\n',
    ]) {
      const header = await sign(unsigned(await claims({}, text)), world.pair.privateKey);
      assertEquals(await world.adapter.verifyWebhook(withToken(header, text)), JSON.parse(text));
    }
  });

  if (jose) {
    test("a token that jose signed", async () => {
      const world = await keyed();
      const header = await new jose.SignJWT({ request_body_sha256: await sha256(body) })
        .setProtectedHeader({ alg: "ES256", kid, typ: "JWT" })
        .setIssuedAt()
        .sign(world.pair.privateKey);
      assertEquals(await world.adapter.verifyWebhook(withToken(header)), payload);
    });

    test("tokens that jose signed with other algorithms", async () => {
      const world = await keyed();
      for (const [alg, generate] of [
        ["ES384", true],
        ["EdDSA", true],
        ["RS256", true],
        ["PS256", true],
        ["HS256", false],
      ]) {
        const key = generate
          ? (await jose.generateKeyPair(alg)).privateKey
          : bytes("a secret of thirty-two characters");
        const header = await new jose.SignJWT({ request_body_sha256: await sha256(body) })
          .setProtectedHeader({ alg, kid, typ: "JWT" })
          .setIssuedAt()
          .sign(key);
        await assertRefused(world, withToken(header), "wrong_algorithm", 0);
      }
    });
  }

  test("no header", async () => {
    const world = await keyed();
    for (const headers of [
      {},
      { [name]: "" },
      { [name]: undefined },
      { [name]: 1 },
      new Headers(),
      new Headers({ authorization: "x" }),
      undefined,
      null,
      1,
    ]) {
      await assertRefused(world, { body, headers }, "missing_header", 0);
    }
    await assertRefused(
      world,
      new Request("https://example.com/", { method: "POST", body }),
      "missing_header",
      0,
    );
    await assertRefused(world, { body }, "missing_header", 0);
  });

  test("tokens that are none", async () => {
    const world = await keyed();
    const good = await token(world.pair);
    const [header, payload, signature] = good.split(".");
    const json = (value) => base64url(JSON.stringify(value));
    for (const [what, forged] of Object.entries({
      text: "token",
      "two parts": `${header}.${payload}`,
      "an extra part": `${good}.${signature}`,
      "an empty part": `${header}..${signature}`,
      unsigned: `${header}.${payload}.`,
      truncated: good.slice(0, -2),
      "no header": `.${payload}.${signature}`,
      "spaces around it": `${header}. ${payload}.${signature}`,
      "a header that is no JSON": `${base64url("{")}.${payload}.${signature}`,
      "a header that is an array": `${json([])}.${payload}.${signature}`,
      "a header that is null": `${json(null)}.${payload}.${signature}`,
      "a header that is no UTF-8": `${base64url(new Uint8Array([0xff, 0xfe]))}.${payload}.${signature}`,
      "claims that are no JSON": `${header}.${base64url("claims")}.${signature}`,
      "a JWS in JSON": JSON.stringify({ protected: header, payload, signature }),
      "padded parts": `${header}==.${payload}=.${signature}==`,
      "a padded signature": `${good}==`,
      "standard base64": `${header}.${payload}.${signature}`.replaceAll("-", "+").replaceAll("_", "/") + "+/",
      "a signature in ASN.1": `${header}.${payload}.${base64url(new Uint8Array(70))}`,
      "a signature of another length": `${header}.${payload}.${base64url(new Uint8Array(63))}`,
      "characters after it": `${good}!`,
      "a list of tokens": `${good}, ${good}`,
      "a megabyte": `${header}.${"A".repeat(MiB)}.${signature}`,
    })) {
      const error = await rejection(() => world.adapter.verifyWebhook(withToken(forged)));
      assertEquals(
        [error.name, error.kind, error.reason],
        ["PlaidWebhookVerificationError", "webhook", "malformed_token"],
        what,
      );
    }
    assertEquals(world.calls.length, 0);
  });

  test("a signed token that is longer than any of Plaid's", async () => {
    const world = await keyed();
    const long = await token(world.pair, {}, { more: "x".repeat(4096) });
    await assertRefused(world, withToken(long), "malformed_token", 0);
  });

  test("header fields that are wrong", async () => {
    const world = await keyed();
    for (const header of [
      { kid: undefined },
      { kid: 1 },
      { kid: "" },
      { kid: "key-1" },
      { kid: "../../accounts/get" },
      { kid: `${kid}0` },
      { kid: kid.replaceAll("-", "") },
      { crit: ["exp"] },
      { crit: [], b64: false },
    ]) {
      await assertRefused(world, withToken(await token(world.pair, header)), "malformed_token", 0);
    }
  });

  test("claims that are wrong", async () => {
    const world = await keyed();
    for (const changed of [
      { iat: undefined },
      { iat: "1767225600" },
      { iat: null },
      { request_body_sha256: undefined },
      { request_body_sha256: 1 },
    ]) {
      await assertRefused(world, withToken(await token(world.pair, {}, changed)), "malformed_token", 0);
    }
  });

  test("algorithms other than ES256", async () => {
    const world = await keyed();
    for (const alg of [
      "none",
      "None",
      "NONE",
      "HS256",
      "HS512",
      "RS256",
      "ES384",
      "ES512",
      "EdDSA",
      "es256",
      "",
      undefined,
      null,
      1,
      ["ES256"],
    ]) {
      await assertRefused(world, withToken(await token(world.pair, { alg })), "wrong_algorithm", 0);
    }
    await assertRefused(
      world,
      withToken(`${unsigned(await claims(), { alg: "none" })}.`),
      "wrong_algorithm",
      0,
    );
    await assertRefused(world, withToken(await hmacToken(world.pair)), "wrong_algorithm", 0);
  });

  test("a token of another curve", async () => {
    const world = await keyed();
    const other = await keyPair("P-384");
    const es384 = { name: "ECDSA", hash: "SHA-384" };
    const text = unsigned(await claims());
    await assertRefused(world, withToken(await sign(text, other.privateKey, es384)), "malformed_token", 0);
    const honest = unsigned(await claims(), { alg: "ES384" });
    await assertRefused(world, withToken(await sign(honest, other.privateKey, es384)), "wrong_algorithm", 0);
  });

  test("a signature of another key", async () => {
    const world = await keyed();
    await assertRefused(world, withToken(await token(await keyPair())), "bad_signature", 1);
  });

  test("a signature with any part changed", async () => {
    const world = await keyed();
    const good = await token(world.pair);
    assertEquals(await world.adapter.verifyWebhook(withToken(good)), payload);
    const [header, , signature] = good.split(".");
    const later = base64url(JSON.stringify(await claims({ extra: 1 })));
    const otherHeader = base64url(JSON.stringify({ typ: "JWT", alg: "ES256", kid }));
    const flipped = (signature[10] === "A" ? "B" : "A") + signature.slice(11);
    for (const forged of [
      `${header}.${later}.${signature}`,
      `${otherHeader}.${good.split(".")[1]}.${signature}`,
      `${good.slice(0, good.lastIndexOf(".") + 1)}${signature.slice(0, 10)}${flipped}`,
      `${good.slice(0, good.lastIndexOf(".") + 1)}${base64url(new Uint8Array(64))}`,
      `${good.slice(0, good.lastIndexOf(".") + 1)}${base64url(new Uint8Array(64).fill(255))}`,
    ]) {
      await assertRefused(world, withToken(forged), "bad_signature", 0);
    }
  });

  test("a re-encoded token does not pass", async () => {
    const world = await keyed();
    const good = await token(world.pair);
    assertEquals(await world.adapter.verifyWebhook(withToken(good)), payload);
    const [header, claimsPart, signature] = good.split(".");
    const decode = (part) => atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const spaced = base64url(JSON.stringify(JSON.parse(decode(claimsPart)), null, 1));
    await assertRefused(world, withToken(`${header}.${spaced}.${signature}`), "bad_signature", 0);
    // In base64's other alphabet a signature would be the same bytes.
    let url = good;
    while (!/[-_][^.]*$/.test(url)) url = await token(world.pair);
    const standard = url.replace(/[^.]*$/, (part) => part.replaceAll("-", "+").replaceAll("_", "/"));
    await assertRefused(world, withToken(standard), "malformed_token", 0);
    // The last character of 64 bytes carries four spare bits; another one there would be the same bytes.
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const spare = alphabet[alphabet.indexOf(signature.at(-1)) + 1];
    await assertRefused(
      world,
      withToken(`${header}.${claimsPart}.${signature.slice(0, -1)}${spare}`),
      "malformed_token",
      0,
    );
  });

  test("a body with any byte changed", async () => {
    const world = await keyed();
    const header = await token(world.pair);
    for (const changed of [
      `${body}\n`,
      ` ${body}`,
      `\ufeff${body}`,
      body.replace("item-1", "item-2"),
      body.replaceAll("\n", "\r\n"),
      JSON.stringify(JSON.parse(body)),
      body.slice(0, -1),
      "",
      "{}",
    ]) {
      await assertRefused(world, withToken(header, changed), "body_mismatch", 0);
      await assertRefused(world, withToken(header, bytes(changed)), "body_mismatch", 0);
    }
  });

  test("a hash that is written otherwise is not the body's", async () => {
    const world = await keyed();
    const hash = await sha256(body);
    for (const request_body_sha256 of [
      hash.toUpperCase(),
      hash.slice(0, 63),
      "",
      "abc",
      `${hash}0`,
      `0${hash}`,
    ]) {
      const error = await rejection(async () =>
        world.adapter.verifyWebhook(withToken(await token(world.pair, {}, { request_body_sha256 }))),
      );
      assert(["malformed_token", "body_mismatch"].includes(error.reason), `${error}`);
    }
    assertEquals(world.calls.length, 0);
  });

  test("a parsed body is refused, with what to do instead", async () => {
    const world = await keyed();
    const header = await token(world.pair);
    for (const parsed of [payload, [payload], null, undefined, 1, true]) {
      await assertRejects(
        () => world.adapter.verifyWebhook(withToken(header, parsed ?? null)),
        PlaidWebhookVerificationError,
        {
          kind: "invalid_argument",
          attempts: 0,
          message: /raw/,
        },
      );
    }
    const unreadable = Object.defineProperty(withToken(header), "body", {
      get() {
        throw new Error("hostile");
      },
    });
    await assertRejects(() => world.adapter.verifyWebhook(unreadable), PlaidWebhookVerificationError, {
      kind: "invalid_argument",
    });
    assertEquals(world.calls.length, 0);
  });

  test("what is no webhook at all is an invalid argument", async () => {
    const world = await keyed();
    for (const wrong of [undefined, null, 1, body, [], () => {}]) {
      await assertRejects(() => world.adapter.verifyWebhook(wrong), PlaidWebhookVerificationError, {
        kind: "invalid_argument",
        attempts: 0,
        message: /webhook/,
      });
    }
  });

  test("a toleranceSeconds that is none is an invalid argument", async () => {
    const world = await keyed();
    for (const toleranceSeconds of [-1, NaN, Infinity, "300", {}]) {
      await assertRejects(
        () => world.adapter.verifyWebhook(withToken("x"), { toleranceSeconds }),
        PlaidWebhookVerificationError,
        {
          kind: "invalid_argument",
          attempts: 0,
          message: /toleranceSeconds/,
        },
      );
    }
  });

  test("a body over 1 MiB", async () => {
    const world = await keyed();
    const text = (size) => {
      const start = '{"webhook_type":"A","webhook_code":"B","x":"';
      return `${start}${"x".repeat(size - start.length - 2)}"}`;
    };
    const post = (body, header) =>
      new Request("https://example.com/", { method: "POST", body, headers: { [name]: header } });
    const large = text(MiB);
    const header = await sign(unsigned(await claims({}, large)), world.pair.privateKey);
    assertEquals((await world.adapter.verifyWebhook(withToken(header, large))).webhook_type, "A");
    assertEquals((await world.adapter.verifyWebhook(withToken(header, bytes(large)))).webhook_type, "A");
    assertEquals((await world.adapter.verifyWebhook(post(large, header))).webhook_type, "A");

    const fresh = await keyed();
    const tooLarge = text(MiB + 1);
    const itsHeader = await sign(unsigned(await claims({}, tooLarge)), fresh.pair.privateKey);
    await assertRefused(fresh, withToken(itsHeader, tooLarge), "body_too_large", 0);
    await assertRefused(fresh, withToken(itsHeader, bytes(tooLarge)), "body_too_large", 0);
    await assertRefused(fresh, post(tooLarge, itsHeader), "body_too_large", 0);
    // 700,000 characters of two bytes each.
    await assertRefused(fresh, withToken(itsHeader, "ä".repeat(700_000)), "body_too_large", 0);
  });

  test("a signed body that is no webhook", async () => {
    const world = await keyed();
    for (const text of [
      "",
      "null",
      "[]",
      '"text"',
      "{",
      "{}",
      '{"webhook_type":"A"}',
      '{"webhook_type":"A","webhook_code":1}',
      "\ufeff{}",
      '\ufeff{"webhook_type":"A","webhook_code":"B"}',
    ]) {
      const header = await sign(unsigned(await claims({}, text)), world.pair.privateKey);
      const error = await rejection(() => world.adapter.verifyWebhook(withToken(header, text)));
      assertEquals(
        [error.name, error.kind, error.reason],
        ["PlaidWebhookVerificationError", "webhook", "malformed_body"],
        text,
      );
    }
  });

  test("a signed body that is not UTF-8", async () => {
    const world = await keyed();
    const raw = new Uint8Array([
      ...bytes('{"webhook_type":"A","webhook_code":"'),
      0xff,
      0xfe,
      ...bytes('"}'),
    ]);
    const header = await sign(unsigned(await claims({}, raw)), world.pair.privateKey);
    const error = await rejection(() => world.adapter.verifyWebhook(withToken(header, raw)));
    assertEquals(
      [error.name, error.kind, error.reason],
      ["PlaidWebhookVerificationError", "webhook", "malformed_body"],
    );
  });

  test("five minutes either way, and no more", () =>
    Clock.run(async (clock) => {
      const world = await keyed();
      const signed = withToken(await token(world.pair));
      const at = clock.now;
      for (const [seconds, isFresh] of [
        [0, true],
        [300, true],
        [301, false],
        [86_400, false],
        [-300, true],
        [-301, false],
      ]) {
        clock.now = at + seconds * 1000;
        if (isFresh) assertEquals(await world.adapter.verifyWebhook(signed), payload);
        else await assertRefused(world, signed, "stale", 0);
      }
    }));

  test("nothing is fetched for a stale token", () =>
    Clock.run(async (clock) => {
      const world = await keyed();
      const signed = withToken(await token(world.pair));
      clock.now += 301_000;
      await assertRefused(world, signed, "stale", 0);
      for (const iat of [0, -1, 1e300, 9_999_999_999]) {
        await assertRefused(world, withToken(await token(world.pair, {}, { iat })), "stale", 0);
      }
    }));

  test("toleranceSeconds", () =>
    Clock.run(async (clock) => {
      const world = await keyed();
      const signed = withToken(await token(world.pair));
      clock.now += 20_000;
      await assertRefused(world, signed, "stale", 0, { toleranceSeconds: 19 });
      assertEquals(await world.adapter.verifyWebhook(signed, { toleranceSeconds: 20 }), payload);
      clock.now -= 40_000;
      await assertRefused(world, signed, "stale", 0, { toleranceSeconds: 19 });
      clock.now += 20_000;
      assertEquals(await world.adapter.verifyWebhook(signed, { toleranceSeconds: 0 }), payload);
    }));

  test("the sandbox's webhooks age too", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const now = Math.floor(Date.now() / 1000);
    for (const issuedAt of [now - 600, now + 600]) {
      const webhook = await sandbox.signWebhook(payload, { issuedAt });
      await assertRejects(() => adapter.verifyWebhook(webhook), PlaidWebhookVerificationError, {
        reason: "stale",
        attempts: 0,
      });
    }
    assertEquals(sandbox.requests().length, 0);
  });

  test("bytes that are changed while the signature is checked", async () => {
    const world = await keyed();
    const header = await token(world.pair);
    const other = bytes(body.replace("item-1", "item-2"));
    for (const [before, after] of [
      [bytes(body), other],
      [other, bytes(body)],
    ]) {
      for (let moment = 0; moment < 20; moment++) {
        const raw = before.slice();
        const verified = later(world.adapter.verifyWebhook(withToken(header, raw)));
        for (let turn = 0; turn < moment; turn++) await undefined;
        raw.set(after);
        const outcome = await verified.catch((error) => error.reason);
        // Either what was signed, or a refusal; never the other.
        assert(outcome === "body_mismatch" || outcome.item_id === "item-1", JSON.stringify(outcome));
      }
    }
  });
}
