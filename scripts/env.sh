# Sourced by every script: where the pinned tools live and which versions they have.
# Tools are kept per user, outside the checkout, so that a second clone does not build them again.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=${PLAID_EDGE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/plaid-edge}

# The command-line tool must match the library to the digit, so the lock file decides.
WASM_BINDGEN_VERSION=$(awk -F'"' '/^name/ && $2 == "wasm-bindgen" { getline; print $2; exit }' "$ROOT/Cargo.lock")
WASM_PACK_VERSION=0.15.1
WORKER_BUILD_VERSION=0.8.7
GECKODRIVER_VERSION=0.37.1

# The name under which scripts/setup.sh links a compiler with the wasm target, where rustup has none.
LINKED_TOOLCHAIN=plaid-edge-wasm

# An environment of its own, which has Plaid's Python client.
PYTHON=$TOOLS/python/bin/python

export PATH="$TOOLS/bin:$PATH"
export WRANGLER_SEND_METRICS=false

say() { printf '\033[2m[plaid-edge]\033[0m %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Runs a long step: `long "what it is" command…`. Its output is shown only if it fails. Meanwhile the seconds and the last
# line of output show that it moves: on one line in a terminal, every ten seconds in a log.
long() {
  local what=$1 log started=$SECONDS status=0
  shift
  log=$(mktemp)
  say "$what"
  (
    shown=0
    while sleep 0.5 && kill -0 $$; do
      seconds=$((SECONDS - started))
      last=$(tail -n 1 "$log" | tr '\r' '\n' | tail -n 1 | sed 's/\x1b\[[0-9;]*m//g; s/^ *//' | cut -c 1-60)
      if [ -t 2 ]; then
        printf '\r\033[K\033[2m[plaid-edge]\033[0m %s · %d s · %s' "$what" "$seconds" "$last" >&2
      elif [ $((seconds / 10)) -gt "$shown" ]; then
        shown=$((seconds / 10))
        say "$what: $seconds s · $last"
      fi
    done
  ) &
  local heartbeat=$!
  "$@" >"$log" 2>&1 || status=$?
  kill "$heartbeat" && wait "$heartbeat" 2>/dev/null || true
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$status" != 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# Runs a command as root, for package installation.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Chooses the toolchain for wasm builds: rustup's own if it can make them, the linked one otherwise.
use_wasm_toolchain() {
  if ! makes_wasm; then export RUSTUP_TOOLCHAIN=$LINKED_TOOLCHAIN; fi
}

# Whether the toolchain in use has the wasm target, and the source of the standard library.
makes_wasm() {
  local lib
  lib=$(rustc --print sysroot)/lib/rustlib
  [ -d "$lib/wasm32-unknown-unknown/lib" ] && { [ -d "$lib/src/rust" ] || rust_source >/dev/null; }
}

# The standard library's source where Debian keeps it; rustup's is found by cargo itself.
rust_source() {
  [ "${RUSTUP_TOOLCHAIN:-}" = "$LINKED_TOOLCHAIN" ] && ls -d /usr/src/rustc-*/library | sort -V | tail -n 1
}
