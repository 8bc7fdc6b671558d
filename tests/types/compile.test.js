// The declarations compile: in the oldest TypeScript that is supported, the newest, and some between, in every module
// resolution mode, and with each platform's types.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { compilers, own } from "./compilers.js";
import { documentedEndpoints, isWebhook, officialWebhooks, unionOf } from "./declared.js";
import { configure, dom, newProject } from "./project.js";

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
const platform = ["flow.ts", "web.ts", "errors.ts", "misuse.ts", "webhooks.ts", "sandbox.ts"];
const strictest = {
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};
const modes = {
  nodenext: { module: "nodenext", ...dom, files: [...everything, "commonjs.cts"], checksAll: true },
  node16: { module: "node16", ...dom, files: [...everything, "commonjs.cts"] },
  bundler: { module: "esnext", moduleResolution: "bundler", ...dom, files: everything },
  node10: { module: "commonjs", moduleResolution: "node10", ...dom, files: [...everything, "manual.ts"] },
};
const settings = {
  "with @cloudflare/workers-types": {
    lib: ["es2022"],
    types: ["@cloudflare/workers-types"],
    files: [...platform, "workers.ts"],
  },
  "with @types/node": { lib: ["es2022"], types: ["node"], files: [...platform, "node.ts"] },
  "without the types of any platform": {
    lib: ["es2022"],
    types: [],
    files: ["flow.ts", "errors.ts", "request.ts"],
  },
  "with the strictest settings": { ...dom, ...strictest, files: everything, checksAll: true },
};

const folder = newProject();
/** Compiles at once; what comes of it is for a test to see. */
const compile = (name, { checksAll, ...options }, version = own) =>
  compilers[version](configure(folder, name, options), { checksAll });

for (const version of Object.keys(compilers)) {
  for (const [mode, options] of Object.entries(modes)) {
    // TypeScript 7 has no node10, and node16 differs from nodenext only where Node 16 does.
    if (mode === "node10" && version.startsWith("7.")) continue;
    if (mode === "node16" && version !== own) continue;
    const compiled = compile(`${version}-${mode}`, options, version);
    test(`compiles: TypeScript ${version}, ${mode}`, async () => assert.equal((await compiled).output, ""));
  }
}

for (const [name, options] of Object.entries(settings)) {
  const compiled = compile(name, { module: "nodenext", ...options });
  test(`compiles: ${name}`, async () => assert.equal((await compiled).output, ""));
}

test("importing plaid-edge alone does not load the types of the sandbox", async () => {
  const { files } = await compile("alone", { module: "nodenext", ...dom, files: ["flow.ts"] });
  const loaded = files.filter((name) => name.includes("/plaid-edge/"));
  const names = loaded.map((name) => relative(join(folder, "node_modules/plaid-edge"), name)).sort();
  assert.deepEqual(names, ["endpoints.d.ts", "index.d.ts"]);
});

test("misuse of request is reported where it is, in one sentence", async () => {
  writeFileSync(
    join(folder, "messages.ts"),
    `import { PlaidAdapter } from "plaid-edge";
const plaid = new PlaidAdapter({});
void plaid.request("/item/get", { acces_token: "access" });
void plaid.request("/item/get", {});
void plaid.request("/item/get");
`,
  );
  const { output } = await compile("messages", { module: "nodenext", ...dom, files: ["messages.ts"] });
  assert.deepEqual(
    output
      .split("\n")
      .filter((line) => line.includes("messages.ts("))
      .map((line) => line.replace(/^.*messages\.ts/, "")),
    [
      "(3,35): error TS2561: Object literal may only specify known properties, but 'acces_token' does not exist in type 'ItemGetRequest'. Did you mean to write 'access_token'?",
      "(4,33): error TS2345: Argument of type '{}' is not assignable to parameter of type 'ItemGetRequest'.",
      "(5,12): error TS2554: Expected 2-3 arguments, but got 1.",
    ],
  );
});

test("PlaidWebhook has every webhook of the official package, and narrows to it by type and code", async () => {
  const official = officialWebhooks().filter(isWebhook);
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
  const { output } = await compile("pairs", { module: "nodenext", ...dom, files: ["pairs.ts"] });
  assert.equal(output, "");
});

test("every endpoint takes and gives what the official package says", async () => {
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
  writeFileSync(join(folder, "endpoints.ts"), [imports, ...lines].join("\n"));
  const files = ["endpoints.ts", "official.ts"];
  const { output } = await compile("official", { module: "nodenext", ...dom, files });
  assert.equal(output, "");
});
