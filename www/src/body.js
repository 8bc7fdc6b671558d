import { bodyLimit } from "hono/body-limit";
import { refuse } from "./http-errors.js";

const MAX_BYTES = 16 * 1024;

const KINDS = {
  string: (value) => typeof value === "string" && value !== "",
  strings: (value) => Array.isArray(value) && value.every((entry) => typeof entry === "string"),
};
const EXPECTED = { string: "a non-empty string", strings: "an array of strings" };

/** Counts while the body arrives, so that a long one is refused before it fills the worker's memory. */
export const limitedBody = bodyLimit({
  maxSize: MAX_BYTES,
  onError() {
    throw refuse(413, "body_too_large", `The body must be at most ${MAX_BYTES} bytes.`);
  },
});

/**
 * Reads a JSON body and checks its fields: `await readBody(c, { public_token: "string", products: "strings?" })`.
 * A "?" marks an optional field; an array lists the allowed values. Unknown fields are refused.
 */
export async function readBody(c, fields) {
  let body;
  try {
    body = await c.req.json();
  } catch {
    throw refuse(400, "invalid_body", "The body is not valid JSON.");
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw refuse(400, "invalid_body", "The body must be a JSON object.");
  }
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(fields, name))
      throw refuse(400, "invalid_body", `The field ${name.slice(0, 40)} is unknown.`);
  }
  for (const [name, kind] of Object.entries(fields)) {
    const optional = typeof kind === "string" && kind.endsWith("?");
    if (optional && body[name] === undefined) continue;
    const valid = Array.isArray(kind)
      ? kind.includes(body[name])
      : KINDS[optional ? kind.slice(0, -1) : kind](body[name]);
    if (!valid) {
      const expected = Array.isArray(kind) ? `one of ${kind.join(", ")}` : EXPECTED[kind.replace("?", "")];
      throw refuse(400, "invalid_body", `The field ${name} must be ${expected}.`);
    }
  }
  return body;
}
