"""Whatever happens to a delivery becomes an event, once, with the write that makes it true."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from structlog.testing import capture_logs

from app.models import (
    CallLog,
    Delivery,
    Event,
    Posting,
    Review,
    Subscription,
    database,
)
from app.models.outbox import Note
from app.models.transaction import in_transaction
from app.pipeline import publish as publishing
from app.pipeline.answer import Answer, take
from app.pipeline.correct import Wish, correct
from app.pipeline.event_data import data_of
from app.pipeline.review import open_review
from app.rules.analysis import Analysis, Directive, Kind
from app.rules.events import OF_MOVES, TYPES
from app.states import DELIVERY, OUTREACH, RECORDING
from tests import factories
from tests.factories import NOW
from tests.pipeline.event_side import events, publish, subscriber, types


def heard(*directives: Directive, at: datetime = NOW, channel: str = "link") -> Answer:
    from app.models import AnalysisRecord

    source = ObjectId()
    record = AnalysisRecord.from_rules(
        Analysis(directives=directives), source_id=source, call_id=None, at=at
    )
    return Answer(
        outcome="instructed", analysis=record, channel=channel, said_at=at, source_id=source,
        cause="an answer by link",
    )  # fmt: skip


def code(number: str) -> Directive:
    return Directive(Kind.ACCESS, f"the code is {number}", 0.9, {"code": number})


@pytest.fixture
def delivery(settings) -> Delivery:
    subscriber()
    return factories.delivery()


def test_every_step_of_a_delivery_is_told_in_its_order(delivery) -> None:
    for state in ("assigned", "in_transit", "failed", "scheduled", "assigned", "cancelled"):
        assert delivery.move_to(DELIVERY, state, at=NOW, cause="a test")
    publish()
    assert types() == [
        "delivery.assigned",
        "delivery.started",
        "delivery.failed",
        "delivery.scheduled",
        "delivery.assigned",
        "delivery.cancelled",
    ]
    assert [each.sequence for each in events()] == [1, 2, 3, 4, 5, 6]
    first = events()[0]
    assert (first.delivery_id, first.customer_id) == (delivery.pk, delivery.customer_id)
    assert first.occurred_at == NOW
    # Why, may be in somebody's own words.
    assert first.data["cause"] is None


@pytest.mark.parametrize("state", ["instructed", "confirmed", "declined", "unreachable",
                                   "nothing_said", "suppressed", "skipped"])  # fmt: skip
def test_how_hearing_from_the_customer_ended_is_told(delivery, state) -> None:
    delivery.move_to(OUTREACH, state, at=NOW, cause="a test")
    publish()
    assert types() == [f"delivery.{state}"]
    told = events()[0].data
    assert told["delivery"]["outreach"] == state
    assert told.get("cause", "a test") == "a test"


def test_what_only_concerns_ourselves_is_not_told(delivery) -> None:
    delivery.move_to(OUTREACH, "calling", at=NOW, cause="attempt 1")
    delivery.move_to(OUTREACH, "waiting", at=NOW, cause="busy")
    assert publish().events == 0
    assert delivery.reload().outbox == []


def test_a_planned_delivery_is_told(settings) -> None:
    from app.pipeline.plan import NewDelivery, plan

    factories.tenant()
    subscriber()
    now = datetime.now(UTC)
    agent = factories.agent()
    wish = NewDelivery(
        reference="R-1", customer_name="Casey", phone="+14155550123", address="12 Mill Lane",
        longitude=-73.98, latitude=40.74, scheduled_time=now + timedelta(hours=3),
        agent_email=agent.email,
    )  # fmt: skip
    plan("default", wish, now=now, window=factories.ALL_DAY, book=factories.ALWAYS)
    publish()
    assert types() == ["delivery.scheduled", "delivery.assigned"]
    assert events()[0].data["delivery"]["reference"] == "R-1"


def test_an_answer_in_a_state_that_stands_already_is_told_again(delivery) -> None:
    take(delivery, heard(code("4711")), now=NOW)
    take(delivery.reload(), heard(code("4712"), at=NOW + timedelta(minutes=1)), now=NOW)
    publish()
    assert types() == ["delivery.instructed", "delivery.instructed"]
    assert delivery.reload().analysis_version == 2


def test_a_correction_is_told_with_the_write_that_makes_it(delivery) -> None:
    person = factories.agent(role="dispatcher")
    take(delivery, heard(code("4711")), now=NOW)
    publish()
    wish = Wish(directives=[{"kind": "confirm", "text": "fine"}], seen=1, by=person.pk)
    correct("default", delivery.pk, wish, now=NOW)
    correct("default", delivery.pk, wish, now=NOW)
    again = Wish(directives=[], seen=2, by=person.pk)
    correct("default", delivery.pk, again, now=NOW)
    publish()
    told = types()
    assert told.count("analysis.corrected") == 2
    assert "delivery.confirmed" in told
    assert events(type="analysis.corrected")[0].data["corrected"] is True


def test_what_people_do_with_a_delivery_is_told(delivery) -> None:
    from app.pipeline import dispatch

    now = datetime.now(UTC)
    calling = dispatch.Calling(factories.ALWAYS, factories.ALL_DAY)
    take(delivery, heard(code("4711")), now=now)
    for agent in (factories.agent(), factories.agent()):
        dispatch.assign(delivery.reload(), agent, now=now)
    later = now + timedelta(days=1)
    dispatch.reschedule(delivery, later, None, calling, reason="gate code 4711", now=now)
    dispatch.acknowledge(delivery, None, now=now)
    dispatch.acknowledge(delivery, None, now=now)
    dispatch.start(delivery, now=now)
    dispatch.fail(delivery, reason="nobody opened to Priya, code 4711", now=now)
    dispatch.rate(delivery, rating=2, comments="4711 was right", now=now)
    publish()
    assert types() == [
        "delivery.instructed",
        "delivery.assigned",
        "delivery.assigned",
        "delivery.rescheduled",
        "delivery.acknowledged",
        "delivery.started",
        "delivery.failed",
        "delivery.rated",
    ]
    assert events()[-1].data["rating"] == 2
    for each in events():
        assert "4711" not in json.dumps(each.data)
        assert "Priya" not in json.dumps(each.data)


def test_a_call_is_told_when_it_is_concluded(delivery) -> None:
    from app.pipeline.again import Terms
    from app.pipeline.conclude import conclude

    terms = Terms(policy={}, book=factories.ALWAYS, window=factories.ALL_DAY,
                  cool_down=timedelta(0))  # fmt: skip
    delivery.move_to(OUTREACH, "calling", at=NOW, cause="attempt 1")
    call = factories.call(
        delivery, status="busy", in_flight=False, end_time=NOW, duration=0, start_time=NOW
    )
    Delivery.of("default", pk=delivery.pk).update_one(set__outreach__call_id=call.pk)
    conclude(call.pk, terms, now=NOW)
    conclude(call.pk, terms, now=NOW)
    publish()
    (told,) = events(type="call.completed")
    assert told.data["status"] == "busy"
    assert told.data["delivery_ids"] == [str(delivery.pk)]
    assert told.delivery_id == delivery.pk
    assert CallLog.of("default").get().outbox == []


def test_a_recording_is_told_when_its_words_are_read(delivery) -> None:
    call = factories.call(delivery, status="completed", in_flight=False)
    kept = factories.recording(call, stage="transcribed", storage_key="rec/1",
                               processing_status="completed")  # fmt: skip
    absent = factories.recording(call, duration=0)
    for each in (kept, absent):
        each.move_to(RECORDING, "understood", at=NOW, cause="read")
    publish()
    (told,) = events()
    assert (told.type, told.data["id"]) == ("recording.ready", str(kept.pk))
    assert told.data["heard"] is True


def test_a_review_is_told_once(delivery) -> None:
    source = ObjectId()
    for _ in range(2):
        open_review("default", delivery.pk, reason="cancel", source_id=source, call_id=None,
                    due=None, now=NOW)  # fmt: skip
    publish()
    (told,) = events()
    assert (told.type, told.data["reason"]) == ("review.opened", "cancel")
    assert told.data["id"] == str(Review.of("default").get().pk)


def test_who_is_put_off_for_good_by_the_claim_is_told(settings) -> None:
    from app.pipeline import claim
    from app.pipeline.due import Room

    room = Room(most=5, of_tenant={})

    subscriber()
    # The rules that come with the product allow no call without consent.
    delivery = factories.delivery(scheduled_time=datetime.now(UTC) + timedelta(hours=3))
    now = datetime.now(UTC)
    policy = factories.policy(book=factories.BOOK)
    claim.claim_batch(policy, now=now, room=room)
    assert delivery.reload().outreach.state == "skipped"
    publish()
    assert types() == ["delivery.skipped"]


# --- Nothing is lost, nothing is told twice ----------------------------------------------------


def test_a_move_that_is_refused_tells_nothing(delivery) -> None:
    assert not delivery.move_to(DELIVERY, "completed", at=NOW, cause="too soon")
    assert delivery.reload().outbox == []


def test_publishing_again_changes_nothing(delivery) -> None:
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    assert publish().events == 1
    assert publish().events == 0
    assert len(events()) == 1


def test_what_was_undone_is_not_told(delivery) -> None:
    def work() -> None:
        mine = Delivery.of("default", pk=delivery.pk).get()
        mine.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
        raise KeyError

    with pytest.raises(KeyError):
        in_transaction(work)
    assert publish().events == 0


def test_what_fails_while_writing_events_leaves_the_notes(delivery) -> None:
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    delivery.move_to(DELIVERY, "in_transit", at=NOW, cause="a test")
    first, second = delivery.reload().outbox
    # In the way of the second event's posting, when the first is written already.
    obstacle = Posting(
        tenant_id="default", subscription_id=Subscription.of("default").get().pk,
        event_id=second.id, type=second.type,
    ).save()  # fmt: skip
    assert publish().events == 0
    assert Event.of("default").count() == 0
    kept = delivery.reload()
    assert [each.id for each in kept.outbox] == [first.id, second.id]
    assert kept.events is None
    obstacle.delete()
    assert publish(now=datetime.now(UTC) + timedelta(minutes=11)).events == 2
    assert Posting.of("default").count() == 2
    assert delivery.reload().outbox == []


def test_several_at_once_write_each_event_once_and_in_order(settings) -> None:
    subscriber()
    made = [factories.delivery() for _ in range(6)]
    for each in made:
        for state in ("assigned", "in_transit", "completed"):
            each.move_to(DELIVERY, state, at=NOW, cause="a test")
        factories.call(each, status="completed", in_flight=False,
                       outbox=[Note(type="call.completed", at=NOW)])  # fmt: skip
    errors = []

    def work() -> None:
        try:
            for _ in range(3):
                publish()
        except Exception as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    assert len(events()) == 24
    for each in made:
        mine = events(delivery_id=each.pk)
        assert [event.sequence for event in mine] == [1, 2, 3, 4]
        assert len({event.pk for event in mine}) == 4
    assert Posting.of("default").count() == 24


def test_telling_of_a_delivery_is_no_change_of_it(delivery) -> None:
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    before = delivery.reload().updated_at
    publish()
    assert delivery.reload().updated_at == before


@pytest.mark.parametrize(
    "damage", [{"analysis.directives.0.slots": "enc:nonsense"}, {"scheduled_time": "soon"}]
)
def test_one_document_that_cannot_be_read_does_not_stop_the_others(settings, damage) -> None:
    subscriber()
    broken, whole = factories.delivery(), factories.delivery()
    take(broken, heard(code("4711")), now=NOW)
    database().deliveries.update_one({"_id": broken.pk}, {"$set": damage})
    whole.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    with capture_logs() as lines:
        publish()
        publish()
    assert [each.delivery_id for each in events()] == [whole.pk]
    assert len(database().deliveries.find_one({"_id": broken.pk})["outbox"]) == 1
    said = str(lines)
    # Once, not at every turn; and again when some minutes have passed.
    assert said.count("could not be told") == 1
    assert not any(each in said for each in ("soon", "nonsense"))


def test_what_could_not_be_told_is_told_once_it_is_mended(delivery) -> None:
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    database().deliveries.update_one({"_id": delivery.pk}, {"$set": {"scheduled_time": "soon"}})
    now = datetime.now(UTC)
    assert publish(now=now).events == 0
    database().deliveries.update_one({"_id": delivery.pk}, {"$set": {"scheduled_time": NOW}})
    assert publish(now=now).events == 0
    assert publish(now=now + timedelta(minutes=11)).events == 1


def test_more_than_one_turn_takes_is_told_in_several(delivery) -> None:
    for _ in range(7):
        factories.delivery().move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    now, turns = datetime.now(UTC), 0
    while publishing.publish("default", now=now, most=8).more:
        turns += 1
    assert turns == 3
    assert len(events()) == 7


# --- Who hears of it ---------------------------------------------------------------------------


def test_only_who_subscribed_to_the_type_hears_of_it(delivery) -> None:
    Subscription.of("default").delete()
    all_of_it = subscriber()
    ends = subscriber("delivery.completed", "delivery.failed")
    other = subscriber("review.opened")
    for state in ("assigned", "in_transit", "completed"):
        delivery.move_to(DELIVERY, state, at=NOW, cause="a test")
    done = publish()
    assert set(done.subscriptions) == {all_of_it.pk, ends.pk}
    assert Posting.of("default", subscription_id=all_of_it.pk).count() == 3
    assert [p.type for p in Posting.of("default", subscription_id=ends.pk)] == [
        "delivery.completed"
    ]
    assert Posting.of("default", subscription_id=other.pk).count() == 0


def test_nobody_hears_of_another_company(settings) -> None:
    subscriber(tenant_id="other")
    delivery = factories.delivery()
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    assert publishing.waiting() == []
    publish("other")
    assert (Event.across_tenants().count(), Posting.across_tenants().count()) == (0, 0)


def test_what_happened_before_the_subscription_is_not_told(settings) -> None:
    delivery = factories.delivery()
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    subscriber(since=datetime.now(UTC) + timedelta(seconds=5))
    assert publish().events == 0


def test_what_happens_while_a_subscription_is_disabled_waits_for_it(delivery) -> None:
    Subscription.of("default").update(set__is_active=False)
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    done = publish()
    assert (done.events, done.subscriptions) == (1, ())
    assert Posting.of("default").get().status == "pending"


def test_where_nobody_listens_the_notes_go(settings) -> None:
    delivery = factories.delivery()
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    now = datetime.now(UTC)
    # Not at once: somebody may be subscribing at this moment.
    assert publishing.forget_unheard(now=now) == 0
    assert publishing.forget_unheard(now=now + timedelta(minutes=2)) == 1
    assert delivery.reload().outbox == []
    subscriber(tenant_id="other")
    delivery.move_to(DELIVERY, "in_transit", at=NOW, cause="a test")
    assert publishing.forget_unheard(now=now + timedelta(minutes=2)) == 1


def test_where_somebody_listens_the_notes_stay(delivery) -> None:
    delivery.move_to(DELIVERY, "assigned", at=NOW, cause="a test")
    assert publishing.forget_unheard(now=datetime.now(UTC) + timedelta(hours=1)) == 0
    assert publishing.waiting() == ["default"]


def test_what_is_waiting_is_found_by_an_index(delivery) -> None:
    for model in publishing.SOURCES:
        found = publishing._with_news(model, "default")
        plan = json.dumps(found.explain()["queryPlanner"]["winningPlan"])
        assert "what_is_to_be_told" in plan, model
        assert "COLLSCAN" not in plan


# --- What is told ------------------------------------------------------------------------------


def test_no_code_name_or_number_of_a_customer_is_told(delivery) -> None:
    said = [
        code("4711"),
        Directive(Kind.LEAVE_WITH, "with Priya", 0.8, {"recipient": "Priya"}),
        Directive(Kind.LEAVE_AT, "in the lockbox", 0.8,
                  {"place": "in the lockbox four seven one one"}),
        Directive(Kind.LEAVE_AT, "behind the planter", 0.8, {"place": "behind the planter"}),
        Directive(Kind.CONTACT, "call me", 0.8, {"channel": "call", "phone": "07700900123"}),
        Directive(Kind.TIME_WINDOW, "after two", 0.8, {"start": "14:00", "date": "2026-03-11"}),
        Directive(Kind.REDIRECT, "to my mother", 0.8, {"address": "3 Elm Street"}),
    ]  # fmt: skip
    take(delivery, heard(*said), now=NOW)
    publish()
    (told,) = events()
    text = json.dumps(told.data)
    for hidden in ("4711", "four seven", "Priya", "07700900123", "Elm", "Mill Lane", "Casey"):
        assert hidden not in text
    slots = [each["slots"] for each in told.data["directives"]]
    assert {"place": "behind the planter"} in slots
    assert {"start": "14:00", "date": "2026-03-11"} in slots
    assert {"channel": "call"} in slots
    assert told.data["directives"][0]["masked"] == ["code"]


def test_what_is_told_is_encrypted_in_the_database(delivery) -> None:
    take(delivery, heard(code("4711")), now=NOW)
    publish()
    raw = database().events.find_one()
    assert raw["type"] == "delivery.instructed"
    assert "directives" not in str(raw)
    assert "directives" in events()[0].data


def test_every_move_that_is_told_is_a_move_of_the_tables() -> None:
    from app.states import MACHINES

    tables = {machine.name: machine.table for machine in MACHINES}
    for (machine, target), name in OF_MOVES.items():
        assert target in tables[machine]
        assert name in TYPES


@pytest.mark.parametrize("name", [name for name in TYPES if name.startswith("delivery.")])
def test_every_event_of_a_delivery_can_be_told(settings, name) -> None:
    delivery = factories.delivery(analysis=None, customer_feedback={"rating": 4})
    data = data_of(Note(type=name, at=NOW), delivery, delivery)
    assert isinstance(data, TYPES[name].data)
