"""A customer calls us: recognised by number, or by a reference; nothing about others is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import CallLog, Delivery, Review, Suppression, Tenant
from app.pipeline import inbound
from app.pipeline.conclude import conclude
from app.pipeline.inbound import Arrival
from app.states import CALL
from tests import factories
from tests.factories import NOW, sid
from tests.pipeline.test_answer import TERMS

OURS = "+12025550142"


@pytest.fixture
def company(settings) -> Tenant:
    return factories.tenant()


def arrival(number: str, **fields) -> Arrival:
    basics = {"call_sid": sid("CA"), "to_number": OURS, "key": "inbound:1", "data": {}}
    return Arrival(from_number=number, **{**basics, **fields})


def arrived(company: Tenant, number: str, **fields) -> CallLog:
    call = inbound.arrive(company, arrival(number, **fields), now=NOW)
    return CallLog.of("default", pk=call.pk).get()


def test_a_known_number_is_about_the_days_next_deliveries(company) -> None:
    customer = factories.customer(preferences={"language": "de"})
    later = factories.delivery(customer=customer, scheduled_time=NOW + timedelta(hours=6))
    first = factories.delivery(customer=customer, scheduled_time=NOW + timedelta(hours=2))
    factories.delivery(customer=customer, scheduled_time=NOW + timedelta(days=2))
    factories.delivery(customer=customer, status="completed", scheduled_time=NOW)
    factories.delivery(scheduled_time=NOW + timedelta(hours=1))
    call = arrived(company, customer.phone)
    assert (call.delivery_id, call.covers) == (first.pk, [first.pk, later.pk])
    assert (call.direction, call.attempt, call.in_flight) == ("inbound", 0, False)
    assert (call.phone, call.language, call.identified_by) == (customer.phone, "de", "number")
    assert (call.status, call.settled_at) == ("in-progress", None)


def test_the_same_call_announced_again_is_one_call(company) -> None:
    customer = factories.delivery().customer_id
    number = factories.customer().phone
    one = arrival(number)
    assert inbound.arrive(company, one, now=NOW).pk == inbound.arrive(company, one, now=NOW).pk
    assert CallLog.of("default").count() == 1
    assert customer


def test_our_own_call_in_flight_neither_bars_nor_is_barred(company) -> None:
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    ours = factories.call(delivery)
    theirs = arrived(company, ours.to_number)
    assert (theirs.delivery_id, ours.in_flight) == (delivery.pk, True)
    again = arrived(company, ours.to_number)
    assert again.pk != theirs.pk
    other = factories.delivery(customer=factories.customer(phone=OURS))
    assert factories.call(other).in_flight


def test_while_a_customer_is_on_the_line_our_own_call_waits(company) -> None:
    soon, late = NOW - timedelta(minutes=1), NOW + timedelta(hours=1)
    customer = factories.customer()
    due = factories.delivery(
        customer=customer, outreach={"state": "waiting", "next_attempt_at": soon}
    )
    planned = factories.delivery(
        customer=customer, outreach={"state": "waiting", "next_attempt_at": late}
    )
    arrived(company, customer.phone)
    due.reload()
    planned.reload()
    assert due.outreach.next_attempt_at == NOW + timedelta(minutes=5)
    assert planned.outreach.next_attempt_at == late


@pytest.mark.parametrize("number", ["+15550009999", "anonymous", "", "+266696687", "Restricted"])
def test_an_unknown_caller_is_kept_and_nothing_follows(company, number) -> None:
    factories.delivery()
    call = arrived(company, number)
    assert (call.delivery_id, call.customer_id, call.covers) == (None, None, [])
    assert (call.settled_at, call.outcome) == (NOW, "unidentified")


def test_a_customer_without_open_deliveries_is_asked_like_a_stranger(company) -> None:
    delivery = factories.delivery(status="completed")
    number = factories.customer(phone="+15550123123").phone
    assert delivery
    assert arrived(company, number).delivery_id is None


def stranger(company: Tenant) -> CallLog:
    return arrived(company, "+15550009999")


def given(call: CallLog, digits: str = "", words: str = "") -> bool:
    return inbound.give_reference(call, digits=digits, words=words, now=NOW)


def test_a_reference_makes_the_call_about_its_delivery(company) -> None:
    customer = factories.customer(preferences={"language": "fr"})
    delivery = factories.delivery(customer=customer, reference="R-1042")
    call = stranger(company)
    assert given(call, digits="1042")
    call = CallLog.of("default", pk=call.pk).get()
    assert (call.delivery_id, call.covers, call.language) == (delivery.pk, [delivery.pk], "fr")
    assert (call.phone, call.identified_by) == (customer.phone, "reference")
    assert (call.settled_at, call.outcome) == (None, None)
    # The same keys again, by a webhook that is repeated.
    assert given(call, digits="1042")


def test_a_reference_may_be_spoken(company) -> None:
    delivery = factories.delivery(reference="R-1042")
    call = stranger(company)
    assert given(call, words="R one zero four two")
    assert call.delivery_id == delivery.pk


def test_a_reference_is_tried_three_times_at_most(company) -> None:
    factories.delivery(reference="R-1042")
    call = stranger(company)
    for wrong in ("1111", "2222", "3333"):
        assert not given(call, digits=wrong)
    call.reload()
    assert call.reference_tries == inbound.MOST_TRIES
    assert not given(call, digits="1042")
    call.reload()
    assert call.delivery_id is None


def test_a_reference_that_fits_two_customers_is_nobodys(company) -> None:
    factories.delivery(reference="R-1042")
    factories.delivery(reference="S-1042")
    assert not given(stranger(company), digits="1042")
    assert given(stranger(company), digits="71042") is False  # R and S are on the same key
    assert given(stranger(company), words="R 1042") is False


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "completed"},
        {"scheduled_time": NOW - timedelta(days=2)},
        {"scheduled_time": NOW + timedelta(days=30)},
    ],
)
def test_a_delivery_that_is_over_or_far_off_is_not_found(company, fields) -> None:
    factories.delivery(reference="R-1042", **fields)
    assert not given(stranger(company), digits="1042")


def test_another_companys_reference_is_not_found(company) -> None:
    customer = factories.customer("other")
    Delivery(
        tenant_id="other",
        customer_id=customer.pk,
        address="x",
        scheduled_time=NOW + timedelta(hours=1),
        time_zone="UTC",
        reference="R-1042",
    ).save()
    assert not given(stranger(company), digits="1042")


def test_whoever_calls_too_often_without_a_reference_is_asked_no_more(company) -> None:
    calls = [stranger(company) for _ in range(6)]
    assert inbound.may_ask(calls[0], now=NOW) is False
    assert inbound.may_ask(calls[0], now=NOW + timedelta(days=2))
    assert inbound.may_ask(arrived(company, "+15550008888"), now=NOW)
    hidden = [arrived(company, "anonymous") for _ in range(6)]
    assert inbound.may_ask(hidden[0], now=NOW)


def test_the_number_that_was_called_says_which_company(company) -> None:
    other = factories.tenant("other", callback_number="+15557654321")
    assert inbound.tenant_called("+15557654321", "+15550001111").pk == other.pk
    assert inbound.tenant_called(OURS, "+15550001111").pk == company.pk


def test_who_calls_the_number_that_all_share_means_who_called_them_last(company) -> None:
    factories.tenant("other")
    called = factories.customer("other")
    of_other = factories.delivery("other", customer=called)
    call = factories.call(of_other, from_number=OURS, dialing_at=NOW, in_flight=False)
    factories.call(of_other, from_number="+15557654321", dialing_at=NOW, attempt=2)
    assert inbound.tenant_called(OURS, call.to_number).tenant_id == "other"
    assert inbound.tenant_called("+15550002222", call.to_number).pk == company.pk


def by_reference(company: Tenant, number: str = "+15550009999", **fields) -> CallLog:
    """A call from a telephone that is not the customer's, ended, about the delivery R-1042."""
    factories.delivery(reference="R-1042")
    call = arrived(company, number)
    assert given(call, digits="1042")
    call = CallLog.of("default", pk=call.pk).get()
    for name, value in {"end_time": NOW, "notice_at": NOW, **fields}.items():
        setattr(call, name, value)
    call.save()
    assert call.move_to(CALL, "completed", at=NOW, cause="the test")
    conclude(call.pk, TERMS, now=NOW)
    return CallLog.of("default", pk=call.pk).get()


def test_what_somebody_elses_telephone_says_is_put_before_a_person(company) -> None:
    call = by_reference(company, said="leave it with the neighbour")
    delivery = Delivery.of("default", pk=call.delivery_id).get()
    assert (delivery.outreach.state, delivery.analysis.needs_review) == ("instructed", True)
    (review,) = Review.of("default", delivery_id=delivery.pk)
    assert (review.reason, review.call_id) == ("unverified", call.pk)
    assert review.due == delivery.scheduled_time


@pytest.mark.parametrize("number", ["+15550009999", "+266696687"])
def test_a_stranger_silences_their_own_telephone_alone(company, number) -> None:
    stop = {"kind": "opt_out", "slots": {}, "text": "stop", "scene": "inbound", "at": NOW}
    call = by_reference(company, number, chosen=[stop])
    held = [each.phone for each in Suppression.of("default")]
    assert held == ([] if inbound.is_withheld(number) else [number])
    assert call.phone not in held
    assert Delivery.of("default", pk=call.delivery_id).get().outreach.state == "pending"
