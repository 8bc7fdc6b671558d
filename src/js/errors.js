// The error classes, and the one function that makes their instances. Every text in an error passes through
// `clear` here, so this file is where secrets stop.

import { clear, clearCause, tokensIn } from "./redact.js";

// Long enough for every error of Plaid's, short enough for a log line.
const LONGEST_DETAILS = 16384;

export class PlaidAdapterError extends Error {
  constructor(message, fields = {}) {
    super(message);
    const { cause, ...own } = fields;
    if (cause !== undefined) {
      Object.defineProperty(this, "cause", { value: cause, writable: true, configurable: true });
    }
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

// In the order of `Class` in error.rs, the one that is made elsewhere last. The names are written out because minifiers rename classes.
const classes = [
  [PlaidAdapterError, "PlaidAdapterError"],
  [PlaidCreateLinkTokenError, "PlaidCreateLinkTokenError"],
  [PlaidExchangePublicTokenError, "PlaidExchangePublicTokenError"],
  [PlaidAuthError, "PlaidAuthError"],
  [PlaidIdentityError, "PlaidIdentityError"],
  [PlaidBankTransferSyncEventError, "PlaidBankTransferSyncEventError"],
  [PlaidTransferSyncEventError, "PlaidTransferSyncEventError"],
  [PlaidApiInternalServerError, "PlaidApiInternalServerError"],
  [PlaidWebhookVerificationError, "PlaidWebhookVerificationError"],
  [PlaidAdapterConfigurationError, "PlaidAdapterConfigurationError"],
];
for (const [type, name] of classes) {
  Object.defineProperty(type.prototype, "name", { value: name, writable: true, configurable: true });
}

/**
 * The promise of a call, whose errors are made in wasm, when the caller's frames are long gone. In an async
 * function that the caller awaits the engine still knows them, and nothing has to be kept until then.
 */
export async function traced(promise) {
  try {
    return await promise;
  } catch (error) {
    const site = {};
    Error.captureStackTrace?.(site, traced);
    throw error instanceof PlaidAdapterError ? locate(error, site.stack) : error;
  }
}

/** Gives the error the frames of that stack, without those of wasm. */
function locate(error, stack) {
  const frames = String(stack)
    .split("\n")
    .filter((line) => /^\s*at |@/.test(line) && !/wasm:\/\/|wasm-function/.test(line));
  if (frames.length) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}

/**
 * An error of the class with that index. `outcome` is what the transport ended with, `secrets` are the values
 * that must not be in the error, and the request's body, in which there may be more.
 */
export function makeError(
  index,
  kind,
  message,
  endpoint,
  attempts,
  retryable,
  retryAfterMs,
  reason,
  outcome,
  cause,
  secrets,
) {
  const [clientId, secret, body] = secrets;
  const hidden = [clientId, secret, ...tokensIn(body)].filter((value) => typeof value === "string");
  const text = (value) => (typeof value === "string" ? clear(value, hidden) : undefined);
  const answer = outcome?.body ?? {};
  const fields = { kind, reason, endpoint };
  fields.status = outcome?.status || undefined;
  fields.requestId = text(outcome?.requestId);
  if (outcome?.text !== undefined) {
    fields.errorType = text(answer.error_type);
    fields.errorCode = text(answer.error_code);
    fields.errorMessage = text(answer.error_message);
    fields.displayMessage = answer.display_message === null ? null : text(answer.display_message);
    fields.documentationUrl = text(answer.documentation_url);
    fields.suggestedAction = answer.suggested_action === null ? null : text(answer.suggested_action);
    fields.errorDetails = text(outcome.text).slice(0, LONGEST_DETAILS);
  }
  Object.assign(fields, { attempts, retryable, retryAfterMs });
  for (const name of Object.keys(fields)) if (fields[name] === undefined) delete fields[name];
  fields.cause = cause === undefined ? undefined : clearCause(cause, hidden);
  const after = attempts > 1 ? ` (attempt ${attempts})` : "";
  const error = new classes[index][0](text(message) + after, fields);
  return locate(error, error.stack);
}

/** The error that names every problem of the configuration at once. */
export function configurationError(message, problems) {
  const fields = { kind: "configuration", attempts: 0, retryable: false, problems };
  const error = new PlaidAdapterConfigurationError(message + problems.join("; "), fields);
  return locate(error, error.stack);
}

/** Tells the caller's `onAttempt`. What it throws, now or later, is no business of the call. */
export function report(onAttempt, endpoint, attempt, kind, durationMs, retryInMs, outcome, secrets) {
  const event = { endpoint, attempt, outcome: kind };
  if (outcome.status) event.status = outcome.status;
  if (outcome.requestId) {
    // It comes from outside, and an upstream may echo anything anywhere.
    const [clientId, secret, body] = secrets;
    event.requestId = clear(outcome.requestId, [clientId, secret, ...tokensIn(body)]);
  }
  event.durationMs = durationMs;
  if (retryInMs !== undefined) event.retryInMs = retryInMs;
  try {
    Promise.resolve(onAttempt(event)).catch(() => {});
  } catch {
    // Ignored, as promised.
  }
}
