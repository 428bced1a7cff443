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
