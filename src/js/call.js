// The loop that every call runs: send, ask, wait, again. JavaScript waits and Rust decides, so nothing of wasm is
// alive while a call is under way: workerd may drop a request at any await, and then all of it is garbage.

import { makeError, report } from "./errors.js";
import { ABORTED, ANSWERED, send, wait } from "./transport.js";

const TOKEN_WAS_USED =
  ". An earlier attempt got no answer and has probably used the token up: the user has to go through Link again";

// In the order of `Kind` in error.rs.
const KINDS = ["api", "rate_limit", "server", "network", "timeout", "bad_response", "webhook"];

/**
 * Runs a call to its end. `operation` is [class, method, path] of the adapter's method, `body` JSON text, and
 * `isSafe` says that the request may be sent twice. The answer is handed through as it was parsed.
 */
export async function perform(settings, operation, path, body, isSafe, signal, timeoutMs, maxRetries) {
  const { decisions, onAttempt } = settings;
  const secrets = [settings.clientId, settings.secret, body];
  let lostAnswer;
  for (let attempt = 1; ; attempt++) {
    const started = Date.now();
    const outcome = await send(settings, path, body, timeoutMs ?? settings.timeoutMs, signal);
    if (outcome.end === ABORTED) throw outcome.cause;
    const verdict = isSuccess(outcome) ? undefined : judge(decisions, operation, outcome, isSafe, attempt);
    const retryInMs = attempt <= (maxRetries ?? settings.maxRetries) ? verdict?.waitMs : undefined;
    if (onAttempt)
      report(onAttempt, path, attempt, verdict?.kind, Date.now() - started, retryInMs, outcome, secrets);
    if (!verdict) return outcome.body;

    const wasUsed = verdict.isUsedToken && lostAnswer;
    const words = outcome.words + (wasUsed ? TOKEN_WAS_USED : "");
    const fields = {
      ...verdict,
      endpoint: path,
      attempts: attempt,
      outcome,
      cause: outcome.cause,
      lostAnswer: wasUsed,
    };
    if (retryInMs === undefined) throw makeError(operation, words, fields, secrets);
    if (verdict.isAmbiguous) lostAnswer ??= makeError(operation, words, fields, secrets);
    const waited = await wait(retryInMs, signal);
    if (waited.end === ABORTED) throw waited.cause;
  }
}

function isSuccess({ end, status, body }) {
  return end === ANSWERED && status >= 200 && status < 300 && body !== undefined;
}

/** What Rust makes of an outcome that is no success. */
function judge(decisions, [index], { end, status = 0, code, retryAfter }, isSafe, attempt) {
  // Wasm's memory never shrinks, so no text of any length is copied there.
  const short = (text) => (typeof text === "string" ? text.slice(0, 64) : undefined);
  const untilDateMs = Math.max(0, Date.parse(short(retryAfter)) - Date.now());
  const verdict = decisions.judge(
    index,
    end,
    status,
    short(code),
    short(retryAfter),
    untilDateMs,
    isSafe,
    attempt,
    Math.random(),
  );
  const [kind, retryable, isAmbiguous, isUsedToken, retryAfterMs, waitMs] = verdict;
  const ms = (value) => (value < 0 ? undefined : value);
  return {
    kind: KINDS[kind],
    retryable: retryable === 1,
    isAmbiguous: isAmbiguous === 1,
    isUsedToken: isUsedToken === 1,
    retryAfterMs: ms(retryAfterMs),
    waitMs: ms(waitMs),
  };
}
