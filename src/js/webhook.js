// What a webhook's verification needs of JavaScript: its header, its raw bytes, and WebCrypto.

const HEADER = "plaid-verification";

// Why a body can't be used, in the order of `BodyProblem` in webhook.rs.
const TOO_LARGE = 0;
const READ_BEFORE = 1;
const PARSED = 2;
const NOT_UTF8 = 3;

/** The Plaid-Verification header's value; undefined where there is none. */
export function tokenOf({ headers }) {
  if (typeof headers?.get === "function") return headers.get(HEADER) || undefined;
  const name = Object.keys(headers ?? {}).find((name) => name.toLowerCase() === HEADER);
  return typeof headers?.[name] === "string" ? headers[name] || undefined : undefined;
}

/** The raw body's text and its SHA-256 in hexadecimal, or the number of what is wrong with it. */
export async function bodyOf(webhook, most) {
  let bytes;
  if (typeof webhook.arrayBuffer === "function") {
    try {
      bytes = await readAll(webhook, most);
    } catch {
      return READ_BEFORE;
    }
  } else {
    const { body } = webhook;
    if (typeof body === "string") bytes = body.length > most ? { byteLength: body.length } : new TextEncoder().encode(body);
    else if (ArrayBuffer.isView(body)) bytes = body;
    else return PARSED;
  }
  if (bytes.byteLength > most) return TOO_LARGE;
  try {
    // Both take their copy of the bytes now: the caller may write over them before this ends.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return { text, hash: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  } catch {
    return NOT_UTF8;
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

/** An object from JSON text; undefined for anything else. */
export function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The CryptoKey of a JSON Web Key. Only what makes a P-256 key is taken over from it. */
export async function importKey({ kty, crv, x, y }) {
  return crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

/** Whether `signature` is that key's over `text`. */
export function isSigned(key, signature, text) {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, new TextEncoder().encode(text));
}
