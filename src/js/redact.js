// Secrets stop here: the client's credentials and the tokens of a call, as they are, or in what an upstream may have
// made of them. Each text is cut first; then everything takes time in proportion to what is kept.

const MARK = "[redacted]";

// Long enough for every error of Plaid's, short enough for a log.
const KEPT = 16_384;
// Of all texts of an error together, no more is looked at; what comes later is withheld.
const MOST_TEXT = 2 * KEPT;

// Shorter values are words of everyday messages ("secret"), and no credential of Plaid's.
const SHORTEST = 8;
// So much of a longer secret is looked for, and the text withheld that has it: in text that is made for it, the search
// for a secret takes longer the longer it is.
const LONGEST = 128;
// In another spelling a secret is longer: so much before the place where a text is cut may be the beginning of one.
const UNSURE = 1024;
// Plaid takes a hundred tokens at most. A text is withheld rather than searched for more than these.
const MOST_SECRETS = 512;

// What has the form of one of Plaid's tokens is removed wherever it comes from: "access-sandbox-" and a UUID. It is
// looked for by the rare word in its middle; the letters before it are removed too.
const TOKEN = /-(?:sandbox|production|development)-(?=[a-z_-]{0,40}\d)[\w-]{8,}/i;
const LONGEST_PREFIX = 32;

/**
 * A function for the texts of one error. Secrets are the settings' credentials, and the tokens in the body that was sent.
 */
export function redactor({ clientId = "", secret: ownSecret = "" } = {}, body) {
  const secrets = new Set();
  for (const secret of [clientId, ownSecret, ...tokensIn(body)]) {
    for (const form of [secret, secret.trim()]) if (form.length >= SHORTEST) secrets.add(form);
  }
  // The longest first: one secret may begin with another.
  const literal = [...secrets].sort((a, b) => b.length - a.length);
  const short = literal.filter((secret) => secret.length <= LONGEST);
  const heads = literal.filter((secret) => secret.length > LONGEST).map((secret) => secret.slice(0, LONGEST));
  const plain = literal.length > MOST_SECRETS ? [] : literal.flatMap(searchedForms);
  // Nothing is left of a secret that consists of escapes: it can't be told from other text.
  let left = literal.length > MOST_SECRETS || plain.some((form) => form.length < SHORTEST) ? 0 : MOST_TEXT;

  function text(value) {
    if (left <= 0) return MARK;
    let shown = value.slice(0, KEPT + UNSURE);
    left -= shown.length;
    // Of the last secret, there may be only the beginning.
    const unsure = value.length > shown.length ? UNSURE : 0;
    if (heads.some((head) => shown.includes(head))) return MARK;
    for (const secret of short) shown = shown.replaceAll(secret, MARK);
    shown = withoutTokens(shown);
    // A secret that the search did not see is there in another spelling: which, and where, is not asked.
    const forms = plainForms(shown);
    const isHidden = (form) => plain.some((secret) => form.includes(secret)) || TOKEN.test(form);
    return !forms || forms.some(isHidden) ? MARK : shown.slice(0, Math.min(KEPT, shown.length - unsure));
  }

  return {
    /** The members that are text, redacted, or null. */
    all(members) {
      const shown = { __proto__: null };
      for (const [name, value] of Object.entries(members)) {
        if (typeof value === "string" || value === null) shown[name] = value && text(value);
      }
      return shown;
    },

    /** A copy of what was thrown, with its name, message, code and cause: an error may carry the whole request. */
    cause: (value) => copyOf(value, text, 4),
  };
}

/**
 * The strings under keys that speak of a token or a secret, at any depth, in JSON text. It is read from mark to mark and
 * not parsed, because it may be nested more deeply than a parser can follow.
 */
