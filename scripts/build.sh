#!/usr/bin/env bash
# Builds the npm package into dist/package: Rust → wasm → bindings → optimised wasm → entries and declarations.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh rust node
use_wasm_toolchain

# Everything that the package is made from; when nothing of it changed, neither did the package.
inputs=$(cat Cargo.toml Cargo.lock package-lock.json README.md CHANGELOG.md SECURITY.md LICENSE* scripts/build.sh \
  scripts/package.mjs scripts/optimize.mjs $(find src core sandbox pkg-template scripts/types -type f | LC_ALL=C sort) | sha256sum)
if [ "$(cat dist/package.inputs 2>/dev/null)" = "$inputs" ]; then exit 0; fi

# Two builds at once would write over each other.
mkdir -p dist
if command -v flock >/dev/null && [ -z "${PLAID_EDGE_BUILDING:-}" ]; then
  exec env PLAID_EDGE_BUILDING=1 flock dist/package.lock "$0"
fi
rm -f dist/package.inputs

# Paths of this machine would end up in panic messages.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$ROOT=plaid-edge \
  --remap-path-prefix=$(rustc --print sysroot)=rust"
# The code does not panic, so the messages of panics are dead weight, two kilobytes of it: a panic is made to trap
# at once. That takes a standard library compiled the same way, and compiler flags that are not stable yet.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/shipped
export RUSTFLAGS="$RUSTFLAGS -Zunstable-options -Cpanic=immediate-abort"
if source=$(rust_source); then export __CARGO_TESTS_ONLY_SRC_ROOT=$source; fi
# Each crate is compiled as a cdylib alone: beside an rlib, cargo leaves out link-time optimization, and says nothing.
# compile <package> <bytes of stack>
compile() {
  long "compiling $1 to wasm" cargo rustc --release --locked --target wasm32-unknown-unknown --package "$1" --lib \
    --crate-type cdylib -Zbuild-std=std,panic_abort -- "-Clink-arg=-zstack-size=$2" -Clink-arg=--export=__stack_pointer
}
compile plaid-edge 131072
compile plaid-edge-sandbox 1048576
rm -rf dist/wasm
for name in plaid_edge plaid_edge_sandbox; do
  wasm-bindgen --target bundler --no-typescript --remove-name-section --remove-producers-section \
    --out-dir dist/wasm "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/$name.wasm"
  # The adapter for size, the sandbox for speed.
  level=$([ "$name" = plaid_edge ] && echo -Oz || echo -O3)
  long "optimizing $name.wasm" node scripts/optimize.mjs "dist/wasm/${name}_bg" "$level"
done

say "assembling dist/package"
node scripts/package.mjs
node scripts/types/build.mjs dist/package
echo "$inputs" >dist/package.inputs
