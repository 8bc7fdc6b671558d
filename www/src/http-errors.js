import { HTTPException } from "hono/http-exception";
import { isPlaidError, statusOf } from "./plaid.js";

/** Ends the request with a JSON error: `throw refuse(404, "unknown_item", "…")`. */
export function refuse(status, code, message) {
  return new HTTPException(status, { message, cause: code });
}

export function jsonError(c, status, code, message, headers) {
  return c.json({ error: { code, message } }, status, headers);
}

export function respondToError(error, c) {
  if (isPlaidError(error)) return c.json({ error: error.toJSON() }, statusOf(error));
  if (error instanceof HTTPException) return jsonError(c, error.status, error.cause, error.message);
  console.error(error);
  return jsonError(c, 500, "internal_error", "Something went wrong in the worker. See its log for details.");
}
