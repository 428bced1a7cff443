"""Dialling: once, whatever happens, at the account's pace, and only what the gate still allows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import pytest

from app.gateways import AnswerLost, NotSent, Placed, Refused
from app.models import CallLog, Circuit, Suppression, Tenant
from app.pipeline import circuit
from app.pipeline.dial import Line, dial
from app.pipeline.pace import Clock
from app.pipeline.progress import recognise
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeVoice

URL = "https://calls.example"


@dataclass
class Hands:
    """A clock in the test's hands: waiting passes at once."""

    now: datetime = NOW
    boot: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, boot=lambda: self.boot, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.boot += seconds


def line(voice: FakeVoice, hands: Hands | None = None, **policy) -> Line:
    return Line(voice, URL, factories.policy(**policy), (hands or Hands()).clock())


def dialled(call: CallLog, voice: FakeVoice, hands: Hands | None = None, **policy) -> CallLog:
    dial(call.pk, line(voice, hands, **policy))
    call.reload()
    return call


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
        list(pool.map(lambda _: dial(call.pk, line(voice)), range(8)))
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


def test_who_was_stopped_between_the_intent_and_the_request_does_not_send(settings) -> None:
    voice, call, hands = FakeVoice(), factories.call(), Hands()
    real = hands.sleep

    def stopped(seconds: float) -> None:
        real(seconds)
        if CallLog.of("default", pk=call.pk).get().dialing_at is not None:
            hands.boot += 2.1

    clock = Clock(now=lambda: hands.now, boot=lambda: hands.boot, sleep=stopped)
    assert dial(call.pk, Line(voice, URL, factories.policy(), clock)) is None
    call.reload()
    assert voice.placed == []
    # It stays as it is, for the reconciler: nobody else will dial it either.
    assert (call.status, call.dialing_at) == ("intended", NOW)


def test_who_comes_too_late_for_its_moment_takes_another_one(settings) -> None:
    voice, call, hands = FakeVoice(), factories.call(), Hands()
    delays = [0.3, 0.0]
    real = hands.sleep

    def slow(seconds: float) -> None:
        real(seconds)
        if CallLog.of("default", pk=call.pk).get().dialing_at is not None:
            hands.boot += delays.pop(0)

    clock = Clock(now=lambda: hands.now, boot=lambda: hands.boot, sleep=slow)
    dial(call.pk, Line(voice, URL, factories.policy(per_second=1), clock))
    call.reload()
    assert (len(voice.placed), call.status, delays) == (1, "queued", [])


def test_where_the_pace_is_taken_for_long_the_call_is_left_for_later(settings) -> None:
    voice, calls, hands = FakeVoice(), [factories.call() for _ in range(8)], Hands()
    for call in calls:
        dialled(call, voice, hands, per_second=1)
    sent = [call for call in calls if call.status == "queued"]
    left = [call for call in calls if call.status == "intended"]
    # The test's clock jumps, MongoDB's does not: five seconds' worth are taken, no more.
    assert 4 <= len(sent) <= 6
    assert len(sent) + len(left) == 8
    assert all(call.next_try_at > NOW and call.dialing_at is None for call in left)
    assert len(voice.placed) == len(sent)


def test_before_its_next_try_a_call_is_left_alone(settings) -> None:
    voice = FakeVoice()
    call = factories.call(next_try_at=NOW + timedelta(seconds=1))
    assert dialled(call, voice).status == "intended"
    assert dialled(call, voice, Hands(now=NOW + timedelta(seconds=1))).status == "queued"
    assert call.next_try_at is None


