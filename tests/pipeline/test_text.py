"""One text message for an unreached customer: written first, sent once, never a second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.gateways import AnswerLost, NotSent, Refused, TextFacts
from app.models import Circuit, Customer, Message, Suppression
from app.pipeline import sweep, text, text_progress
from app.pipeline.link import Links
from app.pipeline.text import Sender
from app.rules.gate import RuleBook
from app.rules.texts.segments import segments
from app.states import MESSAGE
from tests import factories
from tests.factories import ALL_DAY, ALWAYS, BOOK, NOW, sid
from tests.fakes import FakeTexts

LINKS = Links("a secret that has more than thirty-two letters")
GRACE = timedelta(minutes=2)


def sender(rules: RuleBook = ALWAYS) -> Sender:
    return Sender("https://calls.example", LINKS, rules, ALL_DAY)


@pytest.fixture
def texts(settings) -> FakeTexts:
    factories.tenant()
    return FakeTexts()


def unreached(**fields):
    outreach = {"state": "unreachable", "attempts": 2, "to_text": True}
    return factories.delivery(**{"outreach": outreach, **fields})


def intended(**fields) -> Message:
    return text.intend(unreached(**fields).pk, sender(), now=NOW)


def sent(message: Message, texts: FakeTexts, now=NOW, rules: RuleBook = ALWAYS) -> Message:
    text.send(message.pk, texts, sender(rules), now=now)
    return message.reload()


def test_it_is_written_before_it_is_sent_and_says_who_when_and_where(texts) -> None:
    delivery = unreached()
    message = text.intend(delivery.pk, sender(), now=NOW)
    assert (message.status, message.sending_at, texts.sent) == ("intended", None, [])
    assert message.body.startswith("Harbour Parcels: delivery today around 13:00. ")
    token = message.body.partition("/i/")[2].split(" ")[0]
    assert LINKS.read(token, now=NOW).delivery_id == delivery.pk
    assert segments(message.body) == 1
    assert delivery.reload().outreach.to_text is None


def test_it_is_sent_once_however_often_it_is_asked_for(texts) -> None:
    delivery = unreached()
    message = text.intend(delivery.pk, sender(), now=NOW)
    for _ in range(3):
        text.send(message.pk, texts, sender(), now=NOW)
    delivery.modify(set__outreach__to_text=True)
    again = text.intend(delivery.pk, sender(), now=NOW)
    assert again.pk == message.pk
    text.send(again.pk, texts, sender(), now=NOW)
    assert len(texts.sent) == 1
    assert message.reload().status == "queued"
    assert message.why_allowed["allowed"] is True
    request = texts.sent[0]
    assert request.valid_seconds == 3 * 3600
    assert request.status_url.startswith(
        f"https://calls.example/webhooks/twilio/messages/{message.pk}/status"
    )
    assert delivery.reload().outreach.channel == "sms"


@pytest.mark.parametrize(
    "fields",
    [
        {"outreach": {"state": "instructed", "to_text": True}},
        {"outreach": {"state": "unreachable"}},
        {"scheduled_time": NOW + timedelta(minutes=1)},
    ],
    ids=["heard", "not asked for", "too late"],
)
def test_no_message_is_written_where_none_is_wanted(texts, fields) -> None:
    assert text.intend(unreached(**fields).pk, sender(), now=NOW) is None
    assert Message.across_tenants().count() == 0


def test_a_company_may_send_none(settings) -> None:
    factories.tenant(calling={"texts": False})
    assert intended() is None


def test_the_gate_is_asked_again_and_never_means_never(texts) -> None:
    message = intended()
    Suppression(
        tenant_id="default", phone=message.to_number, scope="sms", source="sms", since=NOW
    ).save()
    assert sent(message, texts).status == "canceled"
    assert "not allowed" in message.error_message
    assert texts.sent == []


def test_out_of_hours_it_waits_for_the_window(texts) -> None:
    early = NOW.replace(hour=5)
    delivery = unreached()
    factories.consent(delivery)
    message = text.intend(delivery.pk, sender(), now=early)
    waiting = sent(message, texts, early, BOOK)
    assert (waiting.status, texts.sent) == ("intended", [])
    assert waiting.not_before > early
    assert sent(message, texts, waiting.not_before, BOOK).status == "queued"


@pytest.mark.parametrize(
    ("changes", "later"),
    [
        ({"set__status": "cancelled"}, timedelta()),
        ({"set__outreach__state": "confirmed"}, timedelta()),
        ({}, timedelta(hours=3)),
    ],
    ids=["cancelled", "heard", "too late"],
)
def test_what_changed_since_it_was_written_counts(texts, changes, later) -> None:
    delivery = unreached()
    message = text.intend(delivery.pk, sender(), now=NOW)
    type(delivery).of("default", pk=delivery.pk).update(**(changes or {"set__retry_count": 1}))
    assert sent(message, texts, NOW + later).status == "canceled"
    assert texts.sent == []


def test_what_was_not_sent_for_certain_is_sent_again(texts) -> None:
    message = intended()
    texts.answer = NotSent("too many requests")
    assert (sent(message, texts).status, message.sending_at) == ("intended", None)
    texts.answer = None
    assert sent(message, texts).status == "queued"


def test_a_number_that_takes_no_texts_gets_no_more_and_may_still_be_called(texts) -> None:
    message = intended()
    texts.answer = Refused("21614", "not a mobile number")
    assert (sent(message, texts).status, message.error_code) == ("failed", "21614")
    (held,) = Suppression.of("default", phone=message.to_number)
    assert held.scope == "sms"


def test_who_told_the_network_stop_is_not_called_either(texts) -> None:
    message = intended()
    texts.answer = Refused("21610", "unsubscribed")
    assert sent(message, texts).status == "failed"
    (held,) = Suppression.of("default", phone=message.to_number)
    assert held.scope == "all"


def test_a_fault_of_ours_stops_all_messages_and_loses_none(texts) -> None:
    first, second = intended(), intended()
    texts.answer = Refused("21606", "this number sends no messages")
    assert (sent(first, texts).status, first.sending_at) == ("intended", None)
    assert Circuit.objects.get(name="messages").state == "open"
    assert sent(second, texts).status == "intended"
    assert len(texts.sent) == 1
    texts.answer = None
    later = NOW + timedelta(minutes=2)
    assert sent(first, texts, later).status == "queued"
    assert sent(second, texts, later).status == "queued"


def lost(texts: FakeTexts) -> Message:
    texts.answer = AnswerLost("ReadTimeout")
    message = sent(intended(), texts)
    assert message.status == "unknown"
    return message


def facts(message: Message, **fields) -> TextFacts:
    basics = {
        "message_sid": sid("SM"),
        "status": "sent",
        "to_number": message.to_number,
        "body": message.body,
        "created_at": NOW,
    }
    return TextFacts(**{**basics, **fields})


def test_a_lost_answer_is_looked_up_by_its_words(texts) -> None:
    message = lost(texts)
    texts.known = [facts(message, body="something else"), facts(message)]
    assert text_progress.reconcile(message.pk, texts, now=NOW, grace=GRACE)
    message.reload()
    assert (message.status, message.message_sid) == ("sent", texts.known[1].message_sid)
    assert len(texts.sent) == 1


def test_a_message_that_the_network_never_had_is_not_sent_again(texts) -> None:
    message = lost(texts)
    assert text_progress.reconcile(message.pk, texts, now=NOW, grace=GRACE) is None
    text_progress.reconcile(message.pk, texts, now=NOW + GRACE, grace=GRACE)
    assert message.reload().status == "failed"
    texts.answer = None
    assert sent(message, texts, NOW + GRACE).status == "failed"
    assert len(texts.sent) == 1


def test_a_worker_that_died_while_sending_is_found_out(texts) -> None:
    message = intended()
    message.modify(set__sending_at=NOW)
    texts.known = [facts(message, status="delivered")]
    text_progress.reconcile(message.pk, texts, now=NOW + GRACE, grace=GRACE)
    assert message.reload().status == "delivered"
    assert [step.target for step in message.history] == ["unknown", "delivered"]


@pytest.mark.parametrize("fault", ["message_answer_lost", "message_500_after"])
def test_the_network_itself_is_asked_when_its_answer_was_lost(
    settings, runtime, carrier, fault
) -> None:
    factories.tenant()
    delivery = unreached(scheduled_time=datetime.now(UTC) + timedelta(hours=3))
    message = text.intend(delivery.pk, sender(), now=datetime.now(UTC))
    carrier.disturb(7, **{fault: 1.0})
    text.send(message.pk, runtime.texts, sender(), now=datetime.now(UTC))
    carrier.disturb()
    assert message.reload().status == "unknown"
    text_progress.reconcile(message.pk, runtime.texts, now=datetime.now(UTC), grace=GRACE)
    (there,) = carrier.messages(to=message.to_number)
    assert message.reload().message_sid == there["sid"]
    assert message.status in ("queued", "sent", "delivered")


def test_a_message_that_stands_still_is_offered_again_and_one_that_waits_is_not(texts) -> None:
    def offered(rule_name: str, now) -> list:
        (rule,) = [rule for rule in sweep.RULES if rule.name == rule_name]
        return [each.document_id for each in sweep.stuck(rule, now=now, patience=1, limit=10)]

    later = datetime.now(UTC) + timedelta(minutes=1)
    delivery = unreached()
    assert offered("to be texted", later) == [delivery.pk]
    message = text.intend(delivery.pk, sender(), now=NOW)
    assert offered("to be texted", later) == []
    assert offered("text not sent", later) == [message.pk]
    message.modify(set__not_before=later + timedelta(hours=1))
    assert offered("text not sent", later + timedelta(minutes=30)) == []
    assert offered("text not sent", later + timedelta(hours=2)) == [message.pk]
    message.modify(set__sending_at=NOW)
    assert offered("text sent, no answer noted", later) == [message.pk]
    message.move_to(MESSAGE, "unknown", at=NOW, cause="test")
    assert offered("text unknown", later) == [message.pk]
    message.move_to(MESSAGE, "queued", at=NOW, cause="test")
    assert offered("text queued for long", later) == []
    assert offered("text queued for long", later + timedelta(minutes=15)) == [message.pk]
    message.move_to(MESSAGE, "sent", at=NOW, cause="test")
    rules = [rule.name for rule in sweep.RULES if offered(rule.name, later + timedelta(days=1))]
    assert rules == []


def test_one_household_gets_one_message_a_day(texts) -> None:
    first = unreached()
    customer = Customer.of("default", pk=first.customer_id).get()
    same = unreached(customer=customer)
    next_day = unreached(customer=customer, scheduled_time=NOW + timedelta(days=1))
    sent(text.intend(first.pk, sender(), now=NOW), texts)
    assert text.intend(same.pk, sender(), now=NOW) is None
    assert text.intend(next_day.pk, sender(), now=NOW) is not None
