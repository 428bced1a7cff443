"""From a recording's announcement to what the driver reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import PermanentError
from app.gateways import RecordingFacts
from app.models import CallLog, Customer, Delivery, PushMessage, Recording, Review, Suppression
from app.models.operations import SystemMetric
from app.pipeline import record
from app.pipeline.conclude import Terms, conclude
from app.pipeline.tell import delivered, tell
from app.pipeline.transcribe import transcribe
from app.pipeline.understand import understand
from app.rules.attempts import parse
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeSpeech, FakeStorage, FakeVoice

TERMS = Terms(
    policy=parse("busy=300,no-answer=1800,failed=60,machine=7200"),
    book=factories.ALWAYS,
    window=factories.ALL_DAY,
)


def ended_call(status: str = "completed", **fields) -> CallLog:
    agent = factories.agent()
    delivery = factories.delivery(
        agent_id=agent.pk, outreach={"state": "calling", "attempts": fields.get("attempt", 1)}
    )
    basics = {"status": status, "in_flight": False, "call_sid": sid("CA"), "start_time": NOW,
              "notice_at": NOW if status == "completed" else None,
              "end_time": NOW + timedelta(seconds=30), "duration": 30}  # fmt: skip
    return factories.call(delivery, **{**basics, **fields})


def key(kind: str, text: str = "", **slots) -> dict:
    """A key that was pressed, as the script keeps it."""
    return {"kind": kind, "slots": slots, "text": text or kind, "scene": "menu", "at": NOW}


def announced(call: CallLog, status: str = "completed") -> Recording:
    facts = RecordingFacts(sid("RE"), call.call_sid, status, 5.0)
    return record.announce(call, facts, bucket="delauto", now=NOW)


def heard(call: CallLog, text: str) -> Recording:
    """The recording of a call, through every stage, saying ``text``."""
    storage, recording = FakeStorage(), announced(call)
    assert record.store(recording.pk, FakeVoice(), storage, now=NOW)
    assert transcribe(recording.pk, FakeSpeech(text), storage, now=NOW)
    understand(recording.pk, now=NOW)
    return Recording.of("default", pk=recording.pk).get()


def concluded(call: CallLog, now=NOW) -> Delivery:
    conclude(call.pk, TERMS, now=now)
    return Delivery.of("default", pk=call.delivery_id).get()


def test_an_answer_becomes_the_drivers_sentence(settings) -> None:
    call = ended_call(effects=["records"])
    recording = heard(call, "please leave it behind the planter and dont ring the bell")
    assert (recording.stage, recording.processing_status) == ("understood", "completed")
    delivery = concluded(call)
    assert delivery.outreach.state == "instructed"
    assert [d.kind.value for d in delivery.analysis.directives] == ["leave_at", "avoid"]
    assert (delivery.recording_id, delivery.call_log_id) == (recording.pk, call.pk)
    message = tell(delivery.pk, now=NOW)
    assert "planter" in message.text
    assert message.kind == "instructions"
    call.reload()
    assert (call.outcome, call.settled_at) == ("instructed", NOW)
    assert "planter" in call.transcription


def test_every_step_may_be_done_twice(settings) -> None:
    call = ended_call(effects=["records"])
    recording = heard(call, "leave it with my neighbour")
    storage = FakeStorage()
    assert not record.store(recording.pk, FakeVoice(), storage, now=NOW)
    assert not transcribe(recording.pk, FakeSpeech("something else"), storage, now=NOW)
    assert understand(recording.pk, now=NOW) is None
    first = concluded(call)
    assert concluded(call).analysis_version == first.analysis_version == 1
    assert tell(first.pk, now=NOW) is not None
    assert tell(first.pk, now=NOW) is None
    assert PushMessage.of("default").count() == 1
    assert SystemMetric.objects(metric_type="hang_up_to_told").count() == 1
    assert len(Customer.of("default", pk=call.customer_id).get().call_history) == 1


def test_the_key_is_made_of_ids_alone(settings) -> None:
    call = ended_call()
    recording = announced(call)
    storage = FakeStorage()
    record.store(recording.pk, FakeVoice(), storage, now=NOW)
    assert list(storage.objects) == [f"rec/2026/03/{call.pk}/{recording.recording_sid}.wav"]
    recording.reload()
    assert recording.storage_key in storage.objects
    assert recording.audio_url == f"s3://delauto/{recording.storage_key}"
    assert len(recording.sha256) == 64


def test_audio_that_takes_the_process_down_is_not_tried_for_ever(settings) -> None:
    recording, storage = announced(ended_call(effects=["records"])), FakeStorage()
    record.store(recording.pk, FakeVoice(), storage, now=NOW)

    class Killed(BaseException):
        pass

    crashing = FakeSpeech(Killed())
    for tried in range(3):
        began = NOW + timedelta(minutes=tried * 15)
        with pytest.raises(Killed):
            transcribe(recording.pk, crashing, storage, now=began)
        # Another worker leaves it alone for as long as the first may take.
        assert not transcribe(recording.pk, FakeSpeech("too early"), storage, now=began)
    with pytest.raises(PermanentError, match="without a result"):
        transcribe(recording.pk, crashing, storage, now=NOW + timedelta(hours=1))
    recording.reload()
    assert (recording.stage, recording.processing_status) == ("understood", "failed")
    assert len(crashing.heard) == 3


def test_audio_that_cannot_be_decoded_goes_to_a_person_with_the_audio_kept(settings) -> None:
    call = ended_call(effects=["records"])
    recording, storage = announced(call), FakeStorage()
    record.store(recording.pk, FakeVoice(), storage, now=NOW)
    with pytest.raises(PermanentError):
        transcribe(recording.pk, FakeSpeech(PermanentError("no audio")), storage, now=NOW)
    recording.reload()
    assert (recording.stage, recording.processing_status) == ("understood", "failed")
    assert recording.storage_key in storage.objects
    delivery = concluded(call)
    assert delivery.outreach.state == "instructed"
    assert delivery.analysis.needs_review
    assert "office is listening" in tell(delivery.pk, now=NOW).text


def test_silence_is_nothing_said(settings) -> None:
    call = ended_call(effects=["records"])
    heard(call, "")
    delivery = concluded(call)
    assert delivery.outreach.state == "nothing_said"
    assert delivery.outreach.to_text
    assert not delivery.analysis.needs_review if delivery.analysis else True
    assert "said nothing" in tell(delivery.pk, now=NOW).text


def test_an_absent_recording_is_nothing_said(settings) -> None:
    call = ended_call(effects=["records"])
    recording = announced(call, "absent")
    assert recording.stage == "understood"
    assert concluded(call).outreach.state == "nothing_said"


def test_a_call_waits_for_the_recording_that_it_asked_for(settings) -> None:
    call = ended_call(effects=["records"])
    assert concluded(call).outreach.state == "calling"
    recording = announced(call)
    assert concluded(call).outreach.state == "calling"
    recording.modify(set__stage="understood")
    assert concluded(call).outreach.state != "calling"


def test_a_call_that_goes_on_is_not_concluded(settings) -> None:
    assert concluded(ended_call("in-progress")).outreach.state == "calling"


def test_the_confirming_key_confirms(settings) -> None:
    delivery = concluded(ended_call(chosen=[key("confirm")]))
    assert delivery.outreach.state == "confirmed"
    assert [d.kind.value for d in delivery.analysis.directives] == ["confirm"]
    assert "as planned" in tell(delivery.pk, now=NOW).text


def test_the_opt_out_key_declines(settings) -> None:
    delivery = concluded(ended_call(chosen=[key("opt_out")]))
    assert delivery.outreach.state == "declined"
    assert Suppression.of("default").count() == 1


def test_a_spoken_opt_out_counts_like_the_key(settings) -> None:
    call = ended_call(effects=["records"])
    heard(call, "stop calling me and take me off your list")
    assert concluded(call).outreach.state == "declined"
    assert Suppression.of("default", phone=call.to_number, scope="all").count() == 1


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2026-11-24", "Tuesday 24 November"),
        ("2026-12-01", "Tuesday 1 December"),
        ("2027-03-13", "Saturday 13 March"),
    ],
)
def test_a_day_chosen_by_key_is_told_as_that_day_and_as_no_hour(settings, date, said) -> None:
    call = ended_call(chosen=[key("reschedule", f"another day: {date}", date=date)])
    delivery = concluded(call)
    assert delivery.outreach.state == "instructed"
    assert said in tell(delivery.pk, now=NOW).text
    assert said in delivery.analysis.summary
    assert ":" not in delivery.analysis.instructions


def test_a_chosen_day_and_another_key_are_both_told(settings) -> None:
    chosen = [
        key("reschedule", "another day: 2026-11-24", date="2026-11-24"),
        key("leave_at", "leave it at the front door", place="front door"),
    ]
    told = concluded(ended_call(chosen=chosen)).analysis.instructions
    assert "Tuesday 24 November" in told
    assert "front door" in told


@pytest.mark.parametrize("heard_as", ["stop calling me", "put it out of sight"])
def test_english_heard_from_who_was_asked_in_french_is_left_to_a_person(settings, heard_as) -> None:
    call = ended_call(effects=["records"], language="fr")
    storage, recording = FakeStorage(), announced(call)
    record.store(recording.pk, FakeVoice(), storage, now=NOW)
    transcribe(recording.pk, FakeSpeech(heard_as, heard_in="en"), storage, now=NOW)
    understand(recording.pk, now=NOW)
    delivery = concluded(call)
    assert (delivery.outreach.state, delivery.analysis.directives) == ("instructed", [])
    assert delivery.analysis.needs_review
    assert Review.of("default", delivery_id=delivery.pk).count() == 1
    assert Suppression.of("default").count() == 0
    assert "office is listening" in tell(delivery.pk, now=NOW).text


@pytest.mark.parametrize(
    ("kind", "told"),
    [("speak_to_human", "asked for the office"), ("wrong_number", "somebody else")],
)
def test_what_leaves_the_driver_nothing_to_do_is_told_as_it_is(settings, kind, told) -> None:
    delivery = concluded(ended_call(chosen=[key(kind)]))
    assert told in tell(delivery.pk, now=NOW).text


def test_nobody_said_anything_at_all(settings) -> None:
    assert concluded(ended_call()).outreach.state == "nothing_said"


@pytest.mark.parametrize(
    ("status", "pause"), [("busy", 300), ("no-answer", 1800), ("failed", 60), ("canceled", 60)]
)
def test_who_was_not_reached_is_called_again(settings, status, pause) -> None:
    delivery = concluded(ended_call(status))
    assert delivery.outreach.state == "waiting"
    assert delivery.outreach.next_attempt_at == NOW + timedelta(seconds=pause)
    assert not delivery.to_tell


def test_a_machine_is_called_again_later(settings) -> None:
    delivery = concluded(ended_call(answered_by="machine"))
    assert delivery.outreach.state == "waiting"
    assert delivery.outreach.next_attempt_at == NOW + timedelta(seconds=7200)


def test_a_recording_counts_whatever_the_machine_detection_says(settings) -> None:
    call = ended_call(effects=["records"], answered_by="machine")
    heard(call, "leave it behind the planter")
    assert concluded(call).outreach.state == "instructed"


def test_what_was_said_counts_however_the_call_ended(settings) -> None:
    call = ended_call("failed", effects=["records"])
    storage, recording = FakeStorage(), announced(call)
    assert concluded(call).outreach.state == "calling"
    record.store(recording.pk, FakeVoice(), storage, now=NOW)
    transcribe(recording.pk, FakeSpeech("leave it in the porch"), storage, now=NOW)
    understand(recording.pk, now=NOW)
    assert concluded(call).outreach.state == "instructed"


def test_after_the_last_attempt_the_driver_is_told(settings) -> None:
    delivery = concluded(ended_call("no-answer", attempt=4))
    assert delivery.outreach.state == "unreachable"
    message = tell(delivery.pk, now=NOW)
    assert message.kind == "nothing_heard"
    assert "could not be reached" in message.text


def test_an_old_call_does_not_speak_for_a_newer_attempt(settings) -> None:
    call = ended_call("busy")
    newer = factories.call(Delivery.of("default").get(), attempt=2, to_number=factories.number())
    assert Delivery.of("default").get().outreach.call_id == newer.pk
    delivery = concluded(call)
    assert delivery.outreach.state == "calling"
    call.reload()
    assert call.settled_at == NOW


def test_an_answer_that_turns_up_late_still_counts(settings) -> None:
    call = ended_call()
    assert concluded(call).outreach.state == "nothing_said"
    recording = heard(call, "leave it in the porch")
    assert recording.stage == "understood"
    delivery = concluded(call, now=NOW + timedelta(minutes=5))
    assert delivery.outreach.state == "instructed"
    assert delivery.analysis_version == 2
    assert len(Customer.of("default", pk=call.customer_id).get().call_history) == 1


def test_what_was_said_later_supersedes_and_what_was_said_before_is_kept(settings) -> None:
    first = ended_call(effects=["records"])
    heard(first, "leave it behind the planter")
    delivery = concluded(first)
    second = factories.call(
        delivery, attempt=2, status="completed", in_flight=False, call_sid=sid("CA"),
        start_time=NOW, end_time=NOW + timedelta(hours=1), effects=["records"],
    )  # fmt: skip
    heard(second, "leave it in the porch")
    for _ in range(2):
        delivery = concluded(second)
    assert delivery.outreach.state == "instructed"
    assert delivery.analysis.directives[0].slots == {"place": "porch"}
    assert [past.directives[0].slots for past in delivery.analysis_history] == [
        {"place": "planter"}
    ]
    assert (delivery.analysis_version, delivery.to_tell) == (2, True)


def test_news_waits_for_an_agent(settings) -> None:
    call = ended_call(chosen=[key("confirm")])
    Delivery.of("default").update(unset__agent_id=True)
    delivery = concluded(call)
    assert tell(delivery.pk, now=NOW) is None
    agent = factories.agent()
    Delivery.of("default").update(set__agent_id=agent.pk)
    assert tell(delivery.pk, now=NOW).agent_id == agent.pk


def test_the_first_screen_counts_as_delivered(settings) -> None:
    message = tell(concluded(ended_call(chosen=[key("confirm")])).pk, now=NOW)
    for now in (NOW, NOW + timedelta(hours=1)):
        delivered(PushMessage.of("default", pk=message.pk), now=now)
    message.reload()
    assert message.delivered_at == NOW
