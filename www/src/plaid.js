import { PlaidAdapter, PlaidAdapterError } from "plaid-edge";

/**
 * How one call to Plaid went, the attempts included, as plain data that can leave the worker.
 * @typedef {{ requestId?: string, durationMs: number, attempts: object[] }} Call
 */

/**
 * Does one piece of work with an adapter of its own and tells how it went. Plaid's errors are part of the
 * outcome, everything else is thrown.
 * @template T
 * @param {(plaid: PlaidAdapter) => Promise<T>} work
 * @param {(attempt: object) => void} [onAttempt]  told of each attempt as it ends
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
    // As the code sees it: its fields hold nothing secret.
    return { error: error.toJSON(), call: call(error.requestId) };
  } finally {
    plaid.free();
  }
}

export function isPlaidError(error) {
  return error instanceof PlaidAdapterError;
}

/** The status this worker answers with when Plaid's answer was an error. */
export function statusOf({ kind }) {
  return STATUS[kind] ?? 502;
}

const STATUS = { configuration: 500, invalid_argument: 400, api: 422, rate_limit: 429, timeout: 504 };

/** The JSON answer to the page: what came back, or the error, and how the call went. */
export function answer(c, { data, error, call }) {
  return error ? c.json({ error, call }, statusOf(error)) : c.json({ data, call });
}
