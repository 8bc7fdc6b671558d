#!/usr/bin/env bash
# Formatting and lints. The shipped crates deny everything that can panic; see [workspace.lints] in Cargo.toml.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh node
cargo fmt --all --check
cargo clippy --workspace --locked --quiet -- -D warnings
cargo clippy --workspace --locked --quiet --tests -- -D warnings -A clippy::unwrap_used -A clippy::expect_used \
  -A clippy::panic -A clippy::indexing_slicing -A clippy::arithmetic_side_effects
if cargo deny --version >/dev/null 2>&1; then cargo deny --offline check licenses bans sources; fi
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
node_modules/.bin/prettier --check --log-level warn .
