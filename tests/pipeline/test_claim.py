"""Claiming: due deliveries become exactly one intended call each, or none, many at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from bson.binary import Binary

from app.models import CallLog, Consent, Customer, Delivery, Suppression, Tenant
from app.models.numbers import SUBTYPE
from app.pipeline import due
from app.pipeline.claim import Batch, claim_batch, my_turn
from app.pipeline.due import Room
from tests import factories
from tests.factories import BOOK, NOW


def claimed(most: int = 100, **policy) -> Batch:
    return claim_batch(factories.policy(**policy), now=NOW, room=Room(most, {}))


def again(delivery: Delivery) -> Delivery:
    return Delivery.of(delivery.tenant_id, pk=delivery.pk).get()


def call_of(delivery: Delivery) -> CallLog | None:
    return CallLog.of(delivery.tenant_id, covers=delivery.pk).first()


def order(most: int = 100) -> list:
    return [each.pk for each in due.pick(most, "AC", now=NOW)]


def pks(deliveries: Iterable[Delivery]) -> list:
    return [delivery.pk for delivery in deliveries]


def van_in(hours: float) -> dict:
    return {"scheduled_time": NOW + timedelta(hours=hours)}


def test_a_claim_writes_the_call_and_the_delivery(settings) -> None:
    delivery = factories.delivery()
    (mine,) = claimed().claimed
    call = CallLog.of("default", pk=mine.call_id).get()
    assert (call.status, call.attempt, call.in_flight, call.direction) == (
        "intended", 1, True, "outbound",
    )  # fmt: skip
    assert (call.dialing_at, call.covers) == (None, [delivery.pk])
    assert call.why_allowed["allowed"] is True
    assert call.queued_until == call.why_allowed["not_after"] - timedelta(seconds=10)
    call.validate()
    delivery = again(delivery)
    assert (delivery.outreach.state, delivery.outreach.attempts) == ("calling", 1)
    assert delivery.outreach.call_id == call.pk
    assert delivery.history[-1].target == "calling"
    assert claimed() == Batch()


def test_a_claimed_call_is_as_the_model_would_have_written_it(settings) -> None:
    factories.delivery()
    claimed()
    written = CallLog._get_collection().find_one({})
    ours = factories.call().to_mongo().to_dict()
    assert set(ours) <= set(written)


def test_many_are_claimed_at_once_and_no_more_than_asked(settings) -> None:
    deliveries = [factories.delivery() for _ in range(12)]
    assert len(claimed(5).claimed) == 5
    assert len(claimed(50).claimed) == 7
    assert {call.delivery_id for call in CallLog.of("default")} == set(pks(deliveries))


def test_of_many_clocks_one_claims_each(settings) -> None:
    deliveries = [factories.delivery() for _ in range(60)]
    with ThreadPoolExecutor(6) as pool:
        batches = list(pool.map(lambda _: claimed(25), range(18)))
    ids = [each.delivery_ids[0] for batch in batches for each in batch.claimed]
    assert sorted(ids) == sorted(pks(deliveries))
    assert CallLog.of("default").count() == 60
    assert all(again(each).outreach.attempts == 1 for each in deliveries)


def test_a_suppressed_number_is_not_claimed(settings) -> None:
    customer = factories.customer()
    Suppression(
        tenant_id="default", phone=customer.phone, scope="all", source="key", since=NOW
    ).save()
    delivery = factories.delivery(customer=customer)
    assert claimed().claimed == ()
    assert again(delivery).outreach.state == "suppressed"
    assert CallLog.of("default").count() == 0


def test_another_tenants_suppression_does_not_count(settings) -> None:
    customer = factories.customer()
    Suppression(
        tenant_id="other", phone=customer.phone, scope="all", source="key", since=NOW
    ).save()
    factories.delivery(customer=customer)
    assert len(claimed().claimed) == 1


def test_without_consent_nobody_is_called_and_with_it_they_are(settings) -> None:
    asked, unasked = factories.customer(), factories.customer()
    Consent(
        tenant_id="default", phone=asked.phone, basis="order", source="R-1",
        since=NOW - timedelta(days=1),
    ).save()  # fmt: skip
    yes, no = factories.delivery(customer=asked), factories.delivery(customer=unasked)
    claimed(book=BOOK)
    assert again(yes).outreach.state == "calling"
    assert again(no).outreach.state == "skipped"
    assert "consent" in again(no).outreach.reason


def test_a_delivery_whose_customer_is_gone_is_skipped(settings) -> None:
    customer = factories.customer()
    delivery = factories.delivery(customer=customer)
    customer.delete()
    claimed()
    assert again(delivery).outreach.state == "skipped"


def test_a_number_on_the_telephone_is_claimed_later(settings) -> None:
    talking = factories.call(in_flight=True, status="in-progress")
    customer = factories.customer("other", phone=talking.to_number)
    delivery = factories.delivery("other", customer=customer)
    free = factories.delivery()
    claimed()
    assert again(free).outreach.state == "calling"
    waiting = again(delivery).outreach
    assert (waiting.state, waiting.attempts) == ("pending", 0)
    assert waiting.next_attempt_at == NOW + timedelta(seconds=60)


def test_one_number_of_two_companies_rings_once(settings) -> None:
    one = factories.customer()
    two = factories.customer("other", phone=one.phone)
    factories.delivery(customer=one)
    factories.delivery("other", customer=two)
    assert len(claimed().claimed) == 1
    assert CallLog.across_tenants().count() == 1


@pytest.mark.parametrize(("seconds", "state"), [(59, "pending"), (61, "calling")])
def test_a_number_cools_down_between_two_calls(settings, seconds, state) -> None:
    before = factories.call(
        in_flight=False, status="busy", dialing_at=NOW - timedelta(seconds=seconds)
    )
    customer = factories.customer("other", phone=before.to_number)
    delivery = factories.delivery("other", customer=customer)
    claimed()
    assert again(delivery).outreach.state == state


def test_one_household_is_one_call(settings) -> None:
    customer = factories.customer()
    first = factories.delivery(customer=customer, **van_in(2))
    second = factories.delivery(customer=customer, **van_in(4))
    not_due = factories.delivery(
        customer=customer, outreach={"next_attempt_at": NOW + timedelta(hours=1)}, **van_in(3)
    )
    tomorrow = factories.delivery(customer=customer, **van_in(26))
    (mine,) = claimed().claimed
    assert list(mine.delivery_ids) == pks([first, not_due, second])
    for each in (first, second, not_due):
        outreach = again(each).outreach
        assert (outreach.state, outreach.attempts) == ("calling", 1)
        assert outreach.call_id == mine.call_id
    assert again(tomorrow).outreach.state == "pending"
    assert CallLog.of("default").get().covers == pks([first, not_due, second])


def test_a_household_member_who_was_heard_already_is_not_asked_again(settings) -> None:
    customer = factories.customer()
    factories.delivery(customer=customer, outreach={"state": "confirmed"})
    lead = factories.delivery(customer=customer)
    (mine,) = claimed().claimed
    assert mine.delivery_ids == (lead.pk,)


def test_hours_are_asked_again_at_the_claim(settings) -> None:
    delivery = factories.delivery()
    assert claimed(window=(time(11), time(21))).claimed == ()
    outreach = again(delivery).outreach
    assert outreach.next_attempt_at == NOW.replace(hour=11)
    assert outreach.state == "pending"


def test_in_the_last_moment_of_its_hours_nobody_is_claimed(settings) -> None:
    delivery = factories.delivery()
    closing = (NOW + timedelta(seconds=59)).time()
    assert claimed(window=(time(8), closing)).claimed == ()
    assert again(delivery).outreach.next_attempt_at == NOW + timedelta(seconds=59)
    other = factories.delivery()
    enough = (NOW + timedelta(seconds=60)).time()
    assert claimed(window=(time(8), enough)).claimed[0].delivery_ids == (other.pk,)


def test_after_the_van_there_is_no_call(settings) -> None:
    unasked = factories.delivery(scheduled_time=NOW)
    tried = factories.delivery(
        scheduled_time=NOW,
        outreach={"state": "waiting", "attempts": 1, "next_attempt_at": NOW},
    )
    claimed()
    assert again(unasked).outreach.state == "skipped"
    tried = again(tried)
    assert (tried.outreach.state, tried.to_tell) == ("unreachable", True)


def test_who_was_called_often_enough_is_texted_instead(settings) -> None:
    Tenant(tenant_id="default", name="Modest", calling={"most_calls_a_delivery": 1}).save()
    tried = factories.delivery(outreach={"state": "waiting", "attempts": 1, "next_attempt_at": NOW})
    factories.call(
        tried, status="no-answer", in_flight=False, call_sid=factories.sid("CA"),
        dialing_at=NOW - timedelta(hours=1), claimed_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    claimed()
    outreach = again(tried).outreach
    assert (outreach.state, outreach.to_text) == ("unreachable", True)


def test_the_urgent_come_first_then_who_has_least_time(settings) -> None:
    relaxed = factories.delivery(priority="low", **van_in(1))
    late = factories.delivery(**van_in(5))
    soon = factories.delivery(**van_in(2))
    urgent = factories.delivery(priority="urgent", **van_in(8))
    high = factories.delivery(priority="high", **van_in(9))
    factories.delivery(outreach={"next_attempt_at": NOW + timedelta(seconds=1)}, **van_in(1))
    factories.delivery(outreach={"state": "confirmed", "next_attempt_at": NOW})
    assert order() == pks([urgent, high, soon, late, relaxed])
    assert order(2) == pks([urgent, high])


def test_a_large_company_does_not_keep_a_small_one_waiting(settings) -> None:
    large = [factories.delivery("large", **van_in(1 + n / 10)) for n in range(6)]
    small = factories.delivery("small", **van_in(9))
    picked = order(4)
    assert small.pk in picked[:2]
    assert [pk for pk in picked if pk != small.pk] == pks(large[:3])


def test_companies_take_turns_however_little_room_there_is(settings) -> None:
    for name in ("a", "b", "c"):
        for _ in range(3):
            factories.delivery(name)
    turns = [claimed(1).claimed[0].tenant_id for _ in range(9)]
    assert turns == ["a", "b", "c"] * 3


def test_there_is_room_for_a_few_seconds_and_for_what_may_be_under_way(settings) -> None:
    assert due.room(2.0, 50).most == 10
    for _ in range(4):
        factories.call()
    factories.call(dialing_at=NOW, status="in-progress")
    factories.call(status="completed", in_flight=False)
    assert due.room(2.0, 50).most == 6
    assert due.room(2.0, 7).most == 2
    assert due.room(2.0, 3).most == 0


def test_a_company_has_its_own_limits(settings) -> None:
    Tenant(tenant_id="small", name="S", calling={"calls_in_progress": 2}).save()
    Tenant(tenant_id="slow", name="S", calling={"calls_per_second": 0.2}).save()
    for name in ("small", "slow", "large"):
        for _ in range(5):
            factories.delivery(name)
    busy = factories.delivery("small", outreach={"state": "calling", "attempts": 1})
    factories.call(busy, status="in-progress", dialing_at=NOW)
    room = due.room(1000, 1000)
    assert (room.share("small"), room.share("slow")) == (1, 1)
    batch = claim_batch(factories.policy(), now=NOW, room=room, most=100)
    tenants = [each.tenant_id for each in batch.claimed]
    assert sorted(tenants) == ["large"] * 5 + ["slow"] + ["small"]


def test_one_clock_claims_until_it_falls_silent(settings) -> None:
    assert my_turn("AC", "one", now=NOW)
    assert not my_turn("AC", "two", now=NOW)
    assert my_turn("AC", "one", now=NOW + timedelta(seconds=2))
    assert not my_turn("AC", "two", now=NOW + timedelta(seconds=4))
    assert my_turn("AC", "two", now=NOW + timedelta(seconds=6))
    assert not my_turn("AC", "one", now=NOW + timedelta(seconds=6))


def test_a_clock_that_was_paused_claims_nothing_after_another_took_over(settings) -> None:
    factories.delivery()
    policy = factories.policy()
    assert my_turn(policy.account, "paused", now=NOW)
    later = NOW + timedelta(seconds=4)
    assert my_turn(policy.account, "other", now=later)
    room = Room(9, {})
    assert claim_batch(policy, now=later, room=room, turn="paused").claimed == ()
    assert len(claim_batch(policy, now=later, room=room, turn="other").claimed) == 1


def test_one_that_cannot_be_read_does_not_stop_the_others(settings) -> None:
    broken, sound = factories.delivery(), factories.delivery()
    Delivery._get_collection().update_one({"_id": broken.pk}, {"$set": {"scheduled_time": "soon"}})
    assert [each.delivery_ids[0] for each in claimed().claimed] == [sound.pk]
    left = Delivery._get_collection().find_one({"_id": broken.pk})["outreach"]
    assert left["state"] == "pending"
    assert left["next_attempt_at"] == NOW + timedelta(seconds=60)


def test_who_may_not_be_called_does_not_stand_in_the_way(settings) -> None:
    for _ in range(5):
        factories.delivery(scheduled_time=NOW - timedelta(hours=1))
    may = factories.delivery()
    batch = claim_batch(factories.policy(), now=NOW, room=Room(1, {}), most=20)
    assert [each.delivery_ids[0] for each in batch.claimed] == [may.pk]
    assert Delivery.of("default", outreach__state="skipped").count() == 5


def test_a_number_that_cannot_be_read_keeps_no_other_waiting(settings) -> None:
    broken, other = factories.delivery(), factories.delivery()
    unreadable = Binary(b"\0" * 28, SUBTYPE)
    Customer._get_collection().update_one(
        {"_id": broken.customer_id}, {"$set": {"phone": unreadable}}
    )
    (one,) = claimed().claimed
    assert one.delivery_ids == (other.pk,)
    left = Delivery._get_collection().find_one({"_id": broken.pk})["outreach"]
    assert left["state"] == "pending"
    assert "could not be judged" in left["reason"]


def test_no_number_stands_readable_in_what_is_claimed(settings) -> None:
    delivery = factories.delivery(customer=factories.customer(phone="+447700900123"))
    claimed()
    assert "7700900123" not in str(CallLog._get_collection().find_one())
    assert CallLog.of("default", delivery_id=delivery.pk).get().to_number == "+447700900123"
