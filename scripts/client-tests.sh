#!/usr/bin/env bash
# The Rust client: the same requests and errors as the npm package, the example Worker natively and in workerd, and the crates'
# packages.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh rust node
[ -f dist/package/index.js ] || scripts/build.sh
use_wasm_toolchain
target=${CARGO_TARGET_DIR:-$ROOT/target}

node --test tests/client/*.test.js
(cd examples/rust-worker && CARGO_TARGET_DIR=$target/rust-worker cargo test --locked --quiet)
# The examples in the documentation of what exists on WebAssembly only; they are compiled, not run.
cargo test --doc --locked --quiet -p plaid-edge-client --target wasm32-unknown-unknown -- from_js from_bindings fetch::Fetch
cargo package --locked --offline --allow-dirty --quiet --no-verify \
  -p plaid-edge-core -p plaid-edge-sandbox -p plaid-edge-client
