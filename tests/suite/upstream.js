// Upstreams that misbehave, as functions to be used instead of fetch. Where Plaid's own behaviour counts, the tests
// use the sandbox.

export const env = {
  PLAID_CLIENT_ID: "client-id-5f3c91d2",
  PLAID_SECRET: "secret-0a1b2c3d4e5f6071",
  PLAID_ENV: "sandbox",
};

/** Gives one answer after the other, and the last for ever. Each is a function of fetch's arguments. */
export function upstream(...answers) {
  const calls = [];
  const fetch = async (url, init) => {
    calls.push({ url, init, path: new URL(url).pathname, text: init.body, body: JSON.parse(init.body) });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer(url, init);
  };
  return { fetch, calls };
}

export const json =
  (body, status = 200, headers = {}) =>
  () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });

export const text =
  (body, status = 200, headers = {}) =>
  () =>
    new Response(body, { status, headers });

export const ok = json({ request_id: "request-ok" });

/** An error as Plaid words them. */
export const plaidError = (status, error_code, more = {}, headers = {}) =>
  json(
    {
      display_message: null,
      documentation_url: "https://plaid.com/docs/?ref=error",
      error_code,
      error_message: "what went wrong",
      error_type: "TEST_ERROR",
      request_id: "request-failed",
      suggested_action: null,
      ...more,
    },
    status,
    headers,
  );

export const lost =
  (error = new TypeError("connection lost")) =>
  () => {
    throw error;
  };

/** No answer, ever, not even when it is aborted. */
export const silence = () => new Promise(() => {});

/** No answer until it is aborted, as a real fetch does it. */
export const silenceUntilAborted = (url, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** An answer that begins and never ends. */
export const endless = () =>
  new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{"a":')) }));
