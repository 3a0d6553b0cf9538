# make report   the whole road: an environment, a made-up district, every notebook, reports/index.html
# make test     what must hold after every change: four to five minutes on two cores
# make test-all also what make test leaves out, all examples of each property, pages in a chromium
# make test-weekly    studies over many seeds and whole districts, which the weekly run tries
# make test-browser   of that, what needs a chromium
# make lab      the notebooks in JupyterLab
# make dashboard   one child's page as a web page: ARGS="FOLDER", else the workshop district
# make bench    how long it takes, into reports/bench.json
# make card     the tables of the data card, the data dictionary, from what the maker reads
# make newest   the newest version of everything, our ceilings ignored (the weekly run)
# make kit      a folder for a USB stick that needs no network: PLATFORM=win_amd64 PYTHON=3.12, or for a machine like this
# make clean    remove whatever these made
#
# Windows without make: README.md has the same commands as plain lines.

PYTHON ?= python3.13 python3.12 python3.11 python3
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Compiled modules are kept: else each kernel of a report and each worker of the tests compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report test test-all test-weekly test-browser lab dashboard bench card newest kit clean

report: .venv/installed
	$(BIN)/bigpicture report $(ARGS)

lab: .venv/installed
	$(BIN)/jupyter lab notebooks

# Without ARGS the district of the workshop is made, once.
dashboard: .venv/installed
	$(BIN)/bigpicture dashboard $(ARGS)

test: .venv/installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/nbstripout --verify --extra-keys "metadata.papermill cell.metadata.papermill" $(wildcard notebooks/*.ipynb notebooks/*/*.ipynb)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not full" $(ARGS)

test-all: test
	$(BIN)/python -m pytest -n auto --dist worksteal -m "full and not weekly" $(ARGS)

test-weekly: .venv/installed-for-tests
	$(BIN)/python -m pytest -n auto --dist worksteal -m weekly $(ARGS)

test-browser: .venv/installed-for-tests
	$(BIN)/python -m pytest tests/browser $(ARGS)

bench: .venv/installed-for-tests
	$(BIN)/python -m tests.bench $(ARGS)

card: .venv/installed-for-tests
	$(BIN)/python -m synthetic_data.data_card

newest: .venv/installed-for-tests
	$(BIN)/python .ci/newest | xargs $(PIP) install --quiet --upgrade
	$(PIP) list

# Here PYTHON=3.12 says for whom the kit is, not which Python makes .venv.
kit: FOR_PYTHON := $(filter 3.%,$(PYTHON))
kit: override PYTHON := $(or $(filter-out 3.%,$(PYTHON)),python3.13 python3.12 python3.11 python3)
kit: .venv/installed
	$(BIN)/python .ci/kit --platform "$(PLATFORM)" --python "$(FOR_PYTHON)"

clean:
	rm -rf .venv reports dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find helpers notebooks synthetic_data tests -name __pycache__ -prune -exec rm -rf {} +

# pip runs only when what it would install has changed; the stamps say when it last did.
.venv/bin/python:
	@python=$$(.ci/find-python $(PYTHON)) && echo "$$python -m venv .venv" && "$$python" -m venv --clear .venv

.venv/installed: .venv/bin/python requirements.txt pyproject.toml
	$(PIP) install --quiet -r requirements.txt
	@touch $@

.venv/installed-for-tests: .venv/bin/python requirements.txt pyproject.toml
	$(PIP) install --quiet -r requirements.txt -e '.[test]'
	@touch .venv/installed $@
