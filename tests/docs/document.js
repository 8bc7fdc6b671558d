// Runs a document: each of its blocks is type-checked and run in the way that `runs` gives for its name.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import * as prettier from "prettier";
import { compile, exec, install, newFolder, typeCheck } from "./consumer.js";
import { here, root } from "../runtimes/consumer.mjs";
import { installPackages } from "../runtimes/packages.mjs";
import { snippetsOf } from "./snippets.js";
import { inWorkerd } from "./workerd.js";

/**
 * @typedef {object} Run
 * @property {(code: string) => string} [program] the block made whole; without it, nothing is type-checked
 * @property {string[]} [types] the platform's declarations: Node's by default
 * @property {(file: string, code: string) => Promise<void>} run
 *
 * @param {string} path
 * @param {Record<string, Run>} runs
 */
export function runDocument(path, runs) {
  const snippets = snippetsOf(path);
  let folder;
  const fileOf = ({ name, language }) => join(folder, `${name.replaceAll(" ", "-")}.${language}`);

  before(async () => {
    folder = newFolder();
    await installPackages(here);
    await installPackages(join(root, "tests/docs"));
    await install(folder, [
      ...["@types/node", "@cloudflare/workers-types", "vitest"],
      ...["express", "fastify", "hono", "@opentelemetry/api"],
    ]);
    for (const snippet of snippets) {
      const program = runs[snippet.name]?.program ?? ((code) => code);
      if (snippet.name) writeFileSync(fileOf(snippet), program(snippet.code));
    }
  });

  test(`${path}: every block has a name, and every name a way to run`, () => {
    assert.deepEqual(
      snippets.map(({ name, line }) => name ?? `the block in line ${line}`),
      Object.keys(runs),
    );
  });

  for (const types of [["node"], ["@cloudflare/workers-types"]]) {
    test(`${path}: the blocks compile with ${types}`, async () => {
      const isMeant = ({ name }) =>
        runs[name]?.program && String(runs[name].types ?? ["node"]) === String(types);
      const files = snippets.filter((snippet) => snippet.language === "ts" && isMeant(snippet)).map(fileOf);
      assert.equal(await typeCheck(folder, files, types), "");
    });
  }

  test(`${path}: the blocks are formatted`, async () => {
    const config = { ...(await prettier.resolveConfig(root)), printWidth: 120 };
    for (const { language, code, line } of snippets) {
      const parser = { js: "babel", ts: "typescript" }[language];
      if (parser)
        assert.equal(code, (await prettier.format(code, { ...config, parser })).trimEnd(), `line ${line}`);
    }
  });

  for (const snippet of snippets) {
    test(`${path}: ${snippet.name} runs`, () => runs[snippet.name].run(fileOf(snippet), snippet.code));
  }
}

/** A worker, visited in workerd. */
export function worker(visit, options) {
  return {
    program: (code) => code,
    types: ["@cloudflare/workers-types"],
    run: (file) => inWorkerd(file, visit, options),
  };
}

/** A part of a program: what is before it and after it is not in the document. */
export function fragment({ before = "", after = "" }) {
  const program = (code) => `${imports(code)}${before}\n${code}\n${after}\nexport {};\n`;
  return {
    program,
    async run(file) {
      const { stdout, stderr } = await exec(process.execPath, [compile(file)]);
      assert.doesNotMatch(stdout + stderr, /Assertion failed/);
    },
  };
}

/** A module, imported and tried with the package that it imports itself. */
export function module(check) {
  return {
    program: (code) => code,
    async run(file) {
      const edge = pathToFileURL(join(dirname(file), "node_modules/plaid-edge")).href;
      const packages = await Promise.all([import(`${edge}/index.js`), import(`${edge}/sandbox.js`)]);
      await check(await import(pathToFileURL(compile(file))), Object.assign({}, ...packages));
    },
  };
}

const HOMES = {
  PlaidAdapter: "plaid-edge",
  PlaidSandbox: "plaid-edge/sandbox",
};

/** What a fragment takes for granted, unless it imports it itself. */
function imports(code) {
  const missing = Object.entries(HOMES).filter(([name]) => !new RegExp(`import .*\\b${name}\\b`).test(code));
  return [["assert from", "node:assert/strict"], ...missing.map(([name, home]) => [`{ ${name} } from`, home])]
    .map(([what, home]) => `import ${what} "${home}";\n`)
    .join("");
}
