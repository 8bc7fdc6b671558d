#!/usr/bin/env bash
# Packs dist/package into dist/plaid-edge-<version>.tgz.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT/dist"
npm pack ./package --silent >/dev/null
say "packed dist/$(ls -t plaid-edge-*.tgz | head -n 1)"
