#!/usr/bin/env bash
# Clicks through the demo in Chromium, and sends its worker requests that it should refuse.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh browsers node
scripts/build.sh
[ -d www/node_modules/hono ] || npm ci --prefix www --loglevel=error
# They wait more than they compute.
exec node --test --test-concurrency=2 tests/demo/
