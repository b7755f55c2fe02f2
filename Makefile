# Everything from nothing: Python 3.11 and make are enough.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The interpreter itself: a version manager's shim may be another one in another folder.
PYTHON ?= $(shell for p in python3.11 python3 python; do $$p -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null && $$p -c 'import sys; print(sys.executable)' && break; done)
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
UV_VERSION := 0.13.9
LOCK := $(shell sha256sum uv.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-12)
PORT ?= 8000
CUSTOMERS ?= 5000
T ?= tests
J ?= auto
N ?= 100

.PHONY: help setup setup-dev demo dev test faults check fmt lint types arch django messages bench bench-peers clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed / 需要 Python 3.11 或更高版本"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "The venv module is missing: apt-get install python3.11-venv / 缺少 venv 模块"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.runtime-$(LOCK): | $(UV)
	@echo "Installing what the product needs / 正在安装运行所需的软件包"
	@VIRTUAL_ENV=$(VENV) $(UV) sync --quiet --frozen --inexact --no-dev --extra demo --extra analytics --python $(PY)
	@rm -f $(VENV)/.runtime-* && touch $@

$(VENV)/.dev-$(LOCK): | $(UV)
	@echo "Installing what the product and its tests need / 正在安装运行与测试所需的软件包"
	@VIRTUAL_ENV=$(VENV) $(UV) sync --quiet --frozen --inexact --extra demo --extra analytics --extra hsm --group bench --python $(PY)
	@rm -f $(VENV)/.dev-* $(VENV)/.runtime-* && touch $@ $(VENV)/.runtime-$(LOCK)

setup: $(VENV)/.runtime-$(LOCK) ## Install what the product needs into .venv

setup-dev: $(VENV)/.dev-$(LOCK)

demo: setup ## Set up and run the demo insurer (PORT=8000 CUSTOMERS=5000)
	@exec $(PY) manage.py demo --port $(PORT) --customers $(CUSTOMERS)

dev: setup-dev ## The demo with a reloading web server for developers
	@CUSTODIAN_DEBUG=1 exec $(PY) manage.py demo --port $(PORT) --customers $(CUSTOMERS) --reload

test: setup-dev ## Run the tests (T=tests/records for one folder, J=1 for one process)
	@$(PY) -m pytest -n $(J) --dist loadgroup --durations=25 --durations-min=5 $(T)

faults: setup-dev ## The tests that kill and cut off, as often as a night allows (N=100)
	@CUSTODIAN_FAULTS=$(N) $(PY) -m pytest -n 1 --dist loadgroup tests/security/test_kill_postgres.py tests/sequencer/test_killed.py

check: setup-dev fmt-check lint types arch django test ## Everything that CI runs

.PHONY: fmt-check
fmt-check: setup-dev
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Run make fmt"; exit 1; }

fmt: setup-dev ## Format the code
	@$(VENV)/bin/ruff format --quiet . && $(VENV)/bin/ruff check --fix --quiet --exit-zero .

lint: setup-dev ## Lint the code
	@$(VENV)/bin/ruff check --quiet .

types: setup-dev ## Check the types
	@$(VENV)/bin/mypy custodian access records transfers incidents

arch: setup-dev ## Check that imports run one way
	@$(VENV)/bin/lint-imports --no-cache

django: setup-dev ## Django's own checks, and that no migration is missing
	@CUSTODIAN_ENV=production CUSTODIAN_SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w0) CUSTODIAN_HOSTS=example.org \
	 DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
	 $(PY) manage.py check --deploy --fail-level WARNING
	@DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
	 $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

messages: setup-dev ## Collect and compile the English texts (needs gettext)
	@$(PY) manage.py makemessages --locale en --no-obsolete --no-location \
	 --ignore '.venv/*' --ignore 'var*/*' --ignore 'tests/*' --ignore 'staticfiles/*'
	@sed -i '/^"POT-Creation-Date:/d' locale/en/LC_MESSAGES/django.po
	@$(PY) manage.py compilemessages --ignore '.venv/*'

bench: setup-dev ## Measure the ratios of docs/performance.md
	@$(PY) -m tests.benchmarks

bench-peers: setup-dev ## The same beside a usual do-it-yourself stack
	@$(PY) -m tests.benchmarks --peers

clean: ## Remove what was set up, and the demo's data
	@$(PY) -c 'import sys' 2>/dev/null && $(PY) manage.py stop_embedded 2>/dev/null || true
	@rm -rf /dev/shm/custodian-test-$$(printf "%s %s" "$$(id -u)" "$$(pwd -P)" | sha256sum | cut -c1-8)
	@rm -rf $(VENV) var var-test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
