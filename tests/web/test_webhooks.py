"""Twilio's webhooks: signed or refused, kept as they came, in any order, any number of times."""

from __future__ import annotations

import json
from itertools import pairwise, permutations
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from app import create_app
from app.models import CallLog, Recording, sealing
from app.queues import CONCLUDE, HANG_UP, STORE
from app.runtime import Runtime
from app.states import CALL
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import BASE, Twilio, waiting


def unchanged(call: CallLog) -> bool:
    now = CallLog.of("default", pk=call.pk).get()
    return readable(now.to_mongo()) == readable(call.to_mongo())


def readable(stored: Any) -> Any:
    """The same with all that is sealed opened: what is sealed twice never looks alike."""
    if sealing.is_sealed(stored):
        return json.loads(sealing.ring().open(stored))
    if isinstance(stored, dict):
        return {name: readable(value) for name, value in stored.items()}
    return [readable(each) for each in stored] if isinstance(stored, list) else stored


@pytest.mark.parametrize("what", ["status", "answered-by", "recording", "script/greeting"])
@pytest.mark.parametrize("signature", ["", "bm9uc2Vuc2U=", "ümlaut", "x" * 5000])
def test_a_missing_or_wrong_signature_changes_nothing(twilio, live_call, what, signature) -> None:
    live_call.reload()
    answer = twilio.post(
        f"/webhooks/twilio/calls/{live_call.pk}/{what}",
        signature=signature.encode("utf-8").decode("latin-1"),
        CallSid=live_call.call_sid,
        CallStatus="completed",
    )
    assert answer.status_code == 403
    assert unchanged(live_call)


def test_a_foreign_signature_or_account_changes_nothing(twilio, live_call) -> None:
    live_call.reload()
    status = f"/webhooks/twilio/calls/{live_call.pk}/status"
    form = {"CallSid": live_call.call_sid, "CallStatus": "completed"}
    assert twilio.post(status, token="somebody else's", **form).status_code == 403
    twilio.account = "AC" + "f" * 32
    assert twilio.post(status, **form).status_code == 403
    assert unchanged(live_call)


def test_a_signature_is_for_one_address_and_one_form(twilio, live_call) -> None:
    live_call.reload()
    path = f"/webhooks/twilio/calls/{live_call.pk}/status"
    form = {"AccountSid": twilio.account, "CallSid": live_call.call_sid, "CallStatus": "ringing"}
    signature = RequestValidator(twilio.token).compute_signature(BASE + path, form)
    form["CallStatus"] = "completed"
    assert twilio.post(path, signature=signature, **form).status_code == 403
    assert twilio.post(path + "?a=b", signature=signature, **form).status_code == 403
    assert unchanged(live_call)


@pytest.mark.parametrize(
    "query", ["?x=%3A%2F%40", "?x=%27%28%41%7E", "?q=%C3%BC", "?x=a+b&x=c", ""]
)
def test_a_query_is_signed_as_it_was_sent(twilio, live_call, query) -> None:
    path = f"/webhooks/twilio/calls/{live_call.pk}/script/greeting{query}"
    assert twilio.post(path, CallSid=live_call.call_sid).status_code == 200


def test_an_unknown_call_is_not_found_and_leaves_no_record(twilio, live_call) -> None:
    for call_id in ("f" * 24, "nonsense"):
        path = f"/webhooks/twilio/calls/{call_id}/status"
        answer = twilio.post(path, CallSid=sid("CA"), CallStatus="ringing")
        assert answer.status_code == 404
    assert CallLog.of("default").count() == 1


def test_a_second_call_for_an_attempt_moves_nothing_and_is_noted_as_a_stranger(
    twilio, live_call, settings
) -> None:
    stranger = sid("CA")
    answer = twilio.about(live_call, "status", CallSid=stranger, CallStatus="completed")
    assert answer.status_code == 204
    spoken = twilio.about(live_call, "script/greeting", CallSid=stranger)
    assert spoken.data == b"<Response><Hangup/></Response>"
    own = live_call.call_sid
    live_call.reload()
    assert (live_call.call_sid, live_call.status) == (own, "in-progress")
    assert live_call.strangers == [stranger]
    assert [event.event for event in live_call.webhook_events] == ["completed"]
    assert waiting(settings, HANG_UP.queue) == [("hang_up", str(live_call.pk))]


