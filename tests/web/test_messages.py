"""Text messages by webhook: what became of ours, and what customers write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from xml.etree import ElementTree

import pytest

from app.models import (
    Circuit,
    Customer,
    InboundMessage,
    Message,
    Reply,
    Review,
    Suppression,
    database,
)
from app.queues import ANSWERS
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import waiting

FROM = "+447700900555"
INBOUND = "/webhooks/twilio/inbound/message"


@pytest.fixture
def message(settings) -> Message:
    factories.tenant()
    delivery = expected(phone="+447700900777")
    return Message(
        tenant_id="default",
        purpose="link",
        delivery_id=delivery.pk,
        customer_id=delivery.customer_id,
        to_number="+447700900777",
        body="Hello",
        claimed_at=datetime.now(UTC),
        sending_at=datetime.now(UTC),
    ).save()


def expected(phone: str = FROM, language: str = "en", ahead: float = 3, **fields):
    customer = factories.customer(phone=phone, preferences={"language": language})
    return another(customer, ahead, **fields)


def another(customer, ahead: float = 3, **fields):
    start = datetime.now(UTC) + timedelta(hours=ahead)
    return factories.delivery(customer=customer, scheduled_time=start, **fields)


def report(twilio, message: Message, status: str, message_sid: str, **form):
    return twilio.post(
        f"/webhooks/twilio/messages/{message.pk}/status",
        MessageSid=message_sid,
        MessageStatus=status,
        To=message.to_number,
        **form,
    )


def write(twilio, body: str, **form) -> str | None:
    """A customer's message; the words of our answer, if any."""
    form = {"MessageSid": sid("SM"), "From": FROM, "To": "+12025550142", "Body": body, **form}
    answer = twilio.post(INBOUND, **form)
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.data).findtext("Message")


def held(phone: str = FROM) -> list[str]:
    return [each.scope for each in Suppression.of("default", phone=phone, lifted_at=None)]


# --- what became of ours


def test_reports_in_any_order_and_repeated_end_the_same(twilio, message) -> None:
    name = sid("SM")
    for order in permutations(["queued", "sent", "delivered"]):
        one = Message(
            tenant_id="default",
            purpose="receipt",
            to_number="+447700900777",
            claimed_at=datetime.now(UTC),
        ).save()
        name = sid("SM")
        for status in [*order, *order]:
            assert report(twilio, one, status, name).status_code == 204
        one.reload()
        assert (one.status, one.message_sid) == ("delivered", name)
        assert len(one.webhook_events) == 3


def test_what_never_arrived_says_why(twilio, message) -> None:
    report(twilio, message, "undelivered", sid("SM"), ErrorCode="30006")
    message.reload()
    assert (message.status, message.error_code) == ("undelivered", "30006")
    assert held(message.to_number) == ["sms"]


def test_a_carrier_that_blocks_us_opens_the_circuit(twilio, message) -> None:
    report(twilio, message, "undelivered", sid("SM"), ErrorCode="30034")
    assert Circuit.objects.get(name="messages").state == "open"


def test_a_report_about_another_message_changes_nothing(twilio, message) -> None:
    report(twilio, message, "sent", sid("SM"))
    assert report(twilio, message, "failed", sid("SM")).status_code == 404
    assert message.reload().status == "sent"
    assert report(twilio, message, "dancing", message.message_sid).status_code == 400
    assert report(twilio, message, "sent", "no sid").status_code == 404


# --- what customers write


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "OPTOUT", "Revoke"])
def test_stop_holds_for_calls_too_and_is_confirmed_by_the_network_alone(
    twilio, settings, word
) -> None:
    factories.tenant()
    delivery = expected()
    assert write(twilio, word) is None
    assert held() == ["all"]
    (reply,) = Reply.of("default", delivery_id=delivery.pk)
    assert (reply.channel, reply.picked[0]["kind"]) == ("sms", "opt_out")
    assert waiting(settings, ANSWERS) == [("read_reply", str(reply.pk))]


