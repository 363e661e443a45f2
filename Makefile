# Everything that people run. `make` alone lists the targets; the work itself is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup demo test dist format clean rebuild

# Each recipe line is one shell: this finds what scripts/setup wrote, JDK 25 above all.
WITH_ENV := . ./.cache/env &&
STORE ?= directory

# What goes into the programs and into slug: directories too, so that a removed file counts.
SOURCES := $(shell find packaging examples/*/src/main */src/main examples/*/pom.xml */pom.xml pom.xml)
PROGRAMS := $(wildcard dist/preparer/lib/program.jar dist/iptables/lib/program.jar \
	dist/setlive/lib/program.jar examples/slug/target/repo/slug/*.tar.gz)

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## Finds or fetches what build and tests need: JDK 25, Maven, Consul, runit, nftables
	@scripts/setup

demo: ## Shows the three agents converge on this machine, in about a minute; STORE=consul for a real Consul
	@scripts/setup demo $(if $(filter consul,$(STORE)),demo-consul)
	@$(MAKE) -s --no-print-directory dist
	@$(WITH_ENV) scripts/demo $(STORE)

test: ## Builds all and runs every test, against the real parts
	@scripts/setup test
	@$(WITH_ENV) scripts/test

dist: dist/.built ## Packages each program as dist/<program>/ and dist/<program>_<version>.tar.gz

# Five files, or something is missing although it was built once.
dist/.built: $(SOURCES) $(if $(filter 5,$(words $(PROGRAMS))),,rebuild)
	@scripts/setup build
	@echo "Building the programs and the example app"
	@$(WITH_ENV) scripts/maven target/build.log package -DskipTests -Dspotless.check.skip -Djacoco.skip \
		-Dprogram.tarball.phase=package \
		-pl preparer-service,iptables-service,setlive-service,examples/slug -am
	@touch $@

format: ## Formats every source file
	@scripts/setup build
	@$(WITH_ENV) scripts/maven target/format.log spotless:apply

clean: ## Removes what was built; what scripts/setup fetched stays
	@rm -rf dist target */target examples/*/target
