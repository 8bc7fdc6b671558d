// Looking at what callers pass. Any value can arrive in any place, getters and proxies that throw included;
// what throws here is caught on the other side.

/** A property; undefined and null stand for what was left out. */
export function get(value, name) {
  return value[name];
}

/** An object, or nothing. Throws for anything else. */
export function given(value) {
  if (value === undefined || value === null || isObject(value)) return value;
  throw new TypeError();
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
export function texts(value) {
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

/** The digits of an event id: a whole number that is exact, or a bigint of 64 bits. */
export function digits(value) {
  const isId =
    typeof value === "bigint"
      ? BigInt.asUintN(64, value) === value
      : Number.isSafeInteger(value) && value >= 0;
  return isId ? String(value) : undefined;
}
