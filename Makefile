# make demo: the whole way, on this machine.   make test: everything is tested.
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)

.PHONY: test check client clean

$(VENV)/ready: requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --disable-pip-version-check -r requirements.lock
	touch $@

CLIENT := server/intake/client

$(CLIENT)/node_modules: $(CLIENT)/package-lock.json
	cd $(CLIENT) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

client: $(CLIENT)/node_modules

test: $(VENV)/ready $(if $(shell command -v npm),$(CLIENT)/node_modules)
	$(BIN)/python -m pytest

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/mypy crypto tests/crypto

clean:
	rm -rf $(VENV)