function tokensIn(json = "") {
  const found = new Set();
  const marks = /["{}[\]]/g;
  // Whether what is read now is under such a key, and whether what is around it was.
  let isSecret = false;
  const outer = [];
  for (let mark; (mark = marks.exec(json));) {
    if (mark[0] === "{" || mark[0] === "[") outer.push(isSecret);
    else if (mark[0] !== '"') isSecret = outer.pop() ?? false;
    else {
      let end = mark.index;
      do end = json.indexOf('"', end + 1);
      while (end > 0 && isEscaped(json, end));
      if (end < 0) break;
      const text = json.slice(mark.index, end + 1);
      if (json[end + 1] === ":") isSecret = outer.at(-1) || /token|secret/i.test(text);
      else if (isSecret) found.add(JSON.parse(text));
      marks.lastIndex = end + 1;
    }
  }
  return found;
}

function isEscaped(json, at) {
  let before = at;
  while (json[before - 1] === "\\") before--;
  return (at - before) % 2 === 1;
}

function withoutTokens(text) {
  const parts = text.split(TOKEN);
  const last = parts.pop();
  const cut = (part) => part.slice(0, -LONGEST_PREFIX) + part.slice(-LONGEST_PREFIX).replace(/[a-z-]+$/i, "");
  return [...parts.map(cut), last].join(MARK);
}

// What text was wrapped in may be wrapped again, but not for ever.
const ROUNDS = 8;

/** A text without its escapes. Bytes are taken for Latin-1: what they stand for is not always known. */
function unescaped(text) {
  let plain = text;
  for (let round = 0; round < ROUNDS; round++) {
    const before = plain;
    plain = plain.replace(ESCAPES, meaning);
    if (plain === before) break;
  }
  return plain;
}

/** What survives every spelling: no case, no spaces, no "+" for one, and nothing that is not ASCII. */
const bareForm = (plain) => plain.replace(/[^!-*,-~]+/g, "").toUpperCase();

/** What a secret is looked for by, in other spellings. */
function searchedForms(secret) {
  const plain = unescaped(secret.slice(0, UNSURE));
  const bare = bareForm(plain);
  if (bare.length >= SHORTEST) return [bare.slice(0, LONGEST)];
  // Hardly a letter of it is ASCII.
  const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));
  const cases = [plain, plain.toLowerCase(), plain.toUpperCase()];
  return [plain, ...cases.map(bytes)].map((form) => form.slice(0, LONGEST).toUpperCase());
}

/** The plain forms of a text and of what in it is base64 or hexadecimal; undefined if there is too much of that. */
function plainForms(text) {
  const forms = [];
  let decoded = text;
  for (let depth = 0; decoded !== ""; depth++) {
    if (decoded.length > 5 * KEPT) return undefined;
    const plain = unescaped(decoded);
    forms.push(plain.toUpperCase(), bareForm(plain));
    decoded = depth < 2 ? decodedRuns(plain) : "";
  }
  return forms;
}

const ESCAPES =
  /(?:%|\\x)[0-9a-f]{2}|[%\\]u[0-9a-f]{4}|\\.|&(?:#\d{1,8}|#x[0-9a-f]{1,8}|amp|lt|gt|quot|apos|nbsp);?/gi;
const NAMED = { "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\b": "\b", "\\f": "\f", "&amp": "&", "&lt": "<" };
Object.assign(NAMED, { "&gt": ">", "&quot": '"', "&apos": "'", "&nbsp": " " });

/** What a percent, JSON or HTML escape stands for. */
function meaning(escape) {
  const named = NAMED[escape.toLowerCase().replace(";", "")];
  if (named !== undefined) return named;
  const digits = /^(?:[%\\]u|%|\\x|&#x)([0-9a-f]+)/i.exec(escape)?.[1];
  if (digits !== undefined) return fromHex(digits);
  return escape[0] === "&" ? fromCode(parseInt(escape.slice(2), 10)) : escape.slice(1);
}

const fromHex = (digits) => fromCode(parseInt(digits, 16));
const fromCode = (code) => (code <= 0x10ffff ? String.fromCodePoint(code) : "");

/** What the runs of base64 and of hexadecimal in a text stand for, whatever they begin with. */
function decodedRuns(text) {
  const found = [];
  // Long base64 is often written in lines.
  for (const [run] of text.matchAll(/[\w+/-]{11,}(?:\s+[\w+/-]+)*/g)) {
    const standard = run.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/");
    // Where the encoded text begins within the run is not known: at one of four places, it is read right.
    for (let offset = 0; offset < 4; offset++) {
      const length = (standard.length - offset) & ~3;
      const rest = standard.length - offset - length;
      const end = offset + length + (rest > 1 ? rest : 0);
      found.push(atob(standard.slice(offset, end)));
    }
  }
  for (const [run] of text.matchAll(/[0-9a-f]{16,}/gi)) {
    for (const offset of [0, 1]) found.push(run.slice(offset).replace(/../g, fromHex));
  }
  return found.join("\n");
}

function copyOf(cause, text, depth) {
  if (depth === 0 || cause === null || cause === undefined) return undefined;
  try {
    if (typeof cause !== "object") return text(String(cause));
    const { name, message, code, cause: deeper } = cause;
    const copy = new Error(text(String(message ?? "")));
    const fields = { name: text(String(name ?? "Error")) };
    fields.stack = `${fields.name}: ${copy.message}`;
    for (const [member, value] of Object.entries(fields)) {
      Object.defineProperty(copy, member, { value, writable: true, configurable: true });
    }
    if (typeof code === "string") copy.code = text(code);
    const inner = copyOf(deeper, text, depth - 1);
    if (inner !== undefined) copy.cause = inner;
    return copy;
  } catch {
    return undefined;
  }
}
