// Reading the worker's environment: own properties only, and no key but those that Rust names.

// In place of a value that `fetchEnv` could not have, and known again by `readEnv`.
class Unavailable {
  constructor(problem, text = "") {
    Object.assign(this, { problem, text });
  }
}

/** What is found under a key: its text, or the problem with it. */
export function readEnv(env, key) {
  try {
    const value = own(env, key);
    if (value === undefined || value === null) return new Unavailable("missing");
    if (typeof value === "string") return { problem: "none", text: value.trim() };
    if (value instanceof Unavailable) return value;
    return new Unavailable(typeof value.get === "function" ? "binding" : "not_text");
  } catch (error) {
    return unreadable(error);
  }
}

/** The values of an environment under those keys, with the values of its bindings in their place. */
export async function fetchEnv(env, keys) {
  const values = await Promise.all(
    keys.map(async (key) => {
      let value;
      try {
        value = own(env, key);
      } catch (error) {
        return [key, unreadable(error)];
      }
      try {
        return [key, typeof value?.get === "function" ? await value.get() : value];
      } catch {
        // The binding's own message may quote its value, so it is not repeated.
        return [key, new Unavailable("binding_failed")];
      }
    }),
  );
  return Object.fromEntries(values);
}

/** Deno says which permission is missing; what a getter throws may quote the value. */
function unreadable(error) {
  const isPermission = /^(NotCapable|PermissionDenied)$/.test(error?.name);
  return new Unavailable("unreadable", isPermission ? String(error.message) : "");
}

function own(env, key) {
  return env !== undefined && env !== null && Object.hasOwn(env, key) ? env[key] : undefined;
}
