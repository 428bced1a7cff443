"""Claiming: a due delivery becomes exactly one intended call, or none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

from app.models import CallLog, Delivery, Suppression
from app.pipeline.claim import claim, due, take_turn
from tests import factories
from tests.factories import NOW


def test_the_longest_due_comes_first_and_the_rest_waits(settings) -> None:
    def at(minutes: int) -> dict:
        return {"next_attempt_at": NOW + timedelta(minutes=minutes)}

    second = factories.delivery(outreach=at(-5))
    first = factories.delivery("other", outreach=at(-9))
    factories.delivery(outreach=at(1))
    factories.delivery(outreach={"state": "confirmed", **at(-9)})
    assert [d.pk for d in due(NOW, 10)] == [first.pk, second.pk]


def test_a_claim_writes_the_call_and_the_delivery(settings) -> None:
    delivery = factories.delivery()
    call = claim(delivery, factories.policy(), now=NOW)
    assert (call.status, call.attempt, call.in_flight) == ("intended", 1, True)
    assert call.dialing_at is None
    assert call.why_allowed["allowed"] is True
    delivery.reload()
    assert (delivery.outreach.state, delivery.outreach.attempts) == ("calling", 1)
    assert delivery.history[-1].target == "calling"
    assert list(due(NOW, 10)) == []


def test_of_many_clocks_one_claims(settings) -> None:
    delivery = factories.delivery()
    copies = [Delivery.of("default", pk=delivery.pk).get() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        calls = list(pool.map(lambda copy: claim(copy, factories.policy(), now=NOW), copies))
    assert sum(call is not None for call in calls) == 1
    assert CallLog.of("default").count() == 1


def test_a_suppressed_number_is_not_claimed(settings) -> None:
    customer = factories.customer()
    Suppression(
        tenant_id="default", phone=customer.phone, scope="all", source="key", since=NOW
    ).save()
    delivery = factories.delivery(customer=customer)
    assert claim(delivery, factories.policy(), now=NOW) is None
    delivery.reload()
    assert delivery.outreach.state == "suppressed"
    assert CallLog.of("default").count() == 0


def test_another_tenants_suppression_does_not_count(settings) -> None:
    customer = factories.customer()
    Suppression(
        tenant_id="other", phone=customer.phone, scope="all", source="key", since=NOW
    ).save()
    assert claim(factories.delivery(customer=customer), factories.policy(), now=NOW)


def test_a_number_on_the_telephone_is_claimed_later(settings) -> None:
    customer = factories.customer()
    one = factories.delivery(customer=customer)
    two = factories.delivery(customer=customer)
    assert claim(one, factories.policy(), now=NOW)
    assert claim(two, factories.policy(), now=NOW) is None
    two.reload()
    assert (two.outreach.state, two.outreach.attempts) == ("pending", 0)
    assert two.outreach.next_attempt_at == NOW + timedelta(seconds=60)


def test_hours_are_asked_again_at_the_claim(settings) -> None:
    delivery = factories.delivery()
    late = factories.policy(window=(time(11), time(21)))
    assert claim(delivery, late, now=NOW) is None
    delivery.reload()
    assert delivery.outreach.next_attempt_at == NOW.replace(hour=11)
    assert delivery.outreach.state == "pending"


def test_after_the_van_there_is_no_call(settings) -> None:
    delivery = factories.delivery(scheduled_time=NOW)
    assert claim(delivery, factories.policy(), now=NOW) is None
    delivery.reload()
    assert delivery.outreach.state == "skipped"


def test_turns_keep_the_pace_whoever_asks(settings) -> None:
    policy = factories.policy(per_second=2.0)
    granted = []
    for tenth in range(100):
        now = NOW + timedelta(seconds=tenth / 10)
        with ThreadPoolExecutor(3) as pool:
            turns = pool.map(take_turn, [policy] * 3, [now] * 3)
            granted += [now for took in turns if took]
    assert 19 <= len(granted) <= 22
    for start in granted:
        within = [each for each in granted if start <= each < start + timedelta(seconds=1)]
        assert len(within) <= 3


def test_after_a_pause_only_a_second_is_caught_up(settings) -> None:
    policy = factories.policy(per_second=2.0)
    assert take_turn(policy, NOW)
    later = NOW + timedelta(hours=1)
    assert sum(take_turn(policy, later) for _ in range(20)) <= 3
