// The smallest response that Plaid's types allow, for each endpoint: what the sandbox gives with its option `typed` where
// it models nothing. Run as a program, it writes sandbox/src/data/typed.txt: a line for each path, sorted.

import { realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { plaidSchema } from "./plaid-schema.mjs";

export const typedFile = fileURLToPath(new URL("../../sandbox/src/data/typed.txt", import.meta.url));

/** The file's text. */
export async function typedResponses() {
  const { definitions } = await plaidSchema();
  const { endpoints } = definitions.Wire.properties;
  const lines = Object.entries(endpoints.properties).map(([path, { properties }]) => {
    // An endpoint that gives a file or nothing has no type.
    const { request_id: _, ...body } = properties.response ? smallest(properties.response, definitions) : {};
    return `${path} ${JSON.stringify(body)}\n`;
  });
  return lines.sort().join("");
}

/** The smallest value of a schema: no member that is not required, no element, null before anything else. */
function smallest(schema, definitions) {
  if (schema.$ref) {
    const name = decodeURIComponent(schema.$ref.slice("#/definitions/".length));
    return smallest(definitions[name], definitions);
  }
  const types = [schema.type ?? []].flat();
  const options = schema.anyOf ?? [];
  if (types.includes("null") || schema.enum?.includes(null) || schema.enum?.includes("null")) return null;
  if (options.some(({ type }) => type === "null")) return null;
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (options.length > 0) return smallest(options[0], definitions);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => smallest(part, definitions)));
  if (types.includes("array")) return [];
  if (types.includes("string")) return "";
  if (types.includes("number") || types.includes("integer")) return 0;
  if (types.includes("boolean")) return false;
  const required = schema.required ?? [];
  return Object.fromEntries(required.map((name) => [name, smallest(schema.properties[name], definitions)]));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(typedFile, await typedResponses());
}
