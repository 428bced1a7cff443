"""Twilio's webhooks: signed or refused, kept as they came, in any order, any number of times."""

from __future__ import annotations

from itertools import permutations
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from app import queues
from app.models import CallLog, Recording, Suppression
from app.queues import CONCLUDE, STORE
from tests import factories
from tests.factories import sid

BASE = "http://calls.test"


class Twilio:
    """Posts to the webhooks as Twilio does."""

    def __init__(self, client, settings) -> None:
        self.client = client
        self.account = settings.twilio_account_sid
        self.token = settings.auth_tokens[0]

    def post(self, path: str, signature: str | None = None, token: str | None = None, **form):
        form = {"AccountSid": self.account, **form}
        if signature is None:
            signature = RequestValidator(token or self.token).compute_signature(BASE + path, form)
        headers = {"X-Twilio-Signature": signature} if signature else {}
        return self.client.post(path, data=form, headers=headers)

    def about(self, call: CallLog, what: str, **form):
        form = {"CallSid": call.call_sid or sid("CA"), **form}
        return self.post(f"/webhooks/twilio/calls/{call.pk}/{what}", **form)


@pytest.fixture
def twilio(client, settings) -> Twilio:
    return Twilio(client, settings)


@pytest.fixture
def live_call(settings) -> CallLog:
    factories.tenant()
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    return factories.call(delivery, call_sid=sid("CA"), status="in-progress")


def waiting(settings, queue: str) -> list[tuple[str, str]]:
    from rq import Queue
    from rq.serializers import JSONSerializer

    connection = queues.connect(settings.redis_url.get_secret_value())
    found = Queue(queue, connection=connection, serializer=JSONSerializer).jobs
    return [(job.func_name.rpartition(".")[2], job.args[0]) for job in found]


def unchanged(call: CallLog) -> bool:
    now = CallLog.of("default", pk=call.pk).get()
    return now.to_mongo() == call.to_mongo()


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


def test_another_sid_for_this_call_is_not_found(twilio, live_call) -> None:
    answer = twilio.post(
        f"/webhooks/twilio/calls/{live_call.pk}/status", CallSid=sid("CA"), CallStatus="completed"
    )
    assert answer.status_code == 404
    live_call.reload()
    assert live_call.status == "in-progress"


def test_a_body_that_is_too_large_is_refused(twilio, live_call) -> None:
    answer = twilio.about(live_call, "status", CallStatus="ringing", Padding="x" * 70_000)
    assert answer.status_code in (403, 413)


EVENTS = [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]


@pytest.mark.parametrize("order", list(permutations(EVENTS)))
def test_events_in_any_order_and_twice_end_the_same(twilio, settings, order) -> None:
    call = factories.call(call_sid=sid("CA"))
    for status, number in [*order, *order[:2]]:
        answer = twilio.about(
            call, "status", CallStatus=status, SequenceNumber=number, CallDuration="17"
        )
        assert answer.status_code == 204
        assert answer.data == b""
    call.reload()
    assert (call.status, call.duration, call.in_flight) == ("completed", 17, False)
    assert len(call.webhook_events) == 4


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
    from app import create_app
    from app.runtime import Runtime

    nowhere = type(settings.redis_url)("redis://127.0.0.1:1/0")
    away = settings.model_copy(update={"redis_url": nowhere})
    twilio = Twilio(create_app(away, Runtime(away)).test_client(), settings)
    answer = twilio.about(
        live_call, "recording", RecordingSid=sid("RE"), RecordingStatus="completed"
    )
    assert answer.status_code == 204
    assert Recording.of("default").get().stage == "announced"


def verbs(answer) -> list[str]:
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    return [verb.tag for verb in ElementTree.fromstring(answer.data)]


def test_the_greeting_says_the_notice_and_listens(twilio, live_call) -> None:
    answer = twilio.about(live_call, "script/greeting")
    assert verbs(answer) == ["Gather", "Redirect"]
    text = answer.data.decode()
    assert text.index("automated call") < text.index("it will be recorded") < text.index("press 1")
    live_call.reload()
    assert live_call.notice_version == "en/1"
    assert live_call.notice_at is not None


