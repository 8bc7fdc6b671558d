// What the package exports.

export { PlaidAdapter } from "./adapter.js";
export * from "./error-classes.js";
export { isPlaidError } from "./errors.js";
