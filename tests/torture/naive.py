"""The positive control: a worker as one would write it first, which the rig must catch.

It asks the network, then saves; where anything goes wrong it raises, and RQ's ``Retry`` runs it
again. Everything else is the product's own: the same world, the same faults, the same judge.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from bson import ObjectId
from redis import Redis
from rq import Queue, Retry, SimpleWorker
from rq.serializers import JSONSerializer
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from app import models
from app.callbacks import Callbacks
from app.config import Settings
from app.models import CallLog, Customer, Delivery
from app.rules.call_script import START

QUEUE = "naive"
_ORIGIN = "https://api.twilio.com"


class _Http(TwilioHttpClient):
    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=10)
        self._api_url = api_url

    def request(self, method: str, url: str, **options):
        return super().request(method, url.replace(_ORIGIN, self._api_url), **options)


def call(delivery_id: str) -> None:
    """Call the customer of a delivery, and note it."""
    settings = Settings.from_env(os.environ)
    delivery = Delivery.across_tenants(pk=ObjectId(delivery_id)).get()
    if CallLog.across_tenants(pk=delivery.pk).first() is not None:
        return
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).get()
    client = Client(
        settings.twilio_account_sid,
        settings.auth_tokens[0],
        http_client=_Http(settings.twilio_api_url),
    )
    addresses = Callbacks(settings.public_url, delivery_id)
    placed = client.calls.create(
        to=customer.phone,
        from_=settings.twilio_from_number,
        url=addresses.script(START),
        status_callback=addresses.status,
        timeout=25,
    )
    now = datetime.now(UTC)
    CallLog(
        id=delivery.pk,
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        customer_id=customer.pk,
        attempt=1,
        from_number=settings.twilio_from_number,
        to_number=customer.phone,
        claimed_at=now,
        dialing_at=now,
        call_sid=placed.sid,
        status="queued",
    ).save()


def enqueue(settings: Settings, deliveries: list[ObjectId]) -> None:
    """Put a job for each delivery on the queue."""
    queue = Queue(QUEUE, connection=_redis(settings), serializer=JSONSerializer)
    for delivery_id in deliveries:
        queue.enqueue(
            "tests.torture.naive.call",
            str(delivery_id),
            job_id=f"naive-{delivery_id}",
            retry=Retry(max=5),
        )


def waiting(settings: Settings) -> int:
    """How many jobs wait. (A killed worker's job counts as running for minutes: not asked.)"""
    return int(Queue(QUEUE, connection=_redis(settings), serializer=JSONSerializer).count)


def _redis(settings: Settings) -> Redis:
    return Redis.from_url(settings.redis_url.get_secret_value())


def main() -> int:
    """Work on the queue."""
    settings = Settings.from_env(os.environ)
    models.connect(settings)
    worker = SimpleWorker(
        [Queue(QUEUE, connection=_redis(settings), serializer=JSONSerializer)],
        connection=_redis(settings),
        serializer=JSONSerializer,
        maintenance_interval=5,
    )
    worker.work(logging_level="WARNING", with_scheduler=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
