# The commands of this repository. `make help` lists them; `.ci/run` runs `make test` and `make lint`.

# What scripts/setup unpacks stands before what the machine has: the same programs, whether installed or not.
UNPACKED := $(CURDIR)/target/tools/debian
export PATH := $(UNPACKED)/usr/bin:$(UNPACKED)/usr/sbin:$(PATH):/usr/sbin
CARGO ?= cargo

.DEFAULT_GOAL := help
.PHONY: help run test bench lint

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: ## Build kcwatch and watch sample tokens, no server needed
	$(CARGO) run --locked -- demo

test: ## Run every test, after installing what they need into target/tools
	scripts/setup test
	$(CARGO) test --locked

# The binary that `cargo bench` builds on its way has features that only tests ask for, and is half a megabyte larger.
bench: ## Measure the release build against its yardsticks
	scripts/setup bench
	$(CARGO) build --locked --release
	install -D target/release/kcwatch target/shipped/kcwatch
	LD_LIBRARY_PATH=$$(echo $(UNPACKED)/usr/lib/*-linux-gnu) $(CARGO) bench --locked --bench against -- --binary target/shipped/kcwatch

lint: ## Check format, code and its documentation
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps
