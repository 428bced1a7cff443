"""Putting a driver through: rung once whatever dies, priced for both, gone with the customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.errors import PermanentError
from app.gateways import AnswerLost, CallFacts, NotSent, Refused
from app.gateways.copies import Copy
from app.models import BridgedCall, Suppression, database
from app.pipeline import bridge, bridge_progress, bridge_ring, circuit, retention, sweep
from app.pipeline.bridge import NotPutThroughError
from app.pipeline.dial import Line
from app.pipeline.erase import erase
from app.pipeline.export_person import export
from app.pipeline.held import held
from app.pipeline.traces import Scanner
from app.rules.retention import parse
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeVoice
from tests.pipeline.test_dial import URL, Hands
from tests.pipeline.test_erase import Books

US = "+12025550142"
GRACE = timedelta(seconds=20)


def asked(now: datetime = NOW, **fields: Any) -> BridgedCall:
    """A driver has pressed the button at a stop."""
    driver = factories.agent()
    stop = factories.delivery(agent_id=driver.pk, status="in_transit", scheduled_time=now, **fields)
    return bridge.ask(stop, driver.pk, US, now=now).call


def rung(call: BridgedCall, voice: FakeVoice, hands: Hands | None = None) -> BridgedCall:
    hands = hands or Hands()
    bridge_ring.ring(call.pk, Line(voice, URL, factories.policy(), hands.clock()))
    call.reload()
    return call


def facts(call: BridgedCall, status: str = "completed", **but: Any) -> CallFacts:
    known = CallFacts(sid("CA"), status, call.person_phone, US, NOW, NOW, NOW, 30, None)
    return replace(known, **but)


def test_the_network_is_asked_once_and_for_no_machine(settings) -> None:
    voice, call = FakeVoice(), asked()
    rung(call, voice)
    rung(call, voice)
    (request,) = voice.placed
    assert (request.to_number, request.from_number) == (call.person_phone, US)
    assert request.answered_by_url is None
    for url in (request.script_url, request.status_url):
        assert url.startswith(f"{URL}/webhooks/twilio/bridged-calls/{call.pk}/")
    assert (call.status, call.dialing_at) == ("queued", NOW)


def test_numbers_are_sealed(settings) -> None:
    call = asked()
    stored = str(database().bridged_calls.find_one({"_id": call.pk}))
    assert call.customer_phone[1:] not in stored
    assert call.person_phone[1:] not in stored


def test_who_is_not_rung_within_a_minute_is_not_rung(settings) -> None:
    voice, hands = FakeVoice(), Hands()
    call = asked()
    hands.now = NOW + bridge.PATIENCE
    assert rung(call, voice, hands).status == "canceled"
    assert voice.placed == []
    assert call.in_flight is False


@pytest.mark.parametrize("what", ["suppressed", "over", "circuit"])
def test_what_changed_since_the_press_is_asked_again(settings, what) -> None:
    voice, call = FakeVoice(), asked()
    if what == "suppressed":
        Suppression(
            tenant_id="default", phone=call.customer_phone, scope="all", source="sms", since=NOW
        ).save()
    elif what == "over":
        database().deliveries.update_one(
            {"_id": call.delivery_id}, {"$set": {"status": "completed"}}
        )
    else:
        circuit.hold(circuit.CALLS, "maintenance", now=NOW)
    assert rung(call, voice).status == "canceled"
    assert voice.placed == []
    assert call.refused_why in {"suppressed", "over", "network_away"}


def test_what_was_certainly_not_sent_is_sent_again(settings) -> None:
    voice, hands = FakeVoice(), Hands()
    call = asked()
    voice.answer = NotSent("no connection")
    assert rung(call, voice, hands).status == "intended"
    hands.now += timedelta(seconds=3)
    voice.answer = None
    assert rung(call, voice, hands).status == "queued"
    assert len(voice.placed) == 2


def test_a_lost_answer_is_looked_up_and_never_sent_again(settings) -> None:
    voice, call = FakeVoice(), asked()
    voice.answer = AnswerLost("timeout")
    assert rung(call, voice).status == "unknown"
    rung(call, voice)
    assert len(voice.placed) == 1
    voice.known = [facts(call, "ringing", end_time=None, duration=None)]
    bridge_ring.follow(call.pk, voice, now=NOW, grace=GRACE)
    call.reload()
    assert (call.status, call.call_sid) == ("ringing", voice.known[0].call_sid)


def test_what_the_network_does_not_know_was_never_placed(settings) -> None:
    voice, call = FakeVoice(), asked()
    voice.answer = AnswerLost("timeout")
    rung(call, voice)
    bridge_ring.follow(call.pk, voice, now=NOW + GRACE / 2, grace=GRACE)
    call.reload()
    assert call.in_flight
    bridge_ring.follow(call.pk, voice, now=NOW + GRACE, grace=GRACE)
    call.reload()
    assert (call.status, call.in_flight) == ("failed", False)


def test_a_worker_that_died_between_intent_and_request_rings_nobody(settings) -> None:
    voice, call = FakeVoice(), asked()
    call.modify(set__dialing_at=NOW)
    rung(call, voice)
    bridge_ring.follow(call.pk, voice, now=NOW + timedelta(minutes=1), grace=GRACE)
    call.reload()
    assert voice.placed == []
    assert call.status == "failed"


def test_a_refusal_of_the_network_ends_it(settings) -> None:
    voice, call = FakeVoice(), asked()
    voice.answer = Refused("21211", "not a number")
    rung(call, voice)
    assert (call.status, call.error_code, call.in_flight) == ("failed", "21211", False)


def test_the_end_of_both_calls_is_asked_for_where_no_report_came(settings) -> None:
    voice, call = FakeVoice(), rung(asked(), FakeVoice())
    bridge_progress.told(call, "in-progress", now=NOW)
    bridge_progress.put_through(call, now=NOW)
    leg = sid("CA")
    bridge_progress.customer(call, leg, "in-progress", now=NOW)
    voice.known = [facts(call, call_sid=call.call_sid, duration=80), facts(call, call_sid=leg)]
    bridge_ring.follow(call.pk, voice, now=NOW + timedelta(minutes=20), grace=GRACE)
    call.reload()
    assert (call.status, call.duration) == ("completed", 80)
    assert (call.customer_status, call.talked) == ("completed", 30)


def test_the_sweep_offers_what_no_worker_took(settings) -> None:
    call = asked()
    rules = {rule.name: rule for rule in sweep.RULES if rule.model is BridgedCall}
    rule = rules["to be put through, nobody rung"]
    later = call.updated_at + timedelta(seconds=4)
    (found,) = sweep.stuck(rule, now=later, patience=1.0, limit=5)
    assert (found.document_id, rule.remedy) == (call.pk, "bridge")


def test_what_both_calls_cost_is_one_sum(settings) -> None:
    voice, call = FakeVoice(), rung(asked(), FakeVoice())
    leg = sid("CA")
    bridge_progress.customer(call, leg, "completed", now=NOW, duration=42)
    bridge_progress.told(call, "completed", now=NOW, duration=60)
    bridge_ring.price(call.pk, voice, now=NOW + timedelta(minutes=4))
    call.reload()
    due = call.price_due_at
    mine = facts(call, call_sid=call.call_sid, cost=Decimal("0.013"), currency="USD")
    voice.known = [mine, facts(call, call_sid=leg)]
    bridge_ring.price(call.pk, voice, now=due)
    call.reload()
    # One of them has no price yet: it is asked again.
    assert (call.cost, call.price_due_at > due) == (None, True)
    voice.known[1] = facts(call, call_sid=leg, cost=Decimal("0.026"), currency="USD")
    bridge_ring.price(call.pk, voice, now=call.price_due_at)
    call.reload()
    assert (call.cost, call.currency, call.price_due_at) == (0.039, "USD", None)


def test_a_late_or_repeated_report_never_goes_back(settings) -> None:
    call, leg = rung(asked(), FakeVoice()), sid("CA")
    assert bridge_progress.customer(call, leg, "completed", now=NOW, duration=9)
    assert not bridge_progress.customer(call, leg, "ringing", now=NOW)
    assert not bridge_progress.customer(call, sid("CA"), "busy", now=NOW)
    assert bridge_progress.told(call, "completed", now=NOW)
    assert not bridge_progress.told(call, "ringing", now=NOW)
    call.reload()
    assert (call.customer_status, call.talked, call.status) == ("completed", 9, "completed")


def test_one_at_a_time_for_a_stop_and_for_a_telephone(settings) -> None:
    call = asked()
    stop = factories.delivery(agent_id=call.person_id, status="assigned", scheduled_time=NOW)
    with pytest.raises(NotPutThroughError) as caught:
        bridge.ask(stop, call.person_id, US, now=NOW)
    assert caught.value.why == "you_are_busy"
    colleague = factories.agent()
    same = bridge.find_delivery("default", call.delivery_id, agent_id=None)
    with pytest.raises(NotPutThroughError) as caught:
        bridge.ask(same, colleague.pk, US, now=NOW)
    assert caught.value.why == "on_the_line"


def test_a_customer_is_not_rung_again_and_again(settings) -> None:
    driver = factories.agent()
    stop = factories.delivery(agent_id=driver.pk, status="in_transit", scheduled_time=NOW)
    for minute in range(5):
        at = NOW + timedelta(minutes=minute)
        call = bridge.ask(stop, driver.pk, US, now=at).call
        bridge_progress.told(call, "completed", now=at)
    with pytest.raises(NotPutThroughError) as caught:
        bridge.ask(stop, driver.pk, US, now=NOW + timedelta(minutes=6))
    assert caught.value.why == "too_often"
    assert bridge.ask(stop, driver.pk, US, now=NOW + timedelta(minutes=61)).fresh


def test_all_of_it_goes_with_the_customer_and_is_exported_before(
    settings, runtime, tmp_path
) -> None:
    call = rung(asked(), FakeVoice())
    number, leg = call.customer_phone, sid("CA")
    call.note_event("1", "status", {"To": number}, at=NOW)
    with pytest.raises(PermanentError, match="under way"):
        erase(number, runtime.bucket, Books(), by="tests", now=NOW)
    bridge_progress.customer(call, leg, "completed", now=NOW, duration=9)
    bridge_progress.told(call, "completed", now=NOW)
    counts = export(number, tmp_path / "all.zip", runtime.storage, now=NOW)
    assert counts["bridged_calls"] == 1
    books = Books(Copy("call", call.call_sid), Copy("call", leg))
    erase(number, runtime.bucket, books, by="tests", now=NOW)
    assert books.kept == set()
    assert held(number).of("bridged_calls") == []
    scanner = Scanner(number)
    scanner.database()
    assert not scanner.traces.found


def test_what_the_network_reported_is_let_go_when_its_time_is_over(settings, runtime) -> None:
    call = asked()
    call.note_event("1", "status", {"To": call.customer_phone}, at=NOW)
    voice = FakeVoice()
    retention.apply(runtime.bucket, voice, Books(), parse("reports=1"), now=NOW + timedelta(days=2))
    call.reload()
    assert call.webhook_events[0].data is None
    assert call.webhook_events[0].event == "status"
