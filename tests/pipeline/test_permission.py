"""Permission: what the ledger says about customers, as the gate needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from bson import ObjectId
from pymongo.monitoring import CommandListener

from app.models import CallLog, Consent, Delivery, Message, Suppression, database
from app.models.numbers import sealed
from app.pipeline.permission import explain, facts_of, judge_delivery
from app.pipeline.suppression import lift, suppress
from app.states import CALL
from tests import factories
from tests.factories import ALL_DAY, BOOK, NOW

PHONE = "+442079460123"


def waiting(**fields) -> Delivery:
    known = factories.customer(phone=fields.pop("phone", PHONE))
    return factories.delivery(customer=known, **fields)


def facts(delivery: Delivery, **options):
    found = facts_of([delivery], **{"now": NOW, "window": ALL_DAY, **options})
    return found[delivery.pk]


def consent(**fields) -> Consent:
    basics = {"tenant_id": "default", "phone": PHONE, "basis": "order", "source": "R-1"}
    return Consent(**{**basics, "since": NOW - timedelta(days=2), **fields}).save()


def message(of: Delivery, **fields) -> Message:
    basics = {
        "tenant_id": of.tenant_id,
        "purpose": "link",
        "delivery_id": of.pk,
        "to_number": PHONE,
        "status": "delivered",
        "message_sid": factories.sid("SM"),
        "claimed_at": NOW - timedelta(hours=1),
    }
    return Message(**{**basics, **fields}).save()


def test_the_delivery_and_its_company_tell_their_side(settings) -> None:
    factories.tenant(
        calling={
            "hours": "09:00-17:00",
            "mode": "package_notification",
            "quiet_days": ["2026-12-24"],
            "most_calls_a_day": 2,
            "most_calls_a_delivery": 3,
        }
    )
    delivery = waiting(address="1 Palm Road, Miami, FL 33101", time_zone="America/New_York")
    known = facts(delivery)
    assert known.phone == PHONE
    assert known.coordinates == (-0.1, 51.5)
    assert known.stated_zone == "America/New_York"
    assert known.states == ("US-FL",)
    assert known.deadline == delivery.scheduled_time
    assert known.tenant_hours == (time(9), time(17))
    assert known.installation_hours == ALL_DAY
    assert known.mode == "package_notification"
    assert known.quiet_days == {date(2026, 12, 24)}
    assert (known.most_calls_a_day, known.most_calls_a_delivery) == (2, 3)
    assert known.delivery_id == str(delivery.pk)


def test_a_company_that_decided_nothing_leaves_the_rules_alone(settings) -> None:
    known = facts(waiting(coordinates=None))
    assert known.coordinates is None
    assert known.mode == "consent"
    assert known.tenant_hours is None
    assert known.quiet_days == frozenset()


def test_consents_are_known_with_their_end(settings) -> None:
    delivery = waiting()
    held = consent()
    consent(source="R-0", withdrawn=NOW - timedelta(days=1))
    consent(phone="+442079460124", source="R-2")
    consent(tenant_id="other", source="R-3")
    known = {each.source: each for each in facts(delivery).consents}
    assert set(known) == {"R-0", "R-1"}
    assert known["R-1"].id == str(held.pk)
    assert known["R-0"].withdrawn == NOW - timedelta(days=1)


def test_a_suppression_counts_until_it_is_lifted(settings) -> None:
    delivery = waiting()
    suppress("default", PHONE, scope="calls", source="key", evidence=None, now=NOW)
    suppress("other", PHONE, scope="all", source="key", evidence=None, now=NOW)
    (held,) = facts(delivery).suppressions
    assert (held.scope, held.source, held.since) == ("calls", "key", NOW)
    lift("default", PHONE, now=NOW + timedelta(hours=1))
    assert facts(delivery, now=NOW + timedelta(hours=1)).suppressions == ()
    # Asked about the time before, it still held.
    assert len(facts(delivery, now=NOW + timedelta(minutes=59)).suppressions) == 1


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"status": "intended"}, True),
        ({"status": "unknown"}, True),
        ({"status": "queued", "call_sid": "CA" + "1" * 32}, True),
        ({"status": "completed", "call_sid": "CA" + "1" * 32, "answered_by": "machine"}, True),
        ({"status": "no-answer", "call_sid": "CA" + "1" * 32}, True),
        ({"status": "failed", "call_sid": "CA" + "1" * 32}, True),
        ({"status": "failed", "outcome": "not_placed"}, False),
        ({"status": "canceled"}, False),
        ({"status": "canceled", "call_sid": "CA" + "1" * 32}, False),
        ({"status": "completed", "direction": "inbound", "attempt": 0}, False),
        ({"status": "completed", "claimed_at": NOW - timedelta(days=31)}, False),
        ({"status": "completed", "claimed_at": NOW - timedelta(days=29)}, True),
        ({"status": "completed", "tenant_id": "other"}, False),
    ],
)
def test_calls_that_were_placed_are_contacts(settings, fields, counts) -> None:
    delivery = waiting()
    factories.call(delivery, **{"claimed_at": NOW - timedelta(hours=1), **fields})
    contacts = facts(delivery).contacts
    assert len(contacts) == counts
    if counts:
        assert contacts[0].channel == "call"
        assert contacts[0].delivery_ids == (str(delivery.pk),)


def test_a_call_that_was_withdrawn_while_it_rang_is_a_contact(settings) -> None:
    delivery = waiting()
    call = factories.call(delivery, status="queued", call_sid="CA" + "1" * 32)
    call.move_to(CALL, "ringing", at=NOW, cause="the network's report")
    call.move_to(CALL, "canceled", at=NOW, cause="withdrawn")
    assert len(facts(delivery).contacts) == 1


def test_a_call_counts_from_its_end_for_it_may_have_waited_before_it_rang(settings) -> None:
    delivery, asked = waiting(), NOW - timedelta(hours=2)
    over = {"dialing_at": asked, "end_time": asked + timedelta(hours=1)}
    factories.call(delivery, status="no-answer", call_sid="CA" + "1" * 32, **over)
    (contact,) = facts(delivery).contacts
    assert contact.at == asked + timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"status": "intended", "message_sid": None}, True),
        ({"status": "failed", "message_sid": None}, False),
        ({"status": "canceled", "message_sid": None}, False),
        ({"purpose": "receipt", "answers": "SM" + "2" * 32}, False),
    ],
)
def test_texts_that_were_sent_are_contacts(settings, fields, counts) -> None:
    delivery = waiting()
    message(delivery, **fields)
    assert [each.channel for each in facts(delivery).contacts] == ["sms"] * counts


def test_a_households_call_is_a_contact_about_each_delivery(settings) -> None:
    lead, other = waiting(), factories.delivery()
    factories.call(lead, covers=[lead.pk, other.pk], status="no-answer", call_sid="CA" + "1" * 32)
    (contact,) = facts(lead).contacts
    assert contact.delivery_ids == (str(lead.pk), str(other.pk))


def test_the_call_that_is_being_judged_does_not_count_against_itself(settings) -> None:
    delivery = waiting()
    call = factories.call(delivery)
    assert len(facts(delivery).contacts) == 1
    assert facts(delivery, but=[call.pk]).contacts == ()


@pytest.mark.parametrize(
    ("fields", "heard", "over"),
    [
        ({"outreach": {"state": "waiting"}}, None, False),
        ({"outreach": {"state": "declined"}}, "declined", False),
        ({"outreach": {"state": "instructed"}}, "instructed", False),
        ({"outreach": {"state": "nothing_said"}}, None, False),
        ({"status": "completed"}, None, True),
        ({"status": "cancelled"}, None, True),
        ({"status": "in_transit"}, None, False),
    ],
)
def test_an_answer_and_an_end_are_known(settings, fields, heard, over) -> None:
    known = facts(waiting(**fields))
    assert (known.heard, known.over) == (heard, over)


class Counting(CommandListener):
    """Counts the reads."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def started(self, event) -> None:
        if event.command_name == "find":
            self.reads.append(event.command["find"])

    def succeeded(self, event) -> None:
        return None

    def failed(self, event) -> None:
        return None


