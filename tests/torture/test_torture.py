"""The short form of the torture; `make torture` runs the long one."""

from __future__ import annotations

import os

import pytest

from tests.torture.run import Plan, positive_control, torture

SEED = int(os.environ.get("TORTURE_SEED", "4711"))


@pytest.mark.timeout(400)
def test_no_attempt_rings_twice_whatever_dies_and_whatever_the_network_says() -> None:
    plan = Plan(500, SEED, worker_faults=10, kills={"redis": 1, "mongodb": 1})
    outcome = torture(plan, print)
    print(f"seed {SEED}: {outcome.lies}, {dict(outcome.struck)}")
    assert outcome.verdict.doubles == {}
    assert (outcome.never, outcome.unclosed) == (0, 0)
    ambiguous = ("create_answer_lost", "create_500_after", "create_hang")
    assert sum(outcome.lies.get(kind, 0) for kind in ambiguous) >= 10
    assert sum(outcome.struck.values()) >= 10


@pytest.mark.timeout(300)
def test_the_rig_catches_a_naive_worker() -> None:
    outcome = positive_control(Plan(300, SEED, worker_faults=6, kills={}), print)
    assert len(outcome.verdict.doubles) > 10
