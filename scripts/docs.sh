#!/bin/sh
# Builds the API pages from the package's declarations: dist/docs/index.html.
set -eu
cd "$(dirname "$0")/.."

types=dist/docs-types
rm -rf dist/docs "$types"
node scripts/types/build.mjs "$types"
npx typedoc --options scripts/types/typedoc.json
rm -rf "$types"
echo "dist/docs/index.html"
