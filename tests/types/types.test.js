// The package's declarations, as a user's compiler sees them: installed from PLAID_EDGE_PACKAGE
// (dist/package), compiled by plain `tsc` with `strict` and without `skipLibCheck`. What is in fixture/ is
// compiled and never run.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
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

const everything = ["flow.ts", "web.ts", "errors.ts", "misuse.ts", "request.ts", "official.ts", "sandbox.ts"];
const dom = { lib: ["es2022", "dom"], types: [] };
const programs = {
  "node16 with dom": { module: "node16", ...dom, files: [...everything, "commonjs.cts"] },
  "nodenext with dom": { module: "nodenext", ...dom, files: [...everything, "commonjs.cts"] },
  "bundler with dom": { module: "esnext", moduleResolution: "bundler", ...dom, files: everything },
  "nodenext with @cloudflare/workers-types": {
    module: "nodenext",
    lib: ["es2022"],
    types: ["@cloudflare/workers-types"],
    files: ["flow.ts", "web.ts", "errors.ts", "misuse.ts", "sandbox.ts", "workers.ts"],
  },
  "nodenext with @types/node": {
    module: "nodenext",
    lib: ["es2022"],
    types: ["node"],
    files: ["flow.ts", "web.ts", "errors.ts", "misuse.ts", "sandbox.ts", "node.ts"],
  },
  "nodenext with neither": {
    module: "nodenext",
    lib: ["es2022"],
    types: [],
    files: ["flow.ts", "errors.ts"],
  },
};

for (const [name, { files, ...options }] of Object.entries(programs)) {
  test(`compiles: ${name}`, async () => {
    const { output } = await compile(project(name, files, options));
    assert.equal(output, "");
  });
}

test("importing plaid-edge alone loads neither the types of all endpoints nor those of the sandbox", async () => {
  const folder = project("alone", ["flow.ts"], { module: "nodenext", ...dom, listFiles: true });
  const { output } = await compile(folder);
  const loaded = output.split("\n").filter((line) => line.includes("plaid-edge/"));
  const names = loaded.map((line) => relative(join(folder, "node_modules/plaid-edge"), line)).sort();
  assert.deepEqual(names, ["index.d.ts", "plaid-types.d.ts"]);
});

test("the declarations refer to no other package", () => {
  for (const name of ["index", "plaid-types", "endpoints", "sandbox"]) {
    for (const extension of ["d.ts", "d.cts"]) {
      const text = readFileSync(join(packed, `${name}.${extension}`), "utf8");
      const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text);
      const foreign = importedFiles.map(({ fileName }) => fileName).filter((file) => !file.startsWith("./"));
      assert.deepEqual([...foreign, ...typeReferenceDirectives], [], `${name}.${extension}`);
    }
  }
});

test("Plaid's types come with Plaid's documentation and licence", () => {
  for (const name of ["plaid-types.d.ts", "endpoints.d.ts"]) {
    const text = readFileSync(join(packed, name), "utf8");
    assert.match(text, /^\/\*!\n \* Plaid's types, generated from the npm package plaid \d/);
    assert.match(text, /Permission is hereby granted, free of charge/);
    assert.match(text, /\/\*\*\n +\* The ACH account number for the account\./);
    assert.doesNotMatch(text, /@(type|memberof)\b|\bSet</);
  }
});

test("plaid-edge/endpoints knows every endpoint of the official package, by its path", () => {
  const { PlaidApi } = require("plaid");
  const methods = Object.getOwnPropertyNames(PlaidApi.prototype).filter((name) => name !== "constructor");
  const endpoints = documentedEndpoints();
  assert.deepEqual(endpoints.map(({ operation }) => operation).sort(), methods.sort());
  assert.equal(new Set(endpoints.map(({ key }) => key)).size, methods.length);

  const source = readFileSync(require.resolve("plaid/dist/api.js"), "utf8");
  const paths = Object.fromEntries(
    [...source.matchAll(/^ {8}(\w+): \(.*\) => __awaiter[^`]*const localVarPath = `([^`]*)`/gm)].map(
      ([, ...pair]) => pair,
    ),
  );
  for (const { key, operation } of endpoints) assert.equal(key.replace(/^(GET|PUT) /, ""), paths[operation]);
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
    const hasBody = request !== "never";
    return [...(hasBody && isComparable(request) ? [takes] : []), ...(isComparable(response) ? [gives] : [])];
  });
  const imports = `import type { PlaidApi } from "plaid";
import type { PlaidEndpoints } from "plaid-edge/endpoints";
import type { Gives, Takes } from "./check.js";`;
  writeFileSync(join(folder, "official.ts"), [imports, ...lines].join("\n"));
  const { output } = await compile(folder);
  assert.equal(output, "");
});

for (const name of ["index.d.ts", "sandbox.d.ts"]) {
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

/** Runs tsc in a folder and gives what it prints. */
function compile(folder) {
  const { promise, resolve: finish, reject } = withResolvers();
  const compiler = spawn(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", folder]);
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
