// Secrets stop here: the client's credentials and the tokens of a call, as they are, or in what an upstream may have
// made of them. Each text is cut first; then everything takes time in proportion to what is kept.

const MARK = "[redacted]";

// Long enough for every error of Plaid's, short enough for a log.
const KEPT = 16_384;

// Shorter values are words of everyday messages ("secret"), and no credential of Plaid's.
const SHORTEST = 8;
// A longer secret is looked for by its beginning, and the text withheld that has it.
const LONGEST = 1024;
// In other spellings, which are longer, so much of a secret is looked for.
const HEAD = 128;
// Plaid takes a hundred tokens at most. A text is withheld rather than searched for more than these.
const MOST = 512;

// What has the form of one of Plaid's tokens is removed wherever it comes from: "access-sandbox-" and a UUID.
const TOKEN = /[a-z][a-z-]{0,30}-(?:sandbox|production|development)-(?=[a-z_-]{0,40}\d)[\w-]{8,}/gi;

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
  const plain = literal.map((secret) => {
    const form = plainForm(secret.slice(0, HEAD));
    return bareForm(form).length < SHORTEST ? form : bareForm(form);
  });

  function text(value) {
    if (literal.length > MOST) return MARK;
    let shown = value.slice(0, KEPT + LONGEST);
    // Of the last secret, there may be only the beginning.
    const unsure = value.length > shown.length ? LONGEST : 0;
    if (heads.some((head) => shown.includes(head))) return MARK;
    for (const secret of short) shown = shown.replaceAll(secret, MARK);
    shown = shown.replace(TOKEN, MARK);
    // A secret that the search did not see is there in another spelling: which, and where, is not asked.
    const forms = plainForms(shown).flatMap((form) => [form, bareForm(form)]);
    const isHidden = (form) => plain.some((secret) => form.includes(secret)) || form.search(TOKEN) >= 0;
    return forms.some(isHidden) ? MARK : shown.slice(0, Math.min(KEPT, shown.length - unsure));
  }

  return {
    /** The members that are text, redacted. */
    all(members) {
      const shown = {};
      for (const [name, value] of Object.entries(members)) {
        if (typeof value === "string") shown[name] = text(value);
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

// What text was wrapped in may be wrapped again, but not for ever.
const ROUNDS = 8;

/** A text without its escapes, in lower case. */
function plainForm(text) {
  let plain = text;
  for (let round = 0; round < ROUNDS; round++) {
    const before = plain;
    plain = unescaped(plain);
    if (plain === before) break;
  }
  return plain.toLowerCase();
}

/** A plain form without what does not survive every spelling: spaces, a "+" for one, and all that is not ASCII. */
const bareForm = (plain) => plain.replace(/[^!-*,-~]+/g, "");

/** The plain form, and those of what in the text is base64 or hexadecimal. */
function plainForms(text) {
  let encoded = text;
  for (let round = 0; round < ROUNDS && /[%\\&]/.test(encoded); round++) encoded = unescaped(encoded);
  const forms = [encoded.toLowerCase()];
  for (let round = 0; round < 2; round++) {
    encoded = decodedRuns(encoded);
    if (encoded === "") break;
    forms.push(plainForm(encoded));
  }
  return forms;
}

const ESCAPES =
  /(?:%[0-9a-f]{2})+|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\.|&(?:#\d{1,8}|#x[0-9a-f]{1,8}|amp|lt|gt|quot|apos|nbsp);?/gi;
const NAMED = { "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\b": "\b", "\\f": "\f", "&amp": "&", "&lt": "<" };
Object.assign(NAMED, { "&gt": ">", "&quot": '"', "&apos": "'", "&nbsp": " " });

/** The text with one layer of percent, JSON and HTML escapes undone. */
function unescaped(text) {
  return text.replace(ESCAPES, (escape) => {
    const named = NAMED[escape.toLowerCase().replace(";", "")];
    if (named !== undefined) return named;
    if (escape[0] === "%") return fromBytes(escape.replaceAll("%", ""));
    const digits = /^(?:\\[ux]|&#x)([0-9a-f]+)/i.exec(escape)?.[1];
    if (digits !== undefined) return fromCode(parseInt(digits, 16));
    return escape[0] === "&" ? fromCode(parseInt(escape.slice(2), 10)) : escape.slice(1);
  });
}

const fromCode = (code) => (code <= 0x10ffff ? String.fromCodePoint(code) : "");

/** UTF-8 in hexadecimal, as text. */
function fromBytes(hex) {
  const bytes = Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
  return new TextDecoder().decode(bytes);
}

/** What the runs of base64 and of hexadecimal in a text stand for, whatever they begin with. */
function decodedRuns(text) {
  const found = [];
  // Long base64 is often written in lines.
  for (const [run] of text.matchAll(/[\w+/-]{16,}(?:\s+[\w+/-]+)*/g)) {
    const standard = run.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/");
    // Where the encoded text begins within the run is not known: at one of four places, it is read right.
    for (let offset = 0; offset < 4; offset++) {
      const length = (standard.length - offset) & ~3;
      const rest = standard.length - offset - length;
      const end = offset + length + (rest > 1 ? rest : 0);
      found.push(fromLatin1(atob(standard.slice(offset, end))));
    }
  }
  for (const [run] of text.matchAll(/[0-9a-f]{16,}/gi)) {
    for (const offset of [0, 1])
      found.push(fromBytes(run.slice(offset, run.length - ((run.length - offset) % 2))));
  }
  return found.join("\n");
}

const fromLatin1 = (bytes) => new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));

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
