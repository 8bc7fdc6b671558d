// Reading the worker's environment: these four keys and no other. PLAID_PUBLIC_KEY is accepted, and used by no
// call.

const KEYS = ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"];

// What can be wrong with a value. A binding's own message may quote its value, so it is not repeated.
const UNREADABLE = { problem: " could not be read from env" };
const NOT_A_STRING = { problem: " must be a string" };
const BINDING = {
  problem: " is a binding whose value has to be fetched: use await PlaidAdapter.fromEnv(env)",
};
const BINDING_FAILED = { problem: " could not be fetched: its binding's get() failed" };

/** For each key its trimmed string, undefined where it is missing or empty, or an object with the problem. */
export function readEnv(env) {
  return KEYS.map((key) => {
    try {
      const value = env?.[key];
      // These, `fromEnv` has put in place of values that it could not have.
      if (value === UNREADABLE || value === BINDING_FAILED) return value;
      return typeof value?.get === "function" ? BINDING : plain(value);
    } catch {
      return UNREADABLE;
    }
  });
}

/** A new adapter of that one's class, once the values of all bindings are fetched. */
export async function fromEnv({ constructor: Adapter }, env, options) {
  const values = await Promise.all(
    KEYS.map(async (key) => {
      let value;
      try {
        value = env?.[key];
        return [key, typeof value?.get === "function" ? await value.get() : value];
      } catch {
        // Without a value it was env that threw, with one it was the binding.
        return [key, value === undefined ? UNREADABLE : BINDING_FAILED];
      }
    }),
  );
  return new Adapter(Object.fromEntries(values), options);
}

function plain(value) {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value.trim() || undefined : NOT_A_STRING;
}

/**
 * Scheme, host name, whether there are credentials, whether there is a query or a fragment, and the URL up to
 * its path, without a slash at the end. Empty for no URL.
 */
export function parseUrl(text) {
  try {
    const { protocol, hostname, origin, pathname } = new URL(text);
    // Looked for in the text: empty ones leave no trace in a parsed URL.
    const hasCredentials = /^[^:]*:[/\\]*[^/\\?#]*@/.test(text);
    return [protocol, hostname, hasCredentials, /[?#]/.test(text), origin + pathname.replace(/\/+$/, "")];
  } catch {
    return [];
  }
}
