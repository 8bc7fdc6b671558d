// Makes what wasm-bindgen generated smaller:
//
//   node scripts/optimize.mjs dist/wasm/plaid_edge_bg [level]
//
// What the module and its bindings call each other by gets short names: wasm-bindgen ends imports with a hash, which no
// compression can shrink; two and a half kilobytes in all. Then comes wasm-opt. At last the bindings are made to load in
// test tools' environments, which lack or replace globals.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [stem, level = "-Oz"] = process.argv.slice(2);
const bin = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
const features = [
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];
const binaryen = (tool, ...args) => execFileSync(bin + tool, [...features, ...args]);

const module = new WebAssembly.Module(readFileSync(`${stem}.wasm`));
const shortNames = (entries, prefix) =>
  new Map(entries.map(({ name }, at) => [name, prefix + at.toString(36)]));
const imports = shortNames(WebAssembly.Module.imports(module), "_");
// Only what is called through `wasm.` by name: the rest is looked for by its own. Nothing of ours calls realloc.
const REALLOC = "__wbindgen_realloc";
const functions = WebAssembly.Module.exports(module).filter(({ kind, name }) => {
  return kind === "function" && name !== "__wbindgen_start" && name !== REALLOC;
});
const exports = shortNames(functions, "$");

binaryen("wasm-dis", `${stem}.wasm`, "-o", `${stem}.wat`);
const renamed = { import: 0, export: 0 };
const wat = readFileSync(`${stem}.wat`, "utf8")
  .replace(/^ \(import .*$/gm, (line) => shorten(line, "import", /"(__wb[^"]+)"/, imports))
  .replace(new RegExp(`^ \\(export "${REALLOC}" .*\n`, "m"), "")
  .replace(/^ \(export .*$/gm, (line) => shorten(line, "export", /"([^"]+)"/, exports));
assert.deepEqual(renamed, { import: imports.size, export: exports.size }, "names renamed in the module");
writeFileSync(`${stem}.wat`, wat);

// For size, to the last byte. For speed that takes minutes, and wins nothing.
const smallest = [
  "-O2",
  "-Oz",
  "--converge",
  "--one-caller-inline-max-function-size=25",
  "--low-memory-unused",
  "--dealign",
];
binaryen("wasm-opt", ...(level === "-Oz" ? smallest : [level]), `${stem}.wat`, "-o", `${stem}.wasm`);

const replaced = new Set();
const rename = (name, names) => {
  if (names.has(name)) replaced.add(name);
  return names.get(name) ?? name;
};
let bindings = readFileSync(`${stem}.js`, "utf8")
  .replace(/\b__wb[\w$]+/g, (name) => rename(name, imports))
  .replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${rename(name, exports)}`);
const missed = [...imports.keys(), ...exports.keys()].filter((name) => !replaced.has(name));
assert.deepEqual(missed, [], "names that the bindings do not have");

// wasm-bindgen's functions for strings work around runtimes that are no longer, and run when they are imported, where a
// test's environment may have no TextDecoder yet. Ours ask for it when they need it; the inlined form says what is missing.
// The names of members are short, and a call of TextDecoder takes longer in workerd than all that a call does in wasm.
swap(
  /^function passStringToWasm0\([^]+?^\}\n/gm,
  `let encoder, decoder;
function passStringToWasm0(text, malloc) {
    if (INLINED) isThere("TextEncoder");
    const bytes = (encoder ??= new TextEncoder()).encode(text);
    const at = malloc(bytes.length, 1) >>> 0;
    getUint8ArrayMemory0().set(bytes, at);
    WASM_VECTOR_LEN = bytes.length;
    return at;
}
function isThere(name) {
    if (!globalThis[name]) throw new Error(\`plaid-edge needs \${name}, which is missing here: in Jest, use the node environment\`);
}
`,
);
swap(
  /^let cachedTextDecoder = [^]+?^function decodeText\([^]+?^\}\n/gm,
  `function decodeText(at, length) {
    const bytes = getUint8ArrayMemory0().subarray(at, at + length);
    let text = "";
    for (const byte of bytes) {
        if (byte > 127 || length > 64) {
            if (INLINED) isThere("TextDecoder");
            decoder ??= new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
            return decoder.decode(bytes);
        }
        text += String.fromCharCode(byte);
    }
    return text;
}
`,
);
swap(
  /^let cachedDataViewMemory0 = [^]+?^function getDataViewMemory0\([^]+?^\}\n/gm,
  `function getDataViewMemory0() {
    return new DataView(wasm.memory.buffer);
}
`,
);
swap(/^const cachedTextEncoder = new TextEncoder\(\);\s+if \([^]+?^\}\n/gm, "");
swap(/(?<=\bpassStringToWasm0\(.+), wasm\.\$\w+(?=\);$)/gm, "");
// Jest's fake timers take queueMicrotask away. Only what awaits in Rust uses it.
if (stem.includes("sandbox")) swap(/(?<=^ {4})queueMicrotask(?=\(.+\);$)/gm, "Promise.resolve().then");
writeFileSync(`${stem}.js`, bindings);

/** Puts other code into the bindings, in place of what must be there. */
function swap(pattern, code) {
  assert.match(bindings, pattern, "what the bindings are expected to contain");
  bindings = bindings.replace(pattern, () => code);
}

function shorten(line, what, pattern, names) {
  return line.replace(pattern, (quoted, name) => {
    if (!names.has(name)) return quoted;
    renamed[what]++;
    return `"${names.get(name)}"`;
  });
}
