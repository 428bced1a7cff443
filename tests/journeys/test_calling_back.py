"""Customers who call the number back: recognised, heard, and concluded like any other call."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from app.callbacks import PREFIX
from app.models import DEFAULT_TENANT, CallLog, Delivery, Suppression
from tests import factories
from tests.journeys.conftest import AUDIO, Product, until


@pytest.fixture
def answered(product) -> Product:
    """The account's number leads to us."""
    inbound = f"{product.url}{PREFIX}/inbound"
    product.carrier.answer_with(f"{inbound}/call", f"{inbound}/message", f"{inbound}/status")
    return product


def number() -> str:
    return f"+4420{secrets.randbelow(10**8):08}"


def planned(product: Product, phone: str, **fields) -> Delivery:
    """A delivery about which we would call in an hour."""
    now = datetime.now(UTC)
    return factories.delivery(
        customer=factories.customer(phone=phone),
        agent_id=product.agent.pk,
        scheduled_time=now + timedelta(hours=3),
        time_zone="Europe/London",
        outreach={"state": "pending", "next_attempt_at": now + timedelta(hours=1)},
        **fields,
    )


def over(call_sid: str) -> CallLog:
    """The call once it has ended, and how it ended has been reported."""
    return until(
        lambda: CallLog.of(DEFAULT_TENANT, call_sid=call_sid, status="completed").first(),
        "the call's end",
    )


def concluded(call_sid: str) -> CallLog:
    return until(
        lambda: CallLog.of(DEFAULT_TENANT, call_sid=call_sid, settled_at__ne=None).first(),
        "the call's conclusion",
    )


def test_a_customer_who_calls_back_confirms_by_key(answered) -> None:
    phone = number()
    delivery = planned(answered, phone)
    call_sid = answered.carrier.ring(phone, [{"on": "gather", "press": "1"}])
    answered.settled(delivery, "confirmed")
    call = concluded(call_sid)
    assert (call.direction, call.delivery_id, call.duration is not None) == (
        "inbound",
        delivery.pk,
        True,
    )
    assert answered.rung(phone) == []


def test_a_customer_who_calls_back_leaves_instructions(answered) -> None:
    phone = number()
    delivery = planned(answered, phone)
    steps = [
        {"on": "gather", "press": "2"},
        {"on": "record", "speak": str(AUDIO / "gate-code.wav")},
    ]
    answered.carrier.ring(phone, steps)
    assert answered.settled(delivery, "instructed").analysis.directives


def test_an_unknown_number_gives_its_reference(answered) -> None:
    reference = f"R-{secrets.randbelow(10**7):07}"
    delivery = planned(answered, number(), reference=reference)
    steps = [
        {"on": "gather", "press": reference.removeprefix("R-") + "#"},
        {"on": "gather", "press": "1"},
    ]
    answered.carrier.ring(number(), steps)
    answered.settled(delivery, "confirmed")


def test_whoever_rings_and_says_nothing_is_called_as_planned(answered) -> None:
    phone = number()
    delivery = planned(answered, phone)
    call_sid = answered.carrier.ring(phone, [{"on": "gather", "hang_up_after": 1}])
    concluded(call_sid)
    delivery.reload()
    assert delivery.outreach.state == "pending"


def test_an_unknown_caller_may_opt_out(answered) -> None:
    phone = number()
    call_sid = answered.carrier.ring(phone, [{"on": "gather", "press": "9"}])
    assert over(call_sid).delivery_id is None
    assert Suppression.of(DEFAULT_TENANT, phone=phone).count() == 1