def test_a_call_that_turns_up_after_its_attempt_was_closed_is_a_stranger(twilio, settings) -> None:
    call = factories.call(status="failed", in_flight=False, outcome="not_placed")
    stranger = sid("CA")
    answer = twilio.about(call, "status", CallSid=stranger, CallStatus="ringing")
    assert answer.status_code == 204
    assert twilio.about(call, "script/greeting", CallSid=stranger).data.count(b"<Hangup") == 1
    call.reload()
    assert (call.call_sid, call.status, call.strangers) == (None, "failed", [stranger])


def test_a_report_that_names_one_call_and_is_about_another_is_not_found(twilio, settings) -> None:
    one, other = factories.call(call_sid=sid("CA")), factories.call()
    answer = twilio.about(other, "status", CallSid=one.call_sid, CallStatus="ringing")
    assert answer.status_code == 404
    other.reload()
    assert (other.call_sid, other.status, other.strangers) == (None, "intended", [])


def test_a_body_that_is_too_large_is_refused(twilio, live_call) -> None:
    answer = twilio.about(live_call, "status", CallStatus="ringing", Padding="x" * 70_000)
    assert answer.status_code in (403, 413)


REPORTS = (
    ("status", {"CallStatus": "initiated", "SequenceNumber": "0"}),
    ("status", {"CallStatus": "ringing", "SequenceNumber": "1", "StirStatus": "A"}),
    (
        "status",
        {
            "CallStatus": "in-progress",
            "SequenceNumber": "2",
            "StirStatus": "A",
            "Timestamp": "Tue, 10 Mar 2026 10:00:20 +0000",
        },
    ),
    ("answered-by", {"AnsweredBy": "machine_start", "MachineDetectionDuration": "3400"}),
    (
        "status",
        {
            "CallStatus": "completed",
            "SequenceNumber": "3",
            "CallDuration": "17",
            "AnsweredBy": "machine_start",
            "SipResponseCode": "200",
            "Timestamp": "Tue, 10 Mar 2026 10:00:37 +0000",
        },
    ),
)


OUR_OWN = ("_id", "history", "createdAt", "updatedAt", "price_due_at")


def settled(document: dict) -> dict:
    """What must not depend on the order: all but the way it came about, and when we heard."""
    events = document["webhook_events"]
    same = {k: v for k, v in document.items() if k not in OUR_OWN}
    same["webhook_events"] = sorted(
        (e["key"], e["event"], repr(readable(e["data"]))) for e in events
    )
    return same


def only_forward(document: dict) -> bool:
    steps = [(step["from"], step["to"]) for step in document["history"]]
    ranks = [steps[0][0], *(target for _, target in steps)]
    return all(CALL.allows(a, b) for a, b in pairwise(ranks))


def stored(call: CallLog) -> dict:
    return CallLog._get_collection().find_one({"_id": call.pk})


def test_five_reports_in_every_order_and_twice_end_the_same(twilio, settings) -> None:
    name, delivery = sid("CA"), factories.delivery()
    ends = []
    for order in permutations(REPORTS):
        call = factories.call(delivery)
        for what, form in (*order, *reversed(order)):
            answer = twilio.about(call, what, CallSid=name, **form)
            assert (answer.status_code, answer.data) == (204, b"")
        document = stored(call)
        assert only_forward(document)
        ends.append(settled(document))
        CallLog._get_collection().delete_one({"_id": call.pk})
    assert all(end == ends[0] for end in ends)
    end = ends[0]
    assert (end["status"], end["duration"], end["in_flight"]) == ("completed", 17, False)
    assert (end["answered_by"], end["detected"], end["detected_after"]) == (
        "machine",
        "machine_start",
        3400,
    )
    assert (end["stir"], end["sip_code"], len(end["webhook_events"])) == ("A", "200", 5)
    assert (end["end_time"] - end["start_time"]).total_seconds() == 17


def test_a_report_replayed_days_later_changes_nothing(twilio, live_call) -> None:
    forms = [form for what, form in REPORTS if what == "status"]
    for form in forms:
        twilio.about(live_call, "status", **form)
    live_call.reload()
    for form in forms:
        assert twilio.about(live_call, "status", **form).status_code == 204
    assert unchanged(live_call)


