// Writes the declarations of the npm package:
//
//   node scripts/types/build.mjs dist/package
//
//   index.d.ts        pkg-template/plaid-edge.d.ts, as it is
//   plaid-types.d.ts  those of Plaid's types that index.d.ts names, and what they need
//   endpoints.d.ts    all of Plaid's types, and PlaidEndpoints: path → request and response
//   sandbox.d.ts      pkg-template/sandbox.d.ts, as it is
//
// and beside each a .d.cts for `require`. Plaid's types come from the official `plaid` package, a development
// dependency; what is written here refers to no package.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached, versionOf } from "./cache.mjs";

const template = (name) => fileURLToPath(new URL(`../../pkg-template/${name}`, import.meta.url));
const scripts = [import.meta.url, new URL("plaid-endpoints.mjs", import.meta.url)];

const out = process.argv[2];
if (!out) {
  console.error("usage: node scripts/types/build.mjs <output folder>");
  process.exit(1);
}
mkdirSync(out, { recursive: true });

const main = readFileSync(template("plaid-edge.d.ts"), "utf8");
write("index.d.ts", main);
write("index.d.cts", forRequire(main));
write("plaid-types.d.ts", await plaidTypes(namesFromPlaid(main)));
write("plaid-types.d.cts", twin("plaid-types.js"));
write("endpoints.d.ts", await endpoints());
write("endpoints.d.cts", twin("endpoints.js"));
if (existsSync(template("sandbox.d.ts"))) {
  copyFileSync(template("sandbox.d.ts"), join(out, "sandbox.d.ts"));
  write("sandbox.d.cts", forRequire(readFileSync(template("sandbox.d.ts"), "utf8")));
} else {
  console.warn(
    `${basename(fileURLToPath(import.meta.url))}: no pkg-template/sandbox.d.ts, so no types for the sandbox`,
  );
}

function write(name, text) {
  writeFileSync(join(out, name), text);
}

/** The same declarations for a CommonJS module: its relative imports lead to CommonJS modules. */
function forRequire(declarations) {
  return declarations.replace(/(from "\.\/[\w-]+)\.js"/g, '$1.cjs"');
}

/** Generated types are large, so their CommonJS twin only points to them. */
function twin(module) {
  return `export type * from "./${module}" with { "resolution-mode": "import" };\n`;
}

/** What the main entry imports from, or hands on of, Plaid's types. */
function namesFromPlaid(declarations) {
  const lists = declarations.matchAll(/^(?:import|export) type \{([^}]*)\} from "\.\/plaid-types\.js";/gm);
  const names = [...lists].flatMap(([, list]) => list.split(",")).map((name) => name.trim());
  return [...new Set(names)].filter(Boolean).sort();
}

function plaidTypes(names) {
  const inputs = {
    packages: ["plaid", "typescript", "rollup", "rollup-plugin-dts"],
    scripts,
    text: names.join(),
  };
  return cached("plaid-types.d.ts", inputs, async () => {
    const [{ rollup }, { dts }, { plaidTypesModule }] = await Promise.all([
      import("rollup"),
      import("rollup-plugin-dts"),
      import("./plaid-endpoints.mjs"),
    ]);
    const folder = mkdtempSync(join(tmpdir(), "plaid-types-"));
    try {
      writeFileSync(join(folder, "plaid.d.ts"), plaidTypesModule());
      writeFileSync(join(folder, "entry.ts"), `export type { ${names.join(", ")} } from "./plaid.js";\n`);
      const bundle = await rollup({ input: join(folder, "entry.ts"), plugins: [dts()] });
      const { output } = await bundle.generate({ format: "es" });
      return licence() + exportingAll(output[0].code);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** The bundle exports only what it was asked for; the API pages are to have what those types consist of too. */
function exportingAll(declarations) {
  const names = [...declarations.matchAll(/^(?:interface|type|declare enum) (\w+)/gm)].map(
    ([, name]) => name,
  );
  return declarations.replace(/^export type \{.*\};$/m, `export type { ${names.join(", ")} };`);
}

function endpoints() {
  return cached("endpoints.d.ts", { packages: ["plaid", "typescript"], scripts }, async () => {
    const { plaidEndpoints, plaidTypesModule } = await import("./plaid-endpoints.mjs");
    const members = (await plaidEndpoints()).map(describe);
    return `${licence()}${plaidTypesModule()}
/**
 * What may be sent where Plaid's types ask for \`T\`: the same, but an enum's values may be written as plain
 * strings (\`products: ["auth"]\`).
 */
type Sent<T> = T extends string ? T | \`\${T}\` : T extends object ? { [K in keyof T]: Sent<T[K]> } : T;

/**
 * Every endpoint of the Plaid API, by its path, with the types of its request and response.
 *
 * @example
 * import type { PlaidEndpoints } from "plaid-edge/endpoints";
 *
 * const { added } = await plaid.request<PlaidEndpoints["/transactions/sync"]>("/transactions/sync", {
 * access_token, });
 */
export interface PlaidEndpoints {
${members.join("\n")}
}
`;
  });
}

/** One member of PlaidEndpoints. */
function describe({ operation, verb, path, request, response, summary }) {
  const named = /^[A-Z]\w*$/.test(request ?? "");
  const note = noteOn(verb, response);
  return `  /** ${[`${summary.replace(/\.?$/, ".")} \`${operation}\` in the official client.`, note].filter(Boolean).join(" ")} */
  "${verb === "POST" ? path : `${verb} ${path}`}": {
    request: ${named ? `Sent<${request}>` : (request ?? "never")};
    response: ${note && verb === "POST" ? "never" : response};
  };`;
}

function noteOn(verb, response) {
  if (verb !== "POST") return `Sent with ${verb}, so out of reach of \`request\`, which sends POST.`;
  if (response === "any")
    return 'Answers with a file: `request`, which takes JSON only, rejects with kind "bad_response".';
  if (response === "void")
    return 'Answers with no body: `request`, which takes JSON only, rejects with kind "bad_response".';
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
