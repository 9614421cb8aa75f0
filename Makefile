# Shouwang. `make demo` shows it, `make test` proves it; both do all the set-up on a fresh Debian or Ubuntu machine.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PORT ?= 8000
ARGS ?=

# npm trusts what the machine trusts: a university's proxy may sign with a certificate of its own.
SYSTEM_CERTS := $(wildcard /etc/ssl/certs/ca-certificates.crt)
PYTHON := .venv/bin/python
SYNCED := .venv/.synced
NODE_MODULES := node_modules/.package-lock.json
MANIFEST := portal/static/dist/manifest.json
CATALOGUE := locale/zh_Hans/LC_MESSAGES/django
TEMPLATES = $(shell find templates -name '*.html')

.PHONY: help
help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

.PHONY: demo
demo: setup ## Build a sample university and serve it on http://localhost:8000 (PORT, DATABASE_URL, REDIS_URL)
	@$(PYTHON) setup/demo.py

.PHONY: dev
dev: setup ## Serve what you edit on http://localhost:8000, with reload, asset builds and a worker (PORT, DATABASE_URL, REDIS_URL)
	@$(PYTHON) -m setup.dev

.PHONY: install
install: setup ## Install the services of a server, with systemd (as root; docs/operations.md)
	@ROOT="$(ROOT)" setup/install_units.sh

.PHONY: setup
setup: system assets catalogue secrets database ## Everything that a first start needs; quick when done already

.PHONY: test soak flaky test-sqlite test-postgres
test: setup test-system ## The whole suite, on SQLite and on PostgreSQL with Redis (ARGS="-k word")
	@$(PYTHON) -m setup.run_tests sqlite postgres -- $(ARGS)
soak: setup test-system ## The same tests at full size: hours of faults, races, guesses and random acts
	@$(PYTHON) -m setup.run_tests --soak sqlite postgres -- $(ARGS)
flaky: setup test-system ## Ten random orders of what waits for servers or browsers
	@$(PYTHON) -m setup.run_tests --orders 10 sqlite postgres -- $(ARGS)
test-sqlite: setup test-system ## The suite on SQLite alone
	@$(PYTHON) -m setup.run_tests sqlite -- $(ARGS)
test-postgres: setup test-system ## The suite on PostgreSQL alone
	@$(PYTHON) -m setup.run_tests postgres -- $(ARGS)

.PHONY: coverage
coverage: ## What the last `make test` reached
	@$(PYTHON) -m setup.report_coverage

.PHONY: check
check: setup ## The gate: style, types, arrows, front end, shell, migrations, deployment, catalogue
	@setup/check.sh

.PHONY: format
format: $(SYNCED) $(NODE_MODULES) ## Put code, templates, scripts and styles in order
	ruff check --fix-only --quiet . && ruff format . && djade --target-version 5.2 $(TEMPLATES)
	npm run --silent format

.PHONY: messages
messages: $(SYNCED) ## Collect new messages into the Chinese catalogue
	$(PYTHON) setup/catalogue.py collect

.PHONY: bench
bench: setup ## Measure, as docs/BENCHMARKS.md tells (ARGS)
	$(PYTHON) -m tests.bench $(ARGS)

.PHONY: sabotage
sabotage: setup test-system ## Switch off one defence after the other and see that its tests go red (ARGS="word")
	@$(PYTHON) -m tests.sabotage $(ARGS)

.PHONY: system test-system
system:
	@setup/system.sh
test-system: $(SYNCED)
	@setup/system.sh tests

$(SYNCED): uv.lock pyproject.toml | system
	@setup/python.sh
	@touch $@

$(NODE_MODULES): package-lock.json package.json $(SYNCED)
	@NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS:-$(SYSTEM_CERTS)}" npm ci --silent
	@touch $@

.PHONY: assets
assets: $(MANIFEST)
$(MANIFEST): $(NODE_MODULES) vite.config.js $(shell find frontend templates -type f)
	@npm run --silent build -- --logLevel warn
	@touch $@

.PHONY: catalogue
catalogue: $(patsubst %.po,%.mo,$(wildcard $(CATALOGUE).po))
%.mo: %.po
	msgfmt --check-format --output-file=$@ $<

.PHONY: secrets
secrets: $(SYNCED)
	@$(PYTHON) setup/write_env.py

.PHONY: database
database: $(SYNCED) secrets
	@mkdir -p var/static
	@$(PYTHON) manage.py migrate --verbosity 0
