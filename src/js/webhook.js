// Webhook verification: what touches the request and WebCrypto. What is to be thought of it, Rust says. What costs least
// is looked at first: the token, then the body's hash, then the key; the payload is parsed last.

import { core, result } from "./core.js";
import { perform, planOf } from "./call.js";
import { errorOf, isPlaidError } from "./errors.js";
import { redactor } from "./redact.js";
import { cancel, parseObject, within } from "./transport.js";
import { attempt, getOwn, headerOf, ownOf, withValue } from "./values.js";

const METHOD = "verifyWebhook";
const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** The error of a webhook, by a word for what is wrong. */
const failed = (found, attempts = 0, outcome, redact) =>
  errorOf(core.failed(METHOD, found, attempts), outcome, redact);

/** The webhook's payload, if Plaid sent it. */
export async function verify(state, webhook, options) {
  const { settings } = state;
  const plan = planOf(state, METHOD, [webhook, options]);
  const token = tokenIn(webhook, plan);
  const claims = parseToken(token, plan);
  // Of this moment, however long the body takes.
  const now = Date.now();
  const check = () => result(core.checkClaims(claims, now, plan.toleranceS));
  const keyId = check();
  const { crypto, setTimeout } = globalThis;
  const subtle = crypto?.subtle;
  const missing = !subtle ? "WebCrypto (crypto.subtle)" : !setTimeout && "setTimeout";
  if (missing) throw failed("missing_global", 0, { name: missing });

  // A sender may stall: the caller's signal ends the reading of the body too.
  const source = { settings };
  const read = () => bytesOf(webhook, plan, source);
  const bytes = await within(undefined, plan.signal, read, () => release(source));
  if (bytes.end === "thrown") throw bytes.cause;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  claims.foundHash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  check();

  const { key, attempts } = await keyOf(settings, plan, keyId);
  const signed = new TextEncoder().encode(claims.signed);
  if (!(await subtle.verify(CURVE, key, claims.signature, signed))) throw failed("bad_signature", attempts);
  return payloadOf(bytes, attempts);
}

/** The key of that id, remembered or fetched. One call fetches it for all that wait, each for its own time. */
async function keyOf(settings, plan, keyId) {
  const id = [settings.scope, fetchOf(settings), keyId];
  const { timeoutMs } = plan;
  const started = Date.now();
  for (let isWaiting = false; ; isWaiting = true) {
    // A clock that is set back gives nobody more time.
    const leftMs = Math.min(timeoutMs, timeoutMs - (Date.now() - started));
    if (isWaiting && leftMs <= 0) throw failed("timed_out", 0, { timeoutMs });
    const key = result(core.lookUpKey(...id, isWaiting, Date.now()));
    if (key === undefined) {
      const body = withValue(plan.body, keyId);
      const call = { __proto__: null, ...plan, body, timeoutMs: Math.max(1, leftMs) };
      return { key: await fetchedKey(settings, call, id), attempts: 1 };
    }
    if (key !== null) return { key, attempts: 0 };
    const waited = await within(Math.min(plan.pollMs, leftMs), plan.signal);
    if (waited) throw waited.cause;
  }
}

async function fetchedKey(settings, plan, id) {
  let jwk, key;
  try {
    ({ key: jwk } = await perform(settings, plan));
    key = await importKey(jwk, id);
  } catch (error) {
    // What may pass is between this caller and Plaid: who waits asks with a time and retries of their own.
    // Nor is it theirs that this caller aborted, whatever the reason looks like.
    const isAborted = attempt(() => plan.signal.aborted) === true;
    const failure = isPlaidError(error) && !error.retryable && !isAborted ? error : undefined;
    core.learnFailure(...id, failure, failure?.kind === "webhook", Date.now());
    throw error;
  }
  const { expired_at: expiredAt } = jwk;
  // What is no time at all is no time to come.
  const expiresS = expiredAt && ((typeof expiredAt !== "object" && +expiredAt) || 0);
  result(core.learnKey(...id, key, expiresS, Date.now()));
  return key;
}

/** The key that Plaid responded with. Throws if it is unusable, or another than asked for. */
async function importKey(jwk, [, , keyId]) {
  const { subtle } = crypto;
  try {
    const { kty, crv, x, y, kid } = jwk;
    if (kty !== "EC" || crv !== CURVE.namedCurve || kid.toLowerCase() !== keyId) throw undefined;
    // The point alone, because a JSON Web Key may inherit members that make it another kind of key.
    const point = Uint8Array.of(4, ...decode(x), ...decode(y));
    const key = await subtle.importKey("raw", point, CURVE, false, ["verify"]);
    // Deno looks at the point only here.
    await subtle.verify(CURVE, key, new Uint8Array(64), new Uint8Array());
    return key;
  } catch {
    throw failed("not_a_key", 1);
  }
}

const fetches = new WeakMap();
let fetchCount = 0;

/** A number for the `fetch` that asks: what one learned, another must not be told. */
function fetchOf({ fetch: ownFetch }) {
  // Without any, it is the request that fails, and says so.
  const fetch = ownFetch ?? globalThis.fetch ?? fetches;
  if (!fetches.has(fetch)) fetches.set(fetch, ++fetchCount);
  return fetches.get(fetch);
}

