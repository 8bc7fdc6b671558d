// Webhook tokens, good and forged, made with WebCrypto alone.

const { subtle } = crypto;
const ecdsa = { name: "ECDSA", hash: "SHA-256" };

export const kid = "6c5516e1-92dc-479e-a8ff-5a51992e0001";
export const payload = { item_id: "item-1", webhook_code: "ERROR", webhook_type: "ITEM" };
/** As Plaid writes it: sorted keys, two spaces, no newline at the end. */
export const body = JSON.stringify(payload, null, 2);

export const bytes = (text) => new TextEncoder().encode(text);

export function base64url(data) {
  const binary = String.fromCharCode(...(typeof data === "string" ? bytes(data) : new Uint8Array(data)));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export async function sha256(data) {
  const hash = new Uint8Array(await subtle.digest("SHA-256", typeof data === "string" ? bytes(data) : data));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const keyPair = (namedCurve = "P-256") =>
  subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign", "verify"]);

/** The answer of /webhook_verification_key/get. */
export async function keyAnswer(pair, fields = {}) {
  const { kty, crv, x, y } = await subtle.exportKey("jwk", pair.publicKey);
  const key = { alg: "ES256", created_at: 1560466150, crv, expired_at: null, kid, kty, use: "sig", x, y };
  return { key: { ...key, ...fields }, request_id: "request-key" };
}

export async function claims(overrides = {}, ofBody = body) {
  return { iat: Math.floor(Date.now() / 1000), request_body_sha256: await sha256(ofBody), ...overrides };
}

/** Header and claims, encoded: what a signature is over. */
export function unsigned(claims, header = {}) {
  return `${base64url(JSON.stringify({ alg: "ES256", kid, typ: "JWT", ...header }))}.${base64url(JSON.stringify(claims))}`;
}

export async function sign(text, key, algorithm = ecdsa) {
  return `${text}.${base64url(await subtle.sign(algorithm, key, bytes(text)))}`;
}

export const token = async (pair, header, changed) =>
  sign(unsigned(await claims(changed), header), pair.privateKey);

/** Signed with the key's own public coordinates as an HMAC secret. */
export async function hmacToken(pair) {
  const secret = await subtle.exportKey("raw", pair.publicKey);
  const key = await subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return sign(unsigned(await claims(), { alg: "HS256" }), key, "HMAC");
}

/** A webhook that needs its key to be asked for. */
export async function anyWebhook() {
  return { body, headers: { "plaid-verification": await token(await keyPair()) } };
}
