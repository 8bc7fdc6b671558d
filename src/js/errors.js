// The one function that makes errors. Every text in an error is redacted here.

import * as classes from "./error-classes.js";
import { redactor } from "./redact.js";
import { describe, getOwn } from "./values.js";

/** Whether a value is an error of this package, of whichever copy. */
export function isPlaidError(value) {
  return value instanceof classes.PlaidAdapterError;
}

// What an error takes over from Plaid's, if it is a string; these may be null too.
const NULLABLE = ["display_message", "suggested_action"];
const MEMBERS = ["error_type", "error_code", "error_message", "documentation_url", ...NULLABLE];

/** The error that Rust's record describes, with what an attempt's outcome says. */
export function errorOf(
  { errorClass, message, problems, name, ...facts },
  outcome = {},
  redact = redactor(),
) {
  const { body = {}, text, requestId, status, cause, host, timeoutMs, lostResponse } = outcome;
  const isRight = (member) => getOwn(body, member) !== null || NULLABLE.includes(member);
  const plaids = MEMBERS.filter(isRight).map((member) => [camelCase(member), getOwn(body, member)]);
  const {
    cause: reason,
    name: shownName,
    ...texts
  } = redact.all({
    requestId,
    ...Object.fromEntries(plaids),
    errorDetails: text,
    cause: describe(cause),
    name: name ?? outcome.name,
  });
  const fill = (template) => template.replace(/\{(\w+)\}/g, (_, marker) => short(markers[marker] ?? ""));
  const shown = { cause: reason, name: shownName, status, host, timeoutMs };
  const markers = { __proto__: null, ...facts, ...texts, ...shown };
  const lines = problems?.split("\n").map(fill);
  markers.problems = lines?.join("; ");
  const fields = { ...facts, ...texts };
  if (status) fields.status = status;
  if (lines) fields.problems = lines;
  const copy = lostResponse ?? redact.cause(cause);
  if (copy !== undefined) fields.cause = copy;
  return located(new classes[errorClass](fill(message), fields));
}

const camelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

// A message is for a log's line; the whole texts are beside it.
const short = (text) => String(text).slice(0, 4096);

/** Takes wasm's frames out of the stack: what is left are the caller's, and ours by name. */
function located(error) {
  try {
    const lines = String(error.stack).split("\n");
    const value = lines.filter((line) => !/wasm:\/\/|wasm-function/.test(line)).join("\n");
    // Assigning would make it a property that Firefox's JSON shows.
    Object.defineProperty(error, "stack", { value, writable: true, configurable: true, enumerable: false });
  } catch {
    // A hook of somebody's makes stacks here, and fails. The error is the same without.
  }
  return error;
}

/** Tells the caller's `onAttempt`. What it throws, now or later, is no business of the call. */
export function report(onAttempt, { endpoint, attempt, durationMs }, { status, requestId }, verdict, redact) {
  const event = { endpoint, attempt, outcome: verdict?.error.kind ?? "ok" };
  if (status) event.status = status;
  // It comes from outside, and an upstream may echo anything anywhere.
  if (requestId) Object.assign(event, redact().all({ requestId }));
  event.durationMs = durationMs;
  if (verdict?.waitMs !== undefined) event.retryInMs = verdict.waitMs;
  try {
    Promise.resolve(onAttempt(event)).catch(() => {});
  } catch {
    // Ignored, as promised.
  }
}
