# Each target does its own set-up: on a fresh machine, `make demo` and `make test` are all it takes.

.PHONY: demo test build pack bench lint docs verify-plaid release-check clean

demo: build ## the main job in a browser, with no Plaid account: http://localhost:8787
	scripts/demo.sh

test: ## formatting, lints and every test, in every runtime that can be had here
	scripts/test.sh

build: ## the npm package in dist/package
	scripts/build.sh

pack: build ## the same as dist/plaid-edge-<version>.tgz
	scripts/pack.sh

bench: pack ## side-by-side measurements; the results go to bench/results
	scripts/bench.sh

lint: ## formatting and lints only
	scripts/lint.sh

docs: ## a site from docs/ and the declarations, with search: dist/docs, for any static host
	scripts/setup.sh node
	node scripts/docs.mjs

verify-plaid: build ## the sandbox beside Plaid's own, with the keys in PLAID_CLIENT_ID and PLAID_SECRET
	node scripts/verify-plaid.mjs

release-check: ## all that a release needs, short of publishing
	scripts/release-check.sh

clean:
	rm -rf dist target
