#!/usr/bin/env bash
# Everything a release needs, short of publishing. With an argument, the tag it is to have:
#   scripts/release-check.sh v0.1.0
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' pkg-template/package.json)
problems=0
problem() { say "not ready: $*"; problems=$((problems + 1)); }

# What can be seen at once goes first.
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || problem "'$version' in pkg-template/package.json is no semantic version"
cargo_version=$(sed -n '/^\[workspace.package\]/,/^\[package\]/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
[ "$cargo_version" = "$version" ] || problem "Cargo.toml says version $cargo_version, pkg-template/package.json $version"
for crate in plaid-edge plaid-edge-core plaid-edge-sandbox plaid-edge-client; do
  locked=$(awk -F'"' -v crate="$crate" '/^name/ && $2 == crate { getline; print $2 }' Cargo.lock)
  [ "$locked" = "$version" ] || problem "Cargo.lock says version $locked of $crate, not $version"
done
grep -qE "^## \[$version\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md || problem "CHANGELOG.md has no dated section for $version"
[ "$#" = 0 ] || [ "$1" = "v$version" ] || problem "the tag $1 is not v$version"
[ -z "$(git status --porcelain)" ] || problem "the tree is not clean: $(git status --porcelain | head -n 3 | tr '\n' ' ')"
[ "$problems" = 0 ] || die "$problems to put right"

# With the tarball, its size against the budget, publint and attw, and the table of runtimes.
scripts/test.sh
say "the sizes in docs/comparison.md and the README"
[ -d bench/node_modules/openapi-fetch ] || npm ci --prefix bench --loglevel=error
node scripts/readme-bench.mjs
[ -z "$(git status --porcelain)" ] || die "files have changed, commit them: $(git status --porcelain | head -n 3 | tr '\n' ' ')"

say "what crates.io would get"
cargo publish --dry-run --locked -p plaid-edge-core -p plaid-edge-sandbox -p plaid-edge-client

say "the bill of materials"
node scripts/sbom.mjs

say "ready: dist/plaid-edge-$version.tgz"
