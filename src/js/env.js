// Reading the worker's environment: own properties only, and no key but those that Rust names.

import { attempt, describe, getOwn } from "./values.js";

// In place of a value that `fetchEnv` could not have.
class Problem extends String {}

/** What is found under a key: its text behind "=", or what is wrong with it. Undefined if there is nothing. */
export function readEnv(env, key) {
  try {
    const value = getOwn(env, key) ?? undefined;
    if (value === undefined || value instanceof Problem) return value;
    if (typeof value === "string") return "=" + value.trim();
    return typeof value.get === "function" ? "binding" : "not_text";
  } catch (error) {
    return unreadable(error);
  }
}

/** The values of an environment under those keys, with the values of its bindings in their place. */
export async function fetchEnv(env, keys) {
  const values = keys.map(async (key) => {
    let value;
    try {
      value = getOwn(env, key);
    } catch (error) {
      return [key, unreadable(error)];
    }
    try {
      return [key, typeof value?.get === "function" ? await value.get() : value];
    } catch {
      // The binding's own message may quote its value, so it is not repeated.
      return [key, new Problem("binding_failed")];
    }
  });
  return Object.fromEntries(await Promise.all(values));
}

/** Deno says which permission is missing; what a getter throws may quote the value. */
function unreadable(error) {
  const isPermission = attempt(() => error instanceof Deno.errors[error.name]) === true;
  return new Problem(isPermission ? describe(error) : "");
}
