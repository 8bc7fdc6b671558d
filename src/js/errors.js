// The error classes, and the one function that makes their instances. Every text in an error passes through
// `clear` here, so this file is where secrets stop.

import { clear, clearCause } from "./redact.js";

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

// In the order of `Class` in error.rs. The names are written out because minifiers rename classes.
const classes = [
  [PlaidAdapterError, "PlaidAdapterError"],
  [PlaidAdapterConfigurationError, "PlaidAdapterConfigurationError"],
  [PlaidCreateLinkTokenError, "PlaidCreateLinkTokenError"],
  [PlaidExchangePublicTokenError, "PlaidExchangePublicTokenError"],
  [PlaidAuthError, "PlaidAuthError"],
  [PlaidIdentityError, "PlaidIdentityError"],
  [PlaidBankTransferSyncEventError, "PlaidBankTransferSyncEventError"],
  [PlaidTransferSyncEventError, "PlaidTransferSyncEventError"],
  [PlaidApiInternalServerError, "PlaidApiInternalServerError"],
  [PlaidWebhookVerificationError, "PlaidWebhookVerificationError"],
];
for (const [type, name] of classes) {
  Object.defineProperty(type.prototype, "name", { value: name, writable: true, configurable: true });
}

/** Where the caller called: kept until the call ends, because an error made later has no frame of theirs. */
export function callSite() {
  return new Error();
}

/** An error of the class with that index; `secrets` are the values that must not be in it. */
export function makeError(index, message, fields, secrets, site) {
  for (const key of Object.keys(fields)) {
    if (key === "cause") fields.cause = clearCause(fields.cause, secrets);
    else if (typeof fields[key] === "string") fields[key] = clear(fields[key], secrets);
  }
  if (fields.errorDetails?.length > 16384) fields.errorDetails = fields.errorDetails.slice(0, 16384);
  const error = new classes[index][0](clear(message, secrets), fields);
  const frames = String(site?.stack ?? "")
    .split("\n")
    .filter((line) => /^\s*at |@/.test(line) && !/wasm:\/\/|wasm-function|callSite/.test(line));
  if (frames.length) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
