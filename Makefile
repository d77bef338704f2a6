# Every command of the product. `make help` lists them.
BIN := .venv/bin
# Empty: whatever the environment says. Else each of a dozen processes would compile all of our code at its start.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/run: requirements/run.txt
	@PYTHON="$(PYTHON)" sh embedded/install.sh requirements/run.txt
	@touch $@

.venv/dev: requirements/dev.txt .venv/run
	@PYTHON="$(PYTHON)" sh embedded/install.sh requirements/dev.txt
	@touch $@

.PHONY: run
run: .venv/run ## install, start everything, show where to sign in; options follow: CA_WEB_PORT=9000
	@exec $(BIN)/python -m embedded run

.PHONY: info
info: .venv/run ## what a script needs to speak to the running stack
	@$(BIN)/python manage.py demo_info

.PHONY: doctor
doctor: .venv/run ## memory by process, disk, versions, ports, and whether each answers
	@$(BIN)/python -m embedded doctor

.PHONY: kafka
kafka: .venv/run ## a Kafka broker alone, to try things with (needs Java 17 and Maven)
	@CA_DATA_DIR=$${CA_DATA_DIR:-data}/kafka-alone $(BIN)/python -m embedded kafka

.PHONY: reset
reset: .venv/run ## throw the data away, after asking (YES=1 does not ask)
	@$(BIN)/python -m embedded reset

.PHONY: check
check: .venv/dev ## format, lint, types, import contracts, migrations, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@$(MAKE) --no-print-directory unit

# Without plugins that cost unit tests more than their work does.
QUICK = -p no:xdist -p no:cacheprovider -p no:logging -p no:schemathesis -p no:django --hypothesis-profile quick
IN_TURN = $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)# that of macOS cannot
.PHONY: unit
unit: .venv/dev ## unit tests alone, side by side in two processes
	@$(MAKE) --no-print-directory --jobs 2 $(IN_TURN) unit-1 unit-2

unit-%:
	@$(BIN)/pytest -q $(QUICK) --share $*/2 tests/unit

.PHONY: test
test: .venv/dev ## the whole suite against the real engines, in throw-away folders
	$(BIN)/pytest --numprocesses 2 --dist loadfile tests

.PHONY: drill
drill: .venv/dev ## minutes of killing everything under load, and an oracle's count (LOGS="redis kafka")
	$(BIN)/python -m tests.drill $(LOGS)

.PHONY: format
format: .venv/dev ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench-api
bench-api: .venv/dev ## an authenticated GET of a campaign against bare and stock views
	$(BIN)/python -m benchmarks.api

.PHONY: reference
reference: .venv/dev ## write the reference pages that the code defines
	$(BIN)/python -m runtime.reference
	$(BIN)/python -m api.problems_reference
	$(BIN)/python -m ingestion.events.json_schemas

.PHONY: bench-engine
bench-engine: .venv/dev ## the embedded ClickHouse server against the bare engine in one process
	$(BIN)/python -m benchmarks.engine

.PHONY: bench-storage
bench-storage: .venv/dev ## bytes on disk of an interaction and a metric event, by column
	$(BIN)/python -m benchmarks.storage

.PHONY: bench-pipeline
bench-pipeline: .venv/dev ## cost of a tick, drain against a bare loop, then the whole way: sustained rate and freshness (LOGS="redis kafka")
	$(BIN)/python -m benchmarks.pipeline.aggregation
	@for log in $(or $(LOGS),redis kafka); do \
	  $(BIN)/python -m benchmarks.pipeline.drain $$log && $(BIN)/python -m benchmarks.pipeline.steady $$log || exit; \
	done

.PHONY: pins
pins: .venv/dev ## compile requirements/*.in into pinned, hashed requirements/*.txt
	@cd requirements && for list in run dev; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $$list.in -o $$list.txt; \
	done
