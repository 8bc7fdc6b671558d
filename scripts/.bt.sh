#!/usr/bin/env bash
# Runs tests/browser.rs and client/tests/browser.rs with wasm-pack in headless Chromium and Firefox, in process and over
# HTTP on a local sandbox.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh rust wasm-pack browsers
[ -f dist/package/cli.js ] || scripts/build.sh
use_wasm_toolchain

free_port() { node -e "const server = require('net').createServer().listen(0, () => (console.log(server.address().port), server.close()))"; }
port=$(free_port)
page_port=$(free_port)
export PLAID_EDGE_SANDBOX_URL=http://127.0.0.1:$port WASM_BINDGEN_TEST_ADDRESS=127.0.0.1:$page_port
node dist/package/cli.js sandbox --port "$port" >/dev/null &
sandbox=$!
trap 'kill $sandbox' EXIT

# wasm-bindgen-test-runner serves the page with four threads, and adds more when all are taken. When a browser opens
# six connections while some are still free, it adds too few, and a connection waits for ever. So take them first,
# for as long as the process $1 runs.
take_threads() (
  for _ in 1 2 3 4 5 6 7 8; do
    until exec {connection}<>"/dev/tcp/127.0.0.1/$page_port"; do
      kill -0 "$1" || exit
      sleep 0.1
    done 2>/dev/null
  done
  while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
)

# One browser after the other: side by side on a small machine, they start too slowly for their drivers.
run_in() {
  local browser=$1 driver=$2 crate=$3
  say "wasm-pack test --headless --$browser $crate"
  wasm-pack test --mode no-install --headless "--$browser" "--$driver" "$(command -v "$driver")" "$crate" --test browser &
  local tests=$!
  take_threads $tests &
  wait $tests || die "tests of $crate failed in $browser"
}
for crate in client; do
  run_in chrome chromedriver "$crate"
  run_in firefox geckodriver "$crate"
done
