// The built package, and a look at its wasm memory, which no export gives. PLAID_EDGE_PACKAGE names another folder.

import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder =
  process.env.PLAID_EDGE_PACKAGE ?? fileURLToPath(new URL("../../dist/package", import.meta.url));
const { Instance } = WebAssembly;
let memory;
WebAssembly.Instance = new Proxy(Instance, {
  construct(target, args) {
    const instance = new target(...args);
    memory ??= instance.exports.memory;
    return instance;
  },
});

export const lib = await import(pathToFileURL(resolve(folder, "index.js")).href);
WebAssembly.Instance = Instance;
export const packageFolder = resolve(folder);
export const wasmBytes = () => memory.buffer.byteLength;
