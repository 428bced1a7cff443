"""Everything that can die dies in mid-morning; nobody is called twice, nothing is lost."""

from __future__ import annotations

import time
from collections import Counter

import redis

from app.models import DEFAULT_TENANT, CallLog, Delivery, Recording
from app.states import OUTREACH_SETTLED
from tests.journeys.conftest import Product, until

WORKERS = ("calls", "answers", "speech", "clock")
PERSONAS = (
    "leave-behind-planter",
    "busy-then-answers",
    "presses-1",
    "gate-code",
    "text-when-you-arrive",
    "presses-9-twice",
)


def settled(deliveries: list[Delivery]) -> bool:
    ids = [delivery.pk for delivery in deliveries]
    now = Delivery.of(DEFAULT_TENANT, pk__in=ids)
    open_recordings = Recording.of(
        DEFAULT_TENANT, delivery_id__in=ids, stage__ne="understood"
    ).count()
    told = all(d.outreach.state in OUTREACH_SETTLED and not d.to_tell for d in now)
    return told and not open_recordings


def never_twice(product: Product, deliveries: list[Delivery]) -> None:
    """Each attempt rang at most once: the network's calls, counted, are those of the ledger."""
    for delivery in deliveries:
        calls = product.calls(delivery)
        rung = Counter(call["sid"] for call in product.rung(calls[0].to_number))
        bound = [call.call_sid for call in calls if call.call_sid]
        assert Counter(bound) == rung
        assert [call.attempt for call in calls] == list(range(1, len(calls) + 1))


def all_understood(deliveries: list[Delivery]) -> None:
    ids = [delivery.pk for delivery in deliveries]
    for recording in Recording.of(DEFAULT_TENANT, delivery_id__in=ids):
        assert recording.stage == "understood"
        assert recording.processing_status == "completed"


def test_redis_is_emptied_and_every_worker_killed(product: Product) -> None:
    deliveries = [product.deliver(PERSONAS[n % len(PERSONAS)]) for n in range(18)]
    connection = redis.Redis.from_url(product.settings.redis_url.get_secret_value())
    for _ in range(3):
        time.sleep(1.0)
        connection.flushall()
        for name in WORKERS:
            product.stack.supervisor.kill(name)
    until(lambda: settled(deliveries), "all settled", 110)
    never_twice(product, deliveries)
    all_understood(deliveries)


def test_the_web_server_is_killed_again_and_again(product: Product) -> None:
    deliveries = [product.deliver(PERSONAS[n % len(PERSONAS)]) for n in range(12)]
    for _ in range(4):
        time.sleep(1.0)
        product.stack.supervisor.kill("web")
    until(lambda: settled(deliveries), "all settled", 110)
    never_twice(product, deliveries)
    all_understood(deliveries)


def test_the_web_server_and_the_database_are_killed(product: Product) -> None:
    deliveries = [product.deliver(PERSONAS[n % len(PERSONAS)]) for n in range(6)]
    time.sleep(1.0)
    product.stack.supervisor.kill("web")
    time.sleep(1.0)
    product.stack.supervisor.kill("mongodb")
    time.sleep(0.5)
    product.stack.supervisor.kill("redis")
    until(lambda: alive(deliveries), "all settled", 110)
    never_twice(product, deliveries)
    all_understood(deliveries)


def alive(deliveries: list[Delivery]) -> bool:
    from pymongo.errors import PyMongoError

    try:
        return settled(deliveries)
    except PyMongoError:
        return False


def test_lost_answers_and_missing_media_are_ridden_out(product: Product) -> None:
    product.carrier.faults(lose_create_answer=2, refuse_429=2, media_404=2)
    deliveries = [product.deliver("leave-behind-planter") for _ in range(4)]
    until(lambda: settled(deliveries), "all settled", 110)
    never_twice(product, deliveries)
    for delivery in deliveries:
        assert product.settled(delivery, "instructed").analysis.directives
    attempts = CallLog.of(DEFAULT_TENANT, delivery_id__in=[d.pk for d in deliveries])
    states = {step.target for call in attempts for step in call.history}
    assert "unknown" in states


def test_the_storage_and_the_telephone_network_are_killed(product: Product) -> None:
    deliveries = [product.deliver("leave-behind-planter") for _ in range(6)]
    time.sleep(0.6)
    product.stack.supervisor.kill("s3")
    time.sleep(0.6)
    product.stack.supervisor.kill("carrier")
    until(lambda: settled(deliveries), "all settled", 110)
    never_twice(product, deliveries)
    all_understood(deliveries)
    for delivery in deliveries:
        assert product.settled(delivery, "instructed").analysis.directives
