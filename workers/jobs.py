"""The pipeline as jobs, one thin function a stage. Read top to bottom, it is a call's journey.

Each job takes one document's id and says what runs next. A job may run twice, late, or never:
what it does is guarded by the documents' states, and the sweep offers what was lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps

import structlog
from bson import ObjectId
from rq import get_current_job

from app import queues
from app.errors import PermanentError, TransientError
from app.logs import journey
from app.models import CallLog, DeadJob, Recording
from app.pipeline import conclude as concluding
from app.pipeline import dial as dialling
from app.pipeline import record, sweep
from app.pipeline import tell as telling
from app.pipeline import transcribe as transcribing
from app.pipeline import understand as understanding
from app.runtime import Runtime, current
from app.states import CALL_ENDED

log = structlog.get_logger()
Stage = Callable[[Runtime, ObjectId], None]


def job(stage: Stage) -> Callable[[str], None]:
    """Run a stage as a job: with the ids in its log lines, and no failure without a trace."""

    @wraps(stage)
    def run(document_id: str) -> None:
        this = get_current_job()
        correlation_id = (this.meta if this else {}).get("correlation_id", document_id)
        with journey(correlation_id, job=stage.__name__, document_id=document_id):
            runtime = current()
            try:
                stage(runtime, ObjectId(document_id))
            except TransientError as error:
                log.warning("will be tried again", why=str(error))
            except PermanentError as error:
                log.error("failed for good", why=str(error))  # noqa: TRY400 - foreseen: no trace
                _bury(runtime, stage.__name__, ObjectId(document_id), str(error))

    return run


def _next(runtime: Runtime, following: queues.Job, document_id: ObjectId) -> None:
    correlation_id = structlog.contextvars.get_contextvars().get("correlation_id")
    runtime.enqueuer.enqueue(following, document_id, correlation_id=correlation_id)


@job
def dial(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network for an intended call, once."""
    settings = runtime.settings
    call = dialling.dial(
        call_id,
        runtime.voice,
        settings.public_url,
        now=datetime.now(UTC),
        window=settings.calling_window,
    )
    if call is not None and call.status in CALL_ENDED:
        _next(runtime, queues.CONCLUDE, call_id)


@job
def reconcile(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network what became of a call of which nothing was heard."""
    now = datetime.now(UTC)
    call = CallLog.across_tenants(pk=call_id).first()
    if call is not None and call.status == "intended":
        dialling.give_up_on_answer(call, now=now)
    # However impatient: longer than the request itself may take.
    grace = max(sweep.NOT_PLACED_AFTER * runtime.settings.patience, timedelta(seconds=20))
    moved = dialling.reconcile(call_id, runtime.voice, now=now, grace=grace)
    if moved is not None and moved.status in CALL_ENDED:
        _next(runtime, queues.CONCLUDE, call_id)


@job
def look_for_recording(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network for the recording whose announcement never came."""
    now = datetime.now(UTC)
    call = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.call_sid is None or call.recording_url is not None:
        return
    found = runtime.voice.find_recordings(call.call_sid)
    for facts in found:
        recording = record.announce(call, facts, bucket=runtime.settings.s3_bucket, now=now)
        if recording is not None and recording.stage == "announced":
            _next(runtime, queues.STORE, recording.pk)
            return
    waited = now - (call.end_time or call.claimed_at)
    if not found and waited > timedelta(minutes=10) * runtime.settings.patience:
        # Nothing was recorded: the customer hung up before the beep.
        call.modify(pull__effects="records")
    _next(runtime, queues.CONCLUDE, call_id)


@job
def store(runtime: Runtime, recording_id: ObjectId) -> None:
    """Fetch the recording from the network into our storage."""
    now = datetime.now(UTC)
    if record.store(recording_id, runtime.voice, runtime.storage, now=now):
        _next(runtime, queues.TRANSCRIBE, recording_id)


@job
def transcribe(runtime: Runtime, recording_id: ObjectId) -> None:
    """Turn the audio into words."""
    now = datetime.now(UTC)
    if transcribing.transcribe(recording_id, runtime.speech, runtime.storage, now=now):
        _next(runtime, queues.UNDERSTAND, recording_id)


@job
def understand(runtime: Runtime, recording_id: ObjectId) -> None:
    """Turn the words into directives."""
    recording = understanding.understand(recording_id, now=datetime.now(UTC))
    if recording is not None:
        _conclude(runtime, recording.call_log_id)


@job
def conclude(runtime: Runtime, call_id: ObjectId) -> None:
    """Draw the conclusion for the delivery."""
    _conclude(runtime, call_id)


@job
def tell(runtime: Runtime, delivery_id: ObjectId) -> None:  # noqa: ARG001 - every stage's shape
    """Put the news on the agent's list."""
    telling.tell(delivery_id, now=datetime.now(UTC))


def _conclude(runtime: Runtime, call_id: ObjectId) -> None:
    news_of = concluding.conclude(
        call_id, now=datetime.now(UTC), retry_seconds=runtime.settings.retry_seconds
    )
    if news_of is not None:
        _next(runtime, queues.TELL, news_of)


def _bury(runtime: Runtime, name: str, document_id: ObjectId, error: str) -> None:
    """Put work that failed for good where a person looks; its call is concluded without it."""
    document = Recording.across_tenants(pk=document_id).first()
    if document is not None:
        _next(runtime, queues.CONCLUDE, document.call_log_id)
    else:
        document = CallLog.across_tenants(pk=document_id).first()
    if document is None:
        return
    now = datetime.now(UTC)
    DeadJob.of(document.tenant_id, job=name, document_id=document_id).update_one(
        upsert=True,
        set__error=error,
        set__last_at=now,
        set_on_insert__first_at=now,
        set_on_insert__created_at=now,
        inc__tries=1,
    )
