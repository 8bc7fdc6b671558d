/**
 * plaid-edge/sandbox-manual: the same as plaid-edge/sandbox, for build tools that can't load a `.wasm` file as a
 * module and don't allow compiling one at run time. Import or compile the module your way, and pass it to
 * {@link start} once.
 *
 * ```ts
 * import wasm from "plaid-edge/plaid_edge_sandbox.wasm";
 * import { PlaidSandbox, start } from "plaid-edge/sandbox-manual";
 *
 * start(wasm);
 * const sandbox = new PlaidSandbox();
 * ```
 *
 * @packageDocumentation
 */

export * from "./sandbox.js";

/**
 * Starts the sandbox with its compiled module, `plaid-edge/plaid_edge_sandbox.wasm`. Call it once, before you use
 * anything else from the sandbox; further calls have no effect.
 *
 * @param module The compiled module: what importing a `.wasm` file gives you in your runtime, or the result of
 * `WebAssembly.compile`.
 * @throws A TypeError if it is not a `WebAssembly.Module`, and a WebAssembly.LinkError if it is a
 * different module.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { start } from "plaid-edge/sandbox-manual";
 *
 * start(await WebAssembly.compile(await readFile("plaid_edge_sandbox.wasm")));
 * ```
 */
export function start(module: WebAssemblyModule): void;

// The platform's own type. Programs without WebAssembly's types may pass any object.
type WebAssemblyModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } }
  ? T
  : object;
