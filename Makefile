# Everything that people run. `make` alone lists the targets; the work itself is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup demo test fuzz bench-unpack bench-firewall dist format clean

# Each recipe line is one shell: this finds what scripts/setup wrote, JDK 25 above all.
WITH_ENV := . ./.cache/env &&
STORE ?= directory
ROUNDS ?= 100000
SEED ?= $(shell date +%s)

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Finds or fetches what build and tests need: JDK 25, Maven, Consul, runit, nftables, systemd
	@scripts/setup

demo: ## Shows the three agents converge on this machine, in about a minute; STORE=consul for a real Consul
	@scripts/setup demo $(if $(filter consul,$(STORE)),demo-consul)
	@$(MAKE) -s --no-print-directory dist
	@$(WITH_ENV) scripts/demo $(STORE)

test: ## Builds all and runs every test, against the real parts
	@scripts/setup test
	@$(WITH_ENV) scripts/test

fuzz: ## Unpacks archives that were mutated, as make test does, but ROUNDS=100000 of a new SEED
	@scripts/setup build
	@echo "ROUNDS=$(ROUNDS) SEED=$(SEED)"
	@$(WITH_ENV) scripts/maven target/fuzz.log package -pl preparer-service -am -Djacoco.skip -DargLine= \
		-Dtest=MutatedArchiveTest -Dsurefire.failIfNoSpecifiedTests=false \
		-Dunpacking.rounds=$(ROUNDS) -Dunpacking.seed=$(SEED)

bench-unpack: dist ## Measures fetching and unpacking against GNU tar, in about three minutes
	@$(WITH_ENV) scripts/bench io.platypus.benchmarks.unpack.UnpackBenchmark

bench-firewall: dist ## Measures the firewall's rules against nft itself, in half a minute; as root
	@$(WITH_ENV) scripts/bench-firewall

dist: ## Packages each program as dist/<program>/ and dist/<program>_<version>.tar.gz
	@scripts/setup build
	@$(WITH_ENV) scripts/dist

format: ## Formats every source file
	@scripts/setup build
	@$(WITH_ENV) scripts/maven target/format.log spotless:apply

clean: ## Removes what was built; what scripts/setup fetched stays
	@rm -rf dist target */target examples/*/target