def test_a_refusal_ends_the_attempt_with_its_code(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    voice.answer = Refused("21211", "not a number")
    dialled(call, voice)
    assert (call.status, call.error_code, call.in_flight) == ("failed", "21211", False)
    assert circuit.opens_at(circuit.CALLS) is None


@pytest.mark.parametrize("answer", [NotSent("429"), Refused("10004", "too many calls")])
def test_what_was_not_sent_may_be_dialled_again_after_a_pause(settings, answer) -> None:
    voice, call = FakeVoice(), factories.call()
    voice.answer = answer
    dialled(call, voice)
    assert (call.status, call.dialing_at, call.in_flight) == ("intended", None, True)
    assert call.next_try_at == NOW + timedelta(seconds=2)
    voice.answer = Placed(sid("CA"), "queued")
    dialled(call, voice)
    assert len(voice.placed) == 1
    dialled(call, voice, Hands(now=NOW + timedelta(seconds=2)))
    assert (call.status, len(voice.placed)) == ("queued", 2)


def test_the_pauses_grow(settings) -> None:
    voice, call, hands = FakeVoice(), factories.call(), Hands()
    voice.answer = NotSent("no connection")
    pauses = []
    for _ in range(7):
        dialled(call, voice, hands)
        pauses.append((call.next_try_at - hands.now).total_seconds())
        hands.now = call.next_try_at
    assert pauses == [2, 5, 15, 30, 60, 60, 60]


def test_a_lost_answer_is_never_dialled_again(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    voice.answer = AnswerLost("read timeout")
    dialled(call, voice)
    dialled(call, voice)
    assert (call.status, len(voice.placed)) == ("unknown", 1)
    assert call.in_flight


def test_a_webhook_may_be_faster_than_the_answer(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    name = sid("CA")

    class Overtaken(FakeVoice):
        def place_call(self, request):
            mine = CallLog.of("default", pk=call.pk).get()
            assert recognise(mine, name)
            CallLog.of("default", pk=call.pk).update(set__status="ringing")
            return Placed(name, "queued")

    voice = Overtaken()
    dialled(call, voice)
    assert (call.status, call.call_sid) == ("ringing", name)


def test_an_answer_that_comes_after_the_attempt_was_closed_is_a_strangers(settings) -> None:
    call, late = factories.call(), sid("CA")

    class Slow(FakeVoice):
        def place_call(self, request):
            CallLog.of("default", pk=call.pk).update(
                set__status="failed", set__outcome="not_placed", set__in_flight=False
            )
            return Placed(late, "queued")

    dialled(call, Slow())
    assert (call.status, call.call_sid, call.strangers) == ("failed", None, [late])


def test_a_delivery_that_is_over_is_not_dialled(settings) -> None:
    delivery = factories.delivery(status="cancelled", outreach={"state": "calling", "attempts": 1})
    voice, call = FakeVoice(), factories.call(delivery)
    dialled(call, voice)
    assert (call.status, call.in_flight, voice.placed) == ("canceled", False, [])


def test_who_answered_meanwhile_is_not_dialled(settings) -> None:
    delivery = factories.delivery(outreach={"state": "instructed", "attempts": 1})
    voice, call = FakeVoice(), factories.call(delivery)
    dialled(call, voice)
    assert (call.status, call.outcome, voice.placed) == ("canceled", "answered", [])


def test_suppression_and_hours_are_asked_just_before(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    Suppression(
        tenant_id="default", phone=call.to_number, scope="calls", source="key", since=NOW
    ).save()
    dialled(call, voice)
    assert (call.status, call.outcome) == ("canceled", "suppressed")
    late = factories.call()
    dialled(late, voice, window=(time(11), time(21)))
    assert (late.status, late.outcome, voice.placed) == ("canceled", "not_allowed", [])


def test_in_the_last_moment_of_its_hours_nobody_is_dialled(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    dialled(call, voice, window=(time(8), (NOW + timedelta(seconds=59)).time()))
    assert (call.status, call.outcome, voice.placed) == ("canceled", "not_allowed", [])


def test_a_company_has_its_own_pace_within_the_accounts(settings) -> None:
    Tenant(tenant_id="default", name="Slow", calling={"calls_per_second": 0.2}).save()
    voice, hands = FakeVoice(), Hands()
    slow = [factories.call() for _ in range(3)]
    for call in slow:
        dialled(call, voice, hands)
    assert [call.status for call in slow] == ["queued", "intended", "intended"]
    other = factories.call(factories.delivery("other", outreach={"state": "calling"}))
    assert dialled(other, voice, hands).status == "queued"


def test_one_wrong_credential_stops_the_dialling_and_loses_nothing(settings) -> None:
    voice, calls = FakeVoice(), [factories.call() for _ in range(3)]
    voice.answer = Refused("20003", "authenticate")
    for call in calls:
        dialled(call, voice)
    assert len(voice.placed) == 1
    opened = Circuit.objects.get()
    assert (opened.state, opened.code, opened.tripped_by) == ("open", "20003", [calls[0].pk])
    assert [call.status for call in calls] == ["failed", "intended", "intended"]
    assert calls[1].next_try_at == opened.probe_at


def test_after_the_pause_one_try_is_let_through_and_its_success_opens_the_way(settings) -> None:
    voice, calls = FakeVoice(), [factories.call() for _ in range(3)]
    voice.answer = Refused("20003", "authenticate")
    dialled(calls[0], voice)
    voice.answer = AnswerLost("timeout")
    later = Hands(now=NOW + circuit.FIRST_PAUSE)
    dialled(calls[1], voice, later)
    dialled(calls[2], voice, later)
    # The single try has no answer yet: nobody else may.
    assert [call.status for call in calls] == ["failed", "unknown", "intended"]
    voice.answer = None
    again = Hands(now=later.now + circuit.TRY_WITHIN)
    assert dialled(calls[2], voice, again).status == "queued"
    assert Circuit.objects.get().state == "closed"
    assert dialled(factories.call(), voice, again).status == "queued"
