/**
 * plaid-edge/manual: the same as plaid-edge, for build tools that neither load a `.wasm` file as a module nor
 * let code be compiled at run time. You compile or import the module your way and hand it to {@link start}
 * once.
 *
 * ```ts
 * import wasm from "plaid-edge/plaid_edge.wasm";
 * import { PlaidAdapter, start } from "plaid-edge/manual";
 *
 * start(wasm);
 * const plaid = new PlaidAdapter(env);
 * ```
 *
 * @packageDocumentation
 */

export * from "./index.js";

/**
 * Starts the package with its compiled module, `plaid-edge/plaid_edge.wasm`. Call it once, before anything
 * else of the package; further calls change nothing.
 *
 * @param module The compiled module: what a `.wasm` import gives in your runtime, or the result of
 * `WebAssembly.compile`.
 * @throws A TypeError if it is not a `WebAssembly.Module`, and a WebAssembly.LinkError if it is another
 * module.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { start } from "plaid-edge/manual";
 *
 * start(await WebAssembly.compile(await readFile("plaid_edge.wasm")));
 * ```
 */
export function start(module: WebAssemblyModule): void;

// As the platform at hand declares it. Programs without WebAssembly's types may pass any object.
type WebAssemblyModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } }
  ? T
  : object;
