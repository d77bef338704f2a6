# Every command of the product. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?=
UV := $(BIN)/uv --quiet

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/run: requirements/run.txt
	@$(PYTHON) -m venv .venv
	@grep -E '^uv==' -A99 requirements/run.txt | sed -n '1,/^[a-z].*==/{/^uv==/p;/--hash/p;}' > .venv/uv.txt
	@$(BIN)/pip install --quiet --require-hashes -r .venv/uv.txt
	@$(BIN)/uv pip sync --require-hashes requirements/run.txt
	@touch $@

.venv/dev: requirements/dev.txt .venv/run
	@$(UV) pip sync --require-hashes requirements/dev.txt
	@touch $@

.PHONY: check
check: .venv/dev ## format, lint, types, import contracts, migrations, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/pytest -q tests/unit

.PHONY: test
test: .venv/dev ## the whole suite against the real engines, in throw-away folders
	$(BIN)/pytest tests

.PHONY: format
format: .venv/dev ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench-api
bench-api: .venv/dev ## an authenticated GET of a campaign against bare and stock views
	$(BIN)/python -m benchmarks.api

.PHONY: pins
pins: .venv/dev ## compile requirements/*.in into pinned, hashed requirements/*.txt
	@cd requirements && for list in run dev; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $$list.in -o $$list.txt; \
	done