@pytest.mark.parametrize("words", ["please stop", "OPT OUT", "stop, thanks"])
def test_stop_that_the_network_may_not_know_is_ours_to_confirm(twilio, settings, words) -> None:
    # Where it does know it, it refuses this message: nobody gets two.
    factories.tenant()
    expected()
    assert "no more calls or texts" in write(twilio, words)
    assert held() == ["all"]


def test_stop_in_another_language_is_ours_to_confirm(twilio, settings) -> None:
    factories.tenant()
    expected(language="de")
    assert write(twilio, "Abmelden!") == (
        "Harbour Parcels: Sie erhalten keine Anrufe und SMS mehr. START macht das rückgängig."
    )
    assert held() == ["all"]


def test_what_the_network_has_answered_is_not_answered_twice(twilio, settings) -> None:
    factories.tenant()
    expected()
    for handled, body in [("STOP", "¡basta!"), ("HELP", "HELP"), ("START", "hola")]:
        assert write(twilio, body, OptOutType=handled) is None
    assert InboundMessage.of("default", keyword="stop").count() == 1
    assert held() == []


def test_stop_is_heard_from_every_company_and_from_a_number_that_nobody_knows(
    twilio, settings
) -> None:
    factories.tenant()
    factories.tenant("other", name="Other")
    factories.customer("other", phone=FROM)
    expected()
    write(twilio, "STOP")
    holding = Suppression.across_tenants(phone=FROM, lifted_at=None)
    assert sorted(each.tenant_id for each in holding) == ["default", "other"]
    write(twilio, "STOP", From="+447700900888")
    assert held("+447700900888") == ["all"]


def test_cancel_may_have_been_meant_for_the_parcel(twilio, settings) -> None:
    factories.tenant()
    delivery = expected()
    write(twilio, "CANCEL")
    assert held() == ["all"]
    (review,) = Review.of("default", delivery_id=delivery.pk)
    assert review.reason == "cancel"


def never(scope: str, source: str) -> None:
    Suppression(
        tenant_id="default", phone=FROM, scope=scope, source=source, since=factories.NOW
    ).save()


@pytest.mark.parametrize("word", ["START", "unstop", "iniciar"])
@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (
            "all",
            "Harbour Parcels: START by text does not end your earlier wish for no calls and "
            "texts. It still holds; to change it, call +12025550142.",
        ),
        (
            "calls",
            "Harbour Parcels: we may text you again. Calls to you stay stopped; to change that, "
            "call +12025550142. Reply STOP to opt out.",
        ),
        (
            "sms",
            "Harbour Parcels: we may call you again. Texts to you stay stopped; to change that, "
            "call +12025550142. Reply STOP to opt out.",
        ),
    ],
)
def test_start_takes_back_what_was_said_by_text_and_says_what_stays(
    twilio, settings, word, scope, said
) -> None:
    # The network's own answer to START promises more than we keep: this one is sent all the same.
    factories.tenant(callback_number="+12025550142")
    expected()
    never(scope, "key")
    write(twilio, "STOP")
    assert set(held()) == {"all", scope}
    assert write(twilio, word) == said
    assert held() == [scope]


def test_nothing_that_stays_stopped_is_called_started_again(twilio, settings) -> None:
    factories.tenant()
    expected()
    never("calls", "dispatcher")
    never("sms", "speech")
    assert "wish for no calls and texts" in write(twilio, "START", OptOutType="START")
    assert sorted(held()) == ["calls", "sms"]


def test_start_after_a_stop_by_text_alone_brings_everything_back(twilio, settings) -> None:
    factories.tenant()
    expected()
    write(twilio, "STOP")
    assert "we may call and text you about deliveries again" in write(twilio, "iniciar")
    assert held() == []


