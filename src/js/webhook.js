// What a webhook's verification needs of JavaScript: its header, its raw bytes, and WebCrypto.

const HEADER = "plaid-verification";
const LONGEST_TOKEN = 4096;

// Why a webhook can't be read, in the order of UNREADABLE in webhook.rs.
const NO_HEADER = 0;
const NOT_A_TOKEN = 1;
const TOO_LARGE = 2;
const READ_BEFORE = 3;
const PARSED = 4;
const NOT_UTF8 = 5;

/** Takes a webhook apart, or says by a number why that is impossible. Nothing is trusted yet. */
export async function open(webhook, most) {
  const token = tokenOf(webhook);
  if (token === undefined) return NO_HEADER;
  const parsed = parseToken(token);
  if (parsed === undefined) return NOT_A_TOKEN;
  const bytes = await bytesOf(webhook, most);
  if (typeof bytes === "number") return bytes;
  if (bytes.byteLength > most) return TOO_LARGE;
  let text, digest;
  try {
    // Both take their copy of the bytes now: the caller may write over them before this ends.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    digest = await crypto.subtle.digest("SHA-256", bytes);
  } catch {
    return NOT_UTF8;
  }
  const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const body = parseObject(text);
  const isWebhook = typeof body?.webhook_type === "string" && typeof body.webhook_code === "string";
  return { ...parsed, hash, payload: isWebhook ? body : undefined };
}

function tokenOf(webhook) {
  try {
    const { headers } = webhook;
    if (typeof headers.get === "function") return headers.get(HEADER) || undefined;
    const name = Object.keys(headers).find((name) => name.toLowerCase() === HEADER);
    return typeof headers[name] === "string" ? headers[name] || undefined : undefined;
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
    if (/[+/=]/.test(part) || btoa(bytes).replace(/=+$/, "") !== standard) return undefined;
    return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function utf8(bytes) {
  return bytes && new TextDecoder().decode(bytes);
}

function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function bytesOf(webhook, most) {
  try {
    if (typeof webhook.arrayBuffer === "function") return await readAll(webhook, most);
  } catch {
    return READ_BEFORE;
  }
  try {
    const { body } = webhook;
    if (ArrayBuffer.isView(body)) return body;
    if (typeof body !== "string") return PARSED;
    return body.length > most ? TOO_LARGE : new TextEncoder().encode(body);
  } catch {
    return PARSED;
  }
}

async function readAll(request, most) {
  // Firefox has no `Request.body`; everywhere else, what is too large is not read to its end.
  const reader = request.body?.getReader?.();
  if (!reader) return new Uint8Array(await request.arrayBuffer());
  const chunks = [];
  let byteLength = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    byteLength += value.byteLength;
    if (byteLength > most) {
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
export async function isSigned(jwk, { kid, signature, signed }) {
  let key;
  try {
    // Only what makes a P-256 key is taken over, so that nothing else can change what it is.
    const { kty, crv, x, y } = jwk;
    if (jwk.kid !== kid) return undefined;
    key = await crypto.subtle.importKey(
      "jwk",
      { kty, crv, x, y },
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["verify"],
    );
  } catch {
    return undefined;
  }
  return crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    signature,
    new TextEncoder().encode(signed),
  );
}
