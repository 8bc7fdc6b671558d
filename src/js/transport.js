// One request over `fetch` and the waits between requests. Nothing here rejects: how an exchange ended is the
// value it resolves with.

// In the order of `End` in attempt.rs.
export const ANSWERED = 0;
export const ABORTED = 1;
const TIMED_OUT = 2;
const FAILED = 3;
const REDIRECTED = 4;
const UNREADABLE = 5;

/** A promise that resolves when the time is up or the caller aborts, and how to undo its timer and listener. */
function limit(ms, signal) {
  let undo;
  const ended = new Promise((resolve) => {
    const abort = () => resolve({ end: ABORTED, cause: signal.reason });
    const timer = setTimeout(
      () => resolve({ end: TIMED_OUT, words: `no complete answer within ${ms} ms` }),
      ms,
    );
    undo = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
  return { ended, undo };
}

/** Waits for so many milliseconds, or until the caller aborts. */
export async function wait(ms, signal) {
  const { ended, undo } = limit(ms, signal);
  const outcome = await ended;
  undo();
  return outcome;
}

/** Sends `body` to a path of Plaid's and reads the whole answer within `ms` milliseconds. */
export async function send(settings, path, body, ms, signal) {
  if (signal?.aborted) return { end: ABORTED, cause: signal.reason };
  const controller = new AbortController();
  const { ended, undo } = limit(ms, signal);
  const outcome = await Promise.race([ended, exchange(settings, path, body, controller.signal)]);
  undo();
  if (outcome.end === ABORTED || outcome.end === TIMED_OUT) controller.abort();
  return outcome;
}

async function exchange({ baseUrl, headers, fetch: ownFetch }, path, body, signal) {
  let response;
  try {
    const init = { method: "POST", headers, body, redirect: "manual", signal };
    // The global is called by its name: workerd refuses a stored `fetch` without its receiver. Somebody's own may
    // write to what it is given, so it gets its own headers.
    response = ownFetch
      ? await ownFetch(baseUrl + path, { ...init, headers: new Headers(headers) })
      : await fetch(baseUrl + path, init);
    const status = response?.status;
    if (typeof status !== "number" || typeof response.text !== "function") {
      return { end: UNREADABLE, words: "fetch gave something that is not a Response" };
    }
    // A browser shows a redirect that is not followed as an answer with status 0. And nobody waits any more for
    // an answer that comes after the end, from a fetch that takes no notice of its signal.
    if (signal.aborted || status === 0 || (status >= 300 && status < 400)) {
      discard(response);
      return { end: REDIRECTED, status, words: "the answer is a redirect, which is never followed" };
    }
    const retryAfter = response.headers?.get("retry-after") ?? undefined;
    return { end: ANSWERED, status, retryAfter, ...read(status, await response.text()) };
  } catch (cause) {
    discard(response);
    return { end: FAILED, cause, words: `no answer: ${describe(cause)}` };
  }
}

/** The answer's JSON object, what Plaid says of it, and the words for a failure. */
function read(status, text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    // Told below: there is no object.
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { text, words: `the answer (${status}) is not a JSON object` };
  }
  const string = (name) => (typeof body[name] === "string" ? body[name] : undefined);
  const code = string("error_code");
  const said = `Plaid answered ${status} ${code}: ${string("error_message") ?? "(no message)"}`;
  const words = code === undefined ? `the answer is ${status}, without an error of Plaid's` : said;
  return { text, body, code, requestId: string("request_id"), words };
}

/** An unread body holds its connection in workerd until it is collected. */
function discard(response) {
  try {
    response?.body?.cancel().catch(() => {});
  } catch {
    // A body that is being read refuses to be cancelled, and one of somebody's own fetch may be anything.
  }
}

function describe(cause) {
  try {
    return String(cause?.message ?? cause);
  } catch {
    return "fetch failed";
  }
}
