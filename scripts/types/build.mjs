// Writes the declarations of the npm package:
//
//   node scripts/types/build.mjs dist/package
//
//   index.d.ts      pkg-template/plaid-edge.d.ts, as it is
//   manual.d.ts, sandbox.d.ts, sandbox-manual.d.ts   pkg-template's, as they are
//   endpoints.d.ts  Plaid's types, PlaidEndpoints (path → request and response) and PlaidWebhook
//
// and beside each a .d.cts for `require`. Plaid's types come from the official `plaid` package, a development
// dependency; what is written here refers to no package. plaid-edge/endpoints has no code: its modules are empty, so
// that importing it works where types are not erased first.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached, versionOf } from "./cache.mjs";

const template = (name) => fileURLToPath(new URL(`../../pkg-template/${name}`, import.meta.url));
const scripts = ["build.mjs", "plaid-declarations.mjs", "plaid-endpoints.mjs"].map(
  (name) => new URL(name, import.meta.url),
);

const out = process.argv[2];
if (!out) {
  console.error("usage: node scripts/types/build.mjs <output folder>");
  process.exit(1);
}
mkdirSync(out, { recursive: true });

const main = readFileSync(template("plaid-edge.d.ts"), "utf8");
for (const [name, text] of [
  ["index", main],
  ["manual", readFileSync(template("manual.d.ts"), "utf8")],
  ["sandbox", readFileSync(template("sandbox.d.ts"), "utf8")],
  ["sandbox-manual", readFileSync(template("sandbox-manual.d.ts"), "utf8")],
]) {
  write(`${name}.d.ts`, text);
  write(`${name}.d.cts`, forRequire(text));
}
write("endpoints.d.ts", await endpoints(namesFromPlaid(main)));
// Its declarations are large, so their CommonJS twin only points to them.
write("endpoints.d.cts", 'export type * from "./endpoints.js" with { "resolution-mode": "import" };\n');
write("endpoints.js", "export {};\n");
write("endpoints.cjs", "");

function write(name, text) {
  writeFileSync(join(out, name), text);
}

/** The same declarations for a CommonJS module: its relative imports lead to CommonJS modules. */
function forRequire(declarations) {
  return declarations.replace(/(from "\.\/[\w-]+)\.js"/g, '$1.cjs"');
}

/** What the main entry imports of Plaid's types: its documentation is kept whole. */
function namesFromPlaid(declarations) {
  const lists = declarations.matchAll(/^import type \{([^}]*)\} from "\.\/endpoints\.js";/gm);
  const names = [...lists].flatMap(([, list]) => list.split(",")).map((name) => name.trim());
  return [...new Set(names)].filter(Boolean).sort();
}

/** Plaid's types, with the endpoints by their path and the webhooks as a union. */
function endpoints(names) {
  const inputs = { packages: ["plaid", "typescript"], scripts, text: names.join() };
  return cached("endpoints.d.ts", inputs, async () => {
    const { plaidTypes } = await import("./plaid-declarations.mjs");
    const { declarations, endpoints, webhooks } = await plaidTypes(names);
    const processors = webhooks.filter(({ name }) => name.startsWith("Processor"));
    const pairs = new Set(webhooks.filter((webhook) => !processors.includes(webhook)).map(pair));
    const yours = webhooks.filter((webhook) => !processors.includes(webhook) || !pairs.has(pair(webhook)));
    const files = endpoints.filter(({ response }) => response === "any").map(({ path }) => `"${path}"`);
    return `${licence()}
/**
 * One of the known values, which an editor completes, or any other string: Plaid adds values without notice.
 */
export type Known<T extends string> = T | (string & {});

/**
 * The endpoints of the Plaid API that take POST, by path, with the types of their request and response.
 * \`request\` of PlaidAdapter finds them by the path that it is given; they need naming only where a type is
 * written out.
 *
 * @example
 * import type { PlaidEndpoints } from "plaid-edge/endpoints";
 *
 * type Recurring = PlaidEndpoints["/transactions/recurring/get"]["response"];
 */
export interface PlaidEndpoints {
${endpoints.map(describe).join("\n")}
}

/** The paths whose response is a file: \`download\` gives it. */
export type PlaidFilePath =
  | ${files.join("\n  | ")};

/**
 * Any other string. An enum only for the compiler, so that the known values narrow: no string literal is
 * comparable with it. To compare with a value that these types lack, widen first: \`const code: string =
 * webhook.webhook_code\`.
 */
declare enum Unlisted {
  string = "any other string",
}

/** A webhook that these types do not know: Plaid adds new ones without notice. */
export interface UnlistedWebhook {
  /** The product or object that the webhook is about: a string. */
  webhook_type: ${[...new Set(webhooks.map(({ type }) => JSON.stringify(type)))].sort().join(" | ")} | Unlisted;
  /** What happened: a string, and none of the known ones. */
  webhook_code: Unlisted;
  /** The Item that the webhook is about, if it is about one. */
  item_id?: string;
  /** The Plaid environment that sent the webhook. */
  environment?: WebhookEnvironmentValues;
  /** The other fields, in their wire format. */
  [field: string]: unknown;
}

/**
 * A webhook's payload, as Plaid sent it: one of all webhooks that Plaid's official package knows, told apart
 * by \`webhook_type\` and \`webhook_code\`, or an unlisted one. A \`switch\` on \`webhook_code\` narrows it;
 * a few codes, such as \`DEFAULT_UPDATE\` and \`ERROR\`, are sent with several types. Webhooks that Plaid
 * adds later reach \`default\`.
 *
 * @example
 * switch (webhook.webhook_code) {
 *   case "SYNC_UPDATES_AVAILABLE":
 *     return webhook.historical_update_complete;
 *   case "ERROR":
 *     return webhook.webhook_type === "ITEM" ? webhook.error : undefined;
 *   default:
 *     return undefined;
 * }
 *
 * @see https://plaid.com/docs/api/webhooks/
 */
export type PlaidWebhook =
  | ${[...yours.map(({ name }) => name), "UnlistedWebhook"].join("\n  | ")};

/**
 * The webhooks that Plaid sends to processor partners. Their types and codes are also those of other
 * webhooks, but they tell an account and no Item: \`verifyWebhook<PlaidProcessorWebhook>(request)\`.
 */
export type PlaidProcessorWebhook =
  | ${[...processors.map(({ name }) => name), "UnlistedWebhook"].join("\n  | ")};

${declarations}
// Without this, everything above would be exported.
export {};
`;
  });
}

function pair({ type, code }) {
  return `${type}/${code}`;
}

/** One member of PlaidEndpoints. */
function describe({ operation, path, request, response, summary }) {
  const notes = { any: " Responds with a file: use `download`.", void: " Responds with no body." };
  const isJson = !(response in notes);
  const text = `${summary.replace(/\.?$/, ".")} \`${operation}\` in the official client.${notes[response] ?? ""}`;
  return `  /** ${text} */\n  "${path}": { request: ${request}; response: ${isJson ? response : "never"} };`;
}

/** The licence of what was taken from the official package, which asks to be kept with every copy. */
function licence() {
  const text = readFileSync(new URL("../../node_modules/plaid/LICENSE", import.meta.url), "utf8").trim();
  const lines = [
    `Plaid's types, generated from the npm package plaid ${versionOf("plaid")}.`,
    "",
    ...text.split("\n"),
  ];
  return `/*!\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
}
