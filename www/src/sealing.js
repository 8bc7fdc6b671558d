import { decodeBase64, encodeBase64 } from "./base64.js";

const IV_BYTES = 12;

/**
 * Encrypts an access token for storage (AES-256-GCM). `label` says where it belongs: a sealed token that is
 * copied to another place can't be opened there.
 */
export async function seal(env, text, label) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(
    parameters(iv, label),
    await key(env),
    new TextEncoder().encode(text),
  );
  return encodeBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
}

export async function unseal(env, sealed, label) {
  const bytes = decodeBase64(sealed);
  const iv = bytes.subarray(0, IV_BYTES);
  const text = await crypto.subtle.decrypt(parameters(iv, label), await key(env), bytes.subarray(IV_BYTES));
  return new TextDecoder().decode(text);
}

const parameters = (iv, label) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(label) });

const key = (env) =>
  crypto.subtle.importKey("raw", decodeBase64(env.TOKEN_KEY), "AES-GCM", false, ["encrypt", "decrypt"]);