def test_what_another_company_was_told_stays_its_own(twilio, settings) -> None:
    factories.tenant()
    factories.tenant("other", name="Other")
    factories.customer("other", phone=FROM)
    expected()
    Suppression(
        tenant_id="other", phone=FROM, scope="all", source="key", since=factories.NOW
    ).save()
    assert "we may call and text you about deliveries again" in write(twilio, "iniciar")
    assert Suppression.of("other", lifted_at=None).count() == 1


def test_stop_promises_start_only_where_that_undoes_it(twilio, settings) -> None:
    factories.tenant(callback_number="+12025550142")
    expected()
    never("all", "key")
    assert write(twilio, "please stop") == (
        "Harbour Parcels: you will get no more calls or texts from us. "
        "To change this, please call +12025550142."
    )


def test_a_stop_that_comes_again_after_start_stops_nothing(twilio, settings) -> None:
    factories.tenant()
    expected()
    name = sid("SM")
    first = write(twilio, "please stop", MessageSid=name)
    write(twilio, "START")
    assert write(twilio, "please stop", MessageSid=name) == first
    assert held() == []


def test_yes_is_an_answer_unless_they_had_stopped(twilio, settings) -> None:
    factories.tenant()
    delivery = expected()
    assert "passing this on" in write(twilio, "Yes")
    assert Reply.of("default", delivery_id=delivery.pk).count() == 1
    write(twilio, "STOP")
    assert write(twilio, "YES") is None
    assert held() == []


@pytest.mark.parametrize("body", ["YES", "yes", "Yes!"])
def test_yes_is_an_answer_though_the_network_calls_it_start(twilio, settings, body) -> None:
    factories.tenant()
    delivery = expected()
    assert "passing this on" in write(twilio, body, OptOutType="START")
    (reply,) = Reply.of("default", delivery_id=delivery.pk)
    assert reply.text == body
    assert InboundMessage.of("default").get().keyword is None
    assert waiting(settings, ANSWERS) == [("read_reply", str(reply.pk))]


def test_yes_after_stop_is_start_and_stays_it_when_it_comes_again(twilio, settings) -> None:
    factories.tenant()
    delivery = expected()
    write(twilio, "STOP", OptOutType="STOP")
    name = sid("SM")
    for _ in range(2):
        assert write(twilio, "YES", OptOutType="START", MessageSid=name) is None
    assert held() == []
    assert [each.text for each in Reply.of("default", delivery_id=delivery.pk)] == [None]


def test_help_names_the_company_and_a_number(twilio, settings) -> None:
    factories.tenant(callback_number="+12025550142")
    expected(language="es")
    assert write(twilio, "ayuda") == (
        "Harbour Parcels llama y escribe sobre entregas. Preguntas: +12025550142. "
        "STOP para darse de baja."
    )


def test_an_answer_is_a_reply_to_the_delivery_that_we_wrote_about(twilio, settings) -> None:
    factories.tenant()
    soon = expected()
    customer = Customer.of("default", phone=FROM).get()
    later = another(customer, 30)
    Message(
        tenant_id="default",
        purpose="link",
        delivery_id=later.pk,
        to_number=FROM,
        claimed_at=factories.NOW,
    ).save()
    assert write(twilio, "Leave it\nbehind the planter") == (
        "Harbour Parcels: thank you, we are passing this on. Reply STOP to opt out."
    )
    assert Reply.of("default", delivery_id=soon.pk).count() == 0
    (reply,) = Reply.of("default", delivery_id=later.pk)
    assert (reply.channel, reply.text) == ("sms", "Leave it behind the planter")
    (kept,) = InboundMessage.of("default")
    assert (kept.body, kept.reply_id) == ("Leave it\nbehind the planter", reply.pk)


def test_the_same_message_again_is_answered_the_same_and_kept_once(twilio, settings) -> None:
    factories.tenant()
    delivery = expected()
    name = sid("SM")
    answers = {write(twilio, "behind the planter", MessageSid=name) for _ in range(3)}
    assert len(answers) == 1
    assert InboundMessage.of("default").count() == 1
    assert Reply.of("default", delivery_id=delivery.pk).count() == 1


