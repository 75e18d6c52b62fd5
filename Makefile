# Two commands: `make run` opens the dashboard on the demonstration returns, `make test` runs the whole suite.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8501
# Tests of one file stay together: they share a browser, a server or a store.
AT_ONCE ?= -n auto --maxprocesses 4 --dist loadfile

.PHONY: run test quick lint sample clean

run: $(VENV)/.run
	$(BIN)/python -m analysis demo
	$(BIN)/python -m streamlit run dashboard.py --server.port $(PORT)

test: $(VENV)/.test
	$(BIN)/python tests/browser_setup.py
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pytest $(AT_ONCE)

quick: $(VENV)/.test
	$(BIN)/python -m pytest $(AT_ONCE) -m "not browser and not slow"

lint: $(VENV)/.test
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

sample: $(VENV)/.run
	$(BIN)/python data/sample/make_sample.py

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say PYTHON=python3.12 (or its path) to make")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.txt requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c requirements.lock
	touch $@

$(VENV)/.test: $(VENV)/.run tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt -c requirements.lock
	touch $@

clean:
	rm -rf $(VENV) data/var .pytest_cache .ruff_cache .hypothesis
