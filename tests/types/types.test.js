// The package's declarations, as a user's compiler sees them: installed from PLAID_EDGE_PACKAGE
// (dist/package), compiled by plain `tsc` with `strict` and without `skipLibCheck`, by the oldest TypeScript that is
// supported, the newest, and some between. What is in fixture/ is compiled and never run.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../../", import.meta.url));
const fixture = fileURLToPath(new URL("fixture", import.meta.url));
const packed = resolve(root, process.env.PLAID_EDGE_PACKAGE ?? "dist/package");
if (!existsSync(join(packed, "index.d.ts")))
  throw new Error(`no declarations in ${packed}: build the package first`);

const projects = realpathSync(mkdtempSync(join(tmpdir(), "plaid-edge-types-")));
after(() => rmSync(projects, { recursive: true }));

const everything = [
  "flow.ts",
  "web.ts",
  "errors.ts",
  "misuse.ts",
  "request.ts",
  "lists.ts",
  "webhooks.ts",
  "sandbox.ts",
];
const dom = { lib: ["es2022", "dom", "dom.iterable"], types: [] };
const modes = {
  node10: { module: "commonjs", moduleResolution: "node10", ...dom, files: [...everything, "manual.ts"] },
  node16: { module: "node16", ...dom, files: [...everything, "commonjs.cts"] },
  nodenext: { module: "nodenext", ...dom, files: [...everything, "commonjs.cts"] },
  bundler: { module: "esnext", moduleResolution: "bundler", ...dom, files: everything },
};
const platforms = {
  "@cloudflare/workers-types": { types: ["@cloudflare/workers-types"], files: ["workers.ts"] },
  "@types/node": { types: ["node"], files: ["node.ts"] },
};

for (const [version, compiler] of Object.entries(compilers())) {
  for (const [mode, { files, ...options }] of Object.entries(modes)) {
    // TypeScript 7 has no node10, and node16 differs from nodenext only where Node 16 does.
    if (mode === "node10" && version.startsWith("7.")) continue;
    if (mode === "node16" && version !== ts.versionMajorMinor) continue;
    test(`compiles: TypeScript ${version}, ${mode}`, async () => {
      const { output } = await compile(project(`${version}-${mode}`, files, options), compiler);
      assert.equal(output, "");
    });
  }
}

for (const [platform, { types, files }] of Object.entries(platforms)) {
  test(`compiles: with ${platform}`, async () => {
    const all = ["flow.ts", "web.ts", "errors.ts", "misuse.ts", "webhooks.ts", "sandbox.ts", ...files];
    const folder = project(platform, all, { module: "nodenext", lib: ["es2022"], types });
    assert.equal((await compile(folder)).output, "");
  });
}

test("compiles: without the types of any platform", async () => {
  const files = ["flow.ts", "errors.ts", "request.ts"];
  const { output } = await compile(
    project("bare", files, { module: "nodenext", lib: ["es2022"], types: [] }),
  );
  assert.equal(output, "");
});

test("compiles: with the strictest settings", async () => {
  const strictest = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const options = { module: "nodenext", ...dom, ...strictest, verbatimModuleSyntax: true };
  const { output } = await compile(project("strictest", everything, options));
  assert.equal(output, "");
});

test("importing plaid-edge alone does not load the types of the sandbox", async () => {
  const folder = project("alone", ["flow.ts"], { module: "nodenext", ...dom, listFiles: true });
  const { output } = await compile(folder);
  const loaded = output.split("\n").filter((line) => line.includes("plaid-edge/"));
  const names = loaded.map((line) => relative(join(folder, "node_modules/plaid-edge"), line)).sort();
  assert.deepEqual(names, ["endpoints.d.ts", "index.d.ts"]);
});

test("misuse of request is reported where it is, in one sentence", async () => {
  const folder = project("messages", ["messages.ts"], { module: "nodenext", ...dom });
  writeFileSync(
    join(folder, "messages.ts"),
    `import { PlaidAdapter } from "plaid-edge";
const plaid = new PlaidAdapter({});
void plaid.request("/item/get", { acces_token: "access" });
void plaid.request("/item/get", {});
void plaid.request("/item/get");
`,
  );
  const { output } = await compile(folder);
  assert.deepEqual(
    output
      .split("\n")
      .filter((line) => line.startsWith("messages.ts") || line.includes("messages.ts("))
      .map((line) => line.replace(/^.*messages\.ts/, "")),
    [
      "(3,35): error TS2561: Object literal may only specify known properties, but 'acces_token' does not exist in type 'ItemGetRequest'. Did you mean to write 'access_token'?",
      "(4,33): error TS2345: Argument of type '{}' is not assignable to parameter of type 'ItemGetRequest'.",
      "(5,12): error TS2554: Expected 2-3 arguments, but got 1.",
    ],
  );
});

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

