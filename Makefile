# Everything a newcomer types. Needs CPython 3.11 or newer, make and a package registry; uv is used when it is
# installed, and otherwise put into a folder of its own that git ignores.
SHELL := /bin/bash
.DEFAULT_GOAL := help

UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .cache/uv/bin/uv)
export UV_PYTHON_DOWNLOADS ?= never
export PATH := $(CURDIR)/.cache/uv/bin:$(PATH)

CMS ?= $(or $(TROCAR_CMS_FILES),../shared/cms)
STORE ?= .cache/trocar/store

.PHONY: help run serve test check data bench mutation docs site starter

help: ## List the targets.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

.cache/uv/bin/uv:
	python3 -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv

# What the program itself needs; the tools of development (PySpark among them, 450 MB) come with test and check.
.venv/.synced: pyproject.toml uv.lock | $(filter-out uv,$(UV))
	$(UV) sync --locked --no-dev --inexact
	@touch $@

run: .venv/.synced ## Set up, and check the example claims with the starter pack.
	@.venv/bin/trocar check examples/claims.csv; code=$$?; test $$code -le 1 || test $$code -eq 3 || exit $$code

serve: .venv/.synced ## Serve pages and API on http://127.0.0.1:8000 (SERVE='--store DIR --port N').
	.venv/bin/trocar serve $(SERVE)

test: .venv/.synced ## Run the test suite (the publishers' files: TROCAR_CMS_FILES, or ../shared/cms).
	$(UV) run --locked pytest

check: .venv/.synced ## Lint, format, types, layers.
	$(UV) run --locked ruff check
	$(UV) run --locked ruff format --check
	$(UV) run --locked mypy
	$(UV) run --locked lint-imports

data: .venv/.synced ## Build the full store: make data CMS=DIR ACCEPT=--accept-ama-license [STORE=DIR].
	.venv/bin/trocar data build "$(CMS)" -o "$(STORE)" $(ACCEPT)

starter: .venv/.synced ## Build the embedded starter pack again: make starter CMS=DIR.
	$(UV) run --locked python tools/build_starter.py --cms "$(CMS)"

bench: .venv/.synced ## Measure opening a store, and checking claims.
	$(UV) run --locked python bench/bench.py "$(CMS)"

mutation: .venv/.synced ## Change each named module in small ways; a test has to notice (bench/mutation.md).
	$(UV) run --locked --group mutation python bench/mutation.py $(MODULES)

docs: .venv/.synced ## Write the generated pages, and the output of the commands the documentation shows.
	$(UV) run --locked python tools/golden_firings.py
	$(UV) run --locked python tools/docs_reference.py
	$(UV) run --locked python tools/docs_cli.py
	$(UV) run --locked python tools/conflicts_page.py
	$(UV) run --locked python tools/architecture_page.py
	$(UV) run --locked python tools/console_blocks.py --write

site: .venv/.synced ## Build the documentation as a site in .cache/site; a warning is an error.
	$(UV) run --locked mkdocs build --strict --quiet
