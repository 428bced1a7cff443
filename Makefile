# Each target calls the real thing; the virtual environment makes itself.
PYTHON := .venv/bin/python

.PHONY: demo test check lint bench setup
demo: .venv/ready
	@.venv/bin/delauto demo $(DEMO_ARGS)

test: .venv/ready
	@$(PYTHON) -m pytest $(TEST_ARGS)

check: lint test

lint: .venv/ready
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: .venv/ready
	@for name in transcribe understand webhooks claim pace; do echo "== $$name"; $(PYTHON) -m benchmarks.$$name || exit 1; done

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml tools/setup
	@tools/setup
	@touch $@
