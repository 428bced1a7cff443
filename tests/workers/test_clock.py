"""The clock's tick: it claims what there is room for, and nothing while the circuit is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app import queues
from app.models import CallLog, Circuit, Delivery
from app.pipeline import circuit
from app.runtime import Runtime
from tests import factories
from workers.clock import tick


@pytest.fixture
def runtime(settings) -> Runtime:
    any_time = {"calling_rules": str(factories.ALWAYS_RULES), "calling_hours": "00:00-23:59"}
    return Runtime(settings.model_copy(update=any_time))


def due(count: int) -> list[Delivery]:
    now = datetime.now(UTC)
    return [
        factories.delivery(
            scheduled_time=now + timedelta(hours=3), outreach={"next_attempt_at": now}
        )
        for _ in range(count)
    ]


def test_a_tick_claims_a_few_seconds_worth_and_wakes_the_workers(runtime) -> None:
    due(8)
    tick(runtime)
    assert CallLog.of("default").count() == 5
    assert runtime.enqueuer.depth(queues.CALLS) == 5
    tick(runtime)
    assert CallLog.of("default").count() == 5
    CallLog.of("default").update(set__in_flight=False, set__status="busy")
    tick(runtime)
    assert CallLog.of("default").count() == 8


def test_a_full_queue_is_left_to_the_workers(runtime) -> None:
    due(2)
    for _ in range(51):
        runtime.enqueuer.enqueue(queues.DIAL, ObjectId())
    tick(runtime)
    assert CallLog.of("default").count() == 0


def test_while_the_circuit_is_open_nothing_is_claimed_and_then_one(runtime) -> None:
    due(4)
    circuit.failed(circuit.CALLS, "20003", ObjectId(), now=datetime.now(UTC))
    tick(runtime)
    assert CallLog.of("default").count() == 0
    Circuit.objects.update(set__probe_at=datetime.now(UTC))
    tick(runtime)
    tick(runtime)
    assert CallLog.of("default").count() == 1
    circuit.close(circuit.CALLS)
    tick(runtime)
    assert CallLog.of("default").count() == 4


def test_calls_that_are_held_wait_and_go_on_when_they_may(runtime) -> None:
    due(3)
    circuit.hold(circuit.CALLS, "restored", now=datetime.now(UTC))
    tick(runtime)
    assert CallLog.of("default").count() == 0
    assert not circuit.may_ask(circuit.CALLS, ObjectId(), now=datetime.now(UTC))
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    assert not circuit.may_ask(circuit.CALLS, ObjectId(), now=in_a_year)
    assert circuit.close(circuit.CALLS)
    tick(runtime)
    assert CallLog.of("default").count() == 3


def test_what_was_under_way_when_calls_were_held_does_not_let_them_go_on(runtime) -> None:
    before, now = ObjectId(), datetime.now(UTC)
    circuit.failed(circuit.CALLS, "20003", before, now=now - timedelta(minutes=5))
    assert circuit.may_ask(circuit.CALLS, before, now=now)
    circuit.hold(circuit.CALLS, "restored", now=now)
    circuit.worked(circuit.CALLS, before, now=now)
    circuit.failed(circuit.CALLS, "20003", before, now=now)
    assert not circuit.may_ask(circuit.CALLS, before, now=now + timedelta(hours=1))
