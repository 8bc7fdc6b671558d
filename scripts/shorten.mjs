// Makes what wasm-bindgen generated smaller:
//
//   node scripts/shorten.mjs dist/wasm/plaid_edge_bg
//
// What the module and its bindings call each other by gets short names: wasm-bindgen spells out class and method,
// and ends imports with a hash, which no compression can shrink; two and a half kilobytes in all. And where a class
// has a `free` of its own, the generated one goes.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [stem] = process.argv.slice(2);
const bin = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
const features = [
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

const module = new WebAssembly.Module(readFileSync(`${stem}.wasm`));
const shortNames = (entries, prefix) =>
  new Map(entries.map(({ name }, at) => [name, prefix + at.toString(36)]));
const imports = shortNames(WebAssembly.Module.imports(module), "_");
// Only what is called through `wasm.` by name: the rest is looked for by its own.
const functions = WebAssembly.Module.exports(module).filter(({ kind, name }) => {
  return kind === "function" && !/^__wbindgen_(start|add_to_stack_pointer)$/.test(name);
});
const exports = shortNames(functions, "$");

execFileSync(`${bin}wasm-dis`, [...features, `${stem}.wasm`, "-o", `${stem}.wat`]);
const wat = readFileSync(`${stem}.wat`, "utf8")
  .replace(/^ \(import .*$/gm, (line) => shorten(line, /"(__wb[^"]+)"/, imports))
  .replace(/^ \(export .*$/gm, (line) => shorten(line, /"([^"]+)"/, exports));
writeFileSync(`${stem}.wat`, wat);
execFileSync(`${bin}wasm-as`, [...features, `${stem}.wat`, "-o", `${stem}.wasm`]);

const generatedFree = /    free\(\) \{\n.*\n.*_free\(ptr, 0\);\n    \}\n(?=(?:(?!^}).*\n)*?    free\(\))/m;
const bindings = readFileSync(`${stem}.js`, "utf8")
  .replace(generatedFree, "")
  .replace(/\b__wb[\w$]+/g, (name) => imports.get(name) ?? name)
  .replace(/\bwasm\.(\w+)/g, (call, name) => (exports.has(name) ? `wasm.${exports.get(name)}` : call));
writeFileSync(`${stem}.js`, bindings);

function shorten(line, pattern, names) {
  return line.replace(pattern, (quoted, name) => (names.has(name) ? `"${names.get(name)}"` : quoted));
}
