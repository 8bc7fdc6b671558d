// What wasm-bindgen generated, and its start. Each entry of the package hands in the module in the form in which
// its runtime has it; from then on everything works without an init().

import * as bindings from "@bindings";

let isStarted = false;

/**
 * Instantiates the module, once: a second entry in the same program finds it running. `connect` is told of its functions.
 */
export function start(module, connect) {
  if (isStarted) return;
  isStarted = true;
  // BINDINGS is the name under which the module imports them; the build fills it in.
  const { exports } = new WebAssembly.Instance(module, { [BINDINGS]: bindings });
  bindings.__wbg_set_wasm(guarded(exports));
  exports.__wbindgen_start?.();
  connect?.(bindings);
}

/** The same with the module's bytes in base64, or `failed` with the reason where the runtime compiles none. */
export function startInlined(base64, connect, failed) {
  let module;
  try {
    module = new WebAssembly.Module(bytesOf(base64));
  } catch (cause) {
    failed(cause);
    return;
  }
  start(module, connect);
}

/** The module's bytes, where they come inlined. A loop is the slowest way to them, and all that older browsers have. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  if (globalThis.Buffer) return globalThis.Buffer.from(base64, "base64");
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * The module's functions, made safe to call with little stack left: what overflows within wasm, or is thrown
 * through it, would leave its memory in disorder for every later call. So there must be room before it is entered,
 * and its own stack is put back to where it was.
 */
function guarded(exports) {
  const { __stack_pointer: stack } = exports;
  const guard =
    (run) =>
    (...values) => {
      takeRoom.apply(undefined, ROOM);
      const top = stack.value;
      try {
        return run(...values);
      } finally {
        stack.value = top;
      }
    };
  const entries = Object.entries(exports);
  return Object.fromEntries(entries.map(([name, it]) => [name, typeof it === "function" ? guard(it) : it]));
}

// Arguments lie on the stack: where it has no room for so many, the call throws. No loop could look at it as cheaply.
// What wasm calls in JavaScript, and may call it again, takes room anew. V8 needs a few hundred; JavaScriptCore, which only
// runs the inlined form, thousands.
const ROOM = new Array(INLINED ? 8192 : 1024).fill(0);
function takeRoom() {}
