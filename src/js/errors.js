// The one function that makes errors. Every text in an error is redacted here.

import * as classes from "./error-classes.js";
import { redactor } from "./redact.js";
import { describe } from "./values.js";

/** Whether a value is an error of this package, of whichever copy. */
export function isPlaidError(value) {
  return value instanceof classes.PlaidAdapterError;
}

/** The error that Rust's record describes, with what an attempt's outcome says. */
export function errorOf(record, outcome = {}, redact = redactor()) {
  const { errorClass, message, kind, reason, endpoint, attempts, retryable, retryAfterMs, problems, name } =
    record;
  const { body = {}, text, requestId, status, cause, host, timeoutMs, lostResponse } = outcome;
  const from = (member) => (Object.hasOwn(body, member) ? body[member] : undefined);
  const texts = redact.all({
    requestId,
    errorType: from("error_type"),
    errorCode: from("error_code"),
    errorMessage: from("error_message"),
    displayMessage: from("display_message"),
    documentationUrl: from("documentation_url"),
    suggestedAction: from("suggested_action"),
    errorDetails: text,
    cause: cause === undefined ? undefined : describe(cause),
    name: name ?? outcome.name,
  });
  const fill = (template) =>
    template.replace(/\{(\w+)\}/g, (_, marker) => short(texts[marker] ?? others[marker] ?? ""));
  for (const name of ["display_message", "suggested_action"]) {
    if (from(name) === null) texts[name.replace(/_./, ([, letter]) => letter.toUpperCase())] = null;
  }
  const others = { host, timeoutMs, problems: problems?.split("\n").map(fill).join("; ") };
  const { cause: _, name: __, ...shown } = texts;
  const fields = {
    kind,
    reason,
    endpoint,
    status: status || undefined,
    ...shown,
    attempts,
    retryable,
    retryAfterMs,
  };
  fields.problems = problems?.split("\n").map(fill);
  for (const member of Object.keys(fields)) if (fields[member] === undefined) delete fields[member];
  const copy = lostResponse ?? redact.cause(cause);
  if (copy !== undefined) fields.cause = copy;
  return located(new classes[errorClass](fill(message), fields));
}

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
  const event = { endpoint, attempt, outcome: verdict?.kind ?? "ok" };
  if (status) event.status = status;
  // It comes from outside, and an upstream may echo anything anywhere.
  if (requestId) ({ requestId: event.requestId } = redact().all({ requestId }));
  event.durationMs = durationMs;
  if (verdict?.waitMs !== undefined) event.retryInMs = verdict.waitMs;
  try {
    Promise.resolve(onAttempt(event)).catch(() => {});
  } catch {
    // Ignored, as promised.
  }
}
