// The Rust client and the npm package, side by side: for the same calls the same bytes are sent, and the same responses
// lead to the same errors. `wire.rs` makes the calls in Rust.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { PlaidAdapter } from "../../dist/package/index.js";

const root = new URL("../../", import.meta.url);
const { calls, streams, outcomes } = JSON.parse(readFileSync(new URL("wire.json", import.meta.url)));

const env = {
  PLAID_CLIENT_ID: " client-id-é-5f3c91d2 ",
  PLAID_SECRET: "secret-0a1b2c3d4e5f6071",
  PLAID_BASE_URL: "https://Proxy.example.com:8443/Plaid/",
};

// What each call gets that has no response of its own: good for all of them.
const success = {
  ...{
    link_token: "l",
    access_token: "a",
    item_id: "i",
    accounts: [],
    numbers: {},
    request_id: "r",
    has_more: false,
  },
  ...{ bank_transfer_events: [], transfer_events: [], added: [], modified: [], removed: [], next_cursor: "" },
};
const json = (body, status = 200) => ({ response: { status, body: JSON.stringify(body) } });

/** Of a table's outcome. */
function canned(outcome) {
  if (outcome === "network") return { network: "connection reset by secret-0a1b2c3d4e5f6071" };
  if (typeof outcome === "string") return outcome;
  const { status, code, body, retryAfter } = outcome;
  const error = {
    ...{
      error_type: "TEST_ERROR",
      error_code: code,
      error_message: "what went wrong",
      request_id: "request-1",
    },
    ...{ display_message: null, suggested_action: "do it", documentation_url: "https://plaid.com/docs/" },
  };
  return { response: { status, body: body ?? JSON.stringify(error), retry_after: retryAfter ?? null } };
}

const named = (name, [call, args, responses]) => ({
  name,
  call,
  args,
  responses: responses?.map((body) => json(body)) ?? [json(success)],
});

const cases = [
  ...Object.entries(calls).map(([name, call]) => named(name, call)),
  ...Object.entries(streams).map(([name, call]) => named(name, call)),
  ...outcomes.flatMap((outcome) =>
    ["a link token with the defaults", "an exchange", "auth", "any endpoint without a body", "a payment"].map(
      (name) => {
        const [call, args] = calls[name] ?? [
          "request",
          { path: "/transfer/create", body: { amount: "1.00" } },
        ];
        const said = typeof outcome === "string" ? outcome : JSON.stringify(outcome);
        // The second of two is a failure too: what the first did to a public token shows in it.
        const responses = name === "an exchange" ? [canned(outcome), canned(outcomes[1])] : [canned(outcome)];
        const isPayment = name === "a payment";
        return {
          name: `${name}: ${said}`,
          call,
          args,
          responses,
          timeoutMs: 50,
          maxRetries: isPayment ? undefined : 1,
        };
      },
    ),
  ),
  ...webhooks(),
];

/** Webhooks signed here, with what is wrong with each. */
function webhooks() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = '{"webhook_type":"ITEM","webhook_code":"ERROR"}';
  const base64 = (value) => Buffer.from(value).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const webhook = (name, { head = {}, claims = {}, key = {}, sent = body, header, response } = {}) => {
    const kid = head.kid ?? randomUUID();
    const hash = createHash("sha256").update(sent).digest("hex");
    const parts = [
      { alg: "ES256", typ: "JWT", kid, ...head },
      { iat: now, request_body_sha256: hash, ...claims },
    ];
    const signed = parts.map((part) => base64(JSON.stringify(part))).join(".");
    const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
    const jwk = {
      ...publicKey.export({ format: "jwk" }),
      kid,
      alg: "ES256",
      use: "sig",
      expired_at: null,
      ...key,
    };
    return {
      name: `webhook: ${name}`,
      call: "verifyWebhook",
      args: { webhook: sent, header: header === undefined ? `${signed}.${base64(signature)}` : header },
      responses: [response ?? json({ key: jwk, request_id: "r" })],
      maxRetries: 0,
      timeoutMs: 1000,
    };
  };
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  return [
    webhook("genuine"),
    webhook("with a kid in capitals", { head: { kid: randomUUID().toUpperCase() } }),
    webhook("without a header", { header: null }),
    webhook("with a header that is no token", { header: "a.b.c" }),
    webhook("with another algorithm", { head: { alg: "RS256" } }),
    webhook("with no algorithm", { head: { alg: undefined } }),
    webhook("with an algorithm that is no text", { head: { alg: 256 } }),
    webhook("with an extension", { head: { crit: ["x"] } }),
    webhook("with a kid that is none", { head: { kid: "../../x" } }),
    webhook("without a date", { claims: { iat: undefined } }),
    webhook("too old", { claims: { iat: now - 400 } }),
    webhook("dated ahead", { claims: { iat: now + 400 } }),
    webhook("with another body", { claims: { request_body_sha256: "0".repeat(64) } }),
    webhook("of another key", { key: other }),
    webhook("of an expired key", { key: { expired_at: now - 1 } }),
    webhook("of a key that expires later", { key: { expired_at: String(now + 60) } }),
    webhook("of a key whose end is no time", { key: { expired_at: [] } }),
    webhook("of a key of another id", { key: { kid: randomUUID() } }),
    webhook("of a key of another curve", { key: { crv: "P-384" } }),
    webhook("of a key that is no point", { key: { x: base64(Buffer.alloc(32, 1)) } }),
    webhook("of an unknown key", { response: canned(outcomes[4]) }),
    webhook("when Plaid is down", { response: canned(outcomes[12]) }),
    webhook("when nobody responds", { response: "timeout" }),
    webhook("that is no JSON", { sent: "hello" }),
    webhook("that is no webhook", { sent: "{}" }),
    webhook("that is a list", { sent: "[]" }),
  ];
}

