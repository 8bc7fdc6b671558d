// Imported before a contender: notes what it does with WebAssembly, without touching the package.

const seen = { compileMs: 0, instantiateMs: 0, memories: [] };
const { Module, Instance } = WebAssembly;

WebAssembly.Module = class extends Module {
  constructor(bytes) {
    const started = performance.now();
    super(bytes);
    seen.compileMs += performance.now() - started;
  }
};

WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    const started = performance.now();
    super(module, imports);
    seen.instantiateMs += performance.now() - started;
    seen.memories.push(...Object.values(this.exports).filter((value) => value instanceof WebAssembly.Memory));
  }
};

/** Milliseconds spent so far, and the size of all wasm memories in bytes. */
export function wasmUse() {
  const bytes = seen.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  return { compileMs: seen.compileMs, instantiateMs: seen.instantiateMs, bytes };
}
