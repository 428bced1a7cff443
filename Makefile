# Each target calls the real thing; the virtual environment makes itself.
PYTHON := .venv/bin/python

.PHONY: demo test check lint security eval bench torture setup
demo: .venv/ready
	@.venv/bin/delauto demo $(DEMO_ARGS)

test: .venv/ready
	@$(PYTHON) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(TEST_ARGS)

check: lint security test

lint: .venv/ready
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

# bandit reads the code; the audit asks whether a pinned package has a known hole, where it can ask.
security: .venv/ready
	@.venv/bin/bandit --quiet --recursive --configfile pyproject.toml app workers migrations local tools wsgi.py gunicorn.conf.py
	@$(PYTHON) -m tools.audit requirements.lock

# How well answers are understood and heard; EVAL_ARGS=--help tells what else it does.
eval: .venv/ready
	@$(PYTHON) -m tools.evaluation $(EVAL_ARGS)

bench: .venv/ready
	@for name in speech understand webhooks claim pace audit api streams pages imports; do echo "== $$name"; $(PYTHON) -m benchmarks.$$name || exit 1; done

# Hours: 10,000 attempts with everything killed, 10,000 drawn lives, 2,000 simulated days.
torture: .venv/ready
	@$(PYTHON) -m tests.torture $(TORTURE_ARGS)
	@STATE_MACHINE_EXAMPLES=10000 $(PYTHON) -m pytest -q -s tests/attempts/test_state_machine.py
	@$(PYTHON) -m tests.simulation

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml tools/setup tools/browser/package-lock.json tools/browser_libraries.py
	@tools/setup
	@touch $@
