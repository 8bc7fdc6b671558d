// Looking at what callers pass. Any value can arrive in any place, getters and proxies that throw included.

/** A record for Rust to fill in. It inherits nothing: what all objects inherit is no setting. */
export const newRecord = () => ({ __proto__: null });

export const getMember = (record, name) => record[name];

export function setMember(record, name, value) {
  record[name] = value;
}

/** An own property; undefined and null stand for what was left out. */
export const getOwn = (value, name) => (Object.hasOwn(value ?? {}, name) ? value[name] : undefined);

/** An own property of that type; undefined for any other. */
export function ownOf(type, object, name) {
  const value = getOwn(object, name);
  return typeof value === type ? value : undefined;
}

/** An object that is no array and no function. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export const isText = (value) => typeof value === "string" && value.trim() !== "";

// Whether a value has a form; undefined if it counts as left out. Of a list, the copy that was looked at.
const forms = {
  text: isText,
  cursor: (value) => typeof value === "string" && (isText(value) || undefined),
  // Wasm's memory never shrinks.
  path: (value) => typeof value === "string" && value.length <= 256,
  texts(value) {
    const list = Array.isArray(value) ? Array.from(value) : [""];
    return list.length > 0 ? list.every(isText) && list : undefined;
  },
  someTexts: (value) => forms.texts(value) ?? false,
  number: (value, least, most) => typeof value === "number" && value >= least && value <= most,
  whole: (value, least, most) => Number.isInteger(value) && forms.number(value, least, most),
  eventId: (value) =>
    typeof value === "bigint"
      ? BigInt.asUintN(64, value) === value
      : Number.isSafeInteger(value) && value >= 0,
  object: isObject,
  function: (value) => typeof value === "function",
  // Known by its members, because a signal from another realm is no instance of ours.
  signal: (value) =>
    isObject(value) &&
    typeof value.aborted === "boolean" &&
    typeof value.addEventListener === "function" &&
    typeof value.removeEventListener === "function",
};

/** An own member of that form; undefined if it was left out, null if it has another form. */
export function member(object, name, form, least, most) {
  try {
    const value = getOwn(object, name);
    const found = value === undefined || value === null ? undefined : forms[form](value, least, most);
    return found === true ? value : found === false ? null : found;
  } catch {
    return null;
  }
}

/**
 * The first own name that has a value, and is not in the list. `isStrict` or not: then only of those that begin like one
 * in the list, and are probably misspelled. An object that is more than options, a test double say, has other members.
 */
export function unknownName(value, known, isStrict) {
  const names = known.split(", ");
  const begin = (name) => name.slice(0, 3).toLowerCase();
  const isNear = (name) => names.some((known) => begin(known) === begin(name));
  const isUnknown = (name) =>
    !names.includes(name) && (isStrict || isNear(name)) && value[name] !== undefined;
  try {
    return Object.keys(value).find(isUnknown);
  } catch {
    return null;
  }
}

/** JSON text of a value. JSON's own writer takes no bigint. */
const jsonOf = (value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value));

/** A template with a value in the place of its only marker. */
export const withValue = (template, value) => template.replace("\0a", () => jsonOf(value));

/** JSON text of the values, in the places of their markers; undefined if that is no JSON object. */
export function fill(template, values) {
  try {
    const text = template.replace(/\0./g, (marker) => jsonOf(values[marker]));
    return text.startsWith("{") ? text : undefined;
  } catch {
    return undefined;
  }
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

/** A body with the object under that marker laid over it, `user` key by key. */
export function overlay(body, values, marker) {
  try {
    const overrides = values[marker];
    const base = JSON.parse(body);
    return fill("\0.", {
      "\0.": { ...base, ...overrides, user: { ...base.user, ...getOwn(overrides, "user") } },
    });
  } catch {
    return undefined;
  }
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
