// One request over `fetch` and the waits between requests. How an exchange ended is the value it resolves with, its `end` one of `End` in attempt.rs, or "succeeded".

import { isObject } from "./values.js";

// The version of Plaid's API that the endpoints are written for.
const PLAID_VERSION = "2020-09-14";

/** What `work` comes to, if the caller does not abort and the time, if any, is not up before: then `stop` is called. */
export function within(ms, signal, work, stop) {
  return new Promise((resolve, reject) => {
    let timer;
    const end = (outcome) => {
      clearTimeout(timer);
      if (signal) attempt(() => signal.removeEventListener("abort", abort));
      resolve(outcome);
    };
    const cut = (outcome) => {
      end(outcome);
      stop?.();
    };
    const abort = () => cut({ end: "aborted", cause: attempt(() => signal.reason) });
    const expire = () => cut({ end: "timed_out", words: `no complete answer within ${ms} ms` });
    if (ms !== undefined) timer = setTimeout(expire, ms);
    if (signal) {
      attempt(() => {
        signal.addEventListener("abort", abort);
        if (signal.aborted) abort();
      });
    }
    work?.then(end, reject);
  });
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
export function wait(ms, signal) {
  return within(ms, signal);
}

/** Sends `body` to a path of Plaid's and reads the whole answer within `ms` milliseconds. */
export function send(settings, path, body, ms, signal) {
  if (signal?.aborted) return { end: "aborted", cause: signal.reason };
  const controller = new AbortController();
  const answered = exchange(settings, path, body, controller.signal);
  return within(ms, signal, answered, () => controller.abort());
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
    if (typeof status !== "number" || typeof response.text !== "function") return UNREADABLE;
    // A browser shows a redirect that is not followed as an answer with status 0. And nobody waits any more for
    // an answer that comes after the end, from a fetch that takes no notice of its signal.
    if (signal.aborted || status === 0 || (status >= 300 && status < 400)) {
      discard(response);
      return { end: "redirected", status, words: "the answer is a redirect, which is never followed" };
    }
    const text = await response.text();
    return typeof text === "string" ? read(response, status, text) : UNREADABLE;
  } catch (cause) {
    discard(response);
    return { end: "failed", cause, words: `no answer from ${new URL(baseUrl).host}: ${describe(cause)}` };
  }
}

const UNREADABLE = { end: "unreadable", words: "fetch gave something that is not a Response" };

/** A complete answer: the JSON object of a success, or what Plaid says of a failure and the words for it. */
function read({ headers }, status, text) {
  const body = parseObject(text);
  const requestId = textOf(body, "request_id");
  if (body && status >= 200 && status < 300) return { end: "succeeded", status, body, requestId };
  const code = textOf(body, "error_code");
  const message = textOf(body, "error_message") ?? "(no message)";
  let words = `Plaid answered ${status} ${code}: ${message}`;
  if (!body) words = `the answer (${status}) is not a JSON object`;
  else if (code === undefined) words = `the answer is ${status}, without an error of Plaid's`;
  const retryAfter = headers?.get("retry-after");
  return { end: "answered", status, retryAfter, text, body, code, requestId, words };
}

function textOf(body, name) {
  return typeof body?.[name] === "string" ? body[name] : undefined;
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
