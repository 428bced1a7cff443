"""A shipper's system hears, from plan to instruction, what became of a delivery; and no code."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from app.models import DEFAULT_TENANT
from app.pipeline import subscription_standing as standing
from app.pipeline.subscriptions import SubscriptionWish, subscribe
from tests.journeys.conftest import Product, until
from tests.workers.receiver import receiver

EXPECTED = {
    "delivery.scheduled",
    "delivery.assigned",
    "recording.ready",
    "delivery.instructed",
    "call.completed",
}


def test_a_shipper_hears_of_a_delivery_from_its_plan_to_its_instructions(product: Product) -> None:
    with receiver() as shop:
        wish = SubscriptionWish(url=shop.url)
        now = datetime.now(UTC)
        made = subscribe(DEFAULT_TENANT, wish, by=None, now=now, to_loopback=True)
        shop.secret = made.secret
        # It is away at first.
        shop.statuses = [503, 500, 200]
        delivery = product.deliver("gate-code")

        def heard() -> list[dict] | None:
            mine = [each for each in shop.seen if each["delivery_id"] == str(delivery.pk)]
            return mine if {each["type"] for each in mine} >= EXPECTED else None

        events = until(heard, "all events of the delivery", 90)
        standing.remove(DEFAULT_TENANT, made.subscription.pk, now=datetime.now(UTC))
    by_sequence = sorted(events, key=lambda each: each["sequence"])
    order = [each["type"] for each in by_sequence]
    assert order[:2] == ["delivery.scheduled", "delivery.assigned"]
    assert len({each["sequence"] for each in events}) == len(events)
    assert len({each["id"] for each in events}) == len(events)
    assert shop.refused == 0
    settled = product.settled(delivery, "instructed")
    said = json.dumps([each.slots for each in settled.analysis.directives])
    told = next(each for each in events if each["type"] == "delivery.instructed")
    codes = [each.slots["code"] for each in settled.analysis.directives if "code" in each.slots]
    assert codes, said
    for code in codes:
        assert code not in json.dumps(events)
    masked = [each["masked"] for each in told["data"]["directives"]]
    assert ["code"] in masked
