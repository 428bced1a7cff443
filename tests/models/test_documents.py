"""What the documents promise: bounds, defaults, times, secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mongoengine import NotUniqueError, ValidationError

from app.models import (
    Agent,
    AnalysisRecord,
    CallLog,
    Customer,
    Delivery,
    Recording,
    Transcription,
    database,
)
from app.rules.analysis import Analysis, Directive, Entity, Kind, Priority
from tests import factories
from tests.factories import NOW


def test_the_times_are_kept(settings) -> None:
    agent = factories.agent()
    made = agent.created_at
    assert made == agent.updated_at
    agent.name = "Other"
    agent.save()
    assert agent.created_at == made
    assert agent.updated_at > made
    before = agent.updated_at
    Agent.of("default", pk=agent.pk).update(set__role="admin")
    agent.reload()
    assert agent.updated_at > before
    raw = database().agents.find_one({"_id": agent.pk})
    assert {"createdAt", "updatedAt"} <= set(raw)


def test_a_password_is_kept_as_an_argon2_hash(settings, true_hashes) -> None:
    agent = factories.agent()
    agent.set_password("open sesame")
    agent.save()
    assert agent.password.startswith("$argon2id$")
    assert agent.password_matches("open sesame")
    assert not agent.password_matches("open sesam")
    agent.password = "not a hash"
    assert not agent.password_matches("not a hash")


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Customer, {"customer_rating": 0}),
        (Customer, {"customer_rating": 5.5}),
        (Customer, {"preferences": {"contact_method": "pigeon"}}),
        (Delivery, {"priority": "whenever"}),
        (Delivery, {"status": "lost"}),
        (Delivery, {"customer_feedback": {"rating": 6}}),
        (Delivery, {"outreach": {"state": "guessing"}}),
        (CallLog, {"status": "initiated"}),
        (CallLog, {"direction": "sideways"}),
        (CallLog, {"call_sid": "CAnonsense"}),
        (CallLog, {"attempt": -1}),
        (Recording, {"processing_status": "maybe"}),
        (Recording, {"transcription": Transcription(confidence=1.1)}),
        (Agent, {"role": "root"}),
        (Agent, {"email": "nobody"}),
    ],
)
def test_a_value_out_of_bounds_is_refused(settings, model, fields) -> None:
    with pytest.raises(ValidationError) as caught:
        model(tenant_id="default", **fields).validate()
    wrong = str(caught.value)
    assert next(iter(fields)) in wrong


def test_the_defaults_of_a_delivery(settings) -> None:
    delivery = factories.delivery()
    raw = database().deliveries.find_one({"_id": delivery.pk})
    assert raw["status"] == "scheduled"
    assert raw["priority"] == "normal"
    assert raw["estimated_duration"] == 30
    assert (raw["retry_count"], raw["max_retries"]) == (0, 3)
    assert raw["package_details"]["fragile"] is False
    assert raw["coordinates"] == {"type": "Point", "coordinates": [-0.1, 51.5]}
    assert raw["outreach"]["state"] == "pending"


def test_a_call_sid_is_unique_where_present(settings) -> None:
    name = factories.sid("CA")
    factories.call(call_sid=name)
    factories.call()
    factories.call()
    with pytest.raises(NotUniqueError):
        factories.call(call_sid=name)


def test_no_number_has_two_calls_in_flight(settings) -> None:
    first = factories.call()
    with pytest.raises(NotUniqueError):
        factories.call(to_number=first.to_number)
    first.modify(set__in_flight=False)
    factories.call(to_number=first.to_number)


def test_deliveries_can_be_found_by_place(settings) -> None:
    near = factories.delivery(coordinates=[-0.1276, 51.5072])
    factories.delivery(coordinates=[151.2, -33.9])
    found = Delivery.of("default", coordinates__geo_within_sphere=[[-0.12, 51.5], 0.01])
    assert [each.pk for each in found] == [near.pk]


def test_what_a_customer_said_is_not_readable_in_the_database(settings) -> None:
    analysis = Analysis(
        directives=(Directive(Kind.ACCESS, "gate code is 4519", 0.9, {"code": "4519#"}),),
        instructions="Gate code 4519#.",
        summary="Gave the gate code.",
        keywords=("gate code",),
        entities=(Entity("access_code", "4519#", 0.9),),
        priority=Priority.NORMAL,
    )
    recording = factories.recording()
    recording.ai_analysis = AnalysisRecord.from_rules(
        analysis, source_id=recording.pk, call_id=recording.call_log_id, at=NOW
    )
    recording.transcription = Transcription(text="the gate code is four five one nine")
    recording.segments = [{"text": "gate code", "words": []}]
    recording.save()
    raw = str(database().recordings.find_one())
    for secret in ("4519", "gate", "four"):
        assert secret not in raw
    kept = Recording.of("default").get()
    assert kept.ai_analysis.to_rules().directives == analysis.directives
    assert kept.transcription.text == "the gate code is four five one nine"
    assert kept.segments[0]["text"] == "gate code"
    # What must be queried stays readable.
    assert Recording.of("default", ai_analysis__directives__kind="access").count() == 1


def test_an_event_is_kept_once(settings) -> None:
    call = factories.call()
    assert call.note_event("CA1:0:ringing", "ringing", {"CallStatus": "ringing"}, at=NOW)
    assert not call.note_event("CA1:0:ringing", "ringing", {"CallStatus": "ringing"}, at=NOW)
    assert call.note_event("CA1:1:ringing", "ringing", {}, at=NOW + timedelta(seconds=1))
    call.reload()
    assert [event.key for event in call.webhook_events] == ["CA1:0:ringing", "CA1:1:ringing"]


def test_a_call_keeps_a_bounded_number_of_events(settings) -> None:
    call = factories.call()
    kept = [call.note_event(f"k{n}", "x", {}, at=NOW) for n in range(105)]
    assert sum(kept) == 100
