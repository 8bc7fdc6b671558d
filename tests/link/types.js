// What react-plaid-link's declarations say of the callbacks' arguments.

import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { createGenerator } from "ts-json-schema-generator";

const path = fileURLToPath(
  new URL("../../node_modules/react-plaid-link/dist/types/index.d.ts", import.meta.url),
);
const generator = createGenerator({ path, jsDoc: "none", skipTypeCheck: true, additionalProperties: false });
const ajv = new Ajv({ strict: false });
const validators = new Map();

/** @returns what is wrong with a value of this type, or null */
export function problemOf(type, value) {
  if (!validators.has(type)) validators.set(type, ajv.compile(generator.createSchema(type)));
  const validate = validators.get(type);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}
