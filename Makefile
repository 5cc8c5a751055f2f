# Every target sets up what it needs. Only Python 3.11 or newer and make must be there; `make test-all`
# also installs Debian packages (servers, browser, fonts). Nothing is cached outside the checkout.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location
PYTEST := $(BIN)/python -m pytest

# What `make test` leaves to `make test-all`, and what runs only when asked for by name.
OUTSIDE := browser or corpus or dovecot or packaging
ON_DEMAND := bench or screenshots or soak
PLAIN := not ($(OUTSIDE) or $(ON_DEMAND) or mariadb or postgres)
OTHER_HOSTS := uuid_user separate_customer

# Least branch coverage, in percent, of the two rooms where a gap costs a shop mail or money.
COVERAGE_FLOOR := 100
COVERAGE_ROOMS := src/django_cs_inbox/mail/*,src/django_cs_inbox/actions/*

# Every test run, the matrix too, uses this many processes.
JOBS ?= 2
export PYTEST_ADDOPTS := -n $(JOBS)

export PYTHONUTF8 := 1
export PIP_CACHE_DIR := $(CURDIR)/var/pip
export COVERAGE_FILE := $(CURDIR)/var/coverage

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- setting up ----------------------------------------------------------------------------------------

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) \
	  || { echo "No virtual environment: on Debian, install python3-venv." >&2; exit 1; }
	$(PIP) --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml
	$(PIP) --editable . --group dev
	@touch $@

$(VENV)/.services: $(VENV)/.dev
	.ci/services install
	$(PIP) --group services
	@touch $@

.PHONY: services
services: $(VENV)/.services
	.ci/services start

# --- checking ------------------------------------------------------------------------------------------

.PHONY: lint
lint: $(VENV)/.dev ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(VENV)/.dev ## let ruff write what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: compile
compile: $(VENV)/.dev
	$(BIN)/python -W error -m compileall -q -f src tests example_project

.PHONY: test
test: lint compile unit hosts example coverage-gate ## what needs nothing but pip: lint and the plain tests

.PHONY: unit
unit: $(VENV)/.dev
	@mkdir -p var && rm -f $(COVERAGE_FILE)
	$(PYTEST) -m "$(PLAIN)" --cov --cov-report=

.PHONY: hosts
hosts: $(VENV)/.dev
	for host in $(OTHER_HOSTS); do \
	  echo "== host project $$host"; \
	  $(PYTEST) -q -m "hosts and $(PLAIN)" --ds=tests.projects.$$host.settings; \
	done

.PHONY: example
example: $(VENV)/.dev
	$(PYTEST) tests/example --ds=config.settings -m "$(PLAIN)" --cov --cov-append --cov-report=

.PHONY: coverage-gate
coverage-gate: $(VENV)/.dev ## after a test run: is mail/ and actions/ covered in full?
	$(BIN)/coverage report --include='$(COVERAGE_ROOMS)' --fail-under=$(COVERAGE_FLOOR)

.PHONY: test-all
test-all: interpreters services ## databases, IMAP server, browser, corpora, wheel, then the version matrix
	.ci/services run env CS_INBOX_TEST_DB=postgres $(PYTEST) -m "not ($(OUTSIDE) or $(ON_DEMAND) or mariadb)"
	.ci/services run env CS_INBOX_TEST_DB=mariadb $(PYTEST) -m "not ($(OUTSIDE) or $(ON_DEMAND) or postgres)"
	$(PYTEST) -m "($(OUTSIDE)) and not ($(ON_DEMAND))"
	$(PYTEST) tests/example --ds=config.settings -m "($(OUTSIDE)) and not ($(ON_DEMAND))"
	$(BIN)/nox --sessions tests

.PHONY: interpreters
interpreters: $(VENV)/.dev
	$(BIN)/nox --sessions interpreters

# --- looking -------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.dev ## the example shop with its mail server, ready to click (DEMO="--port 9000 --help")
	exec $(BIN)/python example_project/demo.py $(DEMO)

.PHONY: bench
bench: services ## how fast, with how many rows; one after the other, on PostgreSQL or CS_INBOX_TEST_DB
	.ci/services run env CS_INBOX_TEST_DB=$${CS_INBOX_TEST_DB:-postgres} \
	  $(PYTEST) -n 0 -q -s -m bench tests/bench/bench_*.py

.PHONY: soak
soak: services ## the long tests, on each database: races and killed workers (CS_INBOX_SOAK_SECONDS=120)
	for database in sqlite postgres mariadb; do \
	  .ci/services run env CS_INBOX_TEST_DB=$$database $(PYTEST) -m soak || exit 1; \
	done

.PHONY: screenshots
screenshots: services ## pictures of the pages, written into docs/images
	$(PYTEST) tests/example --ds=config.settings -m screenshots

.PHONY: messages
messages: $(VENV)/.dev ## collect texts to translate and compile the catalogues
	.ci/services install gettext
	mkdir -p src/django_cs_inbox/locale
	cd src/django_cs_inbox && $(CURDIR)/$(BIN)/django-admin makemessages --locale=ja --no-location --no-obsolete
	cd src/django_cs_inbox && $(CURDIR)/$(BIN)/django-admin compilemessages --locale=ja

.PHONY: clean
clean: ## remove what the other targets made
	rm -rf $(VENV) .nox .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf build dist var tests/.corpora src/*.egg-info
	find src tests example_project -name __pycache__ -type d -prune -exec rm -rf {} +
