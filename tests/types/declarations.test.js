// What the declarations declare and document, as syntax.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import {
  documentation,
  documentedEndpoints,
  isExported,
  membersOf,
  tagText,
  typesIn,
  visit,
} from "./declared.js";
import { newProject, packed } from "./project.js";

const require = createRequire(import.meta.url);

test("the declarations refer to no other package", () => {
  for (const name of ["index", "endpoints", "manual", "sandbox", "sandbox-manual"]) {
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
  const folder = newProject();
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

for (const name of ["index.d.ts", "manual.d.ts", "sandbox.d.ts", "sandbox-manual.d.ts"]) {
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
