// The error classes, and the one function that makes their instances. Every text in an error passes through
// `clear` here, so this file is where secrets stop.

import { clear, clearCause, tokensIn } from "./redact.js";

// Long enough for every error of Plaid's, short enough for a log.
const LONGEST = 16384;

export class PlaidAdapterError extends Error {
  constructor(message, fields = {}) {
    // Of the fields, Error itself takes the cause.
    super(message, fields);
    const { cause, ...own } = fields;
    Object.assign(this, own);
  }

  toJSON() {
    return { name: this.name, message: this.message, ...this };
  }
}

export class PlaidAdapterConfigurationError extends PlaidAdapterError {}
export class PlaidCreateLinkTokenError extends PlaidAdapterError {}
export class PlaidExchangePublicTokenError extends PlaidAdapterError {}
export class PlaidAuthError extends PlaidAdapterError {}
export class PlaidIdentityError extends PlaidAdapterError {}
export class PlaidBankTransferSyncEventError extends PlaidAdapterError {}
export class PlaidTransferSyncEventError extends PlaidAdapterError {}
export class PlaidApiInternalServerError extends PlaidAdapterError {}
export class PlaidWebhookVerificationError extends PlaidAdapterError {}

// The keys of an object survive the minifiers that rename classes.
const classes = {
  PlaidAdapterError,
  PlaidCreateLinkTokenError,
  PlaidExchangePublicTokenError,
  PlaidAuthError,
  PlaidIdentityError,
  PlaidBankTransferSyncEventError,
  PlaidTransferSyncEventError,
  PlaidWebhookVerificationError,
  PlaidApiInternalServerError,
  PlaidAdapterConfigurationError,
};
for (const [name, { prototype }] of Object.entries(classes)) {
  Object.defineProperty(prototype, "name", { value: name, writable: true, configurable: true });
}

/**
 * The error of a method, of its own class or of the one that all methods share for 5xx answers. `secrets` must not be
 * in it: client id, secret, and the request's body, in which there may be more.
 */
export function makeError(
  method,
  errorClass,
  words,
  { kind, endpoint, attempts, retryable, retryAfterMs, reason, outcome, cause, lostAnswer },
  secrets,
) {
  const hidden = valuesOf(secrets);
  const text = (value) => (typeof value === "string" ? clear(value, hidden).slice(0, LONGEST) : undefined);
  const textOrNull = (value) => (value === null ? null : text(value));
  const fields = { kind, reason, endpoint };
  fields.status = outcome?.status || undefined;
  fields.requestId = text(outcome?.requestId);
  if (outcome?.text !== undefined) {
    const answer = outcome.body ?? {};
    fields.errorType = text(answer.error_type);
    fields.errorCode = text(answer.error_code);
    fields.errorMessage = text(answer.error_message);
    fields.displayMessage = textOrNull(answer.display_message);
    fields.documentationUrl = text(answer.documentation_url);
    fields.suggestedAction = textOrNull(answer.suggested_action);
    fields.errorDetails = text(outcome.text);
  }
  Object.assign(fields, { attempts, retryable, retryAfterMs });
  const type = kind === "server" ? PlaidApiInternalServerError : classes[errorClass];
  // Every error about a webhook has a reason. Where the key could not be had, the kind says why.
  if (type === PlaidWebhookVerificationError) {
    fields.reason ??= kind === "invalid_argument" ? "malformed_body" : "unknown_key";
  }
  for (const name of Object.keys(fields)) if (fields[name] === undefined) delete fields[name];
  // An error of ours was cleared when it was made.
  const cleared = lostAnswer || clearCause(cause, hidden);
  if (cleared !== undefined) fields.cause = cleared;
  const after = attempts > 1 ? ` (attempt ${attempts})` : "";
  return locate(new type(`${method}: ${text(words)}${after}`, fields));
}

/** The error that names every problem of the configuration at once. */
export function configurationError(message, problems) {
  const fields = { kind: "configuration", attempts: 0, retryable: false, problems };
  return locate(new PlaidAdapterConfigurationError(message + problems.join("; "), fields));
}

/** Takes wasm's frames out of the stack: what is left are the caller's, and ours by name. */
function locate(error) {
  const lines = String(error.stack).split("\n");
  error.stack = lines.filter((line) => !/wasm:\/\/|wasm-function/.test(line)).join("\n");
  return error;
}

/** Tells the caller's `onAttempt`. What it throws, now or later, is no business of the call. */
export function report(
  onAttempt,
  endpoint,
  attempt,
  kind,
  durationMs,
  retryInMs,
  { status, requestId },
  secrets,
) {
  const event = { endpoint, attempt, outcome: kind ?? "ok" };
  if (status) event.status = status;
  // It comes from outside, and an upstream may echo anything anywhere.
  if (requestId) event.requestId = clear(requestId, valuesOf(secrets));
  event.durationMs = durationMs;
  if (retryInMs !== undefined) event.retryInMs = retryInMs;
  try {
    Promise.resolve(onAttempt(event)).catch(() => {});
  } catch {
    // Ignored, as promised.
  }
}

function valuesOf([clientId, secret, body]) {
  return [clientId, secret, ...tokensIn(body)].filter((value) => typeof value === "string");
}
