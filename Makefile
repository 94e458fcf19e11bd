# `make run` and `make test` need nothing but make: each prepares the machine first.
# `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test lint types contracts check format clean environment

PYTHON_HERE := .venv/bin/python

test: export QT_QPA_PLATFORM = offscreen
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

run: ## start Tarn; without a display, fit the fish example into results/
	@sh resources/packaging/prepare.sh run
	@$(PYTHON_HERE) main.py

# All tests: the engine's where Qt cannot be imported, then the others.
# ARGS="tests/gui -k table" runs a part, in one go.
PYTEST := $(PYTHON_HERE) -X dev -m pytest
test: environment ## run the tests; ARGS="-k word" or ARGS=path for a part
ifeq ($(strip $(ARGS)),)
	$(PYTEST) -p tests.no_qt tests/engine
	$(PYTEST) --ignore=tests/engine
else
	$(PYTEST) $(ARGS)
endif

lint: environment ## ruff and codespell
	.venv/bin/ruff check --no-cache .
	.venv/bin/ruff format --no-cache --check .
	.venv/bin/codespell

types: environment ## mypy, strict
	.venv/bin/mypy

contracts: environment ## which room may import which
	.venv/bin/lint-imports

check: test lint types contracts ## everything that must pass before a commit

format: environment ## put the code into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

clean: ## remove .venv, caches and results/
	rm -rf .venv .*_cache .hypothesis results
	find . -name __pycache__ -prune -exec rm -rf {} +

environment: # .venv with the tools
	@sh resources/packaging/prepare.sh test
