"""What is known of a delivery and its customer is known to who reads their words."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from app.models import Customer, Delivery, TimeWindow
from app.pipeline import reply as replying
from app.pipeline.conclude import conclude
from app.pipeline.known import known_of
from app.pipeline.reply import Said
from tests import factories
from tests.factories import NOW
from tests.fakes import FakeStorage
from tests.pipeline.test_answer import TERMS, ended_call, heard

TOMORROW = NOW + timedelta(days=1)


def expected(delivery_id, **preferences) -> None:
    """The van comes tomorrow, to a customer whose name and usual place are known."""
    delivery = Delivery.of("default", pk=delivery_id).get()
    delivery.modify(set__scheduled_time=TOMORROW)
    Customer.of("default", pk=delivery.customer_id).update(
        set__name="Priya Nair",
        **{f"set__preferences__{name}": each for name, each in preferences.items()},
    )


def said(text: str) -> Delivery:
    call = ended_call(effects=["records"])
    expected(call.delivery_id, delivery_instructions="Behind the shed, mind the dog")
    heard(call, text)
    conclude(call.pk, TERMS, now=NOW)
    return Delivery.of("default", pk=call.delivery_id).get()


def test_the_facts_are_those_of_the_deliverys_own_day_and_zone(settings) -> None:
    customer = factories.customer(
        name="Priya Nair", preferences={"delivery_instructions": "Leave in the shed."}
    )
    late = NOW.replace(hour=23)
    delivery = factories.delivery(
        customer=customer,
        scheduled_time=late,
        time_zone="Asia/Kolkata",
        window=TimeWindow(start=late, end=late + timedelta(hours=4)),
    )
    known = known_of(delivery)
    assert known.day == date(2026, 3, 11)
    assert (known.start, known.end) == (time(4, 30), time(8, 30))
    assert (known.name, known.usual_place) == ("Priya Nair", "in the shed")


def test_a_window_over_midnight_and_a_customer_who_is_gone_are_not_known(settings) -> None:
    late = NOW.replace(hour=22)
    delivery = factories.delivery(
        scheduled_time=late, window=TimeWindow(start=late, end=late + timedelta(hours=4))
    )
    Customer.of("default").delete()
    known = known_of(delivery)
    assert (known.start, known.end, known.name, known.usual_place) == (None, None, "", "")


@pytest.mark.parametrize(
    ("text", "instructions"),
    [
        ("come after eight tomorrow", "Come on Wednesday 11 March from 08:00."),
        ("the usual place please", "Leave it in the usual place (behind the shed)."),
        ("give it to priya", "Hand it only to priya."),
    ],
)
def test_a_recording_is_read_in_the_light_of_its_delivery(settings, text, instructions) -> None:
    delivery = said(text)
    assert delivery.analysis.instructions == instructions


def test_who_is_not_the_customer_is_a_wrong_number(settings) -> None:
    delivery = said("sorry i'm not prya nair")
    assert [each.kind for each in delivery.analysis.directives] == ["wrong_number"]


def test_a_written_answer_is_read_in_the_same_light(settings) -> None:
    factories.tenant()
    delivery = factories.delivery(outreach={"state": "unreachable"})
    expected(delivery.pk, delivery_instructions="Behind the shed")
    answer = Said(channel="link", key="k", language="en", text="tomorrow after eight is best")
    reply = replying.keep(delivery, answer, FakeStorage(), "bucket", now=NOW)
    analysis = replying.read(reply.pk, now=NOW).analysis.to_rules()
    assert [(one.kind, dict(one.slots)) for one in analysis.directives] == [
        ("time_window", {"date": "2026-03-11", "start": "08:00"})
    ]
