// Is this JSON what Plaid sends and takes? Judged by schemas generated from the types of Plaid's official
// `plaid` package, never by anything of our own. Each function returns null for a valid body, or a line that
// says what is wrong.
//
// Requests are strict: a field that Plaid's types do not list is an error, at any depth, as it is for Plaid's
// API. Where the types themselves leave the fields open (`[key: string]: …`), so do the schemas. Answers,
// errors and webhooks may carry further fields, since Plaid adds some without notice. TypeScript has one
// number and one string, so integers, ranges and date formats are not checked here.

import { createRequire } from "node:module";
import { plaidSchema } from "../../scripts/types/plaid-schema.mjs";

const { default: Ajv } = createRequire(import.meta.url)("ajv");

/** A request body for `path`, credentials in the headers or in the body. */
export const validateRequest = (path, body) => validate(requests, ["endpoints", path, "request"], body);

/** The body of a 2xx answer from `path`. */
export const validateResponse = (path, body) => validate(answers, ["endpoints", path, "response"], body);

/** The body of a 4xx or 5xx answer. */
export const validateError = (body) => validate(answers, ["error"], body);

/** A webhook's payload, by its `webhook_type` and `webhook_code`. */
export const validateWebhook = (payload) =>
  validate(answers, ["webhooks", `${payload?.webhook_type}/${payload?.webhook_code}`], payload);

const schema = await plaidSchema();
// Otherwise ajv compiles the types of all endpoints when it looks for the first: ten seconds.
delete schema.$ref;
const requests = compiler(schema);
const answers = compiler(open(schema));

function compiler(wire) {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  ajv.addSchema(wire, "wire");
  return ajv;
}

/**
 * The same schema with further fields allowed. The package's generator writes null in a list of values as "null";
 * what is sent is null.
 */
function open(wire) {
  return JSON.parse(JSON.stringify(wire), (key, value) => {
    if (key === "additionalProperties" && value === false) return undefined;
    if (value?.type === "string" && value.enum?.includes("null")) {
      const { type: _, ...rest } = value;
      return { ...rest, enum: [...value.enum, null] };
    }
    return value;
  });
}

function validate(ajv, steps, body) {
  const name = steps.slice(steps.length > 1 ? 1 : 0).join(" ");
  const pointer = steps
    .map((step) => `/properties/${step.replace(/~/g, "~0").replace(/\//g, "~1")}`)
    .join("");
  const check = ajv.getSchema(`wire#/definitions/Wire${pointer}`);
  if (!check) return `${name}: the official package has no such type`;
  if (check(body)) return null;
  return `${name}: ${check.errors.map(describe).join("; ")}`;
}

function describe({ instancePath, message, params }) {
  const detail = params.additionalProperty ?? params.allowedValues?.join(", ");
  return `${instancePath || "body"} ${message}${detail ? ` (${detail})` : ""}`;
}
