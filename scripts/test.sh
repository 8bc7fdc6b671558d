#!/usr/bin/env bash
# Everything that is tested: each stage as it starts, and how it ended. With arguments, only those stages.
set -uo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"

wanted=("$@")
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# stage <name> <what it is> <command…>
stage() {
  local name=$1 what=$2 started=$SECONDS result=ok
  shift 2
  if [ ${#wanted[@]} -gt 0 ] && [[ ! " ${wanted[*]} " == *" $name "* ]]; then return; fi
  printf '%-10s %s\n' "$name" "$what"
  "$@" >"$logs/$name.log" 2>&1 || result=FAILED
  touch "$logs/$name.$result"
  {
    if [ $result = ok ]; then
      # What a runner says at its end: one line per runtime or suite.
      grep -hE '^(# (pass|fail|skipped) |test result:|.*: ?[0-9]+ passed|.* KB|.*skipped:)' "$logs/$name.log" | sed 's/^/           /'
    else
      cat "$logs/$name.log"
    fi
    printf '%-10s %s, %d s\n' "$name" $result $((SECONDS - started))
  } >"$logs/$name.report"
  # At once, because another stage may be running.
  cat "$logs/$name.report"
}

stage setup "what a build and the tests need" scripts/setup.sh rust wasm-pack browsers node python
stage lint "formatting and lints" scripts/lint.sh
stage rust "the crates, natively, and every example in their documentation" cargo test --workspace --locked --quiet
stage build "the npm package" scripts/build.sh
stage pack "the tarball" scripts/pack.sh
stage package "what the tarball holds" node --test tests/runtimes/package.test.js
stage size "the size budget" node scripts/size.mjs

# Nothing after the build depends on another stage, and most of them wait more than they compute.
{
  stage types "declarations, as a user's compiler sees them" node --test --test-concurrency=3 tests/types/*.test.js
  stage fidelity "the schemas from Plaid's types" node --test tests/fidelity/*.test.js
  stage sandbox "the sandbox, from outside" node --test tests/sandbox/*.test.js
  stage clients "the sandbox, driven by Plaid's official clients" env "PYTHON=$PYTHON" node --test tests/clients/*.test.js
  stage hardening "faults, cancellation, hostile callers, secrets, lifecycle" node --expose-gc --test tests/hardening/*.test.js
  stage client "the Rust client beside the npm package, and the example Worker in workerd" scripts/client-tests.sh
  stage browsers "the crates in Chrome and Firefox, by wasm-pack" scripts/browser-tests.sh
} &
{
  stage runtimes "the tarball in every runtime, as the table in docs says" \
    bash -c "node tests/runtimes/run.mjs && node tests/runtimes/table.mjs --check runtimes"
  stage frameworks "the tarball in every build tool, as the table in docs says" \
    bash -c "node tests/frameworks/run.mjs && node tests/runtimes/table.mjs --check frameworks"
  stage docs "every block of the README and of docs, and the examples" \
    bash -c "node tests/docs/prepare.mjs && node --test --test-concurrency=4 tests/docs/*.test.js"
  stage link "the stand-in for Link, in Chromium" node --test tests/link/*.test.js
  stage demo "the demo, clicked through in Chromium" scripts/demo-tests.sh
} &
wait

count() { find "$logs" -name "*.$1" | wc -l; }
echo
echo "$(count ok) passed, $(count FAILED) failed"
[ "$(count FAILED)" = 0 ]
