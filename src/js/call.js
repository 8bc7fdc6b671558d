// The loop that every call runs: send, ask, wait, again. JavaScript waits and Rust decides, so nothing of wasm is
// alive while a call is under way: workerd may drop a request at any await, and then all of it is garbage.

import { makeError, report } from "./errors.js";
import { send, wait } from "./transport.js";

/** The adapter's operations by their methods: Plaid's path, and the class of their errors. */
export const OPERATIONS = {
  initializePlaid: { errorClass: "PlaidAdapterError" },
  createLinkToken: { path: "/link/token/create", errorClass: "PlaidCreateLinkTokenError" },
  exchangePublicToken: { path: "/item/public_token/exchange", errorClass: "PlaidExchangePublicTokenError" },
  authRequest: { path: "/auth/get", errorClass: "PlaidAuthError" },
  identityRequest: { path: "/identity/get", errorClass: "PlaidIdentityError" },
  syncBankTransferEvent: {
    path: "/bank_transfer/event/sync",
    errorClass: "PlaidBankTransferSyncEventError",
  },
  syncTransferEvent: { path: "/transfer/event/sync", errorClass: "PlaidTransferSyncEventError" },
  request: { errorClass: "PlaidAdapterError" },
  verifyWebhook: { path: "/webhook_verification_key/get", errorClass: "PlaidWebhookVerificationError" },
};

const TOKEN_WAS_USED =
  ". An earlier attempt got no answer and has probably used the token up: the user has to go through Link again";

/** What every call of an adapter needs. */
export function settingsOf(baseUrl, clientId, secret, fetch, onAttempt, timeoutMs, maxRetries, decisions) {
  return { baseUrl, clientId, secret, fetch, onAttempt, timeoutMs, maxRetries, decisions };
}

/**
 * Runs a call of that method to its end. `body` is JSON text, and `isSafe` says that the request may be sent twice.
 * The answer is handed through as it was parsed.
 */
export async function perform(
  settings,
  method,
  body,
  isSafe,
  signal,
  timeoutMs = settings.timeoutMs,
  maxRetries = settings.maxRetries,
  path = OPERATIONS[method].path,
) {
  // Wasm returns before anything is sent. Under its frames, `fetch` takes longer, and has less of the stack.
  await undefined;
  const { decisions, onAttempt } = settings;
  const secrets = [settings.clientId, settings.secret, body];
  let lostAnswer;
  for (let attempt = 1; ; attempt++) {
    const started = onAttempt && Date.now();
    const outcome = await send(settings, path, body, timeoutMs, signal);
    if (outcome.end === "aborted") throw outcome.cause;
    const isSuccess = outcome.end === "succeeded";
    const verdict = isSuccess ? undefined : judge(decisions, method, outcome, isSafe, attempt);
    const retryInMs = attempt <= maxRetries ? verdict?.waitMs : undefined;
    if (onAttempt)
      report(onAttempt, path, attempt, verdict?.kind, Date.now() - started, retryInMs, outcome, secrets);
    if (isSuccess) return outcome.body;

    const wasUsed = verdict.isUsedToken && lostAnswer;
    const words = outcome.words + (wasUsed ? TOKEN_WAS_USED : "");
    const { errorClass } = OPERATIONS[method];
    const fields = {
      ...verdict,
      endpoint: path,
      attempts: attempt,
      outcome,
      cause: outcome.cause,
      lostAnswer: wasUsed,
    };
    if (retryInMs === undefined) throw makeError(method, errorClass, words, fields, secrets);
    if (verdict.isAmbiguous) lostAnswer ??= makeError(method, errorClass, words, fields, secrets);
    // Where the caller aborts meanwhile, nothing more is sent.
    await wait(retryInMs, signal);
  }
}

/** Asks Rust what to think of an outcome that is no success. */
function judge(decisions, method, { end, status = 0, code, retryAfter }, isSafe, attempt) {
  // Wasm's memory never shrinks, so no text of any length is copied there.
  const short = (text) => (typeof text === "string" ? text.slice(0, 64) : undefined);
  const untilDateMs = Math.max(0, Date.parse(short(retryAfter)) - Date.now());
  return decisions.judge(
    method,
    end,
    status,
    short(code),
    short(retryAfter),
    untilDateMs,
    isSafe,
    attempt,
    Math.random(),
  );
}

/** What Rust answers. */
export function verdict(kind, retryable, isAmbiguous, isUsedToken, retryAfterMs, waitMs) {
  return { kind, retryable, isAmbiguous, isUsedToken, retryAfterMs, waitMs };
}

/** The error of a method that was called wrongly. Nothing was sent. */
export function invalidError(method, words) {
  const { path: endpoint, errorClass } = OPERATIONS[method];
  const fields = { kind: "invalid_argument", endpoint, attempts: 0, retryable: false };
  return makeError(method, errorClass, words, fields, []);
}
