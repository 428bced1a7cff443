"""Recordings through the API: what was said, with codes masked or in clear, and the sound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

from app.models import AnalysisRecord, CallLog, Delivery, Recording, database
from app.models.audit import AuditEntry
from app.rules import directives
from app.rules.permissions import Permission, Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

CODE = "The gate code is four seven one one, leave it behind the planter."


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def said(text: str, stage: str = "understood", **fields) -> Recording:
    """A recording of these words, each a second long."""
    words = [
        {"text": f" {word}", "start": float(at), "end": at + 1.0, "probability": 0.9}
        for at, word in enumerate(text.split())
    ]
    now = datetime.now(UTC)
    made = factories.recording(
        stage=stage, language="en", segments=[{"text": text, "start": 0, "end": 9, "words": words}],
        transcription={"text": text, "confidence": 0.87, **fields.pop("script", {})}, **fields,
    )  # fmt: skip
    if stage == "understood":
        analysis = directives.understand(text, now=now)
        made.modify(
            set__ai_analysis=AnalysisRecord.from_rules(
                analysis, source_id=made.pk, call_id=made.call_log_id, at=now
            )
        )
    return made


def test_what_was_said_is_read_word_by_word_with_its_times(api) -> None:
    recording = said("Please leave it behind the planter.")
    shown = api.get(f"/recordings/{recording.pk}").json
    assert shown["transcript"]["text"] == "Please leave it behind the planter."
    assert shown["transcript"]["words"][4] == {
        "text": "the", "start": 4.0, "end": 5.0, "probability": 0.9
    }  # fmt: skip
    assert (shown["stage"], shown["language"], shown["confidence"]) == ("understood", "en", 0.87)
    assert (shown["duration"], shown["call_id"]) == (4.0, str(recording.call_log_id))


def test_a_code_is_masked_in_text_and_words(api) -> None:
    recording = said(CODE)
    for path in (f"/recordings/{recording.pk}", "/recordings"):
        text = api.get(path).text
        for word in ("four", "seven", "one"):
            assert word not in text
    shown = api.get(f"/recordings/{recording.pk}").json["transcript"]
    assert shown["text"] == "The gate code is ••••, leave it behind the planter."
    words = [each["text"] for each in shown["words"]]
    assert words[:8] == ["The", "gate", "code", "is", "••••", "••••", "••••", "••••"]
    assert words[8:] == ["leave", "it", "behind", "the", "planter."]


def test_a_code_that_a_dispatcher_put_down_is_masked_too(api) -> None:
    recording = said("Say Bluebird to the porter.")
    delivery = Delivery.of("default", pk=recording.delivery_id).get()
    record = AnalysisRecord(directives=[], source_id=recording.pk)
    from app.models.analysis import DirectiveRecord
    from app.rules.analysis import Kind

    code = DirectiveRecord(kind=Kind.ACCESS, text="", slots={"code": "BLUEBIRD"}, confidence=1)
    record.directives = [code]
    delivery.modify(set__analysis=record)
    shown = api.get(f"/recordings/{recording.pk}").json["transcript"]
    assert shown["text"] == "Say •••• to the porter."


@pytest.mark.parametrize("stage", ["transcribed", "understood"])
def test_what_nobody_has_understood_may_hold_a_code(api, stage) -> None:
    recording = said("It is nine two.", stage)
    shown = api.get(f"/recordings/{recording.pk}").json["transcript"]["text"]
    assert shown == ("It is ••••." if stage == "transcribed" else "It is nine two.")


def test_who_may_see_codes_reads_them_in_clear_and_is_noted(client, settings) -> None:
    recording = said(CODE, script={"translation": "code 4711"})
    dot = api_side.person("default", Role.DISPATCHER)
    api = api_side.signed_in(client, dot)
    assert "4711" not in api.get(f"/recordings/{recording.pk}").text
    answer = api.post(f"/recordings/{recording.pk}/transcript")
    assert answer.status_code == 200, answer.text
    assert (answer.json["text"], answer.json["translation"]) == (CODE, "code 4711")
    assert answer.json["words"][5]["text"] == "seven"
    noted = AuditEntry.of("default", action="recording.read").get()
    assert (noted.actor.id, noted.subject.id) == (str(dot.pk), str(recording.pk))


def test_a_kept_answer_holds_no_word_of_it_in_clear(api) -> None:
    recording = said(CODE)
    headers = {"Idempotency-Key": "k"}
    first = api.post(f"/recordings/{recording.pk}/transcript", headers=headers)
    again = api.post(f"/recordings/{recording.pk}/transcript", headers=headers)
    assert first.data == again.data
    assert "planter" not in str(database().idempotent_answers.find_one())


@pytest.mark.parametrize(
    "permissions", [{Permission.RECORDINGS_READ}, {Permission.CODES_READ}, set(Permission)]
)
def test_clear_words_need_both_permissions(client, settings, permissions) -> None:
    from app.rules.permissions import FOR_KEYS

    recording = said(CODE)
    api = api_side.key_for(client, "default", permissions & FOR_KEYS)
    allowed = api.post(f"/recordings/{recording.pk}/transcript").status_code
    assert allowed == (200 if len(permissions) > 1 else 403)
    assert AuditEntry.of("default", action="recording.read").count() == (allowed == 200)


def test_the_link_plays_the_sound_and_each_is_counted_and_noted(api, runtime) -> None:
    recording = said(CODE, storage_key="rec/x.wav")
    runtime.storage.put("rec/x.wav", b"RIFF of sound", "audio/wav")
    answer = api.post(f"/recordings/{recording.pk}/audio-link")
    assert answer.status_code == 200, answer.text
    assert requests.get(answer.json["url"], timeout=10).content == b"RIFF of sound"
    left = datetime.fromisoformat(answer.json["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=60) < left <= timedelta(seconds=120)
    assert Recording.of("default", pk=recording.pk).get().access_count == 1
    assert api.get(f"/recordings/{recording.pk}").json["access_count"] == 1
    noted = AuditEntry.of("default", action="recording.listened").get()
    assert noted.subject.id == str(recording.pk)


def test_a_recording_without_sound_cannot_be_heard(api) -> None:
    recording = factories.recording()
    answer = api.post(f"/recordings/{recording.pk}/audio-link")
    assert (answer.status_code, "no audio" in answer.json["detail"]) == (409, True)
    assert Recording.of("default", pk=recording.pk).get().access_count == 0
    assert AuditEntry.of("default", action="recording.listened").count() == 0


def test_one_that_is_not_heard_yet_has_no_words(api) -> None:
    recording = factories.recording()
    assert api.get(f"/recordings/{recording.pk}").json["transcript"] is None
    clear = api.post(f"/recordings/{recording.pk}/transcript").json
    assert clear == {"text": None, "translation": None, "words": [], "masked": False}


def test_an_agent_has_those_about_their_own_deliveries_alone(client, settings) -> None:
    dana = api_side.person("default", Role.AGENT)
    mine, shared, theirs = (said("Leave it in the shed.", storage_key="rec/x") for _ in range(3))
    Delivery.of("default", pk=mine.delivery_id).update(set__agent_id=dana.pk)
    # The call of the same household was about theirs as well.
    CallLog.of("default", pk=shared.call_log_id).update(push__covers=mine.delivery_id)
    driver = api_side.signed_in(client, dana)
    listed = {each["id"] for each in driver.get("/recordings").json["items"]}
    assert listed == {str(mine.pk), str(shared.pk)}
    for each in (mine, shared):
        assert driver.get(f"/recordings/{each.pk}").status_code == 200
        assert driver.post(f"/recordings/{each.pk}/transcript").status_code == 200
        assert driver.post(f"/recordings/{each.pk}/audio-link").status_code == 200
    assert driver.get(f"/recordings/{theirs.pk}").status_code == 404
    assert driver.post(f"/recordings/{theirs.pk}/transcript").status_code == 404
    assert driver.post(f"/recordings/{theirs.pk}/audio-link").status_code == 404
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    assert viewer.get(f"/recordings/{theirs.pk}").status_code == 200
    assert viewer.post(f"/recordings/{theirs.pk}/transcript").status_code == 403
    assert viewer.post(f"/recordings/{theirs.pk}/audio-link").status_code == 403


def test_another_companys_recordings_are_not_there(client, api) -> None:
    recording = said(CODE, storage_key="rec/x")
    other = api_side.key_for(client, "other")
    assert other.get(f"/recordings/{recording.pk}").status_code == 404
    assert other.post(f"/recordings/{recording.pk}/transcript").status_code == 404
    assert other.post(f"/recordings/{recording.pk}/audio-link").status_code == 404
    assert other.get("/recordings").json["items"] == []


def test_recordings_are_found_by_what_they_are_of(api) -> None:
    first, second = said(CODE), said("Hello.", "transcribed")

    def found(query: str) -> list[str]:
        answer = api.get(f"/recordings?{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    assert found("") == [str(second.pk), str(first.pk)]
    assert found("sort=created") == [str(first.pk), str(second.pk)]
    assert found(f"delivery_id={first.delivery_id}") == [str(first.pk)]
    assert found(f"call_id={second.call_log_id}") == [str(second.pk)]
    assert found("stage=transcribed") == [str(second.pk)]
    assert api.get("/recordings?fields=id,stage&limit=1").json["items"] == [
        {"id": str(second.pk), "stage": "transcribed"}
    ]


def test_every_list_of_recordings_rests_on_an_index(settings) -> None:
    from app.pipeline import recordings as listed

    made = [factories.recording() for _ in range(30)]
    filters = [
        {},
        {"delivery_id": str(made[0].delivery_id)},
        {"call_id": str(made[0].call_log_id)},
        {"stage": ["stored"]},
    ]
    for chosen in filters:
        query = {"tenant_id": "default", **listed.chosen(**chosen)}
        for way in (1, -1):
            plan = database().recordings.find(query).sort([("_id", way)]).explain()
            winner = str(plan["queryPlanner"]["winningPlan"])
            assert "COLLSCAN" not in winner
            assert "'SORT'" not in winner, chosen
