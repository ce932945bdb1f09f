# SicargaBox admin tools. `make help` says what there is.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PACKAGES := sicargabox admintools api micasillero
# The rows of the fault matrix, wherever they stand, and what the suite leaves to a soak
# (ONLY_SOAKED of tests/conftest.py).
SOAKED := tests/live/faults tests/live/test_sockets.py tests/live/test_session_ends.py tests/live/search/test_rebuild_elasticsearch_faults.py tests/live/search/test_rebuild_downtime.py tests/live/search/test_rebuild_faults.py tests/live/elasticsearch_node tests/live/test_index_jobs.py tests/live/search/test_quality.py tests/live/test_benchmarks.py tests/live/test_keyword_jobs.py tests/live/test_up.py tests/live/test_cleanup.py tests/live/test_manifest_jobs.py tests/live/test_worker_shutdown.py tests/live/search/test_rebuild_protocol.py
SOURCES := $(PACKAGES) tests tools benchmarks manage.py

.DEFAULT_GOAL := help
.PHONY: help demo up dev test soak lint format messages lock clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ## Everything in one go: install, start, index, log in. ARGS=--once ends after the rebuild, ARGS="--port 8001"
	@$(PYTHON) tools/bootstrap.py requirements.txt -- manage.py demo $(ARGS)

up: ## Run all parts without the demo's user and catalogue. ARGS="--port 8001"
	@$(PYTHON) tools/bootstrap.py requirements.txt -- manage.py up $(ARGS)

dev: ## Make .venv with what tests and lint need
	@$(PYTHON) tools/bootstrap.py requirements-dev.txt

test: ## The whole suite; REQUIRE_ALL=1 fails where it would skip. ARGS="--only fast -k text"
	@$(PYTHON) tools/bootstrap.py requirements-dev.txt -- tests/run.py $(ARGS)

soak: ## The fault matrix with real leases and outages: 50 kills, 3 min frozen. About 40 minutes; not in CI
	SOAK=1 $(PYTHON) tools/bootstrap.py requirements-dev.txt -- tests/run.py --only live $(SOAKED) $(ARGS)

lint: dev ## Format, rules, types, layers, migrations, translations
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy $(SOURCES)
	$(BIN)/python -c "from importlinter.cli import lint_imports_command as lint; lint()"
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tools/translations.py --check

format: dev ## Put the code into the house's format
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

messages: dev ## Collect texts into the .po files (needs gettext) and compile them
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemessages --all --no-obsolete --no-location --no-wrap --ignore '.venv' --ignore 'var' --ignore 'build' --ignore 'tests' --ignore 'benchmarks' --ignore 'tools'
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemessages --all --no-obsolete --no-location --no-wrap --domain djangojs --ignore '.venv' --ignore 'var' --ignore 'build' --ignore 'tests' --ignore 'benchmarks' --ignore 'tools'
	$(BIN)/python tools/translations.py

lock: ## Write the lock files anew (needs uv); UPGRADE=--upgrade takes newer versions
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) -o requirements.txt requirements.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) -o requirements-ai.txt requirements-ai.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) -o requirements-flower.txt requirements-flower.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) -o requirements-dev.txt requirements-dev.in

clean: ## Remove caches; .venv and var (the data) stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
