// Secrets stop here: the client's credentials and the tokens of a call, as they are or in an encoding that a
// proxy or an upstream may have echoed them in.

const MARK = "[redacted]";

// Shorter values are words of everyday messages ("secret"), and no credential of Plaid's.
const SHORTEST = 8;

// What has the form of one of Plaid's tokens is removed wherever it comes from.
const TOKEN =
  /\b(?:access|public|processor|link|asset-report|user)-(?:sandbox|production|development)-[\w-]{8,}/gi;

/** The token values in a request's body: every string under a key that speaks of a token or a secret. */
export function tokensIn(body) {
  const found = new Set();
  try {
    JSON.parse(body, (key, value) => {
      if (/token|secret/i.test(key))
        [value].flat().forEach((token) => typeof token === "string" && found.add(token));
      return value;
    });
  } catch {
    // The body is our own JSON; if it is none, there is nothing to find in it.
  }
  return [...found];
}

/** `text` without the secrets. */
export function clear(text, secrets) {
  let cleared = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const form of forms(secret)) cleared = cleared.replaceAll(form, MARK);
  }
  return cleared.replace(TOKEN, MARK);
}

function forms(secret) {
  const json = JSON.stringify(secret).slice(1, -1);
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret.slice(0, 4096)));
  const encoded = [secret, json, json.replaceAll("/", "\\/")];
  try {
    const url = encodeURIComponent(secret);
    encoded.push(
      url,
      url.replace(/%../g, (hex) => hex.toLowerCase()),
    );
  } catch {
    // A lone surrogate has no URL encoding.
  }
  // Inside a longer text, base64 depends on the offset modulo three; its first and last characters mix with
  // the neighbours, so only those in between are searched for.
  for (let offset = 0; offset < 3; offset++) {
    const whole = btoa("\0".repeat(offset) + bytes);
    const variants =
      offset === 0 ? [whole, whole.replace(/=+$/, ""), whole.slice(0, -4)] : [whole.slice(offset + 1, -4)];
    for (const base64 of variants) encoded.push(base64, base64.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return new Set(encoded.filter((form) => form.length >= SHORTEST - 2).sort((a, b) => b.length - a.length));
}

/**
 * The original failure if nothing in it can hold a secret, a copy of its name, message and code if something
 * might: an error of somebody's `fetch` may carry the whole request.
 */
export function clearCause(cause, secrets) {
  try {
    return isHarmless(cause, secrets, 4) ? cause : copyOf(cause, secrets, 4);
  } catch {
    return undefined;
  }
}

function isHarmless(value, secrets, depth) {
  if (typeof value === "string") return clear(value, secrets) === value;
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return true;
  if (depth === 0 || !(value instanceof Error)) return false;
  const texts = [value.name, value.message, value.stack].map(String);
  return (
    texts.every((text) => isHarmless(text, secrets, 0)) &&
    Reflect.ownKeys(value).every(
      (key) => key !== "toJSON" && isHarmless(key, secrets, 0) && isHarmless(value[key], secrets, depth - 1),
    )
  );
}

function copyOf(cause, secrets, depth) {
  if (depth === 0 || cause === null || cause === undefined) return undefined;
  if (typeof cause !== "object") return clear(String(cause), secrets);
  const copy = new Error(clear(String(cause.message ?? ""), secrets));
  copy.name = clear(String(cause.name ?? "Error"), secrets);
  copy.stack = clear(`${copy.name}: ${copy.message}`, secrets);
  if (typeof cause.code === "string") copy.code = clear(cause.code, secrets);
  const deeper = copyOf(cause.cause, secrets, depth - 1);
  if (deeper !== undefined) copy.cause = deeper;
  return copy;
}
