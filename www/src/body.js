import { refuse } from "./http-errors.js";

const LIMIT = 16 * 1024;

const KINDS = {
  string: (value) => typeof value === "string" && value !== "",
  strings: (value) => Array.isArray(value) && value.every((entry) => typeof entry === "string"),
};
const EXPECTED = { string: "a non-empty string", strings: "a list of strings" };

/**
 * Reads a JSON body and checks its fields: `await readBody(c, { public_token: "string", products: "strings?" })`.
 * A "?" marks a field that may be left out; an array lists the values allowed. Fields not named are refused.
 */
export async function readBody(c, fields) {
  const text = await c.req.text();
  if (text.length > LIMIT) throw refuse(413, "body_too_large", `A body may have ${LIMIT} characters.`);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw refuse(400, "invalid_body", "The body is not valid JSON.");
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw refuse(400, "invalid_body", "The body must be a JSON object.");
  }
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(fields, name))
      throw refuse(400, "invalid_body", `The field ${name.slice(0, 40)} is not known here.`);
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
