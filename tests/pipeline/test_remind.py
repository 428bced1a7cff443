"""Reminding: who acknowledges nothing gets a text, then a dispatcher hears of it; each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.gateways import TextFacts
from app.models import (
    AnalysisRecord,
    Delivery,
    Message,
    PushMessage,
    Review,
    Suppression,
)
from app.pipeline import dispatch, remind, text, text_progress
from app.pipeline.dispatch import Calling
from app.pipeline.link import Links
from app.pipeline.tell import tell
from app.pipeline.text import Sender
from app.rules.directives import understand
from app.rules.pushes import Reminding
from tests import factories
from tests.factories import ALL_DAY, ALWAYS, NOW, sid
from tests.fakes import FakeTexts

RULES = Reminding()
URL = "https://calls.example"
SENDER = Sender(URL, Links("a secret that has more than thirty-two letters"), ALWAYS, ALL_DAY)
ARRIVES = NOW + timedelta(hours=3)
DUE = ARRIVES - RULES.lead
MINUTE = timedelta(minutes=1)


@pytest.fixture
def texts(settings) -> FakeTexts:
    factories.tenant()
    return FakeTexts()


def instructed(**fields) -> Delivery:
    """A delivery whose agent was told just now what the customer wants."""
    agent = fields.pop("agent", None) or factories.agent()
    basics = {"status": "assigned", "agent_id": agent.pk, "route": {"sequence": 12}}
    of = factories.delivery(**{**basics, **fields})
    heard = understand("Leave it behind the bins, the code is 4519.", now=NOW)
    of.analysis = AnalysisRecord.from_rules(heard, source_id=of.pk, call_id=None, at=NOW)
    of.analysis_version, of.to_tell = of.analysis_version + 1, True
    of.save()
    tell(of.pk, now=NOW)
    return of.reload()


def later(texts: FakeTexts, now: datetime) -> None:
    """What a clock and a worker do at that time."""
    for message_id in remind.remind(RULES, URL, now=now):
        text.send(message_id, texts, SENDER, now=now)
    remind.put_before_dispatchers(RULES, now=now)


def all_day(texts: FakeTexts) -> None:
    for minutes in range(0, 600, 5):
        later(texts, NOW + minutes * MINUTE)


def reviews() -> list[Review]:
    return list(Review.of("default", reason="unacknowledged"))


def test_it_goes_to_the_agent_half_an_hour_before_and_to_a_dispatcher_ten_minutes_later(
    texts,
) -> None:
    of = instructed()
    later(texts, DUE - MINUTE)
    assert texts.sent == []
    later(texts, DUE)
    assert len(texts.sent) == 1
    later(texts, DUE + RULES.wait - MINUTE)
    assert reviews() == []
    later(texts, DUE + RULES.wait)
    (review,) = reviews()
    assert (review.delivery_id, review.due) == (of.pk, ARRIVES)


def test_each_happens_once_however_often_it_is_looked_at(texts) -> None:
    instructed()
    all_day(texts)
    all_day(texts)
    assert (len(texts.sent), len(reviews())) == (1, 1)
    assert reviews()[0].opened_at == DUE + RULES.wait


def test_what_was_written_and_not_noted_before_a_death_is_not_written_again(texts) -> None:
    instructed()
    (first,) = remind.remind(RULES, URL, now=DUE)
    PushMessage.of("default").update(unset__texted_at=True)
    assert remind.remind(RULES, URL, now=DUE + MINUTE) == [first]
    assert Message.of("default").count() == 1
    later(texts, DUE + RULES.wait + MINUTE)
    PushMessage.of("default").update(unset__raised_at=True, set__arrival=ARRIVES)
    later(texts, DUE + RULES.wait + 2 * MINUTE)
    assert len(reviews()) == 1


def test_the_text_says_which_stop_and_where_to_look_and_nothing_of_the_customer(texts) -> None:
    agent = factories.agent(language="de")
    whose = factories.customer(name="Priya Example")
    instructed(agent=agent, customer=whose)
    later(texts, DUE)
    (request,) = texts.sent
    told = PushMessage.of("default").get()
    assert request.to_number == agent.phone
    assert request.body == (
        "Harbour Parcels: Stopp 12: neue Anweisungen. Noch nicht von Ihnen bestätigt: "
        f"https://calls.example/agent?told={told.pk}"
    )
    assert request.valid_seconds == 3600


@pytest.mark.parametrize("when", [NOW, DUE + MINUTE, DUE + RULES.wait + MINUTE])
def test_what_was_acknowledged_troubles_nobody(texts, when) -> None:
    of = instructed()
    for minutes in range(0, 240, 5):
        now = NOW + minutes * MINUTE
        if now >= when and of.acknowledged_at is None:
            dispatch.acknowledge(of, of.agent_id, now=when)
        later(texts, now)
    assert len(texts.sent) == (when > DUE)
    closed = [each.resolution for each in reviews()]
    assert closed == (["not_needed"] if when > DUE + RULES.wait else [])


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_what_is_over_troubles_nobody(texts, status) -> None:
    of = instructed()
    Delivery.of("default", pk=of.pk).update_one(set__status=status)
    all_day(texts)
    assert (texts.sent, reviews()) == ([], [])


def test_what_is_over_when_its_reminder_is_to_be_sent_is_not_sent(texts) -> None:
    of = instructed()
    (message_id,) = remind.remind(RULES, URL, now=DUE)
    dispatch.acknowledge(of, of.agent_id, now=DUE)
    text.send(message_id, texts, SENDER, now=DUE + MINUTE)
    assert texts.sent == []
    assert Message.of("default", pk=message_id).get().status == "canceled"


def test_another_agent_is_reminded_of_what_they_were_told_themselves(texts) -> None:
    before, after = factories.agent(), factories.agent()
    of = instructed(agent=before)
    dispatch.assign(of, after, now=NOW + MINUTE)
    tell(of.pk, now=NOW + MINUTE)
    all_day(texts)
    assert [each.to_number for each in texts.sent] == [after.phone]
    assert len(reviews()) == 1


def test_newer_instructions_are_reminded_of_anew(texts) -> None:
    of = instructed()
    later(texts, DUE)
    of.modify(inc__analysis_version=1, set__to_tell=True)
    tell(of.pk, now=DUE + MINUTE)
    later(texts, DUE + 2 * MINUTE)
    assert len(texts.sent) == 1
    later(texts, DUE + MINUTE + RULES.time_to_look)
    assert len(texts.sent) == 2
    all_day(texts)
    assert (len(texts.sent), len(reviews())) == (2, 1)


def test_the_round_and_another_time_move_the_reminder(texts) -> None:
    early = instructed(route={"sequence": 1, "eta": ARRIVES - timedelta(hours=1)})
    moved = instructed(route={"sequence": 2})
    dispatch.reschedule(
        moved, ARRIVES + timedelta(hours=5), None, Calling(ALWAYS, ALL_DAY), reason=None, now=NOW
    )
    later(texts, DUE - timedelta(hours=1))
    assert [each.push_id for each in Message.of("default")] == [
        PushMessage.of("default", delivery_id=early.pk).get().pk
    ]
    later(texts, DUE)
    assert len(texts.sent) == 1
    later(texts, DUE + timedelta(hours=5))
    assert len(texts.sent) == 2


def test_an_agent_has_a_moment_to_look_when_news_come_late(texts) -> None:
    instructed(scheduled_time=NOW + 10 * MINUTE)
    later(texts, NOW + MINUTE)
    assert texts.sent == []
    later(texts, NOW + RULES.time_to_look)
    assert len(texts.sent) == 1


def test_news_of_a_stop_that_was_long_ago_troubles_nobody(texts) -> None:
    instructed(scheduled_time=NOW - timedelta(hours=3))
    all_day(texts)
    assert (texts.sent, reviews()) == ([], [])
    assert PushMessage.of("default", arrival__ne=None).count() == 0


def test_where_nothing_was_heard_nothing_needs_to_be_acknowledged(texts) -> None:
    of = factories.delivery(status="assigned", agent_id=factories.agent().pk, to_tell=True)
    tell(of.pk, now=NOW)
    all_day(texts)
    assert (texts.sent, reviews()) == ([], [])


def test_an_agent_who_wants_no_texts_gets_none_and_a_dispatcher_hears_at_once(texts) -> None:
    agent = factories.agent()
    Suppression(tenant_id="default", phone=agent.phone, scope="sms", source="sms", since=NOW).save()
    instructed(agent=agent)
    later(texts, DUE)
    assert (texts.sent, len(reviews())) == ([], 1)
    all_day(texts)
    assert (texts.sent, len(reviews())) == ([], 1)


def test_nobody_is_reminded_where_the_operator_wants_none(texts) -> None:
    instructed()
    never = Reminding(timedelta(0), timedelta(0))
    assert remind.remind(never, URL, now=DUE + 20 * MINUTE) == []
    assert remind.put_before_dispatchers(never, now=DUE + 20 * MINUTE) == 0


def test_a_reminder_whose_answer_was_lost_is_found_by_its_words(texts) -> None:
    instructed()
    (message_id,) = remind.remind(RULES, URL, now=DUE)
    message = Message.of("default", pk=message_id).get()
    message.modify(set__sending_at=DUE)
    name = sid("SM")
    texts.known = [
        TextFacts(sid("SM"), "sent", message.to_number, "something else", DUE),
        TextFacts(name, "delivered", message.to_number, message.body, DUE),
    ]
    text_progress.reconcile(message_id, texts, now=DUE + MINUTE, grace=MINUTE)
    assert (message.reload().status, message.message_sid) == ("delivered", name)


def test_a_reminder_does_not_count_as_asking_the_customer(texts) -> None:
    of = instructed(outreach={"state": "instructed", "attempts": 1, "channel": "call"})
    later(texts, DUE)
    assert Message.of("default").get().status == "queued"
    assert of.reload().outreach.channel == "call"


def test_every_version_that_is_told_is_unseen_at_first(texts) -> None:
    from app.pipeline.answer import news

    of = instructed()
    dispatch.acknowledge(of, of.agent_id, now=NOW)
    of.modify(**news())
    assert of.reload().acknowledged_at is None
    dispatch.acknowledge(of, of.agent_id, now=NOW + MINUTE)
    assert of.reload().acknowledged_at == NOW + MINUTE
