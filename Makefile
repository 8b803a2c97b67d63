# ClusterLab. `make run` starts it, `make test` tests it; both need Python 3.11 or later, nothing else.
# Tests in a browser need Chromium: `make test` installs it where it may, and else says that it skipped them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test check fix fuzz bench golden

run: export CLUSTERLAB_BEGUN := $(shell date +%s)
run: $(VENV)/run
	@$(BIN)/python -m tools.words
	@$(BIN)/python -m tools.vendor
	@exec $(BIN)/python manage.py up

$(VENV)/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run

test: $(VENV)/dev check
	$(BIN)/python -m tools.words
	$(BIN)/python -m tools.vendor
	@$(BIN)/python -m tools.machine
	$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),$(BIN)/python -m tools.suite)

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tools.words --check

golden: $(VENV)/dev
	$(BIN)/python -m pytest tests/scenarios --golden $(ARGS)

fuzz: $(VENV)/dev
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/dev
	@$(BIN)/python -m tools.vendor
	@$(BIN)/python -m tools.bench $(ARGS)

fix: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
