"""Single lives that once went wrong, or that no chance would hit upon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import pytest

from app.models import CallLog
from app.pipeline import due
from app.pipeline.claim import claim_batch
from app.pipeline.due import Room
from tests.attempts.life import Life, Trouble
from tests.attempts.world import TENANTS, world


@pytest.fixture
def life(settings: Any) -> Iterator[Life]:
    with world(settings) as here:
        made = Life(here)
        yield made
        here.end()


def test_a_call_that_may_be_sent_again_is_not_taken_for_a_lost_one(life) -> None:
    """The network is too busy, the worker stands still, and the sweep has asked meanwhile."""
    life.plan(0)
    life.dial(answer="429", trouble=Trouble("dial-sent", "it stands still, swept", which=2))
    life.work()
    life.judge.look()
    life.until_quiet()


def test_two_clocks_in_the_middle_of_claiming_do_not_call_one_number_twice(life) -> None:
    """Neither transaction sees the other's call: the index alone keeps them apart."""
    for whose in range(len(TENANTS)):
        life.plan(0, whose)
    policy, at, both = life.here.runtime.policy, datetime.now(UTC), Event()
    other = Thread(target=lambda: claim_batch(policy, now=at, room=Room(1, {}), most=1))

    def meanwhile() -> None:
        life.here.interrupts["claim-moved"] = both.set
        due.served(policy.account, TENANTS[0])
        other.start()
        assert both.wait(10)

    life.here.interrupts["claim-moved"] = meanwhile
    due.served(policy.account, TENANTS[1])
    claim_batch(policy, now=at, room=Room(1, {}), most=1)
    other.join(30)
    assert CallLog.across_tenants(in_flight=True).count() == 1
    life.until_quiet()
