#!/usr/bin/env bash
# Installs what a build, the tests or the demo need, each piece only if it is missing.
#   scripts/setup.sh rust       the wasm target and wasm-bindgen, for a build
#   scripts/setup.sh wasm-pack  wasm-pack, for the crate's tests in browsers
#   scripts/setup.sh worker-build  worker-build, for the example Worker in Rust
#   scripts/setup.sh browsers   Chromium, Firefox and WebKit with their drivers
#   scripts/setup.sh node       the repository's npm packages
#   scripts/setup.sh python     Plaid's Python client, in an environment of its own
set -euo pipefail
source "$(dirname "$0")/env.sh"

apt_updated=
apt_install() {
  command -v apt-get >/dev/null || die "no apt-get here: please install $* yourself"
  if [ -z "$apt_updated" ]; then long "updating the list of Debian packages" as_root apt-get update; apt_updated=1; fi
  long "installing $* with apt-get" \
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# The plain way is `rustup target add`. Where only package registries can be reached, Debian's rustc
# has a stable compiler and its library's source, from which the wasm target is built once.
wasm_target() {
  command -v rustup >/dev/null || die "rustup is needed: https://rustup.rs"
  if makes_wasm; then return; fi
  if rustc +$LINKED_TOOLCHAIN --version >/dev/null 2>&1 &&
    RUSTUP_TOOLCHAIN=$LINKED_TOOLCHAIN makes_wasm; then return; fi
  say "adding the wasm32-unknown-unknown target and the library's source with rustup"
  rustup target add wasm32-unknown-unknown >/dev/null 2>&1 && rustup component add rust-src >/dev/null 2>&1 || true
  if makes_wasm; then return; fi
  say "rustup can't download the target here, so it is built from Debian's rust source (about a minute)"
  wasm_target_from_debian
}

wasm_target_from_debian() {
  local host library lib build
  host=$(rustc -vV | sed -n 's/^host: //p')
  [ -x /usr/bin/rustc ] && ls -d /usr/src/rustc-*/library >/dev/null 2>&1 || apt_install rustc-web rust-web-src
  library=$(RUSTUP_TOOLCHAIN=$LINKED_TOOLCHAIN rust_source)
  lib=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  build=$(mktemp -d)
  mkdir -p "$build/src" && : >"$build/src/lib.rs"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$build/Cargo.toml"
  (
    cd "$build"
    export PATH="$(rustc --print sysroot)/lib/rustlib/$host/bin:$PATH"
    export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT=$library CARGO_TARGET_DIR=$build/target
    long "building the wasm target" \
      cargo build --release -Zbuild-std=std,panic_abort,proc_macro,test --target wasm32-unknown-unknown
  )
  as_root mkdir -p "$lib" "/usr/lib/rustlib/$host/bin"
  find "$build/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libempty-*' \
    -exec $( [ "$(id -u)" = 0 ] || echo sudo ) cp {} "$lib/" \;
  as_root ln -sf "$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld" "/usr/lib/rustlib/$host/bin/rust-lld"
  rm -rf "$build"
  rustup toolchain link $LINKED_TOOLCHAIN /usr
}

# A crate's binary at exactly one version, under the tools folder.
cargo_tool() {
  local crate=$1 binary=$2 version=$3
  "$TOOLS/bin/$binary" --version 2>/dev/null | head -n 1 | grep -qwF "$version" && return
  long "building $crate $version (about a minute, once)" \
    cargo install "$crate" --version "$version" --locked --root "$TOOLS" --force
}

rust() {
  wasm_target
  cargo_tool wasm-bindgen-cli wasm-bindgen "$WASM_BINDGEN_VERSION"
}

wasm_pack() { cargo_tool wasm-pack wasm-pack "$WASM_PACK_VERSION"; }

worker_build() { cargo_tool worker-build worker-build "$WORKER_BUILD_VERSION"; }

browsers() {
  local missing=()
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
  command -v chromedriver >/dev/null || missing+=(chromium-driver)
  command -v firefox >/dev/null || command -v firefox-esr >/dev/null || missing+=(firefox-esr)
  # Safari's engine. Its driver has no headless mode, and xvfb-run asks xauth.
  if command -v apt-get >/dev/null; then
    command -v WebKitWebDriver >/dev/null || missing+=(webkit2gtk-driver)
    command -v xvfb-run >/dev/null && command -v xauth >/dev/null || missing+=(xvfb xauth)
  fi
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  command -v geckodriver >/dev/null || cargo_tool geckodriver geckodriver "$GECKODRIVER_VERSION"
}

node() {
  command -v npm >/dev/null || die "Node 20 or newer is needed: https://nodejs.org"
  cd "$ROOT"
  # npm writes this file last, so it is there exactly when an install was completed.
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    long "installing the repository's npm packages" npm ci --no-audit --no-fund --loglevel=http
    touch node_modules/.package-lock.json
  fi
}

python() {
  local wanted=$ROOT/tests/clients/requirements.txt installed=$TOOLS/python/requirements.txt
  # Copied at the end, so it is there exactly when an install was completed.
  if cmp -s "$wanted" "$installed"; then return; fi
  # Debian keeps a part of venv in a package of its own.
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
  mkdir -p "$TOOLS"
  python3 -m venv --clear "$TOOLS/python"
  long "installing Plaid's Python client" "$PYTHON" -m pip install --disable-pip-version-check -r "$wanted"
  cp "$wanted" "$installed"
}

for what in "$@"; do
  case $what in
    rust | browsers | node | python) "$what" ;;
    wasm-pack) wasm_pack ;;
    worker-build) worker_build ;;
    *) die "setup.sh: unknown part '$what' (rust, wasm-pack, worker-build, browsers, node, python)" ;;
  esac
done
