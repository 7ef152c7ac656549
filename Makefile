# Everything happens in .venv (PYTHON=python3.12 make test takes another interpreter) and needs no root.
# Set-up is done once and again only when pyproject.toml or constraints.txt change.
PYTHON ?= python3
VENV ?= .venv
TRAIN_VENV ?= .venv-train
CLIENTS_VENV ?= .venv-clients
DEMO_HOME ?= .demo
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check
TRAIN_PIP = $(TRAIN_VENV)/bin/python -m pip --disable-pip-version-check
WHEREFROM = $(VENV)/bin/wherefrom --home $(DEMO_HOME)
EXAMPLE = service/examples/article-benchmarks.txt
PYTEST_FLAGS ?=

.PHONY: help demo test test-train test-clients soak lint lock bench clean
.DELETE_ON_ERROR:

help:
	@echo "make demo        set up, check an example article, say how to go on"
	@echo "make test        every test that needs no torch, and the linters"
	@echo "make test-train  the tests of the extra \`train\` (torch: a large download)"
	@echo "make test-clients  real clients of the editors' protocols against the live server"
	@echo "make soak        the long tests: many kills, many checks"
	@echo "make lint        ruff, mypy --strict and the import contract"
	@echo "make lock        the hashed lock file anew"
	@echo "make bench       how long the command line and the API take"
	@echo "make clean       remove what the targets above have made"

# ----------------------------------------------------------------------------- set-up

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": set PYTHON")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Wherefrom into $(VENV): about 220 MB to fetch the first time."
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Wherefrom and its tests' tools into $(VENV): about 300 MB to fetch the first time."
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# torch first and alone, so that nothing that needs it brings another.
$(TRAIN_VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(TRAIN_VENV)
	$(TRAIN_PIP) install --constraint constraints.txt 'torch==2.13.0'
	$(TRAIN_PIP) install --constraint constraints.txt --editable '.[dev,train]'
	@touch $@

$(CLIENTS_VENV)/.installed: tests/clients/requirements.txt
	$(PYTHON) -m venv $(CLIENTS_VENV)
	$(CLIENTS_VENV)/bin/python -m pip --disable-pip-version-check install --requirement $<
	@touch $@

# ----------------------------------------------------------------------------- targets

demo: $(VENV)/.installed
	$(WHEREFROM) init
	$(WHEREFROM) check $(EXAMPLE)
	@echo
	@echo "Check an article of yours:  $(WHEREFROM) check FILE"
	@echo "Browse the site:            $(WHEREFROM) build $(DEMO_HOME)/site, then open $(DEMO_HOME)/site/index.html"
	@echo "Serve the API:              $(WHEREFROM) serve, then open http://127.0.0.1:8000/docs"

test: $(VENV)/.installed-dev
	@command -v chromium >/dev/null 2>&1 || echo "No Chromium here: the tests marked browser are skipped."
	@command -v node >/dev/null 2>&1 || echo "No Node.js here: the tests marked node are skipped."
	@test -d ../shared/corpus || echo "No corpus beside the checkout: the tests marked corpus are skipped."
	$(MAKE) --no-print-directory lint
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile -m 'not train and not soak and not clients' $(PYTEST_FLAGS)

test-train: $(TRAIN_VENV)/.installed
	$(TRAIN_VENV)/bin/python -m pytest -m train $(PYTEST_FLAGS)

# From its own folder, so that only its own conftest is read: the clients' environment has none of our packages.
test-clients: $(VENV)/.installed $(CLIENTS_VENV)/.installed
	cd tests/clients && WHEREFROM_COMMAND=$(abspath $(VENV))/bin/wherefrom \
		$(abspath $(CLIENTS_VENV))/bin/python -m pytest --rootdir=. -c clients.ini $(PYTEST_FLAGS) .

soak: $(VENV)/.installed-dev
	WHEREFROM_EXPLORE=1 $(VENV)/bin/python -m pytest -m soak --timeout=3600 $(PYTEST_FLAGS)

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# The hashes of every package that a user's machine installs, anew after a change of constraints.txt.
lock: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.safety.lock_file

bench: $(VENV)/.installed
	$(VENV)/bin/python tests/bench.py

clean:
	rm -rf $(VENV)/.installed $(VENV)/.installed-dev $(VENV) $(TRAIN_VENV) $(CLIENTS_VENV) $(DEMO_HOME) dist build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
