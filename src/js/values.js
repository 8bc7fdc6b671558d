// Looking at what callers pass. Any value can arrive in any place, getters and proxies that throw included;
// what throws here is caught on the other side.

/** An own property; undefined and null stand for what was left out. */
export function getOwn(value, name) {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** An object, or nothing. Throws for anything else. */
export function optionalObject(value) {
  if (value === undefined || value === null || isObject(value)) return value;
  throw new TypeError();
}

/** A text with a name in the place of its marker. */
export function named(text, name) {
  return text.replace("{name}", () => String(name).slice(0, 64));
}

/**
 * The first own name that has a value, and is not in the list. `isStrict` or not: then only of those that begin like one
 * in the list, and are probably misspelled. An object that is more than options, a test double say, has other members.
 */
export function unknownName(value, known, isStrict) {
  const names = known.split(", ");
  const begin = (name) => name.slice(0, 3).toLowerCase();
  const isNear = (name) => names.some((known) => begin(known) === begin(name));
  return Object.keys(value).find(
    (name) => !names.includes(name) && (isStrict || isNear(name)) && value[name] !== undefined,
  );
}

/** An object that is no array and no function. */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value) {
  return typeof value === "string" && value.trim() !== "";
}

/** A string short enough to be looked at in wasm, whose memory never shrinks; undefined for anything else. */
export function shortText(value) {
  return typeof value === "string" && value.length <= 256 ? value : undefined;
}

/** A copy of a list of non-empty strings; undefined for anything else. */
export function copyTexts(value) {
  const list = Array.isArray(value) ? Array.from(value) : undefined;
  return list?.every(isText) ? list : undefined;
}

/** Known by its members, because a signal from another realm is no instance of ours. */
export function isSignal(value) {
  return (
    typeof value === "object" &&
    typeof value.aborted === "boolean" &&
    typeof value.addEventListener === "function" &&
    typeof value.removeEventListener === "function"
  );
}

/** Whether a value is a whole number that is exact, or a bigint of 64 bits. */
export function isEventId(value) {
  return typeof value === "bigint"
    ? BigInt.asUintN(64, value) === value
    : Number.isSafeInteger(value) && value >= 0;
}

/** JSON text of the values, in the places of the template's markers; undefined if JSON can't carry one. */
export function fill(template, values) {
  const [start, ...rest] = template.split("\0");
  let text = start;
  for (const [at, part] of rest.entries()) {
    const value = values[at];
    // JSON's own writer takes no bigint.
    const json = typeof value === "bigint" ? String(value) : JSON.stringify(value);
    if (json === undefined) return undefined;
    text += json + part;
  }
  return text;
}

/** JSON text of an object; undefined where it comes out as anything else. */
export function jsonOf(value) {
  const text = JSON.stringify(value);
  return text?.startsWith("{") ? text : undefined;
}

/** Whether a JSON object has a member that is a non-empty string. */
export function hasText(json, name) {
  try {
    return json.includes(name) && isText(getOwn(JSON.parse(json), name));
  } catch {
    // Nested more deeply than a parser can follow.
    return false;
  }
}

/** A body with another laid over it, `user` key by key. */
export function overlay(body, overrides) {
  const base = JSON.parse(body);
  return jsonOf({ ...base, ...overrides, user: { ...base.user, ...getOwn(overrides, "user") } });
}

/** A header's value, from a Headers object or from what stands for one: a Map, a list of entries, a record. */
export function headerOf(headers, name) {
  const found = typeof headers?.get === "function" ? headers.get(name) : undefined;
  if (found !== undefined && found !== null) return one(found);
  const isList = typeof headers?.[Symbol.iterator] === "function";
  const entries = isList ? Array.from(headers) : Object.entries(headers ?? {});
  const entry = entries.find((entry) => String(entry?.[0]).toLowerCase() === name);
  return one(entry?.[1]);
}

/** The value of a header that may be given as a list. */
function one(value) {
  const text = Array.isArray(value) ? value.join(",") : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** What `run` gives, or what it throws: a signal may be anything that looks like one. */
export function attempt(run) {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

/** What a cause says of itself. */
export function describe(cause) {
  const message = attempt(() => String(cause?.message ?? cause));
  return typeof message === "string" ? message : "fetch failed";
}
