// Plaid's types as they ship: the data types of the official `plaid` package, written leaner and kinder to whoever
// uses them. Every program that imports plaid-edge parses this, so it says nothing twice, and has neither mapped
// types nor classes.
//
//   - an enum is its literals or any other string, since Plaid adds values faster than its package does
//   - a request has no client_id and secret: the adapter sends them
//   - a webhook's webhook_type and webhook_code are literals, which the package has in its comments only

import { readFileSync } from "node:fs";
import ts from "typescript";
import { plaidDeclarations, plaidEndpoints } from "./plaid-endpoints.mjs";

// What has a webhook_type and a webhook_code, and is no webhook.
const notWebhooks = ["SandboxItemFireWebhookRequest", "SandboxUserFireWebhookRequest", "WebhookEvent"];

/**
 * @typedef {object} Webhook
 * @property {string} name its interface
 * @property {string} type its webhook_type
 * @property {string} code its webhook_code
 */

/**
 * @param {Iterable<string>} documented names of types whose documentation is kept whole, with that of the
 * types they consist of, as is that of webhooks; of the others the first sentence is kept
 * @returns {Promise<{ declarations: string, endpoints: import("./plaid-endpoints.mjs").Endpoint[], webhooks:
 * Webhook[] }>}
 */
export async function plaidTypes(documented = []) {
  const text = readFileSync(plaidDeclarations, "utf8");
  const source = ts.createSourceFile("api.d.ts", text, ts.ScriptTarget.Latest, true);
  const nodes = new Map(source.statements.filter(isDataType).map((node) => [node.name.text, node]));
  const endpoints = (await plaidEndpoints()).filter(({ verb }) => verb === "POST");
  const requests = new Set(endpoints.map(({ request }) => request));
  const webhooks = [...nodes.values()].filter(isWebhook).map((node) => ({
    name: node.name.text,
    type: literalOf(node, "webhook_type"),
    code: literalOf(node, "webhook_code"),
  }));
  const webhookNames = webhooks.map(({ name }) => name);
  const roots = [
    ...endpoints.flatMap(({ request, response }) => [request, response]),
    ...webhookNames,
    ...documented,
    "PlaidError",
  ];
  const used = reachable(nodes, roots);
  const full = reachable(nodes, [...documented, ...webhookNames]);

  const declarations = [...nodes.values()]
    .filter((node) => used.has(node.name.text))
    .map((node) => {
      const name = node.name.text;
      const says = full.has(name) ? whole : firstSentence;
      if (ts.isEnumDeclaration(node)) return enumeration(node, says);
      if (ts.isTypeAliasDeclaration(node))
        return `${comment(node, says)}export type ${name} = ${typeText(node.type)};\n`;
      return isWebhook(node)
        ? webhook(node, says)
        : interfaceOf(node, says, (field) => !requests.has(name) || !isCredential(field));
    });
  return { declarations: declarations.join(""), endpoints, webhooks };
}

function isDataType(node) {
  return ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

function isWebhook(node) {
  if (!ts.isInterfaceDeclaration(node) || notWebhooks.includes(node.name.text)) return false;
  const fields = node.members.map(({ name }) => name?.getText());
  return fields.includes("webhook_type") && fields.includes("webhook_code");
}

const isCredential = (field) => field.name?.text === "client_id" || field.name?.text === "secret";

/** The names of the types that some types consist of, themselves included. */
function reachable(nodes, names) {
  const found = new Set();
  const pending = [...names];
  while (pending.length > 0) {
    const name = pending.pop();
    const node = nodes.get(name);
    if (!node || found.has(name)) continue;
    found.add(name);
    const visit = (child) => {
      if (ts.isTypeReferenceNode(child)) pending.push(child.typeName.getText());
      ts.forEachChild(child, visit);
    };
    visit(node);
  }
  return found;
}

function enumeration(node, says) {
  const values = node.members.map(({ initializer }) => initializer.text);
  // An enum that may be null has a member "null" there.
  const literals = values.filter((value) => value !== "null").map((value) => JSON.stringify(value));
  const nullable = literals.length < values.length ? " | null" : "";
  return `${comment(node, says)}export type ${node.name.text} = Known<${literals.join(" | ")}>${nullable};\n`;
}

function interfaceOf(node, says, isKept = () => true, member = (field) => property(field, says)) {
  const members = node.members.filter(isKept).map(member);
  return `${comment(node, says)}export interface ${node.name.text} {\n${members.join("")}}\n`;
}

function property(field, says, type = typeText(field.type), optional = field.questionToken) {
  if (ts.isIndexSignatureDeclaration(field)) return `  [field: string]: ${openText(type)};\n`;
  return `${comment(field, says, "  ")}  ${field.name.getText()}${optional ? "?" : ""}: ${type};\n`;
}

/**
 * What a webhook's webhook_type or webhook_code is. Its comment says "`ITEM`", or the same in quotation
 * marks.
 */
function literalOf(node, field) {
  const member = node.members.find(({ name }) => name?.getText() === field);
  const [, literal] = /^`"?([A-Z0-9_]+)"?`$/.exec(documentation(member).replaceAll("\\", "")) ?? [];
  if (!literal) throw new Error(`plaid's ${node.name.text} does not say what its ${field} is`);
  return literal;
}

function webhook(node, says) {
  const declaration = interfaceOf(node, says, undefined, (field) => {
    const name = field.name?.getText();
    const isTag = name === "webhook_type" || name === "webhook_code";
    return isTag ? `  ${name}: "${literalOf(node, name)}";\n` : property(field, says);
  });
  // So that `const { item_id } = webhook` needs no narrowing.
  const hasItem = node.members.some(({ name }) => name?.getText() === "item_id");
  return hasItem ? declaration : declaration.replace(/\}\n$/, "  item_id?: string;\n}\n");
}

function typeText(node) {
  const text = node.getText().replace(/\s+/g, " ").replaceAll('"', "'");
  return arrays(text).replace(
    /\{ \[key: string\]: (.*?);? \}/g,
    (_, type) => `{ [field: string]: ${openText(type)} }`,
  );
}

// Where Plaid says only "an object", the package has objects of objects, which would refuse every string in them.
const openText = (type) => (type === "object" ? "unknown" : type);

// Arrays of unique items come as arrays in JSON.
function arrays(text) {
  const shorter = text.replace(/\b(?:Array|Set)<((?:[^<>]|<[^<>]*>)*)>/g, (_, item) =>
    /^[\w.]+$/.test(item) ? `${item}[]` : `Array<${arrays(item)}>`,
  );
  return shorter;
}

function comment(node, says, indent = "") {
  const text = says(documentation(node));
  return text && `${indent}/** ${text} */\n`;
}

function documentation(node) {
  const [doc] = node.jsDoc ?? [];
  const text = ts.getTextOfJSDocComment(doc?.comment) ?? "";
  return text.replaceAll("\\'", "'").replaceAll("*/", "*\\/").replace(/\s+/g, " ").trim();
}

const whole = (text) => text;

function firstSentence(text) {
  return /^.*?[.!?](?= +[A-Z[`"'-]|$)/.exec(text)?.[0] ?? text;
}
