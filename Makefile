GO      ?= go
FUZZ    ?= 30s
SOAK    ?= 5m

PAGES   = ui/index.html ui/package-lock.json ui/vite.config.ts $(shell find ui/src -name schema.ts -prune -o -type f -print)

.PHONY: build demo test test-ui test-curl test-haproxy test-tls screenshots lint fuzz soak bench bench-fleet bench-ui golden

build: ui/dist/index.html ## bin/weir
	$(GO) build -o bin/weir ./cmd/weir

ui/dist/index.html: $(PAGES) ## the pages of the admin; weir serves plain ones without them
	@if ! command -v npm >/dev/null; then echo "no npm: weir is built without the pages of its admin"; else \
		$(GO) run ./internal/openapi > ui/openapi.json && cd ui && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build || \
		echo "npm failed: weir is built without the pages of its admin"; fi

demo: build ## serve two versions of a service on loopback and print what to try
	./bin/weir demo

test: lint ## everything, against a real Consul agent that the build makes
	TEST_CONSUL=$$($(GO) run ./internal/testenv/consulbin) $(GO) test -race -shuffle=on -timeout 20m ./...

test-ui: ui/dist/index.html ui/node_modules ## the pages in Chromium (CHROMIUM, else /usr/bin/chromium), in front of a real Consul agent; a generated client of the API
	TEST_CONSUL=$$($(GO) run ./internal/testenv/consulbin) $(GO) test -tags browser -timeout 20m ./internal/browser ./internal/apiclient

test-curl: ## weir as curl sees it, over every version of HTTP
	$(GO) test -tags curl ./internal/curl

test-haproxy: ## the PROXY protocol with HAProxy in front and behind
	$(GO) test -race -tags haproxy ./internal/haproxy

test-tls: ## the https listener as testssl.sh sees it
	$(GO) test -tags testssl -timeout 20m ./internal/testssl

screenshots: ui/dist/index.html ui/node_modules ## docs/images/ui-*.png
	TEST_CONSUL=$$($(GO) run ./internal/testenv/consulbin) $(GO) test -tags browser -run TestScreenshots ./internal/browser -screenshots $(CURDIR)/docs/images

ui/node_modules:
	cd ui && npm ci --no-audit --no-fund --loglevel=error

lint: ## formatting, vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

fuzz: ## each fuzz target for FUZZ
	$(GO) run ./internal/fuzzall -time $(FUZZ)

soak: ## everything changes under load for SOAK, and every request is accounted for
	$(GO) test -race -v -timeout 0 ./internal/soak -soak $(SOAK)

bench: ## side by side with other proxies; writes docs/benchmarks.md
	$(GO) run ./bench

bench-fleet: ## how long a weight and an abort take to reach five proxies
	TEST_CONSUL=$$($(GO) run ./internal/testenv/consulbin) $(GO) test -run '^$$' -bench . -benchtime 200x ./internal/fleet

bench-ui: ui/dist/index.html ui/node_modules ## what a tab of the pages takes of a core in a busy world, and how long a first load takes
	TEST_CONSUL=$$($(GO) run ./internal/testenv/consulbin) $(GO) test -tags browser -run '^$$' -bench . -benchtime 1x ./internal/browser

golden: ## rewrite expected outputs; read the diff before you commit it
	$(GO) test $$(grep -rl '"update"' --include=*_test.go . | xargs dirname | sort -u) -update
