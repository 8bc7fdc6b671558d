// What the official `plaid` package knows of Plaid's endpoints: for each method of its PlaidApi class, the
// verb and path it sends, and the names of its request and response types.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ts from "typescript";

const require = createRequire(import.meta.url);

/** The declarations all of Plaid's types are in. */
export const plaidDeclarations = require.resolve("plaid/dist/api.d.ts");

/**
 * @typedef {object} Endpoint
 * @property {string} operation the official client's method, "authGet"
 * @property {string} verb "POST", but for a few
 * @property {string} path "/auth/get"; path parameters in braces
 * @property {string | undefined} request the request body's type; undefined where there is no body
 * @property {string} response the response body's type; "any" for a file, "void" for none
 * @property {string} summary one line from Plaid's documentation
 */

/** @returns {Promise<Endpoint[]>} in the order of the official package */
export async function plaidEndpoints() {
  const { PlaidApiAxiosParamCreator, Configuration } = require("plaid");
  const creators = PlaidApiAxiosParamCreator(new Configuration());
  return Promise.all(
    apiMethods().map(async (method) => {
      // The client builds the request without sending it: asking it is surer than reading its source.
      const sent = await creators[method.operation](...method.parameters.map(argumentFor));
      const path = decodeURIComponent(sent.url.replace(/\?.*/s, ""));
      // What is neither a path parameter nor a header's flag is the body.
      const body =
        sent.options.data && method.parameters.find(({ type }) => type !== "string" && type !== "boolean");
      return {
        operation: method.operation,
        verb: sent.options.method,
        path,
        request: body && widened(body.type),
        response: widened(method.response),
        summary: method.summary,
      };
    }),
  );
}

/**
 * The paths that take POST, each with Plaid's one-line summary: what a table of paths can be checked against.
 *
 * @returns {Promise<{ path: string, summary: string }[]>} in the order of the official package
 */
export async function postPaths() {
  const endpoints = await plaidEndpoints();
  return endpoints.filter(({ verb }) => verb === "POST").map(({ path, summary }) => ({ path, summary }));
}

// A path parameter gives its own name, so that the path comes out as "/fdx/consents/{consentId}".
const argumentFor = ({ name, type }) => (type === "string" ? `{${name}}` : {});

function apiMethods() {
  const source = ts.createSourceFile(
    "api.d.ts",
    readFileSync(plaidDeclarations, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const api = source.statements.find((node) => ts.isClassDeclaration(node) && node.name?.text === "PlaidApi");
  return api.members.filter(ts.isMethodDeclaration).map((method) => ({
    operation: method.name.getText(),
    parameters: method.parameters
      .map((parameter) => ({ name: parameter.name.getText(), type: oneLine(parameter.type.getText()) }))
      .filter(({ name }) => name !== "options"),
    response: responseOf(method),
    summary:
      ts
        .getJSDocTags(method)
        .find((tag) => tag.tagName.text === "summary")
        ?.comment.replaceAll("\\'", "'") ?? "",
  }));
}

// Promise<import("axios").AxiosResponse<AuthGetResponse, any, {}, any>> → AuthGetResponse
function responseOf(method) {
  const axiosResponse = method.type.typeArguments?.[0];
  const response = axiosResponse?.typeArguments?.[0];
  if (!response)
    throw new Error(`plaid's ${method.name.getText()} does not give a Promise<AxiosResponse<…>>`);
  return oneLine(response.getText());
}

// Bodies that Plaid describes only as "an object" come out as maps of objects, which would refuse every
// string in them.
const widened = (type) => (type === "{ [key: string]: object; }" ? "{ [field: string]: unknown }" : type);

const oneLine = (text) => text.replace(/\s+/g, " ");

/**
 * Plaid's data types alone, as one module that imports nothing: the interfaces and enums of the official
 * declarations, without the client. They are exported as types only, since there is no code behind the enums
 * here.
 */
export function plaidTypesModule() {
  const text = readFileSync(plaidDeclarations, "utf8");
  const source = ts.createSourceFile("api.d.ts", text, ts.ScriptTarget.Latest);
  const types = source.statements.filter(
    (node) =>
      ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node) || ts.isTypeAliasDeclaration(node),
  );
  const declarations = types.map((node) =>
    text.slice(node.getFullStart(), node.end).replace(/^export /m, ""),
  );
  const names = types.map((node) => node.name.text);
  return `${tidied(declarations.join(""))}\nexport type { ${names.join(", ")} };\n`;
}

/**
 * Without what says the same as the declaration beside it, and with arrays of unique items as the arrays JSON
 * carries.
 */
function tidied(declarations) {
  return declarations
    .replace(/^ *\* @(type|memberof|export|interface|enum)\b.*\n/gm, "")
    .replace(/^ *\/\*\*\n( *\*\n)* *\*\/\n/gm, "")
    .replaceAll("\\'", "'")
    .replace(/\bSet</g, "Array<");
}
