"""Dialling: once, whatever happens; and finding out what became of a call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest

from app.gateways import AnswerLost, CallFacts, NotSent, Placed, Refused
from app.models import CallLog, Suppression
from app.pipeline.dial import bind, dial, give_up_on_answer, project, reconcile
from tests import factories
from tests.factories import ALL_DAY, NOW, sid
from tests.fakes import FakeVoice

URL = "https://calls.example"
GRACE = timedelta(minutes=2)


def dialled(call: CallLog, voice: FakeVoice, **options) -> CallLog:
    dial(call.pk, voice, URL, **{"now": NOW, "window": ALL_DAY, **options})
    call.reload()
    return call


def facts(call: CallLog, **fields) -> CallFacts:
    basics = {
        "call_sid": sid("CA"),
        "status": "in-progress",
        "to_number": call.to_number,
        "from_number": call.from_number,
        "created_at": NOW,
        "start_time": None,
        "end_time": None,
        "duration": None,
        "answered_by": None,
    }
    return CallFacts(**{**basics, **fields})


def test_the_network_is_asked_once(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    dialled(call, voice)
    dialled(call, voice)
    assert len(voice.placed) == 1
    assert (call.status, call.dialing_at) == ("queued", NOW)
    assert call.call_sid
    request = voice.placed[0]
    for url in (request.script_url, request.status_url, request.answered_by_url):
        assert url.startswith(f"{URL}/webhooks/twilio/calls/{call.pk}/")
        assert call.to_number not in url


def test_of_many_workers_one_dials(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: dial(call.pk, voice, URL, now=NOW, window=ALL_DAY), range(8)))
    assert len(voice.placed) == 1


def test_the_intent_is_written_before_the_network_is_asked(settings) -> None:
    call = factories.call()

    class Watching(FakeVoice):
        def place_call(self, request):
            written = CallLog.of("default", pk=call.pk).get()
            assert (written.status, written.dialing_at) == ("intended", NOW)
            return super().place_call(request)

    voice = Watching()
    dialled(call, voice)
    assert voice.placed


def test_a_refusal_ends_the_attempt_with_its_code(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    voice.answer = Refused("21211", "not a number")
    dialled(call, voice)
    assert (call.status, call.error_code, call.in_flight) == ("failed", "21211", False)


def test_what_was_not_sent_may_be_dialled_again(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    voice.answer = NotSent("429")
    dialled(call, voice)
    assert (call.status, call.dialing_at) == ("intended", None)
    voice.answer = Placed(sid("CA"), "queued")
    dialled(call, voice)
    assert (call.status, len(voice.placed)) == ("queued", 2)


def test_a_lost_answer_is_never_dialled_again(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    voice.answer = AnswerLost("read timeout")
    dialled(call, voice)
    dialled(call, voice)
    assert (call.status, len(voice.placed)) == ("unknown", 1)
    assert call.in_flight


def test_an_unknown_call_is_found_at_the_network(settings) -> None:
    voice, call = FakeVoice(), factories.call(status="unknown", dialing_at=NOW)
    voice.known = [facts(call, status="completed", duration=31, end_time=NOW)]
    reconcile(call.pk, voice, now=NOW, grace=GRACE)
    call.reload()
    assert (call.status, call.call_sid, call.duration) == (
        "completed",
        voice.known[0].call_sid,
        31,
    )


def test_calls_of_other_attempts_and_other_times_do_not_count(settings) -> None:
    voice = FakeVoice()
    earlier = factories.call(call_sid=sid("CA"), in_flight=False, status="busy")
    call = factories.call(to_number=earlier.to_number, status="unknown", dialing_at=NOW)
    voice.known = [
        facts(call, call_sid=earlier.call_sid),
        facts(call, created_at=NOW - timedelta(hours=1)),
        facts(call, from_number="+19995550000"),
    ]
    reconcile(call.pk, voice, now=NOW, grace=GRACE)
    call.reload()
    assert (call.status, call.call_sid) == ("unknown", None)


def test_a_call_that_the_network_never_saw_is_given_up_after_a_while(settings) -> None:
    voice, call = FakeVoice(), factories.call(status="unknown", dialing_at=NOW)
    assert reconcile(call.pk, voice, now=NOW + timedelta(seconds=119), grace=GRACE) is None
    assert reconcile(call.pk, voice, now=NOW + GRACE, grace=GRACE)
    call.reload()
    assert (call.status, call.outcome, call.in_flight) == ("failed", "not_placed", False)


def test_a_call_that_was_never_dialled_is_not_reconciled(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    assert reconcile(call.pk, voice, now=NOW + timedelta(days=1), grace=GRACE) is None
    assert not give_up_on_answer(factories.call(status="completed"), now=NOW)


def test_a_webhook_may_be_faster_than_the_answer(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    name = sid("CA")

    class Overtaken(FakeVoice):
        def place_call(self, request):
            mine = CallLog.of("default", pk=call.pk).get()
            bind(mine, name)
            project(mine, facts(mine, call_sid=name, status="ringing"), now=NOW, cause="webhook")
            return Placed(name, "queued")

    voice = Overtaken()
    dialled(call, voice)
    assert (call.status, call.call_sid) == ("ringing", name)


@pytest.mark.parametrize("status", ["cancelled"])
def test_a_delivery_that_is_over_is_not_dialled(settings, status) -> None:
    delivery = factories.delivery(status=status, outreach={"state": "calling", "attempts": 1})
    voice, call = FakeVoice(), factories.call(delivery)
    dialled(call, voice)
    assert (call.status, call.in_flight, voice.placed) == ("canceled", False, [])


def test_suppression_and_hours_are_asked_just_before(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    Suppression(
        tenant_id="default", phone=call.to_number, scope="calls", source="key", since=NOW
    ).save()
    dialled(call, voice)
    assert (call.status, call.outcome) == ("canceled", "suppressed")
    late = factories.call()
    dialled(late, voice, window=(time(11), time(21)))
    assert (late.status, voice.placed) == ("canceled", [])


def test_a_second_sid_for_one_call_is_refused(settings) -> None:
    call = factories.call(call_sid=sid("CA"))
    assert not bind(call, sid("CA"))
    other = factories.call()
    assert not bind(other, call.call_sid)