def test_many_deliveries_take_one_query_a_collection(settings) -> None:
    import mongoengine
    from pymongo import monitoring

    counting = Counting()
    monitoring.register(counting)
    try:
        mongoengine.disconnect()
        from app import models

        models.connect(settings)
        deliveries = [waiting(phone=factories.number()) for _ in range(20)]
        deliveries += [factories.delivery("other") for _ in range(5)]
        counting.reads.clear()
        found = facts_of(deliveries, now=NOW, window=ALL_DAY)
        assert set(found) == {delivery.pk for delivery in deliveries}
        assert sorted(counting.reads) == [
            "call_logs", "consents", "customers", "messages", "suppressions", "tenants",
        ]  # fmt: skip
    finally:
        monitoring._LISTENERS.command_listeners.remove(counting)


def test_within_a_transaction_it_sees_what_the_transaction_wrote(settings) -> None:
    delivery = waiting()
    with database().client.start_session() as session, session.start_transaction():
        Suppression._get_collection().insert_one(
            {
                "tenant_id": "default",
                "phone": sealed(PHONE),
                "scope": "all",
                "source": "key",
                "since": NOW,
            },
            session=session,
        )
        assert len(facts(delivery, session=session).suppressions) == 1
        assert facts(delivery).suppressions == ()
        session.abort_transaction()