test("the declarations refer to no other package", () => {
  for (const name of ["index", "endpoints", "manual", "sandbox"]) {
    for (const extension of ["d.ts", "d.cts"]) {
      const text = readFileSync(join(packed, `${name}.${extension}`), "utf8");
      const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text);
      const foreign = importedFiles.map(({ fileName }) => fileName).filter((file) => !file.startsWith("./"));
      assert.deepEqual([...foreign, ...typeReferenceDirectives], [], `${name}.${extension}`);
    }
  }
});

test("Plaid's types come with Plaid's documentation and licence", () => {
  const text = readFileSync(join(packed, "endpoints.d.ts"), "utf8");
  assert.match(text, /^\/\*!\n \* Plaid's types, generated from the npm package plaid \d/);
  assert.match(text, /Permission is hereby granted, free of charge/);
  assert.match(text, / {2}\/\*\* The ACH account number for the account\./);
  assert.doesNotMatch(text, /@(type|memberof)\b|\bSet<|\\'/);
});

test("plaid-edge/endpoints can be imported at run time, as a module and with require", async () => {
  const folder = project("runtime", [], { module: "nodenext" });
  const modules = join(folder, "node_modules/plaid-edge");
  for (const name of ["endpoints.js", "endpoints.cjs"]) cpSync(join(packed, name), join(modules, name));
  writeFileSync(
    join(folder, "main.mjs"),
    `import * as module from "plaid-edge/endpoints";
import { createRequire } from "node:module";
console.log(JSON.stringify([Object.keys(module), createRequire(import.meta.url)("plaid-edge/endpoints")]));`,
  );
  const printed = execFileSync(process.execPath, [join(folder, "main.mjs")], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(printed), [[], {}]);
});

// What has a webhook_type and a webhook_code in the official package, and is no webhook.
const notWebhooks = ["SandboxItemFireWebhookRequest", "SandboxUserFireWebhookRequest", "WebhookEvent"];

test("PlaidWebhook has every webhook of the official package, and narrows to it by type and code", async () => {
  const official = officialWebhooks().filter(({ name }) => !notWebhooks.includes(name));
  const pairs = new Map();
  for (const webhook of official) {
    const pair = `${webhook.type} ${webhook.code}`;
    // Processor partners get some with the same type and code, which are apart.
    const isTwin = webhook.name.startsWith("Processor") && pairs.has(pair.replace("Processor", ""));
    pairs.set(pair, [...(pairs.get(pair) ?? []), ...(isTwin ? [] : [webhook])]);
  }
  assert.ok(pairs.size > 80, `${pairs.size} pairs`);

  const listed = [...unionOf("PlaidWebhook"), ...unionOf("PlaidProcessorWebhook")];
  assert.deepEqual(
    official.map(({ name }) => name).filter((name) => !listed.includes(name)),
    [],
  );

  const folder = project("pairs", ["pairs.ts"], { module: "nodenext", ...dom });
  const checks = [...pairs.values()].map((same) => {
    const [{ type, code }] = same;
    const names = same.map(({ name }) => `all.${name}`).join(" | ");
    return `if (webhook.webhook_type === "${type}" && webhook.webhook_code === "${code}") webhook satisfies ${names};`;
  });
  const source = `import type { PlaidWebhook } from "plaid-edge";
import type * as all from "plaid-edge/endpoints";
declare const webhook: PlaidWebhook;
${checks.join("\n")}`;
  writeFileSync(join(folder, "pairs.ts"), source);
  assert.equal((await compile(folder)).output, "");
});

test("plaid-edge/endpoints knows every endpoint of the official package, by its path", () => {
  const { PlaidApi } = require("plaid");
  const methods = Object.getOwnPropertyNames(PlaidApi.prototype).filter((name) => name !== "constructor");
  const endpoints = documentedEndpoints();
  // Those that do not take POST are out of reach of request.
  const others = [
    "fdxConsentsGet",
    "fdxConsentsList",
    "fdxConsentsRevocationGet",
    "fdxConsentsRevoke",
    "getRecipient",
    "getRecipients",
  ];
  assert.deepEqual(
    endpoints
      .map(({ operation }) => operation)
      .concat(others)
      .sort(),
    methods.sort(),
  );
  assert.equal(new Set(endpoints.map(({ key }) => key)).size, endpoints.length);

  const source = readFileSync(require.resolve("plaid/dist/api.js"), "utf8");
  const paths = Object.fromEntries(
    [...source.matchAll(/^ {8}(\w+): \(.*\) => __awaiter[^`]*const localVarPath = `([^`]*)`/gm)].map(
      ([, ...pair]) => pair,
    ),
  );
  for (const { key, operation } of endpoints) assert.equal(key, paths[operation]);
});

test("every endpoint takes and gives what the official package says", async () => {
  const folder = project("endpoints", ["official.ts"], { module: "nodenext", ...dom });
  // Bodies that Plaid leaves open are open here in another way.
  const isComparable = (type) => type !== "{ [field: string]: unknown }";
  const lines = documentedEndpoints().flatMap(({ key, operation, request, response }, index) => {
    const ours = `PlaidEndpoints["${key}"]`;
    const method = `PlaidApi["${operation}"]`;
    const takes = `const takes${index}: Takes<${ours}["request"], ${method}> = true;`;
    const gives = `const gives${index}: Gives<${ours}["response"], ${method}> = true;`;
    return [...(isComparable(request) ? [takes] : []), ...(isComparable(response) ? [gives] : [])];
  });
  const imports = `import type { PlaidApi } from "plaid";
import type { PlaidEndpoints } from "plaid-edge/endpoints";
import type { Gives, Takes } from "./check.js";`;
  writeFileSync(join(folder, "official.ts"), [imports, ...lines].join("\n"));
  const { output } = await compile(folder);
  assert.equal(output, "");
});

for (const name of ["index.d.ts", "manual.d.ts", "sandbox.d.ts"]) {
  test(`every exported member of ${name} is documented`, () => {
    const undocumented = [];
    for (const node of typesIn(name).filter(isExported)) {
      const owner = node.name.text;
      if (documentation(node) === "") undocumented.push(owner);
      visit(node, (member) => {
        const path = `${owner}.${member.name?.getText() ?? (ts.isConstructorDeclaration(member) ? "constructor" : "[key]")}`;
        if (documentation(member) === "") undocumented.push(path);
      });
    }
    assert.deepEqual(undocumented, []);
  });
}

test("every method of the adapter documents its arguments, its errors, an example, and Plaid's page", () => {
  for (const method of membersOf("index.d.ts", "PlaidAdapter")) {
    const name = method.name?.getText() ?? "constructor";
    const tags = ts.getJSDocTags(method).map((tag) => tag.tagName.text);
    assert.ok(tags.includes("example"), `${name} has no @example`);
    for (const parameter of method.parameters) {
      assert.equal(
        ts.getJSDocParameterTags(parameter).length,
        1,
        `${name}: @param ${parameter.name.getText()}`,
      );
    }
    const promises = /^(Promise|AsyncIterableIterator)</.test(method.type?.getText() ?? "");
    if (promises) assert.match(tagText(method, "returns"), /reject/i, `${name} does not say how it rejects`);
    if (!promises && method.parameters.length > 0)
      assert.ok(tags.includes("throws"), `${name} has no @throws`);
    if (promises && name !== "fromEnv") {
      assert.match(tagText(method, "see"), /plaid\.com\/docs/, `${name} does not link to Plaid's page`);
    }
  }
});

/** A folder with the fixture's files, a tsconfig.json that names some, and the packages they import. */
function project(name, files, options) {
  const folder = join(projects, name.replace(/\W+/g, "-"));
  cpSync(fixture, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = { target: "es2022", strict: true, skipLibCheck: false, noEmit: true, ...options };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const modules = join(folder, "node_modules");
  for (const scope of ["@cloudflare", "@types"]) mkdirSync(join(modules, scope), { recursive: true });
  const isDeclared = (file) => !/\.(wasm|js|cjs|map)$/.test(file);
  cpSync(packed, join(modules, "plaid-edge"), { recursive: true, filter: isDeclared });
  const wanted = [...(options.types ?? []).map((type) => (type === "node" ? "@types/node" : type))];
  if (files.includes("official.ts")) wanted.push("plaid");
  for (const dependency of wanted)
    symlinkSync(join(root, "node_modules", dependency), join(modules, dependency));
  return folder;
}

/** The folder of each TypeScript, by version: the repository's own, and those in compilers/. */
function compilers() {
  const folder = fileURLToPath(new URL("compilers/", import.meta.url));
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const missing = Object.keys(dependencies).some((name) => !existsSync(join(folder, "node_modules", name)));
  if (missing) execFileSync("npm", ["ci", "--prefix", folder, "--loglevel=error"], { stdio: "inherit" });
  const others = Object.keys(dependencies).map((name) => [
    name.replace("typescript-", ""),
    join(folder, "node_modules", name),
  ]);
  return { [ts.versionMajorMinor]: join(root, "node_modules/typescript"), ...Object.fromEntries(others) };
}

/** Runs tsc in a folder and gives what it prints. */
function compile(folder, typescript = join(root, "node_modules/typescript")) {
  const { promise, resolve: finish, reject } = withResolvers();
  const compiler = spawn(process.execPath, [join(typescript, "bin/tsc"), "-p", folder], { cwd: folder });
  let output = "";
  for (const stream of [compiler.stdout, compiler.stderr]) stream.on("data", (data) => (output += data));
  compiler.on("error", reject);
  compiler.on("close", (code) => finish({ code, output }));
  return promise;
}

function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** A program with a cursor (¦) in it, as an editor has it. */
function editor(code) {
  const folder = (editor.folder ??= project("editor", [], { module: "nodenext", ...dom }));
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

/** The names of the types that a union of endpoints.d.ts consists of. */
function unionOf(name) {
  const { type } = typesIn("endpoints.d.ts").find((node) => node.name.text === name);
  return type.types.map((member) => member.getText());
}

/** Whatever has a webhook_type and a webhook_code in the official package, with what its comments say they are. */
function officialWebhooks() {
  const text = readFileSync(require.resolve("plaid/dist/api.d.ts"), "utf8");
  const interfaces = text.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms);
  const literal = (body, field) =>
    new RegExp(`/\\*\\*\\s+\\* ([^\\n]*)(?:(?!\\*/).)*\\*/\\s+${field}\\??:`, "s")
      .exec(body)?.[1]
      .replace(/[^A-Z_0-9]/g, "");
  return [...interfaces]
    .filter(([, , body]) => /^ +webhook_type\??:/m.test(body) && /^ +webhook_code\??:/m.test(body))
    .map(([, name, body]) => ({
      name,
      type: literal(body, "webhook_type"),
      code: literal(body, "webhook_code"),
    }));
}

/** The classes, interfaces, enums and type aliases at the top of a declaration file. */
function typesIn(name) {
  const text = readFileSync(join(packed, name), "utf8");
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(
    (node) =>
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isTypeAliasDeclaration(node),
  );
}

function membersOf(file, name) {
  const members = typesIn(file).find((node) => node.name.text === name)?.members;
  assert.ok(members?.length, `${file} declares no ${name}`);
  return members;
}

/** What endpoints.d.ts says of each endpoint. */
function documentedEndpoints() {
  return membersOf("endpoints.d.ts", "PlaidEndpoints").map((member) => {
    const [request, response] = member.type.members.map(({ type }) => type.getText());
    const [, operation] = /`(\w+)` in the official client/.exec(documentation(member)) ?? [];
    return { key: member.name.text, operation, request, response };
  });
}

const isExported = (node) => (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;

/**
 * Calls `see` with every member below a declaration, and with the fields of its parameters. The fields of what a
 * member gives are described with the member; constraints on type parameters need no description.
 */
function visit(node, see) {
  const isMember = ts.isTypeElement(node) || ts.isClassElement(node);
  ts.forEachChild(node, (child) => {
    if (ts.isTypeParameterDeclaration(child) || (isMember && child === node.type)) return;
    if (ts.isTypeElement(child) || ts.isClassElement(child)) see(child);
    visit(child, see);
  });
}

function documentation(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim();
}

function tagText(node, name) {
  const tags = ts.getJSDocTags(node).filter((tag) => tag.tagName.text === name);
  return tags.map((tag) => tag.getText()).join("\n");
}