def test_a_late_answer_fills_in_when_it_was_but_moves_nothing_back(twilio, settings) -> None:
    call = factories.call(call_sid=sid("CA"))
    twilio.about(call, "status", **REPORTS[4][1])
    twilio.about(call, "status", **REPORTS[2][1])
    call.reload()
    assert (call.status, call.start_time.second) == ("completed", 20)


def test_a_parameter_that_looks_like_a_field_is_kept_as_it_came(twilio, live_call) -> None:
    answer = twilio.about(
        live_call, "status", CallStatus="ringing", Caller="$to_number", **{"a.b$c": "$$ROOT"}
    )
    assert answer.status_code == 204
    data = readable(stored(live_call)["webhook_events"][-1]["data"])
    assert (data["Caller"], data["a.b$c"]) == ("$to_number", "$$ROOT")


def test_what_a_customer_said_is_encrypted_in_the_raw_event_too(twilio, live_call) -> None:
    twilio.about(live_call, "status", CallStatus="ringing", SpeechResult="the code is 4711")
    assert "4711" not in str(stored(live_call))


def test_a_call_of_endless_events_still_comes_to_its_end(twilio, live_call) -> None:
    event = {"key": "k", "event": "script", "timestamp": factories.NOW, "data": {}}
    events = [{**event, "key": str(n)} for n in range(100)]
    CallLog._get_collection().update_one(
        {"_id": live_call.pk}, {"$set": {"webhook_events": events}}
    )
    twilio.about(live_call, "status", CallStatus="completed")
    document = stored(live_call)
    assert (document["status"], len(document["webhook_events"])) == ("completed", 100)


def test_the_first_ending_wins(twilio, settings) -> None:
    call = factories.call(call_sid=sid("CA"))
    twilio.about(call, "status", CallStatus="busy", SequenceNumber="3")
    twilio.about(call, "status", CallStatus="completed", SequenceNumber="4")
    call.reload()
    assert call.status == "busy"


def test_an_event_before_our_own_answer_binds_the_sid(twilio, settings) -> None:
    call = factories.call()
    name = sid("CA")
    twilio.about(call, "status", CallSid=name, CallStatus="ringing", SequenceNumber="1")
    call.reload()
    assert (call.call_sid, call.status) == (name, "ringing")


def test_the_end_of_a_call_wakes_a_worker(twilio, live_call, settings) -> None:
    twilio.about(live_call, "status", CallStatus="completed", SequenceNumber="3")
    assert waiting(settings, CONCLUDE.queue) == [("conclude", str(live_call.pk))]


def test_a_status_that_nobody_knows_is_a_bad_request(twilio, live_call) -> None:
    assert twilio.about(live_call, "status", CallStatus="levitating").status_code == 400


def test_a_recording_is_announced_and_its_address_not_believed(twilio, live_call, settings) -> None:
    name = sid("RE")
    answer = twilio.about(
        live_call,
        "recording",
        RecordingSid=name,
        RecordingStatus="completed",
        RecordingDuration="6",
        RecordingUrl="http://169.254.169.254/latest",
    )
    assert answer.status_code == 204
    recording = Recording.of("default").get()
    assert (recording.recording_sid, recording.stage, recording.duration) == (name, "announced", 6)
    assert "169.254" not in recording.audio_url
    assert waiting(settings, STORE.queue) == [("store", str(recording.pk))]


def test_a_recording_with_a_forged_sid_is_refused(twilio, live_call) -> None:
    answer = twilio.about(
        live_call, "recording", RecordingSid="../../secrets", RecordingStatus="completed"
    )
    assert answer.status_code == 400
    assert Recording.of("default").count() == 0


def test_while_redis_is_away_nothing_is_lost(settings, live_call) -> None:
    nowhere = type(settings.redis_url)("redis://127.0.0.1:1/0")
    away = settings.model_copy(update={"redis_url": nowhere})
    twilio = Twilio(create_app(away, Runtime(away)).test_client(), settings)
    answer = twilio.about(
        live_call, "recording", RecordingSid=sid("RE"), RecordingStatus="completed"
    )
    assert answer.status_code == 204
    assert Recording.of("default").get().stage == "announced"
