# make run | story | test | pages | faults | check | bench | screenshots | setup | clean. Everything happens in .venv and var/; nothing is installed elsewhere.

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.requirements
PARALLEL := $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; [ $$n -lt 2 ] && n=2; echo $$n)

# Nine processes start together: without compiled files kept, each would compile the same thousand modules.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

# Those that want a house at every stage: with them the suite would take more than ten minutes.
PAGES := tests/browser/test_every_page.py tests/browser/test_weight.py tests/browser/test_clicked.py

.PHONY: help run story test pages faults check bench screenshots setup clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

run: setup ## start everything: portal, databases, mail, a simulated platform (Ctrl-C stops it; PORT=8001 for another port)
	@exec $(PYTHON) -m sandbox.run

story: setup ## replay the story of the 25 videos from nothing, a line a step; ends with 0 when all went well
	@exec $(PYTHON) -m sandbox.story.replay

test: setup ## run the whole test suite on servers of its own
	@$(PYTHON) -m pytest -n $(PARALLEL) --dist worksteal --ignore tests/benchmarks $(PAGES:%=--ignore %)

pages: setup ## every page in the browser, by person, in both languages and at three widths (takes minutes)
	@$(PYTHON) -m pytest -n $(PARALLEL) --dist worksteal $(PAGES)

faults: setup ## break the way of letters in every known way; print a table, fail when one is lost or doubled
	@$(PYTHON) -m tests.faults

check: setup ## format, lint, types, templates, import direction, migrations, deployment settings
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" .ci/check

bench: setup ## measure, print a table, write var/bench/*.json
	@$(PYTHON) -m pytest tests/benchmarks -q -s

screenshots: setup ## take a picture of every page into var/screenshots/, and the pictures of the docs
	@$(PYTHON) -m tests.browser.screenshots

setup: $(STAMP) ## only make .venv

$(STAMP): requirements-dev.txt requirements.txt
	@.ci/make-venv $(VENV)
	@touch $@

clean: ## remove .venv and caches; the data in var/ stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
