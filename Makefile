# Everything a person does with this repository. Each command prepares .venv by itself; the second time that is instant.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --quiet --root-user-action=ignore --no-deps
RUN := $(VENV)/.ready-to-run
DEV := $(VENV)/.ready-to-develop
BROWSER_FILES := src/exodrive/web/static/vendor/icons.svg
TESTERS ?= 5
STEPS ?= 10000
TRIPS ?= 10000
SEED ?= 1

# Tests and demo start dozens of processes: each would compile every module anew where this is set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-all soak check format docs words bench plans lock vendor

help: ## Show this list
	@echo "Exodrive: car rental for one company, on your own machine."
	@echo
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 18
	@echo
	@echo "make demo DATA=folder keeps the demo's data elsewhere; ARGS='...' passes more words on to demo and test."

demo: $(RUN) $(BROWSER_FILES) ## Start the whole system with a demo fleet; Ctrl-C stops it
	@$(PY) -m exodrive demo $(if $(DATA),--data "$(DATA)") $(ARGS)

test: $(DEV) $(BROWSER_FILES) ## Run the tests, browser journeys included
	@sh tools/chromium.sh
	@$(PY) -m tools.checkers
	@echo "Running the tests with $(TESTERS) workers"
	@$(PY) -m pytest -n $(TESTERS) --dist loadfile $(ARGS)

test-all: test ## Run the tests again on PostgreSQL 15 and 17, behind PgBouncer, and with a second reader of HTML
	@sh tools/test_all.sh $(TESTERS)

soak: $(DEV) ## Play people, PayPal, faults and the clock at random, STEPS=10000 steps and TRIPS=10000 trips from SEED=1
	@$(PY) -m tests.model --seed $(SEED) --steps $(STEPS)
	@$(PY) -m tests.trips --seed $(SEED) --trips $(TRIPS)

check: $(DEV) ## Check style, types and the import law
	@echo "Checking style"
	@$(PY) -m ruff check --quiet . && $(PY) -m ruff format --quiet --check .
	@echo "Checking types"
	@$(PY) -m mypy --no-error-summary
	@echo "Checking the import law"
	@$(VENV)/bin/lint-imports --no-logo 2>/dev/null || $(VENV)/bin/lint-imports

format: $(DEV) docs ## Put the sources into shape, and the generated pages of docs/
	@$(PY) -m ruff check --quiet --fix . ; $(PY) -m ruff format .

docs: $(RUN) ## Write the generated pages of docs/ anew: the JSON API and the settings
	@$(PY) -m exodrive openapi >docs/.new && mv docs/.new docs/openapi.json
	@$(PY) -m exodrive.operate.configuration >docs/.new && mv docs/.new docs/configuration.md

words: $(DEV) ## Collect every sentence, and bring the translations up to date; NEW=de_DE begins one
	@sh tools/words.sh $(NEW)

bench: $(DEV) $(BROWSER_FILES) ## Measure start, memory and the cost of a request
	@$(PY) -m bench $(ARGS)

plans: $(DEV) ## Print how PostgreSQL goes about what each role asks most, with 12,000 bookings
	@$(PY) -m tests.database.day

wheel: $(DEV) $(BROWSER_FILES) ## Build the wheel that a server installs, into dist/
	@sh tools/words.sh
	@$(PY) -m hatchling build -t wheel -d dist

lock: $(DEV) ## Choose the newest allowed versions of every package anew, with hashes
	@sh tools/lock.sh

vendor: $(RUN) ## Take new browser files after a change of package-lock.json or icons.txt
	@$(PY) tools/vendor.py --accept

$(PY):
	@sh tools/venv.sh $(VENV)

$(RUN): requirements/build.txt requirements/run.txt pyproject.toml | $(PY)
	@echo "Installing the packages that Exodrive runs with (about half a minute)"
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@echo "Installing the packages for tests and checks (about a minute)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(BROWSER_FILES): package-lock.json src/exodrive/web/icons.txt src/exodrive/web/vendored.json tools/vendor.py | $(PY)
	@echo "Fetching htmx, the font and the icons for the browser"
	@$(PY) tools/vendor.py
	@touch $@
