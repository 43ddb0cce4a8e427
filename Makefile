# Everything runs in the virtual environment $(VENV), made on first use.
VENV ?= .venv-dev
PYTHON ?= python3
BIN = $(VENV)/bin

.PHONY: test regression check lint types layers docs slow bench clean

test: $(VENV)/ready            ## the tests: no network, no downloads
	$(BIN)/python -m pytest

check: lint types layers test regression  ## what CI runs

lint: $(VENV)/ready
	$(BIN)/ruff check mt_publish tests benchmarks scripts

types: $(VENV)/ready
	$(BIN)/mypy

layers: $(VENV)/ready
	$(BIN)/lint-imports

slow: $(VENV)/ready            ## the tests that take minutes, too
	$(BIN)/python -m pytest --runslow

docs: $(VENV)/ready            ## write the generated pages anew
	$(BIN)/python scripts/make_command_reference.py

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

regression: $(VENV)/ready      ## the gate on the shipped model
	$(BIN)/python scripts/regression.py
