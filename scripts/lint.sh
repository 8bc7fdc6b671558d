#!/usr/bin/env bash
# Formatting and lints. The shipped crates deny everything that can panic; see [workspace.lints] in Cargo.toml.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh node
cargo fmt --all --check
cargo fmt --manifest-path examples/rust-worker/Cargo.toml --check
cargo clippy --workspace --locked --quiet -- -D warnings
cargo clippy --workspace --locked --quiet --tests -- -D warnings -A clippy::unwrap_used -A clippy::expect_used \
  -A clippy::panic -A clippy::indexing_slicing -A clippy::arithmetic_side_effects
if cargo deny --version >/dev/null 2>&1; then cargo deny --offline check licenses bans sources; fi
export RUSTDOCFLAGS="-D warnings"
cargo doc --workspace --all-features --no-deps --locked --quiet
# What the client has on WebAssembly only, where the toolchain in use has that target.
if makes_wasm; then
  client=(-p plaid-edge-client --all-features --locked --quiet --target wasm32-unknown-unknown)
  cargo clippy "${client[@]}" -- -D warnings
  cargo doc "${client[@]}" --no-deps
fi
node_modules/.bin/prettier --check --log-level warn .
