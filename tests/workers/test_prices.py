"""From the clock to the price: asked for by the workers of calls, after everything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId
from rq import Queue
from rq.serializers import JSONSerializer

from app import queues, runtime
from app.gateways import CallFacts
from app.models import CallLog
from app.runtime import Runtime
from tests import factories
from tests.fakes import FakeVoice
from workers.clock import sweep_up
from workers.main import AllowedJob, ResidentWorker


@pytest.fixture
def fakes(settings) -> Runtime:
    made = Runtime(settings)
    made.__dict__.update(voice=FakeVoice())
    runtime.install(made)
    yield made
    runtime.install(None)


def over(fakes: Runtime, count: int) -> list[CallLog]:
    """Calls that ended ten minutes ago, of which the network knows the price."""
    before, calls = datetime.now(UTC) - timedelta(minutes=10), []
    for _ in range(count):
        call = factories.call(
            status="completed", in_flight=False, call_sid=factories.sid("CA"), end_time=before,
            settled_at=before, price_due_at=before + timedelta(minutes=5),
        )  # fmt: skip
        nothing = (None, None, before, 31, None)
        facts = (call.call_sid, "completed", call.to_number, call.from_number, *nothing)
        fakes.voice.known.append(CallFacts(*facts, Decimal("0.014"), "USD"))
        calls.append(call)
    CallLog._get_collection().update_many({}, {"$set": {"updatedAt": before}})
    return calls


def work(settings) -> None:
    connection = queues.connect(settings.redis_url.get_secret_value(), blocking=True)
    ResidentWorker(
        [Queue(queues.CALLS, connection=connection, serializer=JSONSerializer)],
        connection=connection, serializer=JSONSerializer, job_class=AllowedJob,
        log_job_description=False,
    ).work(burst=True, logging_level="WARNING")  # fmt: skip


def test_prices_are_found_three_at_a_time(fakes, settings) -> None:
    over(fakes, 4)
    for waiting, priced in ((3, 3), (1, 4)):
        sweep_up(fakes)
        assert fakes.enqueuer.depth(queues.CALLS) == waiting
        work(settings)
        assert CallLog.across_tenants(cost=0.014, currency="USD").count() == priced


def test_nothing_is_asked_while_a_call_waits_to_be_dialled(fakes, settings) -> None:
    over(fakes, 1)
    fakes.enqueuer.enqueue(queues.DIAL, ObjectId())
    sweep_up(fakes)
    assert fakes.enqueuer.depth(queues.CALLS) == 1
    work(settings)
    sweep_up(fakes)
    work(settings)
    assert CallLog.across_tenants(cost=0.014).count() == 1
