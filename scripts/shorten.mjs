// Gives the imports of a wasm module short names, in the module and in its bindings:
//
//   node scripts/shorten.mjs dist/wasm/plaid_edge_bg
//
// wasm-bindgen ends each name with a hash, which no compression can shrink: two kilobytes, gzipped.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [stem] = process.argv.slice(2);
const bin = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
const features = ["--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"];
features.push("--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue");

const names = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(`${stem}.wasm`))).map(
  ({ name }) => name,
);
const short = new Map(names.map((name, at) => [name, `_${at.toString(36)}`]));
const shorten = (text) => text.replace(/\b__wb[\w$]+/g, (name) => short.get(name) ?? name);

execFileSync(`${bin}wasm-dis`, [...features, `${stem}.wasm`, "-o", `${stem}.wat`]);
const wat = readFileSync(`${stem}.wat`, "utf8");
writeFileSync(`${stem}.wat`, wat.replace(/^ \(import .*$/gm, shorten));
execFileSync(`${bin}wasm-as`, [...features, `${stem}.wat`, "-o", `${stem}.wasm`]);
writeFileSync(`${stem}.js`, shorten(readFileSync(`${stem}.js`, "utf8")));
