#!/usr/bin/env bash
# Measures the packed package beside its peers: about 20 minutes, or three minutes with --quick.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT/bench"
# npm writes this file last, so it is there exactly when an install was completed.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say "installing the peers"
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
exec node bench.mjs "$@"
