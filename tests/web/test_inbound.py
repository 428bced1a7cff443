"""Inbound calls as Twilio announces them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import CallLog, Recording, Suppression
from app.queues import CONCLUDE
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import Twilio, verbs, waiting

SOON = datetime.now(UTC) + timedelta(hours=2)
OURS = "+12025550142"


@pytest.fixture
def delivery(settings):
    factories.tenant()
    customer = factories.customer(name="Casey Secret", address="12 Mill Lane")
    return factories.delivery(customer=customer, reference="R-1042", scheduled_time=SOON)


def phone_of(delivery) -> str:
    from app.models import Customer

    return Customer.of("default", pk=delivery.customer_id).get().phone


def ring(twilio: Twilio, number: str, call_sid: str | None = None):
    return twilio.post(
        "/webhooks/twilio/inbound/call",
        CallSid=call_sid or sid("CA"),
        From=number,
        To=OURS,
        CallStatus="ringing",
        Direction="inbound",
    )


def the_call() -> CallLog:
    return CallLog.of("default", direction="inbound").get()


def test_a_customer_hears_which_delivery_it_is_about_and_the_menu(twilio, delivery) -> None:
    answer = ring(twilio, phone_of(delivery))
    assert "Gather" in verbs(answer)
    assert "Harbour Parcels" in answer.data.decode()
    assert the_call().covers == [delivery.pk]


def test_the_same_ring_twice_is_one_call_and_the_same_answer(twilio, delivery) -> None:
    name = sid("CA")
    first = ring(twilio, phone_of(delivery), name)
    assert ring(twilio, phone_of(delivery), name).data == first.data
    assert the_call().call_sid == name


def test_an_unknown_number_is_asked_for_its_reference_and_then_gets_the_menu(
    twilio, delivery
) -> None:
    answer = ring(twilio, "+15550009999")
    assert "Gather" in verbs(answer)
    text = answer.data.decode()
    assert "Secret" not in text
    assert "Mill Lane" not in text
    call = the_call()
    answer = twilio.about(call, "script/inbound-unknown/keys", Digits="1042")
    assert "Gather" in verbs(answer)
    assert the_call().delivery_id == delivery.pk


def test_wrong_references_end_politely_and_tell_nothing(twilio, delivery) -> None:
    ring(twilio, "+15550009999")
    call, path = the_call(), "script/inbound-unknown/keys"
    for _ in range(6):
        answer = twilio.about(call, path, Digits="5555")
        assert "Secret" not in answer.data.decode()
        if verbs(answer)[-1] == "Hangup":
            break
        action = answer.data.decode().partition('action="')[2].partition("#")[0]
        path = action.partition(f"{call.pk}/")[2]
    assert verbs(answer)[-1] == "Hangup"
    assert the_call().delivery_id is None


def test_opting_out_works_for_an_unknown_number(twilio, delivery) -> None:
    ring(twilio, "+15550009999")
    twilio.about(the_call(), "script/inbound-unknown/keys", Digits="9")
    assert Suppression.of("default").get().phone == "+15550009999"


def test_opting_out_by_a_hidden_number_suppresses_nobody(twilio, delivery) -> None:
    ring(twilio, "anonymous")
    answer = twilio.about(the_call(), "script/inbound-unknown/keys", Digits="9")
    assert answer.status_code == 200
    assert Suppression.of("default").count() == 0


def test_the_progress_of_an_inbound_call_is_matched_by_its_sid(twilio, delivery, settings) -> None:
    ring(twilio, phone_of(delivery))
    call = the_call()
    form = {"CallSid": call.call_sid, "CallStatus": "completed", "CallDuration": "31"}
    for _ in range(2):
        assert twilio.post("/webhooks/twilio/inbound/status", **form).status_code == 204
    call.reload()
    assert (call.status, call.duration, call.in_flight) == ("completed", 31, False)
    assert waiting(settings, CONCLUDE.queue) == [("conclude", str(call.pk))]


def test_the_progress_of_a_call_that_never_came_to_us_leaves_nothing(twilio, delivery) -> None:
    answer = twilio.post(
        "/webhooks/twilio/inbound/status", CallSid=sid("CA"), CallStatus="completed"
    )
    assert answer.status_code == 404
    assert CallLog.of("default").count() == 0


def test_what_an_inbound_caller_says_is_recorded_like_any_answer(twilio, delivery) -> None:
    ring(twilio, phone_of(delivery))
    name = sid("RE")
    answer = twilio.about(the_call(), "recording", RecordingSid=name, RecordingStatus="completed")
    assert answer.status_code == 204
    assert Recording.of("default").get().delivery_id == delivery.pk


def test_without_any_company_the_caller_hears_one_moment(twilio, settings) -> None:
    assert verbs(ring(twilio, "+15550009999")) == ["Say", "Pause", "Redirect"]


def test_a_call_that_was_never_announced_to_us_is_kept_when_it_ends(twilio, delivery) -> None:
    name = sid("CA")
    told = {"CallSid": name, "From": phone_of(delivery), "To": OURS, "Direction": "inbound"}
    for _ in range(2):
        answer = twilio.post(
            "/webhooks/twilio/inbound/status", **told, CallStatus="completed", CallDuration="9"
        )
        assert answer.status_code == 204
    call = the_call()
    assert (call.call_sid, call.status, call.covers) == (name, "completed", [delivery.pk])
    told = {**told, "CallSid": sid("CA"), "Direction": "outbound-api"}
    answer = twilio.post("/webhooks/twilio/inbound/status", **told, CallStatus="completed")
    assert answer.status_code == 404