def test_a_number_without_a_delivery_gets_one_answer_a_day(twilio, settings) -> None:
    factories.tenant(callback_number="+12025550142")
    expected(ahead=-30)
    assert "no delivery for this number" in write(twilio, "hello?")
    assert write(twilio, "hello??") is None
    InboundMessage.of("default").update(set__received_at=datetime.now(UTC) - timedelta(days=2))
    assert "no delivery for this number" in write(twilio, "hello???")


def test_what_they_write_is_not_readable_in_the_database(twilio, settings) -> None:
    factories.tenant()
    expected()
    write(twilio, "the gate code is 4711, behind the planter")
    for collection in ("inbound_messages", "replies"):
        (kept,) = database()[collection].find()
        assert "4711" not in str(kept)
        assert "planter" not in str(kept)


def test_a_picture_is_put_before_a_person_and_the_customer_is_told(twilio, settings) -> None:
    factories.tenant(callback_number="+12025550142")
    delivery = expected()
    address = "https://media.example/ME1"
    said = write(twilio, "", NumMedia="1", MediaUrl0=address, MediaContentType0="image/jpeg")
    assert said == (
        "Harbour Parcels: we cannot see pictures or files sent here. "
        "Please write what the driver should know, or call +12025550142."
    )
    (kept,) = InboundMessage.of("default")
    assert kept.data["MediaUrl0"] == address
    (review,) = Review.of("default", delivery_id=delivery.pk)
    assert (review.reason, review.source_id) == ("picture", kept.pk)
    assert Reply.of("default", delivery_id=delivery.pk).count() == 0


def test_of_a_picture_with_words_the_words_are_passed_on(twilio, settings) -> None:
    factories.tenant(callback_number="+12025550142")
    delivery = expected()
    said = write(twilio, "this door, please", NumMedia="2", MessageSid=sid("MM"))
    assert "we are passing on your words, but cannot see pictures" in said
    (reply,) = Reply.of("default", delivery_id=delivery.pk)
    assert reply.text == "this door, please"
    assert [each.reason for each in Review.of("default")] == ["picture"]


def test_of_many_pictures_each_is_put_before_a_person_and_one_is_answered(twilio, settings) -> None:
    factories.tenant()
    expected(language="de")
    said = [write(twilio, "", NumMedia="1") for _ in range(3)]
    assert [bool(each) for each in said] == [True, False, False]
    assert "Bilder und Dateien können wir hier nicht ansehen" in said[0]
    assert Review.of("default", reason="picture").count() == 3


def test_an_empty_message_is_said_to_be_empty(twilio, settings) -> None:
    factories.tenant(callback_number="+12025550142")
    delivery = expected()
    assert write(twilio, " \n", NumMedia="0") == (
        "Harbour Parcels: your message came without words. "
        "Please write what the driver should know, or call +12025550142."
    )
    assert InboundMessage.of("default").count() == 1
    assert Reply.of("default", delivery_id=delivery.pk).count() == 0
    assert Review.of("default").count() == 0


def test_a_picture_from_who_expects_nothing_is_kept_and_they_are_told_so(twilio, settings) -> None:
    factories.tenant()
    expected(ahead=-30)
    assert "no delivery for this number" in write(twilio, "", NumMedia="1")
    assert InboundMessage.of("default").count() == 1
    assert Review.of("default").count() == 0


def test_a_stop_that_nobody_has_read_yet_is_taken_back_by_start(twilio, settings) -> None:
    factories.tenant()
    delivery = expected()
    write(twilio, "STOP")
    write(twilio, "START")
    (reply,) = Reply.of("default", delivery_id=delivery.pk)
    assert reply.settled_at is not None
    assert held() == []
