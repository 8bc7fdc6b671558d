#!/usr/bin/env bash
# Runs the demo on this machine until Ctrl-C: the local sandbox and the worker with its page.
# With PLAID_CLIENT_ID and PLAID_SECRET in www/.dev.vars it talks to Plaid instead, and starts no sandbox.
#   DEMO_PORT (8787) and SANDBOX_PORT (8791) choose other ports.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"

demo_port=${DEMO_PORT:-8787}
sandbox_port=${SANDBOX_PORT:-8791}
# No metrics, and no lookup of this machine's location: the demo needs no internet.
export WRANGLER_SEND_METRICS=false CLOUDFLARE_CF_FETCH_ENABLED=false

[ -f dist/package/package.json ] || die "dist/package is missing: run \`make build\` first"
[ -d www/node_modules/hono ] || long "installing the demo's packages" npm ci --prefix www --omit=dev --loglevel=http

free_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    die "port $1 is taken. Stop what uses it, or choose another: $2=$(($1 + 100)) make demo"
  fi
}

work=$(mktemp -d)
pids=
stop() {
  trap - EXIT
  [ -z "$pids" ] || kill $pids 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Waits until an address responds. $1 is the process behind it, $2 its log, $3 the address.
await() {
  for _ in $(seq 300); do
    if curl -s -o "$work/response" --max-time 5 "$3"; then return; fi
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  cat "$2" >&2
  die "no response from $3; the log is above"
}

has_keys() { grep -qE '^PLAID_CLIENT_ID=["'\'']?[^"'\'' ]' www/.dev.vars && grep -qE '^PLAID_SECRET=["'\'']?[^"'\'' ]' www/.dev.vars; }
generated() { printf '%s="%s"\n' "$1" "$(node -p 'crypto.randomBytes(32).toString("base64")')"; }

free_port "$demo_port" DEMO_PORT
vars=$work/vars
umask 077
if [ -f www/.dev.vars ] && has_keys; then
  # What is stored must be readable tomorrow, so the generated secrets are kept.
  kept=www/.wrangler/demo.vars
  mkdir -p www/.wrangler
  for name in SESSION_SECRET TOKEN_KEY; do
    grep -qs "^$name=" $kept || generated $name >>$kept
  done
  { cat $kept; grep -vE '^(SESSION_SECRET|TOKEN_KEY)=["'\'']*$' www/.dev.vars; } >"$vars"
  state=www/.wrangler/state
  against="Plaid ($(sed -n 's/^PLAID_ENV=//p' www/.dev.vars | tail -n 1 | grep . || echo sandbox))"
else
  free_port "$sandbox_port" SANDBOX_PORT
  node dist/package/cli.js sandbox --port "$sandbox_port" >"$work/sandbox.log" 2>&1 &
  pids="$pids $!"
  await $! "$work/sandbox.log" "http://127.0.0.1:$sandbox_port/control/requests"
  # It prints the settings that it accepts.
  grep '^PLAID_' "$work/sandbox.log" >"$vars"
  { generated SESSION_SECRET; generated TOKEN_KEY; } >>"$vars"
  # The sandbox forgets everything when it stops, so the worker must too.
  state=$work/state
  against="the local sandbox"
fi

say "starting the worker (a few seconds)"
node node_modules/wrangler/bin/wrangler.js dev --cwd www --port "$demo_port" --ip 127.0.0.1 --inspector-port 0 \
  --env-file "$vars" --persist-to "$(cd "$(dirname "$state")" && pwd)/$(basename "$state")" \
  --show-interactive-dev-session=false --log-level warn >"$work/worker.log" 2>&1 &
worker=$!
pids="$pids $worker"
await $worker "$work/worker.log" "http://127.0.0.1:$demo_port/"
say "the demo runs on http://localhost:$demo_port against $against. Ctrl-C stops it."

# Show the worker's errors, but not that a browser closed a connection.
tail -n 0 -f "$work/worker.log" > >(grep --line-buffered -vE 'disconnected: |^ *stack: |^$' >&2) &
pids="$pids $!"
wait $worker || true
die "the demo stopped unexpectedly"
