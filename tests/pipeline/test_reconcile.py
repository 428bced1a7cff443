"""What became of a call: the network's books settle it, and nothing rings that should not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.gateways import CallFacts
from app.models import CallLog, Delivery
from app.pipeline.price import FIRST_LOOK
from app.pipeline.reconcile import (
    end_strangers,
    give_up_on_answer,
    look_again,
    reconcile,
    withdraw,
)
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeVoice

GRACE = timedelta(minutes=2)
LONGEST = timedelta(seconds=60)


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


def unknown(**fields) -> CallLog:
    return factories.call(**{"status": "unknown", "dialing_at": NOW, **fields})


def asked(call: CallLog, voice: FakeVoice, after: timedelta = timedelta(0)) -> CallLog | None:
    moved = reconcile(call.pk, voice, now=NOW + after, grace=GRACE)
    call.reload()
    return moved


def test_an_unknown_call_is_found_at_the_network(settings) -> None:
    voice, call = FakeVoice(), unknown()
    voice.known = [facts(call, status="completed", duration=31, end_time=NOW)]
    assert asked(call, voice)
    assert (call.status, call.call_sid, call.duration, call.in_flight) == (
        "completed", voice.known[0].call_sid, 31, False,
    )  # fmt: skip
    assert call.price_due_at == NOW + FIRST_LOOK


def test_a_call_that_is_still_queued_is_found_too(settings) -> None:
    voice, call = FakeVoice(), unknown()
    voice.known = [facts(call, status="queued", start_time=None)]
    assert asked(call, voice)
    assert call.status == "queued"


def test_calls_of_other_attempts_and_other_times_do_not_count(settings) -> None:
    voice = FakeVoice()
    earlier = factories.call(call_sid=sid("CA"), in_flight=False, status="busy")
    strange = factories.call(strangers=[sid("CA")], in_flight=False, status="failed")
    call = unknown(to_number=earlier.to_number)
    voice.known = [
        facts(call, call_sid=earlier.call_sid),
        facts(call, call_sid=strange.strangers[0]),
        facts(call, created_at=NOW - timedelta(hours=1)),
        facts(call, created_at=NOW + timedelta(minutes=5)),
        facts(call, from_number="+19995550000"),
    ]
    assert asked(call, voice) is None
    assert (call.status, call.call_sid) == ("unknown", None)


def test_a_call_that_the_network_never_saw_is_given_up_after_a_while(settings) -> None:
    voice, call = FakeVoice(), unknown()
    assert asked(call, voice, timedelta(seconds=119)) is None
    assert asked(call, voice, GRACE)
    assert (call.status, call.outcome, call.in_flight) == ("failed", "not_placed", False)


def test_a_call_whose_id_comes_in_the_last_moment_is_not_given_up(settings) -> None:
    call, name = unknown(), sid("CA")

    class Racing(FakeVoice):
        def find_calls(self, to_number, since):
            CallLog.of("default", pk=call.pk).update(set__call_sid=name)
            return []

    assert asked(call, Racing(), GRACE) is None
    assert (call.status, call.call_sid) == ("unknown", name)


def test_a_call_that_was_never_dialled_is_not_reconciled(settings) -> None:
    voice, call = FakeVoice(), factories.call()
    assert asked(call, voice, timedelta(days=1)) is None
    assert not give_up_on_answer(factories.call(status="completed"), now=NOW)
    assert not give_up_on_answer(call, now=NOW)


def test_a_request_that_turns_out_not_to_be_sent_is_not_given_up(settings) -> None:
    seen = factories.call(dialing_at=NOW)
    CallLog.of("default", pk=seen.pk).update(unset__dialing_at=True)
    assert not give_up_on_answer(seen, now=NOW)
    assert CallLog.of("default", pk=seen.pk).get().status == "intended"


def test_a_customers_own_call_is_asked_about_by_its_id(settings) -> None:
    voice = FakeVoice()
    call = factories.call(
        direction="inbound", attempt=0, in_flight=False, status="in-progress", call_sid=sid("CA")
    )
    voice.known = [facts(call, call_sid=call.call_sid, status="completed", end_time=NOW)]
    assert asked(call, voice)
    assert call.status == "completed"


def test_a_key_outweighs_what_the_network_guesses_later(settings) -> None:
    voice = FakeVoice()
    call = factories.call(
        status="in-progress", call_sid=sid("CA"), dialing_at=NOW, answered_by="human",
        answered_by_proof="key",
    )  # fmt: skip
    voice.known = [facts(call, call_sid=call.call_sid, status="completed", answered_by="machine")]
    asked(call, voice)
    assert (call.status, call.answered_by) == ("completed", "human")


def test_a_late_call_of_a_closed_attempt_is_ended(settings) -> None:
    voice = FakeVoice()
    call = unknown(status="failed", outcome="not_placed", in_flight=False)
    assert look_again(call.pk, FakeVoice(), now=NOW + timedelta(minutes=20)) == []
    call.modify(unset__looked_again_at=True)
    voice.known = [facts(call)]
    late = voice.known[0].call_sid
    assert look_again(call.pk, voice, now=NOW + timedelta(minutes=20)) == [late]
    assert look_again(call.pk, voice, now=NOW + timedelta(minutes=21)) == []
    assert end_strangers(call.pk, voice, now=NOW) == 1
    call.reload()
    assert (voice.ended, call.strangers, call.call_sid) == ([late], [late], None)
    assert call.strangers_ended_at == NOW


class Obedient(FakeVoice):
    """Cancels what it is told to cancel, unless it was answered."""

    def end_call(self, call_sid: str, *, unless_answered: bool = False) -> bool:
        (found,) = [each for each in self.known if each.call_sid == call_sid]
        if found.status in ("queued", "ringing"):
            self.known = [
                CallFacts(
                    call_sid, "canceled", found.to_number, found.from_number, NOW, None, NOW,
                    None, None,
                )
            ]  # fmt: skip
        return super().end_call(call_sid, unless_answered=unless_answered)


def queued(**fields) -> tuple[CallLog, FakeVoice]:
    call = factories.call(
        **{"status": "queued", "call_sid": sid("CA"), "dialing_at": NOW, **fields}
    )
    voice = Obedient()
    voice.known = [facts(call, call_sid=call.call_sid, status="queued")]
    return call, voice


@pytest.mark.parametrize(
    ("fields", "seconds", "ended"),
    [
        ({}, 59, False),
        ({}, 61, True),
        ({"queued_until": NOW + timedelta(seconds=10)}, 9, False),
        ({"queued_until": NOW + timedelta(seconds=10)}, 10, True),
    ],
)
def test_what_waits_too_long_at_the_network_is_withdrawn(settings, fields, seconds, ended) -> None:
    call, voice = queued(**fields)
    withdraw(call.pk, voice, now=NOW + timedelta(seconds=seconds), longest_queue=LONGEST)
    call.reload()
    expected = ("canceled", "withdrawn", False) if ended else ("queued", None, True)
    assert (call.status, call.outcome, call.in_flight) == expected


def test_a_call_that_is_answered_in_this_moment_goes_on(settings) -> None:
    call, voice = queued()
    voice.known = [facts(call, call_sid=call.call_sid, status="in-progress")]
    withdraw(call.pk, voice, now=NOW + timedelta(minutes=2), longest_queue=LONGEST)
    call.reload()
    assert (call.status, call.outcome) == ("in-progress", None)


@pytest.mark.parametrize("status", ["intended", "queued", "ringing"])
def test_who_was_heard_in_another_way_is_not_rung(settings, status) -> None:
    dialled = {} if status == "queued" else {"call_sid": None, "dialing_at": None}
    call, voice = queued(**({"status": status, **dialled} if status == "intended" else {}))
    if status == "ringing":
        call.modify(set__status="ringing")
        voice.known = [facts(call, call_sid=call.call_sid, status="ringing")]
    Delivery.of("default", pk=call.delivery_id).update(set__outreach__state="instructed")
    assert withdraw(call.pk, voice, now=NOW, longest_queue=LONGEST)
    call.reload()
    assert (call.status, call.outcome) == (
        "canceled", "rang" if status == "ringing" else "withdrawn",
    )  # fmt: skip
    # What never reached the network cost nothing, and nobody is asked.
    assert call.price_due_at == (None if status == "intended" else NOW + FIRST_LOOK)


def test_what_is_being_dialled_is_not_withdrawn_blindly(settings) -> None:
    call, voice = queued(status="intended", call_sid=None)
    Delivery.of("default", pk=call.delivery_id).update(set__outreach__state="instructed")
    assert withdraw(call.pk, voice, now=NOW, longest_queue=LONGEST) is None
    assert voice.ended == []
