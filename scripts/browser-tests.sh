#!/usr/bin/env bash
# Runs tests/browser.rs with wasm-pack in headless Chromium and Firefox, in process and over HTTP on a local sandbox.
#   BROWSER_TESTS_PORT (9201) chooses another port for it.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
make build
scripts/setup.sh rust browsers
use_wasm_toolchain

port=${BROWSER_TESTS_PORT:-9201}
export PLAID_EDGE_SANDBOX_URL=http://127.0.0.1:$port
node dist/package/cli.js sandbox --port "$port" >/dev/null &
sandbox=$!
trap 'kill $sandbox' EXIT

for _ in $(seq 50); do
  curl -so /dev/null "$PLAID_EDGE_SANDBOX_URL/control/requests" && break
  kill -0 $sandbox 2>/dev/null || die "the sandbox could not be started on port $port"
  sleep 0.1
done

CHROMEDRIVER=$(command -v chromedriver) GECKODRIVER=$(command -v geckodriver)
# One after the other: side by side on a small machine, the browsers start too slowly for their drivers.
say "wasm-pack test in Chromium"
wasm-pack test --mode no-install --headless --chrome --chromedriver "$CHROMEDRIVER" --test browser
say "wasm-pack test in Firefox"
wasm-pack test --mode no-install --headless --firefox --geckodriver "$GECKODRIVER" --test browser
