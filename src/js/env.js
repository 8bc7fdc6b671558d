// Reading the worker's environment: these four keys and no other. PLAID_PUBLIC_KEY is accepted, and used by no
// call.

const KEYS = ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"];

// What can be wrong with a value, in the order of PROBLEMS in config.rs.
const UNREADABLE = 0;
const NOT_A_STRING = 1;
const BINDING = 2;
const BINDING_FAILED = 3;

/** For each key its trimmed string, undefined where it is missing or empty, or a problem's number. */
export function readEnv(env) {
  return KEYS.map((key) => {
    try {
      const value = env?.[key];
      if (value === unreadable) return UNREADABLE;
      if (value === failed) return BINDING_FAILED;
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
        return [key, value === undefined ? unreadable : failed];
      }
    }),
  );
  return new Adapter(Object.fromEntries(values), options);
}

// Stand for values that could not be had.
const unreadable = Object.freeze({});
const failed = Object.freeze({});

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