def test_a_delivery_whose_customer_is_gone_has_no_facts(settings) -> None:
    delivery = factories.delivery()
    delivery.customer_id = ObjectId()
    assert facts_of([delivery], now=NOW, window=ALL_DAY) == {}
    assert judge_delivery(delivery, BOOK, now=NOW, window=ALL_DAY) is None
    assert facts_of([], now=NOW, window=ALL_DAY) == {}


def test_the_ledger_and_the_book_make_the_verdict(settings) -> None:
    delivery = waiting()
    refused = judge_delivery(delivery, BOOK, now=NOW, window=ALL_DAY)
    assert refused.never
    assert refused.has("consent")
    held = consent()
    allowed = judge_delivery(delivery, BOOK, now=NOW, window=ALL_DAY)
    assert allowed.allowed
    assert allowed.consent_id == str(held.pk)
    assert allowed.not_after == delivery.scheduled_time


def test_the_explanation_of_a_past_time_leaves_out_what_came_later(settings) -> None:
    delivery = waiting()
    consent()
    for hours in (1, 2, 3, 4):
        factories.call(
            delivery,
            attempt=hours,
            status="no-answer",
            in_flight=False,
            call_sid=factories.sid("CA"),
            claimed_at=NOW - timedelta(hours=hours),
            why_allowed={"rules_version": "2026.1"},
        )
    suppress("default", PHONE, source="key", evidence=None, now=NOW)
    now = explain(delivery, NOW, BOOK, window=ALL_DAY)
    assert now.verdict.has("suppression")
    assert now.verdict.has("calls-a-delivery")
    assert [kept.attempt for kept in now.kept] == [4, 3, 2, 1]
    assert now.kept[0].why_allowed == {"rules_version": "2026.1"}
    before = explain(delivery, NOW - timedelta(minutes=90), BOOK, window=ALL_DAY)
    assert not before.verdict.has("suppression")
    assert not before.verdict.has("calls-a-delivery")


def test_the_explanation_tells_of_texts_and_of_calls_for_the_household(settings) -> None:
    delivery, lead = waiting(), factories.delivery()
    factories.call(lead, covers=[lead.pk, delivery.pk], status="no-answer")
    factories.call(delivery, attempt=0, direction="inbound", status="completed", in_flight=False)
    message(delivery, why_allowed={"rules_version": "x"})
    kept = explain(delivery, NOW, BOOK, window=ALL_DAY).kept
    assert sorted(each.channel for each in kept) == ["call", "sms"]


def test_dates_come_back_with_their_zone(settings) -> None:
    delivery = waiting()
    consent()
    (known,) = facts(delivery).consents
    assert known.since.tzinfo is not None
    assert known.since == datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert CallLog.of("default").count() == 0
