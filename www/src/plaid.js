import { PlaidAdapter, PlaidAdapterError } from "plaid-edge";

/**
 * How one call to Plaid went, including its attempts, as plain data that may leave the worker.
 * @typedef {{ requestId?: string, durationMs: number, attempts: object[] }} Call
 */

/**
 * Runs `work` with an adapter of its own and reports how it went. Plaid's errors are part of the outcome;
 * anything else is thrown.
 * @template T
 * @param {(plaid: PlaidAdapter) => Promise<T>} work
 * @param {(attempt: object) => void} [onAttempt]  called after each attempt
 * @returns {Promise<{ data?: T, error?: object, call: Call }>}
 */
export async function callPlaid(env, work, onAttempt) {
  const attempts = [];
  const plaid = await PlaidAdapter.fromEnv(env, {
    onAttempt(attempt) {
      attempts.push(attempt);
      onAttempt?.(attempt);
    },
  });
  const started = Date.now();
  const call = (requestId) => ({ requestId, durationMs: Date.now() - started, attempts });
  try {
    const data = await work(plaid);
    return { data, call: call(data?.request_id ?? attempts.at(-1)?.requestId) };
  } catch (error) {
    if (!isPlaidError(error)) throw error;
    // toJSON is what the calling code sees, and holds no secrets.
    return { error: error.toJSON(), call: call(error.requestId) };
  } finally {
    plaid.free();
  }
}

export function isPlaidError(error) {
  return error instanceof PlaidAdapterError;
}

/** The status of this worker's response when a call to Plaid failed. */
export function statusOf({ kind }) {
  return STATUS[kind] ?? 502;
}

const STATUS = { configuration: 500, invalid_argument: 400, api: 422, rate_limit: 429, timeout: 504 };

/** The JSON response to the page: Plaid's data or the error, and how the call went. */
export function respond(c, { data, error, call }) {
  return error ? c.json({ error, call }, statusOf(error)) : c.json({ data, call });
}
