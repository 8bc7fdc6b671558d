// What the suite asserts with: no module of any runtime, so that it runs in all of them.

export function assert(condition, message = "the assertion failed") {
  if (!condition) throw new Error(message);
}

export function assertEquals(actual, expected, what = "") {
  if (!isEqual(actual, expected))
    throw new Error(`${what} expected ${show(expected)}, got ${show(actual)}`.trim());
}

export function assertMatch(text, pattern) {
  if (typeof text !== "string" || !pattern.test(text))
    throw new Error(`expected ${show(text)} to match ${pattern}`);
}

/** Checks the class of an error and the fields that are given; a pattern stands for a text that it matches. */
export function assertError(error, Class, fields = {}) {
  const isExact = error instanceof Class && error.constructor === Class;
  if (!isExact)
    throw new Error(
      `expected a ${Class.prototype.name}, got ${error?.name}: ${error?.message ?? show(error)}`,
    );
  for (const [name, expected] of Object.entries(fields)) {
    if (expected instanceof RegExp) assertMatch(error[name], expected);
    else assertEquals(error[name], expected, `${error.name}.${name} (${error.message}):`);
  }
  return error;
}

export function assertThrows(run, Class, fields) {
  try {
    run();
  } catch (error) {
    return assertError(error, Class, fields);
  }
  throw new Error("expected it to throw");
}

/** Takes a function, so that one that throws instead of rejecting fails the test. */
export function assertRejects(start, Class, fields) {
  return later(rejection(start).then((error) => assertError(error, Class, fields)));
}

/** A promise that is awaited later: should it reject before that, it is not unhandled. */
export function later(promise) {
  promise.catch(() => {});
  return promise;
}

/** What a call's promise rejects with. */
export function rejection(start) {
  return later(reasonOf(start));
}

async function reasonOf(start) {
  let promise;
  try {
    promise = start();
  } catch (error) {
    throw new Error(`expected a rejected promise, but it threw ${error}`);
  }
  assert(promise instanceof Promise, "expected a promise");
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, got ${show(value)}`);
}

function isEqual(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
}

function show(value) {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "bigint") return `${value}n`;
  try {
    return JSON.stringify(value)?.slice(0, 1000) ?? String(value);
  } catch {
    return String(value);
  }
}
