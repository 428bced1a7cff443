"""Planning: a wish becomes a delivery, or a clear refusal that leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from app.errors import PermanentError
from app.models import Consent, Customer, Delivery, Tenant
from app.pipeline.plan import NewDelivery, plan
from app.pipeline.suppression import suppress
from tests import factories
from tests.factories import ALL_DAY, BOOK, NOW

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


@pytest.fixture(autouse=True)
def company(settings) -> None:
    factories.tenant()


def planned(wish: NewDelivery, **options) -> Delivery:
    return plan("default", wish, **{"now": NOW, "window": ALL_DAY, "book": BOOK, **options})


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
    night = NOW.replace(hour=3)
    delivery = planned(WISH, now=night, window=(time(8), time(21)))
    assert delivery.outreach.next_attempt_at == night.replace(hour=8, minute=0)


def test_a_delivery_before_the_window_is_skipped_with_the_reason(settings) -> None:
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
        ({"longitude": float("nan")}, "longitude"),
        ({"longitude": None}, "together, or neither"),
        (
            {"longitude": None, "latitude": None, "time_zone": None, "phone": "+61491570156"},
            "time_zone or longitude and latitude",
        ),
        ({"scheduled_time": NOW}, "ahead"),
        ({"scheduled_time": NOW + timedelta(days=366, seconds=1)}, "at most 366 days ahead"),
        ({"window_end": NOW}, "window_end"),
        ({"window_end": NOW + timedelta(hours=27, seconds=1)}, "at most 24 hours after"),
        ({"customer_name": " "}, "customer_name"),
        ({"agent_email": "nobody@example.com"}, "no active agent"),
    ],
)
def test_a_wrong_wish_is_refused_and_leaves_nothing(settings, change, said) -> None:
    with pytest.raises(PermanentError, match=said):
        planned(replace(WISH, **change))
    assert Delivery.of("default").count() == 0
    assert Customer.of("default").count() == 0


def test_nothing_is_planned_for_a_company_that_there_is_not(settings) -> None:
    with pytest.raises(PermanentError, match="delauto tenant set NAME --tenant nosuch"):
        plan("nosuch", WISH, now=NOW, window=ALL_DAY, book=BOOK)
    assert Delivery.across_tenants().count() == Customer.across_tenants().count() == 0


def test_the_longest_window_and_the_farthest_van_are_still_planned(settings) -> None:
    van = NOW + timedelta(days=366)
    delivery = planned(replace(WISH, scheduled_time=van, window_end=van + timedelta(hours=24)))
    assert delivery.window.end - delivery.window.start == timedelta(hours=24)


def test_all_problems_are_named_at_once(settings) -> None:
    with pytest.raises(PermanentError) as caught:
        planned(replace(WISH, phone="?", time_zone="?", latitude=99.0))
    assert all(word in str(caught.value) for word in ("phone", "time_zone", "latitude"))


def test_the_order_is_why_the_number_may_be_called(settings) -> None:
    delivery = planned(WISH)
    (consent,) = Consent.of("default")
    assert (consent.phone, consent.basis, consent.source) == ("+447700900123", "order", "R-1")
    assert consent.since == NOW
    assert consent.created_at is not None
    nameless = planned(replace(WISH, reference=None))
    assert Consent.of("default", source=str(nameless.pk)).count() == 1
    assert delivery.outreach.state == "pending"


def test_planning_the_same_order_twice_is_one_consent(settings) -> None:
    planned(WISH)
    with pytest.raises(PermanentError):
        planned(WISH)
    assert Consent.of("default").count() == 1


def test_without_consent_nobody_is_called(settings) -> None:
    delivery = planned(replace(WISH, consent=False))
    assert Consent.of("default").count() == 0
    assert delivery.outreach.state == "skipped"
    assert "no consent is known" in delivery.outreach.reason


def test_an_earlier_orders_consent_holds_for_the_next(settings) -> None:
    planned(WISH)
    again = planned(replace(WISH, reference="R-2", consent=False))
    assert again.outreach.state == "pending"


def test_a_suppressed_number_is_not_called(settings) -> None:
    suppress("default", "+447700900123", scope="calls", source="key", evidence=None, now=NOW)
    delivery = planned(WISH)
    assert delivery.outreach.state == "suppressed"
    assert delivery.outreach.next_attempt_at is None
    assert "asked not to be contacted" in delivery.outreach.reason


def test_the_door_decides_the_time_zone(settings) -> None:
    delivery = planned(replace(WISH, longitude=-73.98, latitude=40.75))
    assert delivery.time_zone == "America/New_York"
    assert Customer.of("default").get().preferences.timezone == "America/New_York"
    # Ten in London is six in New York.
    assert delivery.outreach.state == "skipped" or delivery.outreach.next_attempt_at > NOW


def test_without_a_door_the_stated_zone_counts(settings) -> None:
    delivery = planned(replace(WISH, longitude=None, latitude=None, time_zone="Europe/Dublin"))
    assert delivery.time_zone == "Europe/Dublin"
    assert delivery.coordinates is None
    assert "coordinates" not in Delivery._get_collection().find_one({"_id": delivery.pk})


def test_without_either_the_number_tells_the_zone(settings) -> None:
    delivery = planned(replace(WISH, longitude=None, latitude=None, time_zone=None))
    assert delivery.time_zone == "Europe/London"


def test_the_first_call_is_put_off_past_a_quiet_day(settings) -> None:
    Tenant.of("default").update_one(set__calling__quiet_days=["2026-03-10"])
    delivery = planned(replace(WISH, scheduled_time=NOW + timedelta(days=2)))
    assert delivery.outreach.next_attempt_at == NOW.replace(day=11, hour=8)
    assert "quiet day" in delivery.outreach.reason


def test_a_far_delivery_is_called_a_few_days_before_it(settings) -> None:
    delivery = planned(replace(WISH, scheduled_time=NOW + timedelta(days=30)))
    assert delivery.outreach.next_attempt_at == NOW + timedelta(days=27)
    assert "not earlier than 3 days before the van" in delivery.outreach.reason


def test_a_language_that_nobody_speaks_is_refused(settings) -> None:
    with pytest.raises(PermanentError, match="language must be one of en, es, fr, de"):
        planned(replace(WISH, language="pt"))
    assert Delivery.of("default").count() == 0


def test_standing_instructions_are_the_customers_until_others_are_stated(settings) -> None:
    for reference, stated, kept in (
        ("1", "behind the shed", "behind the shed"),
        ("2", None, "behind the shed"),
        ("3", "in the porch", "in the porch"),
    ):
        planned(replace(WISH, reference=reference, delivery_instructions=stated))
        assert Customer.of("default").get().preferences.delivery_instructions == kept


def test_a_stated_language_is_the_customers_from_then_on(settings) -> None:
    for reference, language, spoken in (
        ("1", None, "en"),
        ("2", "es-MX", "es-MX"),
        ("3", None, "es-MX"),
    ):
        planned(replace(WISH, reference=reference, language=language))
        assert Customer.of("default").get().preferences.language == spoken
