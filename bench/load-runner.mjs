// Imports one contender in a fresh Node and constructs it:
//   node load-runner.mjs <path of the contender> [<path of a wasm file to compile beforehand>]

import { readFileSync } from "node:fs";
import { wasmUse } from "./lib/wasm-probe.js";

const [contender, wasm] = process.argv.slice(2);
if (wasm) globalThis.compiled = new WebAssembly.Module(readFileSync(wasm));
const before = wasmUse();

const started = performance.now();
const { create } = await import(contender);
const imported = performance.now();
create("http://127.0.0.1:9");
const constructed = performance.now();

const { compileMs, instantiateMs } = wasmUse();
console.log(
  JSON.stringify({
    importMs: imported - started,
    constructMs: constructed - imported,
    readyMs: constructed - started,
    compileMs: compileMs - before.compileMs,
    instantiateMs,
  }),
);