def test_key_one_confirms_and_hangs_up(twilio, live_call) -> None:
    assert verbs(twilio.about(live_call, "script/greeting/keys", Digits="1")) == ["Say", "Hangup"]
    live_call.reload()
    assert (live_call.effects, live_call.answered_by) == (["confirm"], "human")
    assert [(k.step, k.digits) for k in live_call.keys] == [("greeting", "1")]


def test_key_two_records(twilio, live_call) -> None:
    answer = twilio.about(live_call, "script/greeting/keys", Digits="2")
    assert verbs(answer) == ["Say", "Record", "Redirect"]
    record = ElementTree.fromstring(answer.data).find("Record")
    assert record.get("recordingStatusCallback").startswith(f"{BASE}/webhooks/twilio/calls/")
    assert (record.get("finishOnKey"), record.get("maxLength")) == ("#", "60")
    live_call.reload()
    assert live_call.effects == ["records"]


def test_key_nine_twice_suppresses_before_the_answer(twilio, live_call) -> None:
    twilio.about(live_call, "script/greeting/keys", Digits="9")
    assert Suppression.of("default").count() == 0
    twilio.about(live_call, "script/opt-out/keys", Digits="9")
    assert Suppression.of("default", phone=live_call.to_number).count() == 1


def test_a_machine_gets_the_short_message_and_is_not_recorded(twilio, live_call) -> None:
    twilio.about(live_call, "answered-by", AnsweredBy="machine_start")
    assert verbs(twilio.about(live_call, "script/instructions")) == ["Say", "Hangup"]
    live_call.reload()
    assert live_call.effects == ["voicemail"]


def test_a_key_knows_better_than_the_machine_detection(twilio, live_call) -> None:
    twilio.about(live_call, "script/greeting/keys", Digits="2")
    twilio.about(live_call, "answered-by", AnsweredBy="machine_start")
    live_call.reload()
    assert live_call.answered_by == "human"


def test_names_cannot_break_out_of_the_document(twilio, live_call) -> None:
    from app.models import Tenant

    evil = '</Say><Dial>+19005550000</Dial><Say> & "Söhne" 🚚 مرحبا'
    Tenant.of("default").update(set__name=evil)
    answer = twilio.about(live_call, "script/confirmed")
    assert verbs(answer) == ["Say", "Hangup"]
    answer = twilio.about(live_call, "script/opt-out")
    root = ElementTree.fromstring(answer.data)
    assert next(root.iter("Say")).text.count(evil) == 1


def test_a_scene_that_does_not_exist_ends_politely(twilio, live_call) -> None:
    answer = twilio.about(live_call, "script/haggling?try=3")
    assert verbs(answer) == ["Say", "Hangup"]


def test_with_the_database_away_the_caller_hears_one_moment_and_then_goodbye(settings) -> None:
    from app import create_app, models
    from app.runtime import Runtime

    uri = "mongodb://127.0.0.1:1/delauto?serverSelectionTimeoutMS=200"
    away = settings.model_copy(update={"mongodb_uri": type(settings.mongodb_uri)(uri)})
    twilio = Twilio(create_app(away, Runtime(away)).test_client(), settings)
    try:
        path = f"/webhooks/twilio/calls/{'a' * 24}/script/greeting"
        heard = []
        for _ in range(5):
            answer = twilio.post(path, CallSid=sid("CA"))
            heard.append(verbs(answer))
            redirect = ElementTree.fromstring(answer.data).find("Redirect")
            if redirect is None:
                break
            path = redirect.text.removeprefix(BASE)
        assert heard == [["Say", "Pause", "Redirect"]] * 3 + [["Say", "Hangup"]]
        status = f"/webhooks/twilio/calls/{'a' * 24}/status"
        assert twilio.post(status, CallSid=sid("CA"), CallStatus="ringing").status_code == 503
    finally:
        models.connect(settings)
