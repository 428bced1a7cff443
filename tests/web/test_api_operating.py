"""How work goes, over the API: one's own, the installation's for its operator, and trying again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from app import create_app, queues
from app.models import (
    AuditEntry,
    BackupReport,
    CallLog,
    DeadJob,
    Heartbeat,
    Recording,
    database,
)
from app.pipeline import circuit, dead_jobs
from app.rules.permissions import Permission, Role
from app.runtime import Runtime
from tests import factories
from tests.pipeline import event_side
from tests.web import api_side
from tests.web.api_side import Api

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
BOTH = (Permission.OPERATIONS_READ, Permission.OPERATIONS_WRITE)


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default", BOTH)


@pytest.fixture
def theirs(client) -> Api:
    return api_side.key_for(client, "other", BOTH)


def given_up(tenant_id: str = "default", job: str = "store", **fields: Any) -> Recording:
    """A recording that could not be fetched, or heard, and the dead job of it."""
    call = factories.call(
        factories.delivery(tenant_id), status="completed", in_flight=False, settled_at=NOW
    )
    recording = factories.recording(
        call, stage="understood", processing_status="failed", error_message="gone",
        fetch_attempts=9, processing_attempts=4, **fields,
    )  # fmt: skip
    dead_jobs.bury(tenant_id, job, recording.pk, "the network has it no more", now=NOW)
    return recording


def dead(recording: Recording) -> DeadJob:
    return DeadJob.of(recording.tenant_id, document_id=recording.pk).get()


def test_a_dead_job_says_what_failed_how_often_and_for_which_delivery(api) -> None:
    recording = given_up()
    later = NOW + timedelta(hours=1)
    dead_jobs.bury("default", "store", recording.pk, "the network says 404", now=later)
    (shown,) = api.get("/dead-jobs").json["items"]
    assert shown["job"] == "store"
    assert shown["about"] == "recording"
    assert shown["delivery_id"] == str(recording.delivery_id)
    assert (shown["tries"], shown["error"]) == (2, "the network says 404")
    assert shown["first_at"] == "2026-03-10T10:00:00.000Z"
    assert shown["last_at"] == "2026-03-10T11:00:00.000Z"
    assert shown["retried_at"] is None


def test_what_a_job_was_about_may_be_gone(api) -> None:
    dead_jobs.bury("default", "send_text", ObjectId(), "no number", now=NOW)
    (shown,) = api.get("/dead-jobs").json["items"]
    assert (shown["about"], shown["delivery_id"]) == (None, None)


def test_the_list_goes_from_the_latest_and_can_be_narrowed(api) -> None:
    first, second = given_up(), given_up(job="transcribe")
    dead_jobs.bury("default", "store", first.pk, "again", now=NOW + timedelta(minutes=1))
    ids = [each["id"] for each in api.get("/dead-jobs?limit=1").json["items"]]
    assert ids == [str(dead(first).pk)]
    assert [each["job"] for each in api.get("/dead-jobs?job=transcribe").json["items"]] == [
        "transcribe"
    ]
    oldest = api.get("/dead-jobs?sort=last").json["items"][0]
    assert oldest["id"] == str(dead(second).pk)


@pytest.mark.parametrize(("job", "stage"), [("store", "announced"), ("transcribe", "stored")])
def test_trying_again_takes_a_recording_back_to_where_its_job_finds_it(
    api, runtime, job, stage
) -> None:
    recording = given_up(job=job)
    answer = api.post(f"/dead-jobs/{dead(recording).pk}/retry")
    assert answer.status_code == 200, answer.text
    assert answer.json["retried_by"] == "tests"
    recording.reload()
    assert (recording.stage, recording.processing_status) == (stage, "pending")
    assert (recording.fetch_attempts, recording.processing_attempts) == (0, 0)
    assert recording.error_message is None
    assert CallLog.of("default", pk=recording.call_log_id).get().settled_at is None
    assert runtime.waker.depth(queues.JOBS[job].queue) == 1
    (entry,) = AuditEntry.of("default", action="job.retried")
    assert entry.subject.id == answer.json["id"]


def test_trying_again_twice_takes_nothing_back_twice(api) -> None:
    recording = given_up()
    where = f"/dead-jobs/{dead(recording).pk}/retry"
    api.post(where)
    steps = len(recording.reload().history)
    assert api.post(where).status_code == 200
    assert len(recording.reload().history) == steps
    assert AuditEntry.of("default", action="job.retried").count() == 2


def test_what_works_goes_off_the_list_and_what_fails_again_stands_there_anew(api) -> None:
    works, fails = given_up(), given_up()
    assert api.post("/dead-jobs/retry").json == {"retried": 2, "refused": 0, "more": False}
    dead_jobs.worked("store", works.pk)
    dead_jobs.bury("default", "store", fails.pk, "still gone", now=NOW + timedelta(days=1))
    (shown,) = api.get("/dead-jobs").json["items"]
    assert (shown["tries"], shown["error"], shown["retried_at"]) == (2, "still gone", None)


def test_a_job_that_nobody_had_tried_again_stays_whatever_else_works(api) -> None:
    recording = given_up()
    dead_jobs.worked("store", recording.pk)
    assert len(api.get("/dead-jobs").json["items"]) == 1


def test_audio_that_was_deleted_is_not_tried_again(api) -> None:
    recording = given_up(job="transcribe", audio_deleted_at=NOW)
    answer = api.post(f"/dead-jobs/{dead(recording).pk}/retry")
    assert answer.status_code == 409
    assert "discard" in answer.json["detail"]
    assert recording.reload().stage == "understood"
    assert api.post("/dead-jobs/retry").json == {"retried": 0, "refused": 1, "more": False}


def test_a_job_of_another_version_can_only_be_discarded(api) -> None:
    recording = given_up(job="fold")
    assert api.post(f"/dead-jobs/{dead(recording).pk}/retry").status_code == 409


def test_all_are_tried_again_a_hundred_at_a_time(api) -> None:
    for _ in range(101):
        dead_jobs.bury("default", "locate", ObjectId(), "nowhere", now=NOW)
    assert api.post("/dead-jobs/retry").json == {"retried": 100, "refused": 0, "more": True}
    assert api.post("/dead-jobs/retry").json == {"retried": 1, "refused": 0, "more": False}


def test_what_is_discarded_is_gone_and_the_audit_log_keeps_why(api) -> None:
    recording = given_up()
    where = f"/dead-jobs/{dead(recording).pk}/discard"
    assert api.post(where, json={"reason": " "}).status_code in (400, 422)
    answer = api.post(where, json={"reason": "Called by hand."})
    assert answer.status_code == 204
    assert api.get("/dead-jobs").json["items"] == []
    (entry,) = AuditEntry.of("default", action="job.discarded")
    assert entry.detail["reason"] == "Called by hand."
    assert api.post(where, json={"reason": "Again."}).status_code == 404


def test_one_companys_jobs_are_not_anothers(api, theirs) -> None:
    recording = given_up()
    assert theirs.get("/dead-jobs").json["items"] == []
    assert theirs.post(f"/dead-jobs/{dead(recording).pk}/retry").status_code == 404
    assert theirs.post("/dead-jobs/retry").json["retried"] == 0
    assert recording.reload().stage == "understood"


def test_the_operators_company_is_told_of_the_installation(api, runtime) -> None:
    now = datetime.now(UTC)
    Heartbeat(name="clock", at=now).save()
    Heartbeat(name="speech", at=now, job_at=now, job_seconds=2.5, audio_seconds=9.0).save()
    BackupReport(at=NOW, ended_at=NOW, size=123456, with_objects=False).save()
    runtime.enqueuer.enqueue(queues.STORE, ObjectId())
    found = api.get("/operations").json["installation"]
    waits = {each["name"]: each for each in found["queues"]}
    assert set(waits) == set(queues.QUEUES)
    assert (waits["answers"]["waiting"], waits["answers"]["oldest_job"]) == (1, "store")
    assert waits["answers"]["oldest_at"]
    assert (waits["calls"]["waiting"], waits["calls"]["oldest_at"]) == (0, None)
    assert found["workers"] == []
    assert found["clock_at"]
    assert found["heard_seconds"] == 2.5
    assert found["backup"]["size"] == 123456
    assert found["retention"] is None
    assert found["migrations"]["pending"] == []


@pytest.fixture
def without_the_newest(settings) -> Iterator[None]:
    """A database on which this version's last migration has not run."""
    ran = database().migrations.find_one_and_delete({"number": 21})
    yield
    database().migrations.insert_one(ran)