function payloadOf(bytes, attempts) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw failed("not_utf8", attempts);
  }
  const payload = parseObject(text);
  const isWebhook = typeof payload?.webhook_type === "string" && typeof payload.webhook_code === "string";
  if (!isWebhook) throw failed("not_a_webhook", attempts);
  return payload;
}

function tokenIn(webhook, { header }) {
  let token;
  try {
    const { headers, multiValueHeaders, raw } = webhook;
    const all = [headers, multiValueHeaders, raw?.headers].filter((given) => Object(given) === given);
    if (all.length === 0 && webhook.body === undefined) throw undefined;
    token = all.map((given) => headerOf(given, header)).find((found) => found !== undefined);
  } catch {
    throw failed("headers");
  }
  if (token === undefined) throw failed("missing_header");
  return token;
}

/** What a JSON Web Token (RFC 7519) claims; nothing of what can't be read. */
function parseToken(token, { maxToken }) {
  const claims = { __proto__: null };
  if (token.length > maxToken) return claims;
  const [header, payload, signature, ...more] = token.split(".").map(decode);
  const jose = parseObject(utf8(header));
  if (!jose || !signature || more.length > 0) return claims;
  const stated = parseObject(utf8(payload));
  return {
    __proto__: null,
    // An algorithm that is no string is another one than Plaid's.
    algorithm: ownOf("string", jose, "alg") ?? "",
    keyId: ownOf("string", jose, "kid"),
    critical: getOwn(jose, "crit"),
    issuedAt: ownOf("number", stated, "iat"),
    bodyHash: ownOf("string", stated, "request_body_sha256"),
    signatureLength: signature.length,
    signature,
    signed: token.slice(0, token.lastIndexOf(".")),
  };
}

/** The bytes of base64url as an encoder writes it: no padding, no bits left over. So a token has one spelling. */
function decode(part) {
  try {
    const standard = part.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = atob(standard);
    if (/[+/]/.test(part) || btoa(bytes).replace(/=+$/, "") !== standard) return undefined;
    return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function utf8(bytes) {
  return new TextDecoder().decode(bytes);
}

/** A copy of the body's bytes: the caller may write over theirs. Rejects with the error for what has none. */
async function bytesOf(webhook, limits, source) {
  let body, bytes, isBase64, request;
  try {
    ({ body, isBase64Encoded: isBase64 } = webhook);
    bytes = viewOf(body);
    // Of a framework's request, the platform's own is read, because that can be read piece by piece.
    request = webhook.raw?.bodyUsed === false ? webhook.raw : webhook;
    if (typeof request.arrayBuffer !== "function") request = undefined;
  } catch {
    throw failed("body");
  }
  if (typeof body === "string") {
    if (body.length > limits.maxBody * (isBase64 === true ? 2 : 1)) throw failed("body_too_large");
    return limited(isBase64 === true ? fromBase64(body) : new TextEncoder().encode(body), limits);
  }
  if (bytes) return limited(bytes, limits).slice();
  if (!request) throw failed("body");
  return readAll(request, limits, source);
}

function limited(bytes, { maxBody }) {
  if (bytes.byteLength > maxBody) throw failed("body_too_large");
  return bytes;
}

/** The bytes of a buffer or a view on one, also from another realm. */
function viewOf(body) {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const isBuffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(body));
  return isBuffer ? new Uint8Array(body) : undefined;
}

function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
  } catch {
    throw failed("base64");
  }
}

async function readAll(request, limits, source) {
  let chunks;
  try {
    const wasRead = request.bodyUsed || request.body?.locked;
    chunks = wasRead ? "read_before" : await chunksOf(request, limits, source);
  } catch (cause) {
    throw failed("body_lost", 0, { cause }, redactor(source.settings));
  } finally {
    release(source);
  }
  if (typeof chunks === "string") throw failed(chunks);
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** The pieces of a request's body; or a word for what is wrong with it. */
async function chunksOf(request, { maxBody, maxChunks }, source) {
  // Firefox has no `Request.body`; everywhere else, what is too large is not read to its end.
  source.reader = request.body?.getReader?.();
  const chunks = [];
  let left = maxBody;
  for (let count = 0; ; count++) {
    const { done, value } = source.reader
      ? await source.reader.read()
      : { done: count > 0, value: count > 0 || (await request.arrayBuffer()) };
    if (done) return chunks;
    const chunk = typeof value === "string" ? new TextEncoder().encode(value) : viewOf(value);
    if (!chunk) return "body";
    left -= chunk.byteLength;
    if (left < 0 || count >= maxChunks) return "body_too_large";
    // A copy: the source may use its buffer again.
    chunks.push(chunk.slice());
    // Reads that are done at once would keep timers waiting, the caller's timeout among them.
    if (count % 1024 === 1023) await within(0);
  }
}

/** Ends the reading of a body, so that its sender can stop. */
function release({ reader }) {
  cancel(() => reader);
  attempt(() => reader.releaseLock());
}
