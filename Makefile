PORT ?= 8501
VENV := .venv
PYTHON := $(VENV)/bin/python

.PHONY: run demo test check fix lock bench theme

run: $(VENV)/run.stamp
	$(PYTHON) -m lib demo --si-vide
	$(VENV)/bin/streamlit run app.py --server.port $(PORT)

demo: $(VENV)/run.stamp
	$(PYTHON) -m lib demo --remplacer

test: $(VENV)/dev.stamp
	$(PYTHON) -m pytest -n auto --dist loadfile -m "not browser"
	$(PYTHON) -m pytest -m browser

check: $(VENV)/dev.stamp
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/pyright

fix: $(VENV)/dev.stamp
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(VENV)/dev.stamp
	$(PYTHON) -m bench $(PART)

theme: $(VENV)/dev.stamp
	$(PYTHON) scripts/write_theme.py

# Exact versions of everything, made from the direct dependencies of pyproject.toml.
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header pyproject.toml
lock: $(VENV)/dev.stamp
	$(LOCK) --upgrade -o requirements.txt
	$(LOCK) --upgrade --group dev -c requirements.txt -o requirements-dev.txt

$(VENV)/bin/python:
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus récent est nécessaire.")'
	python3 -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