def test_a_migration_that_has_not_run_is_told(api, without_the_newest) -> None:
    found = api.get("/operations").json["installation"]
    assert found["migrations"]["pending"] == ["0021 operations"]


def test_another_company_is_told_what_is_its_own_and_no_more(api, theirs) -> None:
    given_up()
    given_up("other")
    circuit.hold(circuit.CALLS, "the account of Harbour Parcels is in arrears", now=NOW)
    found = theirs.get("/operations").json
    assert found["installation"] is None
    assert found["own"]["dead_jobs"] == 1
    calls, messages = found["circuits"]
    assert (calls["state"], calls["by_hand"], calls["reason"]) == ("open", True, None)
    assert messages["state"] == "closed"
    assert "arrears" in api.get("/operations").json["circuits"][0]["reason"]
    assert theirs.get("/operations/parts").status_code == 403
    assert api.get("/operations").json["installation"]["dead_jobs"] == 2


def test_what_stands_still_is_counted(api) -> None:
    due = datetime.now(UTC) - timedelta(hours=1)
    factories.delivery(outreach={"state": "pending", "next_attempt_at": due})
    heard = factories.delivery(outreach={"state": "instructed"})
    ended = factories.call(heard, status="busy", in_flight=False, settled_at=None)
    factories.recording(ended, stage="stored")
    for because in ("failing", "paused"):
        hook = event_side.subscriber()
        hook.modify(set__is_active=False, set__disabled_because=because, set__disabled_at=NOW)
    own = api.get("/operations").json["own"]
    assert own["calls_due"] == 1
    assert own["calls_due_since"]
    assert own["calls_unsettled"] == 1
    assert own["recordings"] == 1
    (disabled,) = own["webhooks_disabled"]
    assert disabled["disabled_because"] == "failing"


def test_while_redis_is_away_the_rest_is_told(settings) -> None:
    away = settings.model_copy(
        update={"redis_url": type(settings.redis_url)("redis://127.0.0.1:9/0")}
    )
    api = api_side.key_for(create_app(away, Runtime(away)).test_client(), "default", BOTH)
    given_up()
    found = api.get("/operations").json
    assert found["installation"]["queues"] is None
    assert found["own"]["dead_jobs"] == 1
    parts = {each["name"]: each for each in api.get("/operations/parts").json["parts"]}
    assert not parts["redis"]["ready"]
    assert parts["redis"]["says"].startswith("failed: ")
    assert parts["mongodb"]["ready"]


def test_only_administrators_look_after_operations(client) -> None:
    for role in Role:
        api = api_side.signed_in(client, api_side.person("default", role))
        expected = 200 if role is Role.ADMIN else 403
        assert api.get("/operations").status_code == expected, role
        assert api.get("/dead-jobs").status_code == expected, role
        assert api.post("/dead-jobs/retry").status_code == expected, role
