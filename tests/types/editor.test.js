// What an editor shows of the declarations: completions and hovers.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { newProject } from "./project.js";

const folder = newProject();

const completions = {
  "the path of request": [`plaid.request("¦")`, ["/item/get", "/auth/get", "/transactions/sync"]],
  "the path of request, begun": [`plaid.request("/transact¦")`, ["/transactions/sync"]],
  "the body of request": [`plaid.request("/item/get", { ¦ })`, ["access_token"]],
  "the path of download": [`plaid.download("¦")`, ["/asset_report/pdf/get", "/statements/download"]],
  products: [`plaid.initializePlaid({ products: ["¦"] })`, ["auth", "transactions", "transfer"]],
  "the products of a request": [
    `plaid.request("/sandbox/public_token/create", { institution_id: "", initial_products: ["¦"] })`,
    ["auth", "identity"],
  ],
  "country codes": [`plaid.initializePlaid({ countryCodes: ["¦"] })`, ["US", "CA", "GB"]],
  languages: [`plaid.initializePlaid({ language: "¦" })`, ["en", "fr", "es"]],
  "account subtypes": [`plaid.initializePlaid({ accountSubtypes: ["¦"] })`, ["checking", "savings"]],
  PLAID_ENV: [`new PlaidAdapter({ PLAID_ENV: "¦" })`, ["sandbox", "production"]],
  "error codes": [`error.errorCode === "¦"`, ["ITEM_LOGIN_REQUIRED", "RATE_LIMIT"]],
  "error types": [`error.errorType === "¦"`, ["ITEM_ERROR", "INVALID_INPUT"]],
  "kinds of errors": [`error.kind === "¦"`, ["api", "webhook"]],
  "webhook codes": [`switch (webhook.webhook_code) { case "¦" }`, ["SYNC_UPDATES_AVAILABLE", "ERROR"]],
  "webhook types": [`switch (webhook.webhook_type) { case "¦" }`, ["ITEM", "TRANSACTIONS"]],
  "the path of sandbox.fail": [`sandbox.fail("¦", {})`, ["/item/get", "/auth/get"]],
  "the error codes of sandbox.fail": [
    `sandbox.fail("/auth/get", { errorCode: "¦" })`,
    ["ITEM_LOGIN_REQUIRED"],
  ],
  "the error types of sandbox.fail": [`sandbox.fail("/auth/get", { errorType: "¦" })`, ["ITEM_ERROR"]],
  "the path of sandbox.respond": [`sandbox.respond("¦", {})`, ["/liabilities/get"]],
};

for (const [what, [code, expected]] of Object.entries(completions)) {
  test(`an editor completes ${what}`, () => {
    const { service, file, at } = editor(code);
    const names = service.getCompletionsAtPosition(file, at, {})?.entries.map(({ name }) => name) ?? [];
    assert.deepEqual(
      expected.filter((name) => !names.includes(name)),
      [],
    );
    // What the adapter sends itself.
    assert.deepEqual(
      names.filter((name) => name === "client_id" || name === "secret"),
      [],
    );
  });
}

test("an editor's hover over request shows what goes in and what comes out, and the documentation", () => {
  const { service, file, at } = editor(`plaid.re¦quest("/item/get", { access_token: "access" })`);
  const { displayParts, documentation, tags } = service.getQuickInfoAtPosition(file, at);
  const shown = displayParts.map(({ text }) => text).join("");
  assert.match(shown, /path: "\/item\/get", body: ItemGetRequest, options\?: .*Promise<ItemGetResponse>/);
  assert.match(documentation.map(({ text }) => text).join(""), /^Calls any Plaid endpoint/);
  assert.deepEqual(
    ["param", "returns", "example", "see"].filter((name) => !tags.some((tag) => tag.name === name)),
    [],
  );
});

/** A program with a cursor (¦) in it, as an editor has it. */
function editor(code) {
  const file = join(folder, "main.ts");
  const source = `import { PlaidAdapter, type PlaidAdapterError, type PlaidWebhook } from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
declare const plaid: PlaidAdapter, error: PlaidAdapterError, webhook: PlaidWebhook, sandbox: PlaidSandbox;
${code}`;
  editor.text = source.replace("¦", "");
  editor.version = (editor.version ?? 0) + 1;
  editor.service ??= ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? `${editor.version}` : "1"),
    getScriptSnapshot: (name) => {
      const text = name === file ? editor.text : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => ({
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      types: [],
    }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
  });
  return { service: editor.service, file, at: source.indexOf("¦") };
}
