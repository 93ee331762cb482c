# make demo: the whole way, on this machine.   make test: everything is tested.
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)

.PHONY: test check clean

$(VENV)/ready: requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --disable-pip-version-check -r requirements.lock
	touch $@

test: $(VENV)/ready
	$(BIN)/python -m pytest

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/mypy crypto tests/crypto

clean:
	rm -rf $(VENV)
