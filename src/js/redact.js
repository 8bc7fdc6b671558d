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

/** `text` without the secrets, however a proxy or an upstream has encoded them. */
export function clear(text, secrets) {
  const long = secrets.filter((secret) => secret.length >= SHORTEST);
  // The longest first: one secret may begin with another.
  long.sort((a, b) => b.length - a.length);
  let cleared = text;
  for (const secret of long) {
    if (secret.length < 1024) cleared = cleared.replace(new RegExp(spelled(secret), "gi"), MARK);
    for (const form of [secret, ...base64(secret)]) cleared = cleared.replaceAll(form, MARK);
  }
  return cleared.replace(TOKEN, MARK);
}

/** A pattern for the secret with each character as it is, or escaped as in JSON, JSON in JSON, a URL, or HTML. */
function spelled(secret) {
  return Array.from(secret, (char) => {
    const code = char.codePointAt(0);
    const hex = (value, width) => value.toString(16).padStart(width, "0");
    const url = Array.from(new TextEncoder().encode(char), (byte) => `%(?:25){0,3}${hex(byte, 2)}`).join("");
    const json = Array.from(
      { length: char.length },
      (_, at) => `\\\\{1,8}u${hex(char.charCodeAt(at), 4)}`,
    ).join("");
    const html = `&(?:#0{0,8}${code}|#x0{0,8}${hex(code, 1)}|${NAMED[char] ?? "-"});`;
    const plain = char.replace(/[^\w]/g, char === " " ? "[ +]" : "\\$&");
    return `(?:\\\\{0,8}${plain}|${url}|${json}|${html})`;
  }).join("");
}

const NAMED = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

/**
 * The secret in base64. Inside a longer text that depends on the offset modulo three; its first and last
 * characters mix with the neighbours, so only those in between are searched for.
 */
function base64(secret) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret.slice(0, 4096)));
  const encoded = [btoa(bytes).replace(/=+$/, "")];
  for (let offset = 0; offset < 3; offset++) {
    encoded.push(btoa("\0".repeat(offset) + bytes).slice(offset && offset + 1, -4));
  }
  return encoded.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
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
  // Of one's own, these show what no key of the error does. Next gives all errors the second.
  for (const shows of ["toJSON", Symbol.for("nodejs.util.inspect.custom")]) {
    if (value[shows] !== Error.prototype[shows]) return false;
  }
  if (depth === 0 || !(value instanceof Error)) return false;
  const texts = [value.name, value.message, value.stack].map(String);
  return (
    texts.every((text) => isHarmless(text, secrets, 0)) &&
    Reflect.ownKeys(value).every(
      (key) => isHarmless(key, secrets, 0) && isHarmless(value[key], secrets, depth - 1),
    )
  );
}

function copyOf(cause, secrets, depth) {
  if (depth === 0 || cause === null || cause === undefined) return undefined;
  if (typeof cause !== "object") return clear(String(cause), secrets);
  const copy = new Error(clear(String(cause.message ?? ""), secrets));
  copy.name = clear(String(cause.name ?? "Error"), secrets);
  copy.stack = `${copy.name}: ${copy.message}`;
  if (typeof cause.code === "string") copy.code = clear(cause.code, secrets);
  const deeper = copyOf(cause.cause, secrets, depth - 1);
  if (deeper !== undefined) copy.cause = deeper;
  return copy;
}
