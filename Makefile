# cdsync: `make run` starts everything on this machine, `make test` proves it. Needs Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PYTEST_WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run rehearse test test-postgresql lint bench bench-million faults security soak wheel archives proof clean

help: ## what can be made
	@grep -hE '^[a-z.-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 12

run: $(VENV)/ready ## everything on one machine, with a rehearsal until your own shop is connected; Ctrl-C stops all
	@$(BIN)/python -m cdsync.launch

rehearse: $(VENV)/ready ## the same with the rehearsal in any case; beside a "make run" that runs, only asks that one
	@$(BIN)/python -m cdsync.launch --rehearse

test: $(VENV)/ready-dev ## the whole test suite, browser included
	@$(BIN)/python -m tests.browser_setup
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup $(TESTS)

test-postgresql: $(VENV)/ready-dev ## the same suite with its rows in PostgreSQL; starts a server of its own, installs one where there is none
	@$(BIN)/python -m tests.browser_setup
	@$(BIN)/python -m tests.databases.setup
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup --database postgresql $(TESTS)

lint: $(VENV)/ready-dev ## ruff, mypy and djlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

bench: $(VENV)/ready-dev ## all measurements beside their goals with 2,000 and 20,000 orders; some 10 minutes
	$(BIN)/python -m bench 2000 20000

bench-million: $(VENV)/ready-dev ## the same with 10,000, 100,000 and 1,000,000 orders in SQLite and in PostgreSQL; hours
	@$(BIN)/python -m tests.databases.setup
	$(BIN)/python -m bench --postgresql 10000 100000 1000000

faults: $(VENV)/ready-dev ## every fault at every request of an import, as a table; thousands of random orders
	$(BIN)/python -m pytest -q -p tests.faults.table -n $(PYTEST_WORKERS) -m faults -o timeout=1800

proof: $(VENV)/ready-dev ## every test, also those that take minutes, and every request of them over a socket
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup -m "not faults" --sockets -o timeout=1800

security: $(VENV)/ready-dev ## who gets in, what stays text, hostile answers, secrets: walked as a whole, as tables
	$(BIN)/python -m pytest -q -p tests.security.table -n $(PYTEST_WORKERS) -m "not faults" -o timeout=3000 tests/security

soak: $(VENV)/ready-dev ## 10,000 orders with faults and killed workers, then reconcile
	$(BIN)/python -m bench.soak

wheel: $(VENV)/ready-dev ## sdist and wheel, each installed into an empty environment, which then does the main job
	$(BIN)/python -m tests.installed

archives: $(VENV)/ready-dev ## sdist and wheel, built and nothing more
	$(BIN)/python -m tests.installed --only-build

.venv: $(VENV)/ready ## the environment alone

$(VENV)/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cdsync needs Python 3.11 or later; set PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -r requirements.txt
	$(PIP) install --no-deps -r requirements-assets.txt
	@$(BIN)/python -m cdsync.web.assets.vendor
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	$(PIP) install -r requirements-dev.txt
	@touch $@

clean: ## the environment and everything made, but not instance/ (your data)
	rm -rf $(VENV) static/vendor .pytest_cache .mypy_cache .ruff_cache
