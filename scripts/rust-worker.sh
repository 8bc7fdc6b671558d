#!/usr/bin/env bash
# Builds examples/rust-worker into its folder build/, as `worker-build --release` does: with worker-build where it is
# installed, and otherwise by the steps that matter, which download nothing.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh rust node
use_wasm_toolchain
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}/rust-worker
cd examples/rust-worker
rm -rf build

if command -v worker-build >/dev/null; then
  bin=$ROOT/node_modules/.bin
  export WASM_BINDGEN_BIN=$(command -v wasm-bindgen) ESBUILD_BIN=$bin/esbuild WASM_OPT_BIN=$bin/wasm-opt
  long "building examples/rust-worker with worker-build" worker-build --release
  exit
fi
long "compiling examples/rust-worker" cargo build --release --locked --target wasm32-unknown-unknown
wasm-bindgen --target web --no-typescript --out-dir build/steps --out-name index \
  "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/plaid_edge_example_rust_worker.wasm"
cat >build/steps/worker.js <<'JS'
import module from "./index_bg.wasm";
import { fetch, initSync } from "./index.js";
initSync({ module });
export default { fetch };
JS
"$ROOT/node_modules/.bin/esbuild" --bundle --format=esm --external:./index_bg.wasm --log-level=warning \
  --outfile=build/index.js build/steps/worker.js
mv build/steps/index_bg.wasm build/
rm -r build/steps
