// What wasm-bindgen generated, and its start. Each entry of the package hands in the module in the form in which
// its runtime has it; from then on everything works without an init().

import * as bindings from "@bindings";

let isStarted = false;

/** Instantiates the module, once: a second entry in the same program finds it running. */
export function start(module) {
  if (isStarted) return;
  isStarted = true;
  // BINDINGS is the name under which the module imports them; the build fills it in.
  const { exports } = new WebAssembly.Instance(module, { [BINDINGS]: bindings });
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start?.();
}