/** A case in JavaScript: what was sent, and the error. */
async function inJavaScript({ call, args, responses, ...options }) {
  const sent = [];
  const left = [...responses];
  const fetch = async (url, { method, headers, body }) => {
    sent.push({ method, url, headers: Object.fromEntries(headers), body });
    const next = left.length > 1 ? left.shift() : left[0];
    if (next.network) throw new TypeError(next.network);
    if (next === "timeout") return new Promise(() => {});
    if (next === "redirect") return { status: 0, type: "opaqueredirect" };
    const { status, body: text, retry_after: retryAfter } = next.response;
    const isEmpty = [204, 304].includes(status);
    return new Response(isEmpty ? null : text, {
      status,
      headers: retryAfter ? { "retry-after": retryAfter } : {},
    });
  };
  const plaid = new PlaidAdapter(env, { fetch });
  try {
    await make(plaid, call, args, { timeoutMs: options.timeoutMs, maxRetries: options.maxRetries });
    return { sent, error: null };
  } catch (error) {
    return { sent, error: shown(error) };
  }
}

async function make(plaid, call, args, options) {
  const { clientUserId, publicToken, accessToken, afterId = 0, path, body, webhook, header, ...more } = args;
  const { clientName, language, products, countryCodes, accountSubtypes, ...own } = more;
  const all = { ...own, ...options };
  switch (call) {
    case "createLinkToken":
      plaid.initializePlaid({ clientName, language, products, countryCodes, accountSubtypes });
      return plaid.createLinkToken(clientUserId, { accessToken, ...all });
    case "exchangePublicToken":
      return plaid.exchangePublicToken(publicToken, all);
    case "syncBankTransferEvent":
    case "syncTransferEvent":
      return plaid[call](afterId, all);
    case "bankTransferEvents":
    case "transferEvents":
      for await (const event of plaid[call]({ afterId, ...all })) assert.ok(event.event_id > afterId);
      return;
    case "request":
    case "download":
      return plaid[call](path, body, all);
    case "verifyWebhook":
      return plaid.verifyWebhook(
        { body: webhook, headers: header ? { "plaid-verification": header } : {} },
        all,
      );
    default:
      return plaid[call](accessToken, all);
  }
}

function shown(error) {
  const message = error.message.replace(/^\w+: /, "");
  const { kind, ...fields } = error.toJSON();
  const names =
    "endpoint status requestId errorType errorCode errorMessage displayMessage documentationUrl suggestedAction " +
    "errorDetails reason attempts retryable retryAfterMs";
  const details = Object.fromEntries(names.split(" ").map((name) => [name, fields[name] ?? null]));
  // Its names are of another language.
  const words = message.replace("options.toleranceSeconds", "tolerance");
  return { kind, message: words, ...details };
}

let inRust, inJs;
before(async () => {
  const table = JSON.stringify({ env, cases });
  const run = ["run", "--quiet", "--locked", "--package", "plaid-edge-client", "--example", "wire"];
  inRust = JSON.parse(execFileSync("cargo", run, { cwd: root, input: table, maxBuffer: 1e8 }));
  // Side by side, since each waits for its retries.
  inJs = await Promise.all(cases.map(inJavaScript));
});

for (const [at, { name, call }] of cases.entries()) {
  test(name, () => {
    assert.ok(inJs[at].sent.length > 0 || inJs[at].error);
    // The request for a key has the time that is left.
    if (call === "verifyWebhook") for (const { error } of [inRust[at], inJs[at]]) unclock(error);
    assert.deepEqual(inRust[at], inJs[at]);
  });
}

function unclock(error) {
  if (error) error.message = error.message.replace(/within \d+ ms/, "in time");
}
