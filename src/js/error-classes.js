// The error classes. Everything that this exports is one.

// A module may import itself: what it exports is the list of them.
import * as classes from "./error-classes.js";

// Another copy of the package, ESM beside CommonJS say, has classes of its own; by this mark they know each other's.
const BRAND = Symbol.for("plaid-edge.error");

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

  static [Symbol.hasInstance](value) {
    try {
      if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
      // A class that extends one of these has no brand of its own: its instances are its own only.
      const brand = Object.hasOwn(this.prototype, BRAND) && this.prototype[BRAND];
      for (let type = Object(value); brand && type; type = Object.getPrototypeOf(type)) {
        if (Object.hasOwn(type, BRAND) && type[BRAND] === brand) return true;
      }
    } catch {
      // What can't even be looked at is none.
    }
    return false;
  }
}
export class PlaidAdapterConfigurationError extends PlaidAdapterError {}
export class PlaidCreateLinkTokenError extends PlaidAdapterError {}
export class PlaidExchangePublicTokenError extends PlaidAdapterError {}
export class PlaidAuthError extends PlaidAdapterError {}
export class PlaidIdentityError extends PlaidAdapterError {}
export class PlaidBankTransferSyncEventError extends PlaidAdapterError {}
export class PlaidTransferSyncEventError extends PlaidAdapterError {}
export class PlaidTransactionsSyncError extends PlaidAdapterError {}
export class PlaidApiInternalServerError extends PlaidAdapterError {}
export class PlaidWebhookVerificationError extends PlaidAdapterError {}

// The names of exports survive the minifiers that rename classes.
for (const [name, { prototype }] of Object.entries(classes)) {
  const hidden = (value) => ({ value, writable: true, configurable: true });
  Object.defineProperties(prototype, { name: hidden(name), [BRAND]: hidden(name) });
}
