// One request over `fetch` and the waits between requests. Nothing here rejects: how an exchange ended is the
// value it resolves with.

import { isObject } from "./values.js";

// The version of Plaid's API that the endpoints are written for.
const PLAID_VERSION = "2020-09-14";

// In the order of `End` in attempt.rs.
export const ANSWERED = 0;
export const ABORTED = 1;
const TIMED_OUT = 2;
const FAILED = 3;
const REDIRECTED = 4;
const UNREADABLE = 5;

/** A promise that resolves when the time, if any, is up or the caller aborts, and how to undo its timer and listener. */
export function limit(ms, signal) {
  let timer, abort;
  const ended = new Promise((resolve) => {
    const words = `no complete answer within ${ms} ms`;
    timer = ms === undefined ? 0 : setTimeout(() => resolve({ end: TIMED_OUT, words }), ms);
    abort = () => resolve({ end: ABORTED, cause: attempt(() => signal.reason) });
    attempt(() => {
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
    });
  });
  const undo = () => {
    clearTimeout(timer);
    attempt(() => signal?.removeEventListener("abort", abort));
  };
  return { ended, undo };
}

/** What `run` gives, or what it throws: a signal may be anything that looks like one. */
function attempt(run) {
  try {
    return run();
  } catch (error) {
    return error;
  }
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
  if (attempt(() => signal?.aborted)) return { end: ABORTED, cause: attempt(() => signal.reason) };
  const controller = new AbortController();
  const { ended, undo } = limit(ms, signal);
  const outcome = await Promise.race([ended, exchange(settings, path, body, controller.signal)]);
  undo();
  if (outcome.end === ABORTED || outcome.end === TIMED_OUT) controller.abort();
  return outcome;
}

async function exchange({ baseUrl, clientId, secret, fetch: ownFetch }, path, body, signal) {
  let response;
  try {
    const headers = {
      "Content-Type": "application/json",
      "PLAID-CLIENT-ID": clientId,
      "PLAID-SECRET": secret,
      "Plaid-Version": PLAID_VERSION,
    };
    const init = { method: "POST", headers, body, redirect: "manual", signal };
    // The global is called by its name: workerd refuses a stored `fetch` without its receiver.
    response = ownFetch
      ? await ownFetch(baseUrl + path, { ...init, headers: new Headers(headers) })
      : await fetch(baseUrl + path, init);
    const status = response?.status;
    const unreadable = { end: UNREADABLE, words: "fetch gave something that is not a Response" };
    if (typeof status !== "number" || typeof response.text !== "function") return unreadable;
    // A browser shows a redirect that is not followed as an answer with status 0. And nobody waits any more for
    // an answer that comes after the end, from a fetch that takes no notice of its signal.
    if (signal.aborted || status === 0 || (status >= 300 && status < 400)) {
      discard(response);
      return { end: REDIRECTED, status, words: "the answer is a redirect, which is never followed" };
    }
    const retryAfter = response.headers?.get("retry-after");
    const text = await response.text();
    return typeof text === "string"
      ? { end: ANSWERED, status, retryAfter, ...read(status, text) }
      : unreadable;
  } catch (cause) {
    discard(response);
    return { end: FAILED, cause, words: `no answer: ${describe(cause)}` };
  }
}

/** The answer's JSON object, what Plaid says of it, and the words for a failure. */
function read(status, text) {
  const body = parseObject(text);
  if (!body) return { text, words: `the answer (${status}) is not a JSON object` };
  const string = (name) => (typeof body[name] === "string" ? body[name] : undefined);
  const code = string("error_code");
  const said = `Plaid answered ${status} ${code}: ${string("error_message") ?? "(no message)"}`;
  const words = code === undefined ? `the answer is ${status}, without an error of Plaid's` : said;
  return { text, body, code, requestId: string("request_id"), words };
}

/** An object from JSON text; undefined for anything else. */
export function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An unread body holds its connection in workerd. One that is being read refuses to be cancelled. */
function discard(response) {
  attempt(() => response?.body?.cancel().catch(() => {}));
}

function describe(cause) {
  const message = attempt(() => String(cause?.message ?? cause));
  return typeof message === "string" ? message : "fetch failed";
}
