# The commands of this repository. `make help` lists them; `.ci/run` runs `make test` and `make lint`.

# What scripts/setup unpacks stands before what the machine has: the same programs, whether installed or not.
UNPACKED := $(CURDIR)/target/tools/debian
export PATH := $(UNPACKED)/usr/bin:$(UNPACKED)/usr/sbin:$(PATH):/usr/sbin
CARGO ?= cargo

.DEFAULT_GOAL := help
.PHONY: help run demo test e2e bench package lint

help: ## This list
	@sed -n 's/^\([a-z0-9]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: ## Build kcwatch and watch sample tokens, no server needed
	$(CARGO) run --locked -- demo

# Needs no release build: what takes long is the servers, not kcwatch. Longer, shorter and more: make demo DEMO=--help
DEMO ?=
demo: ## Run the real stack on this machine, with a token that runs out within minutes
	scripts/setup demo
	$(CARGO) build --locked --bin kcwatch --example stack
	target/debug/examples/stack $(DEMO)

test: ## Run every test, after installing what they need into target/tools
	scripts/setup test
	$(CARGO) test --locked

# What is told here is told by the release build. The tests wait more than they work, so more run at once than there are cores.
e2e: ## Tell on the terminal what people are told, from the token to Slack
	scripts/setup test
	$(CARGO) build --locked --release
	KCWATCH_TEST_BINARY=$(CURDIR)/target/release/kcwatch $(CARGO) test --locked --test it story:: -- --nocapture --test-threads 4

# The binary that `cargo bench` builds on its way has features that only tests ask for, and is half a megabyte larger.
bench: ## Measure the release build against its yardsticks
	scripts/setup bench
	$(CARGO) build --locked --release
	install -D target/release/kcwatch target/shipped/kcwatch
	LD_LIBRARY_PATH=$$(echo $(UNPACKED)/usr/lib/*-linux-gnu) $(CARGO) bench --locked --bench against -- --binary target/shipped/kcwatch

package: ## Build the Debian package into target/debian
	scripts/setup package
	$(CARGO) build --locked --release
	scripts/package

lint: ## Check format, code and its documentation
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps
