.PHONY: test generate lint

GO ?= go

generate:
	$(GO) tool templ generate

test:
	test -z "$$(gofmt -l auth cmd store web views static e2e)"
	$(GO) vet ./...
	$(GO) test ./...
