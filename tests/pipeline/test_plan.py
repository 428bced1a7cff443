"""Planning: a wish becomes a delivery, or a clear refusal that leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import PermanentError
from app.models import Customer, Delivery
from app.pipeline.plan import NewDelivery, plan
from tests import factories
from tests.factories import ALL_DAY, NOW

WISH = NewDelivery(
    reference="R-1",
    customer_name="Casey",
    phone="+44 7700 900123",
    address="12 Mill Lane",
    longitude=-0.1,
    latitude=51.5,
    scheduled_time=NOW + timedelta(hours=3),
    time_zone="Europe/London",
)


def planned(wish: NewDelivery, **options) -> Delivery:
    return plan("default", wish, **{"now": NOW, "window": ALL_DAY, **options})


def test_a_delivery_is_planned_with_its_first_call(settings) -> None:
    agent = factories.agent()
    delivery = planned(replace(WISH, agent_email=agent.email))
    assert (delivery.status, delivery.agent_id) == ("assigned", agent.pk)
    assert delivery.outreach.state == "pending"
    assert delivery.outreach.next_attempt_at == NOW
    assert Customer.of("default").get().phone == "+447700900123"


def test_a_number_is_read_in_the_customers_country(settings) -> None:
    planned(replace(WISH, phone="07700 900123", region="GB"))
    assert Customer.of("default").get().phone == "+447700900123"


def test_a_known_number_is_the_same_customer(settings) -> None:
    planned(WISH)
    planned(replace(WISH, reference="R-2", customer_name="Casey Jones"))
    customer = Customer.of("default").get()
    assert (customer.name, customer.total_deliveries) == ("Casey Jones", 2)
    assert customer.created_at is not None


def test_a_reference_is_planned_once(settings) -> None:
    planned(WISH)
    with pytest.raises(PermanentError, match="R-1 is planned already"):
        planned(WISH)
    assert Delivery.of("default").count() == 1


def test_at_night_the_first_call_waits_for_the_morning(settings) -> None:
    from datetime import time

    night = NOW.replace(hour=3)
    delivery = planned(WISH, now=night, window=(time(8), time(21)))
    assert delivery.outreach.next_attempt_at == night.replace(hour=8, minute=0)


def test_a_delivery_before_the_window_is_skipped_with_the_reason(settings) -> None:
    from datetime import time

    night = NOW.replace(hour=3)
    early = replace(WISH, scheduled_time=night + timedelta(hours=2))
    delivery = planned(early, now=night, window=(time(8), time(21)))
    assert delivery.outreach.state == "skipped"
    assert "outside" in delivery.outreach.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phone": "nobody"}, "phone"),
        ({"phone": "07700 900123"}, "phone"),
        ({"phone": "+1"}, "phone"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"longitude": 181.0}, "longitude"),
        ({"scheduled_time": NOW}, "ahead"),
        ({"window_end": NOW}, "window_end"),
        ({"customer_name": " "}, "customer_name"),
        ({"agent_email": "nobody@example.com"}, "no active agent"),
    ],
)
def test_a_wrong_wish_is_refused_and_leaves_nothing(settings, change, said) -> None:
    with pytest.raises(PermanentError, match=said):
        planned(replace(WISH, **change))
    assert Delivery.of("default").count() == 0
    assert Customer.of("default").count() == 0


def test_all_problems_are_named_at_once(settings) -> None:
    with pytest.raises(PermanentError) as caught:
        planned(replace(WISH, phone="?", time_zone="?", latitude=99.0))
    assert all(word in str(caught.value) for word in ("phone", "time_zone", "latitude"))
