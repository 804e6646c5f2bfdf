# Everything a person does with this repository. No target needs root.

PYTHON ?= python3.11
VENV   := .venv
PY     := $(VENV)/bin/python
UV     := $(VENV)/bin/uv
JOBS   ?= 2
PYTEST := nice $(PY) -m pytest
ON_POSTGRES := $(PY) -m tests.services.postgres
# Two runs that say different things about the same code; the second costs what the first leaves out.
TOGETHER := -n $(JOBS) --dist worksteal
# Short tests wait for processes and pages part of their time, so one more of them runs than there are cores.
ONE_MORE := -n $(shell expr $(JOBS) + 1) --dist worksteal
# To read all files for a few tests takes longer than many of the tests.
FOR_POSTGRES := $(shell grep -rl --include='test_*.py' 'mark\.postgres' omvee projects pipeline tests)
# How often a browser test that failed is tried again; one that passes then is named with what was wrong.
AGAIN ?= 0
BROWSERS := tests/browser $(ONE_MORE) --reruns $(AGAIN) --rerun-show-tracebacks
# Hundreds of processes are started by the tests: what one has compiled is kept for the others, whatever was set before.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run dev test test-long test-faults test-all check bench gallery screens pin format clean
.DEFAULT_GOAL := help

help: ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Omvee needs Python 3.11: install it, or name another one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check "uv>=0.13,<1"

$(VENV)/.run: requirements.txt | $(UV)
	$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(UV)
	$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-dev.txt
	@touch $(VENV)/.run $@

setup: $(VENV)/.dev ## make .venv with everything that tests and checks need

run: $(VENV)/.run ## start the studio: http://127.0.0.1:8000 (PORT=... to change)
	@exec $(PY) manage.py run_studio

dev: setup ## site and worker, started again when code changes
	@$(PY) manage.py migrate --verbosity 0
	@OMVEE_DEBUG=1 exec $(PY) manage.py dev

# The browser's driver leaves an event loop in its process, in which Django refuses to query: its tests have processes of
# their own.
test: setup ## the tests, on SQLite and, where it is found, on PostgreSQL
	$(PYTEST) -m "not long and not siege and not browser" $(ONE_MORE)
	$(PYTEST) -m "browser and not long" $(BROWSERS)
	$(ON_POSTGRES) $(PYTEST) -m "postgres and not long and not siege" $(FOR_POSTGRES) $(TOGETHER)

test-long: setup
	$(PYTEST) -m "long and not siege and not browser" $(TOGETHER)
	$(PYTEST) -m "browser and long" $(BROWSERS)
	$(ON_POSTGRES) $(PYTEST) -m "postgres and long and not siege" $(FOR_POSTGRES) $(TOGETHER)

test-faults: setup ## workers that buy, killed at random for a quarter of an hour, on both databases
	$(PYTEST) -m "siege"
	$(ON_POSTGRES) $(PYTEST) -m "postgres and siege"

test-all: test test-long ## the tests and the long runs

check: setup ## lint, types, templates, migrations, layers, licenses
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	DATA_DIR=$(VENV)/check-data $(PY) manage.py check_templates
	DATA_DIR=$(VENV)/check-data $(PY) manage.py makemigrations --check --dry-run
	DATA_DIR=$(VENV)/check-data OMVEE_BASE_URL=https://studio.example $(PY) manage.py check --deploy --fail-level WARNING
	$(PYTEST) -q tests/test_layers.py tests/test_licences.py tests/test_settings_documented.py tests/test_deploy.py

bench: setup ## measure; ratios within one run are what counts
	nice $(PY) -m bench

# No keys: what the gallery shows is what anybody gets. Its studio is new each time, so that it shows this very code.
KEYLESS := env -u DATABASE_URL -u BUCKET_NAME -u REPLICATE_API_TOKEN -u OPENAI_API_KEY -u OPENROUTER_API_KEY \
  OMVEE_ENV_FILE=/dev/null DATA_DIR=$(CURDIR)/$(VENV)/gallery

gallery: setup ## make three sample films, and docs/gallery that shows them (some minutes)
	@rm -rf $(VENV)/gallery
	@$(KEYLESS) $(PY) manage.py migrate --verbosity 0
	@$(KEYLESS) nice $(PY) manage.py make_gallery --films data/gallery
	@rm -rf $(VENV)/gallery

screens: setup ## pictures of every page and state, dark and light, large and small, in data/screens
	$(PY) -m tests.browser.screens

format: setup ## put the code into shape
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

pin: | $(UV) ## write requirements*.txt from requirements*.in
	$(UV) pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make pin" requirements.in -o requirements.txt
	$(UV) pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make pin" -c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## remove what can be made again; your films in data/ stay
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache
