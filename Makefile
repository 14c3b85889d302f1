# Two commands set everything up on a fresh Debian machine with Go and make: `make run` and `make test`.

GO      ?= go
TOOLS   := $(GO) tool -modfile=.ci/tools.mod
# Tests keep their files in memory where there is room: a store on a disk waits for the disk most of the time.
MEMORY  := $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm)
TESTS   := $(if $(MEMORY),TMPDIR=$${TMPDIR:-$(MEMORY)})
SOURCES := auth cmd e2e static store views web
ADDR    ?= 127.0.0.1:8080
ROWS    ?= 1000000
DAYS    ?= 30
AUDIT   ?= 0
ACTIVITY ?= 0
ACCESS  ?= 0
DETECTIONS ?= 0
VISITS  ?= 4

.PHONY: run build dev test soak fuzz check unit browser browser-setup generate lint bench besieged shots

run: ## serve the demo tenant on http://127.0.0.1:8080
	$(GO) run ./cmd/signpost serve --demo --addr $(ADDR) --data data/demo

build: ## the program, the same bytes on every machine: without cgo and without the names of folders
	CGO_ENABLED=0 $(GO) build -trimpath -o signpost ./cmd/signpost

dev: ## serves the demo tenant, and builds it again at each change of a template
	$(GO) tool templ generate --watch --cmd "$(GO) run ./cmd/signpost serve --demo --addr $(ADDR) --data data/demo"

# Tests live for seconds: with less collecting of garbage they take a quarter less of the processor.
test: check browser-setup ## everything; what .ci/run calls
	@times=$$(mktemp); trap 'rm -f '$$times EXIT; \
	GOGC=400 $(TESTS) $(TOOLS) gotestsum --format standard-quiet --jsonfile-timing-events $$times -- -tags e2e -count=1 -vet=off -ldflags="-s -w" -p 3 -parallel $(VISITS) -timeout 40m ./...; \
	status=$$?; echo; echo "The slowest tests:"; $(TOOLS) gotestsum tool slowest --num 10 --jsonfile $$times; exit $$status

check: ## formatting, generated files, vet
	@files=$$($(TOOLS) gofumpt -l $(SOURCES) | grep -v '_templ\.go$$' || true); \
	if [ -n "$$files" ]; then echo "gofumpt would change:"; echo "$$files"; exit 1; fi
	$(GO) tool templ fmt -fail views
	@before=$$(cat views/*_templ.go | sha256sum); $(GO) tool templ generate >/dev/null 2>&1; \
	if [ "$$before" != "$$(cat views/*_templ.go | sha256sum)" ]; then echo "generated views are not current: run make generate and commit"; exit 1; fi
	$(GO) vet -tags e2e ./...

unit: ## unit and store tests
	$(TESTS) $(GO) test -timeout 20m ./...

browser: browser-setup ## browser tests against the built binary
	$(TESTS) $(GO) test -tags e2e -timeout 30m -count=1 -parallel $(VISITS) ./e2e/...

browser-setup:
	@if [ ! -x /usr/bin/chromium-headless-shell ] || ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
		apt-get update -qq; \
		install="apt-get install -y -qq chromium-headless-shell fonts-dejavu-core"; \
		command -v npm >/dev/null || install="$$install nodejs npm"; \
		$$install || { apt-get --fix-broken install -y -qq; $$install; } || [ -x /usr/bin/chromium ]; \
	fi
	npm ci --prefix e2e --ignore-scripts --no-audit --no-fund --loglevel=error

soak: browser-setup ## the long size of the tests that have two
	SIGNPOST_SOAK=1 $(GO) test -timeout 150m ./...
	SIGNPOST_SOAK=1 $(TESTS) $(GO) test -tags e2e -timeout 60m -count=1 -parallel $(VISITS) ./e2e/...
	$(TESTS) $(GO) test -race -timeout 60m ./auth ./web ./store/sqlite ./store/portal ./store/directory ./store/datafolder ./store/accesslog

# By default Go spends up to a minute on making each new input shorter. With inputs of some kilobytes nearly all of the time
# goes there, and 7 inputs a second are tried. With one attempt there are thousands.
fuzz: ## one fuzzer for a while: make fuzz FUZZ=FuzzImport IN=./store/importer FOR=5m
	$(GO) test $(IN) -run '^$(FUZZ)$$' -fuzz '^$(FUZZ)$$' -fuzztime $(or $(FOR),1m) -fuzzminimizetime 1x

generate: ## views from templates
	$(GO) tool templ generate

lint: check
	$(TOOLS) staticcheck ./...

bench: ## import, question and page figures on ROWS made-up sign-ins, AUDIT audit, ACTIVITY activity, ACCESS access records and DETECTIONS risk detections of DAYS days
	$(GO) run ./cmd/signpost bench --rows $(ROWS) --days $(DAYS) --audit $(AUDIT) --activity $(ACTIVITY) --access $(ACCESS) --detections $(DETECTIONS) --http

besieged: ## page times while others read nothing, import and make backups, over SIGNPOST_ROWS made-up sign-ins
	$(GO) test -run '^$$' -bench PagesBeside -benchtime 550x -timeout 60m ./cmd/signpost
	$(GO) test -run '^$$' -bench LeavingClient -benchtime 20x -timeout 60m ./cmd/signpost

shots: browser-setup ## every page as PNG in shots/: light and dark, 1440 and 390 wide
	SIGNPOST_SHOTS=$(CURDIR)/shots $(GO) test -tags e2e -count=1 -run TestShots ./e2e/...
