// One request over `fetch`, and the waits between requests. How it ended is the outcome it resolves with: `end` is a
// word for it, the rest are facts. What is to be thought of them, Rust says.

import { attempt, describe, headerOf, isObject, ownOf } from "./values.js";

/**
 * What `work` comes to; or, if the time is up before or the caller aborts, that: then `stop` is called. Where the caller
 * has aborted already, the work does not begin. Without work, it waits: and gives an outcome only if the caller aborts.
 */
export function within(ms, signal, work, stop) {
  return new Promise((resolve, reject) => {
    let timer;
    const ending = (settle) => (outcome) => {
      clearTimeout(timer);
      unlisten(signal, abort);
      settle(outcome);
    };
    const finish = ending(resolve);
    const cut = (outcome) => {
      finish(outcome);
      stop?.();
    };
    const abort = () => cut({ end: "thrown", cause: attempt(() => signal.reason) });
    const expire = () => cut(work && { end: "timed_out", timeoutMs: ms });
    if (ms !== undefined) timer = setTimeout(expire, ms);
    if (signal) {
      listen(signal, abort);
      if (attempt(() => signal.aborted) === true) return abort();
    }
    work?.().then(finish, ending(reject));
  });
}

// One listener for all that wait for a signal: Node warns of a leak at eleven.
const waiting = new WeakMap();

function listen(signal, abort) {
  const known = waiting.get(signal);
  const aborts = known ?? new Set();
  aborts.add(abort);
  if (!known) {
    aborts.listener = () => aborts.forEach((abort) => abort());
    waiting.set(signal, aborts);
    attempt(() => signal.addEventListener("abort", aborts.listener));
  }
}

function unlisten(signal, abort) {
  const aborts = waiting.get(signal);
  aborts?.delete(abort);
  if (aborts?.size === 0) {
    waiting.delete(signal);
    attempt(() => signal.removeEventListener("abort", aborts.listener));
  }
}

/** Sends a plan's request, and reads the whole response within its time: parses it, or has `read` do it. */
export async function send(settings, plan, read) {
  try {
    const controller = new AbortController();
    const work = () => exchange(settings, plan, { read, signal: controller.signal });
    return await within(plan.timeoutMs, plan.signal, work, () => controller.abort());
  } catch (cause) {
    const isMissing = (name) => typeof globalThis[name] !== "function";
    const name = ["AbortController", "setTimeout", settings.fetch ? "Headers" : "fetch"].find(isMissing);
    if (name) return { end: "missing_global", name };
    // What a framework throws through fetch on purpose is its own business.
    const isOnPurpose = () => ownOf("string", cause, "digest") !== undefined;
    if (attempt(isOnPurpose) === true) return { end: "thrown", cause };
    const isUnbound = settings.fetch && /illegal invocation/i.test(describe(cause));
    return { end: isUnbound ? "unbound_fetch" : "failed", cause, host: settings.baseUrl.split("/")[2] };
  }
}

async function exchange(
  { baseUrl, clientId, secret, plaidVersion, fetch: ownFetch },
  { path, body },
  { read, signal },
) {
  let response;
  try {
    const plain = {
      "Content-Type": "application/json",
      "PLAID-CLIENT-ID": clientId,
      "PLAID-SECRET": secret,
      "Plaid-Version": plaidVersion,
    };
    const headers = ownFetch ? new Headers(plain) : plain;
    // What objects inherit must not become a setting of the request: workerd's `cf` can name another host.
    const init = { __proto__: null, method: "POST", headers, body, redirect: "manual", signal };
    // The global is called by its name: workerd refuses a stored `fetch` without its receiver.
    const url = baseUrl + path;
    response = await (ownFetch ? ownFetch(url, init) : fetch(url, init));
    // A test double may be less than a Response.
    const status = response?.status ?? (response?.ok === true ? 200 : undefined);
    if (!Number.isInteger(status) || status < 0 || status > 999) return { end: "no_response_object" };
    // Nothing in a redirect is used. And nobody waits any more for a response that comes after the end, from a fetch
    // that takes no notice of its signal.
    if (signal.aborted || status === 0 || (status >= 300 && status < 400)) {
      cancel(() => response.body);
      // Browsers show both with status 0.
      const { type } = response;
      if (type === "error") throw "Response.error()";
      return { end: type === "opaqueredirect" ? "redirect" : "response", status };
    }
    const isSuccess = status >= 200 && status < 300;
    if (read && isSuccess) {
      if (typeof response.blob !== "function") return { end: "no_response_object" };
      return { end: "success", status, value: await read(response) };
    }
    const text =
      typeof response.text === "function"
        ? await response.text()
        : typeof response.json === "function" && JSON.stringify(await response.json());
    if (typeof text !== "string") return { end: "no_response_object" };
    const value = parseObject(text);
    const requestId = ownOf("string", value, "request_id");
    if (isSuccess && value) return { end: "success", status, value, requestId };
    const retryAfter = headerOf(response.headers, "retry-after")?.slice(0, 64);
    return {
      end: "response",
      status,
      retryAfter,
      retryAfterDateMs: Date.parse(retryAfter),
      // A success that can't be read may hold a new token, so it is not shown.
      text: isSuccess ? undefined : text,
      body: value,
      // Wasm's memory never shrinks, so no text of any length is copied there.
      code: ownOf("string", value, "error_code")?.slice(0, 64),
      message: ownOf("string", value, "error_message"),
      requestId,
    };
  } catch (cause) {
    cancel(() => response.body);
    throw cause;
  }
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

/** Ends the reading of a stream, if there is one. In workerd, what is left unread holds its connection. */
export function cancel(streamOf) {
  // One that is being read refuses.
  attempt(() =>
    streamOf()
      .cancel()
      .catch(() => {}),
  );
}
