// What JavaScript asks Rust through: the functions that wasm exports, see src/adapter.rs and src/driver.rs.

/** What wasm exports. It runs before the first adapter is made. */
export let core;

/** Called once, when wasm runs. */
export function connect(bindings) {
  core = bindings;
}

/** Called where the package's user starts it: until then, using fails. */
export function unstarted() {
  core ??= unavailable("plaid-edge/manual");
}

/** Called where wasm can't be compiled: importing does not fail, using does. */
export function disconnect(cause) {
  core = refused(cause);
}

/** What takes the place of wasm's functions before that entry's `start` is called. */
export const unavailable = (entry) => failing(`call start(module) of ${entry} before anything else`);

/** What takes the place of wasm's functions where it can't be compiled. */
export function refused(cause) {
  return failing(
    "this runtime refused to compile its WebAssembly. Next with OpenNext needs serverExternalPackages, Nitro and Nuxt " +
      "need experimental.wasm, Hono's Vite build needs external, and others need plaid-edge/manual: see docs/runtimes.md",
    cause,
  );
}

function failing(words, cause) {
  const fail = () => {
    throw new Error(`plaid-edge has not started: ${words}`, { cause });
  };
  return new Proxy({}, { get: fail });
}

/** What Rust gives, unless it is an error. */
export function result(value) {
  if (value instanceof Error) throw value;
  return value;
}
