// Makes what wasm-bindgen generated smaller:
//
//   node scripts/shorten.mjs dist/wasm/plaid_edge_bg
//
// The imports get short names, in the module and in its bindings: wasm-bindgen ends each with a hash, which no
// compression can shrink, two kilobytes in all. And where a class has a `free` of its own, the generated one goes.

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
const bindings = shorten(readFileSync(`${stem}.js`, "utf8"));
const generated = /    free\(\) \{\n.*\n.*_free\(ptr, 0\);\n    \}\n(?=(?:(?!^}).*\n)*?    free\(\))/m;
writeFileSync(`${stem}.js`, bindings.replace(generated, ""));
