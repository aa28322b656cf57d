# Every target is a thin call of a script or of swift. `make demo` and `make test` each work alone on a fresh machine.
SWIFT ?= swift
BUILD := .build/release

.PHONY: setup build install demo test bench format docs help

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

setup: ## install the system packages and the saliency model (safe to repeat)
	@scripts/setup

build: setup ## build the command: .build/release/hypernvd
	$(SWIFT) build -c release --product hypernvd

PREFIX ?= /usr/local

install: build ## put the command into PREFIX/bin (/usr/local)
	install -d "$(PREFIX)/bin"
	install -m 755 $(BUILD)/hypernvd "$(PREFIX)/bin/hypernvd"

demo: build ## decompose a real clip, paint a mark on a layer, render the edit
	@scripts/fetch-demo-clip || true
	$(BUILD)/hypernvd demo -o demo-output --force

test: ## run every test
	@scripts/setup --tests
	$(SWIFT) test -c release

bench: build ## time every part of the method, as Markdown tables
	@scripts/benchmarks

format: ## format the sources in place
	@scripts/format

docs: build ## the help of every subcommand, and where the guides are
	@scripts/command-help
