// Webhook verification: what touches the request and WebCrypto. What is to be thought of it, Rust says.

import { OPERATIONS, perform } from "./call.js";
import { makeError } from "./errors.js";
import { parseObject, wait, within } from "./transport.js";

const HEADER = "plaid-verification";
const LARGEST_BODY = 1_048_576;
const LONGEST_TOKEN = 4096;
// How often a call that waits for another's look-up of the same key comes back, in milliseconds.
const KEY_POLL_MS = 25;

const METHOD = "verifyWebhook";
const { path, errorClass } = OPERATIONS[METHOD];

/** The webhook's payload, if Plaid sent it. */
export async function verify(settings, webhook, toleranceS, signal, timeoutMs, maxRetries) {
  const { decisions } = settings;
  const call = (body) => perform(settings, METHOD, body, true, signal, timeoutMs, maxRetries);
  // A sender may stall: the caller's signal ends the reading of the body too.
  const opened = await within(undefined, signal, open(webhook));
  if (opened.end === "aborted") throw opened.cause;
  if (typeof opened === "string") throw decisions.refusal(opened, 0);
  const { alg, kid, issuedAt, hash, signedHash, payload } = opened;
  const doubt = decisions.doubt(alg, kid, issuedAt, hash, signedHash, Date.now(), toleranceS);
  if (doubt) throw doubt;

  let key = await rememberedKey(decisions, kid, signal);
  let attempts = 0;
  if (!key) {
    key = await fetchedKey(decisions, call, kid, signal);
    attempts = 1;
  }
  const isGenuine = await isSigned(key, opened);
  if (isGenuine === undefined) {
    decisions.learn(kid, undefined, Date.now());
    const fields = { kind: "bad_response", endpoint: path, attempts, retryable: false };
    throw makeError(METHOD, errorClass, "Plaid's answer holds no usable P-256 key", fields, []);
  }
  if (!isGenuine) throw decisions.refusal("bad_signature", attempts);
  if (!payload) throw decisions.refusal("not_a_webhook", attempts);
  return payload;
}

/** The JSON Web Key of that id; undefined if it is ours to ask for it. */
async function rememberedKey(decisions, kid, signal) {
  for (;;) {
    const key = decisions.lookUp(kid, Date.now());
    if (key instanceof Error) throw key;
    // Null: somebody is asking for it.
    if (key !== null) return key;
    const waited = await wait(KEY_POLL_MS, signal);
    if (waited.end === "aborted") throw waited.cause;
  }
}

/** The same, asked of Plaid by `call`. */
async function fetchedKey(decisions, call, kid, signal) {
  let key;
  try {
    ({ key } = await call(JSON.stringify({ key_id: kid })));
  } catch (error) {
    decisions.learn(kid, !signal?.aborted && error.kind === "webhook" ? false : undefined, Date.now());
    throw error;
  }
  const expiredAt = key?.expired_at ?? Infinity;
  // What is no time at all is no time to come.
  if (!(expiredAt * 1000 > Date.now())) {
    decisions.learn(kid, true, Date.now());
    throw decisions.refusal("expired_key", 1);
  }
  decisions.learn(kid, key, Date.now());
  return key;
}

/** Takes a webhook apart, or says why that is impossible, in a word of `Distrust`. Nothing is trusted yet. */
async function open(webhook) {
  const token = tokenOf(webhook);
  if (token === undefined) return "no_header";
  const parsed = parseToken(token);
  if (parsed === undefined) return "not_a_token";
  const bytes = await bytesOf(webhook);
  if (typeof bytes === "string") return bytes;
  if (bytes.byteLength > LARGEST_BODY) return "too_large";
  let text, digest;
  try {
    // Both take their copy of the bytes now: the caller may write over them before this ends.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    digest = await crypto.subtle.digest("SHA-256", bytes);
  } catch {
    return "not_utf8";
  }
  const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const body = parseObject(text);
  const isWebhook = typeof body?.webhook_type === "string" && typeof body.webhook_code === "string";
  return { ...parsed, hash, payload: isWebhook ? body : undefined };
}

function tokenOf(webhook) {
  try {
    const { headers } = webhook;
    const name = Object.keys(headers).find((name) => name.toLowerCase() === HEADER);
    const token = typeof headers.get === "function" ? headers.get(HEADER) : headers[name];
    return typeof token === "string" && token !== "" ? token : undefined;
  } catch {
    return undefined;
  }
}

/** The parts of a JSON Web Token (RFC 7519); undefined for anything that is none, or has other claims. */
function parseToken(token) {
  if (token.length > LONGEST_TOKEN) return undefined;
  const [header, claims, signature, ...more] = token.split(".").map(decode);
  const jose = parseObject(utf8(header));
  if (!jose || !signature || more.length > 0) return undefined;
  const { alg, kid, crit } = jose;
  // How long a signature has to be depends on the algorithm, so that is judged first.
  if (alg !== "ES256") return { alg: JSON.stringify(alg) };
  const { iat, request_body_sha256: signedHash } = parseObject(utf8(claims)) ?? {};
  // An extension that is marked critical must be understood or refused (RFC 7515, section 4.1.11).
  const isPlaids = signature.length === 64 && crit === undefined;
  if (!isPlaids || typeof iat !== "number" || typeof signedHash !== "string") return undefined;
  const signed = token.slice(0, token.lastIndexOf("."));
  return {
    alg,
    kid: typeof kid === "string" ? kid : undefined,
    issuedAt: iat,
    signedHash,
    signed,
    signature,
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

async function bytesOf(webhook) {
  try {
    if (typeof webhook.arrayBuffer === "function") return await readAll(webhook);
  } catch {
    return "read_before";
  }
  try {
    const { body } = webhook;
    if (ArrayBuffer.isView(body)) return body;
    if (typeof body !== "string") return "parsed";
    return body.length > LARGEST_BODY ? "too_large" : new TextEncoder().encode(body);
  } catch {
    return "parsed";
  }
}

async function readAll(request) {
  // Firefox has no `Request.body`; everywhere else, what is too large is not read to its end.
  const reader = request.body?.getReader?.();
  if (!reader) return new Uint8Array(await request.arrayBuffer());
  const chunks = [];
  let byteLength = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    byteLength += value.byteLength;
    if (byteLength > LARGEST_BODY) {
      reader.cancel().catch(() => {});
      return { byteLength };
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(byteLength);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** Whether the token's signature is that of the key. Undefined if the key is unusable, or another than asked for. */
async function isSigned(jwk, { kid, signature, signed }) {
  try {
    // Only what makes a P-256 key is taken over, so that nothing else can change what it is.
    const { kty, crv, x, y } = jwk;
    if (jwk.kid !== kid) return undefined;
    const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, curve, false, ["verify"]);
    // Deno looks at the point only here.
    return await crypto.subtle.verify(curve, key, signature, new TextEncoder().encode(signed));
  } catch {
    return undefined;
  }
}

/** The error of a webhook that is not to be trusted. */
export function refusal(words, reason, attempts) {
  return makeError(METHOD, errorClass, words, { kind: "webhook", reason, attempts, retryable: false }, []);
}
