// The tarball itself, without running what is in it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { install, root, tarball } from "./consumer.mjs";

const exec = promisify(execFile);
let folder;
let installed;

before(async () => {
  folder = await install();
  installed = join(folder, "node_modules/plaid-edge");
});
after(() => rm(folder, { recursive: true, force: true }));

const manifest = async () => JSON.parse(await readFile(join(installed, "package.json"), "utf8"));

test("publint finds nothing", async () => {
  const { stdout } = await exec(join(root, "node_modules/.bin/publint"), [await tarball(), "--strict"]);
  assert.match(stdout, /All good/);
});

test("the types resolve in every mode", async () => {
  const attw = join(root, "node_modules/.bin/attw");
  // No modules: the wasm, for those who load it themselves. Node 10 knows no subpaths.
  const wasm = ["./plaid_edge.wasm", "./plaid_edge_sandbox.wasm"];
  const args = [await tarball(), "--format", "json", "--exclude-entrypoints", ...wasm];
  const { stdout } = await exec(attw, args, { maxBuffer: 64 * 1024 * 1024 }).catch((error) => error);
  const { analysis } = JSON.parse(stdout);
  assert.equal(analysis.packageName, "plaid-edge");
  const isOldNode = ({ kind, resolutionKind, entrypoint }) =>
    kind === "NoResolution" && resolutionKind === "node10" && entrypoint !== ".";
  assert.deepEqual(
    analysis.problems.filter((problem) => !isOldNode(problem)),
    [],
  );
});

test("nothing is installed with it", async () => {
  const { dependencies, peerDependencies, optionalDependencies, scripts } = await manifest();
  assert.deepEqual([dependencies, peerDependencies, optionalDependencies, scripts], Array(4).fill(undefined));
  assert.deepEqual(
    (await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith(".")),
    ["plaid-edge"],
  );
});

/** The paths of all files in the package. */
async function installedFiles() {
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(installed, join(entry.parentPath, entry.name))).sort();
}

test("the files that are needed, and no others", async () => {
  const files = await installedFiles();
  const documents = [
    ...["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"],
    ...["CHANGELOG.md", "README.md", "SECURITY.md", "llms.txt"],
  ];
  const { exports, bin } = await manifest();
  const targets = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets));
  const named = [...targets(exports), ...Object.values(bin)].map((path) => path.replace(/^\.\//, ""));
  // What the command serves.
  const link = ["link-initialize.js", "link.html", "link.js", "link.css"].map((file) => `link/${file}`);
  const needed = new Set([...named, ...documents, ...link]);
  // What those import by a relative path, and so on.
  for (const file of needed) {
    if (!/\.(js|cjs|ts|cts)$/.test(file)) continue;
    const text = await readFile(join(installed, file), "utf8");
    for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*"\.\/([\w.-]+)(?:\?\w+)?"/g)) {
      needed.add(/\.d\.c?ts$/.test(file) ? path.replace(/\.(c?)js$/, ".d.$1ts") : path);
    }
  }
  assert.deepEqual(files, [...needed].sort());
});

test("every license, the changelog and who it is from", async () => {
  const { license, repository, engines, version } = await manifest();
  assert.equal(license, "MIT OR Apache-2.0");
  assert.match(repository.url, /^git\+https:/);
  assert.equal(engines.node, ">=20");
  assert.ok((await readFile(join(installed, "CHANGELOG.md"), "utf8")).includes(version));
});

test("the tarball is within its size", async (t) => {
  const sizes = await Promise.all(
    (await installedFiles()).map(async (file) => [file, (await stat(join(installed, file))).size]),
  );
  const unpacked = sizes.reduce((sum, [, size]) => sum + size, 0);
  const packed = (await stat(await tarball())).size;
  const kb = (size) => `${Math.round(size / 1000)} KB`;
  t.diagnostic(`${kb(packed)} packed, ${kb(unpacked)} unpacked, in ${sizes.length} files`);
  assert.ok(packed < 2_000_000 && unpacked < 6_000_000, `${kb(packed)} packed, ${kb(unpacked)} unpacked`);
});

test("no path of the machine that built it", async () => {
  const home = process.env.HOME ?? root;
  for (const file of await installedFiles()) {
    const content = await readFile(join(installed, file), "latin1");
    for (const path of [root, `${home}/`]) assert.ok(!content.includes(path), `${file} names ${path}`);
  }
});

test("every subpath can be imported and required", async () => {
  const { exports } = await manifest();
  const modules = Object.keys(exports).filter((path) => !/\.(wasm|json)$/.test(path));
  assert.ok(modules.length >= 5);
  const program = modules
    .map((path) => JSON.stringify(path.replace(".", "plaid-edge")))
    .map((name) => `await import(${name}); require(${name});`)
    .join("\n");
  await runProgram(`import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
${program}`);
});

test("an imported and a required copy know each other's errors", async () => {
  const printed = await runProgram(`import { createRequire } from "node:module";
import * as imported from "plaid-edge";
const required = createRequire(import.meta.url)("plaid-edge");
const names = ["PlaidAdapterError", "PlaidAdapterConfigurationError"];
const error = (lib) => { try { new lib.PlaidAdapter({}); } catch (error) { return error; } };
console.log(JSON.stringify([
  imported.PlaidAdapter === required.PlaidAdapter,
  ...names.map((name) => error(required) instanceof imported[name] && error(imported) instanceof required[name]),
  error(required) instanceof imported.PlaidAuthError,
]));`);
  assert.deepEqual(JSON.parse(printed), [false, true, true, false]);
});

async function runProgram(text) {
  const file = join(folder, "program.mjs");
  await writeFile(file, text);
  return (await exec(process.execPath, [file])).stdout;
}
