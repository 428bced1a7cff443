"""The pipeline as jobs, one thin function a stage. Read top to bottom, it is a call's journey.

Each job takes one document's id and says what runs next. A job may run twice, late, or never:
what it does is guarded by the documents' states, and the sweep offers what was lost.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import wraps

import structlog
from bson import ObjectId
from rq import get_current_job

from app import queues
from app.errors import PermanentError, TransientError
from app.logs import journey
from app.models import (
    BridgedCall,
    CallLog,
    Delivery,
    Message,
    PushMessage,
    Recording,
    Reply,
    Tenant,
)
from app.models.base import TenantDocument
from app.pipeline import (
    bridge_ring,
    copies,
    dead_jobs,
    record,
    retention,
    sweep,
    text_progress,
    to_hear,
)
from app.pipeline import conclude as concluding
from app.pipeline import dial as dialling
from app.pipeline import locate as locating
from app.pipeline import post as posting
from app.pipeline import price as pricing
from app.pipeline import publish as publishing
from app.pipeline import push as pushing
from app.pipeline import reconcile as reconciling
from app.pipeline import reply as replying
from app.pipeline import tell as telling
from app.pipeline import text as texting
from app.pipeline import transcribe as transcribing
from app.pipeline import understand as understanding
from app.runtime import Runtime, current
from app.states import CALL_ENDED
from workers import sign_of_life
from workers.hard_limit import hard_limit

log = structlog.get_logger()
_AT_ONCE = 200
"""Documents that one job tells of."""
_ALSO: tuple[type[TenantDocument], ...] = (Delivery, Message, Reply, BridgedCall)
"""What jobs are about beside calls and recordings."""
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
                dead_jobs.worked(stage.__name__, ObjectId(document_id))
            except TransientError as error:
                log.warning("will be tried again", why=str(error))
            except PermanentError as error:
                _fail(runtime, stage.__name__, ObjectId(document_id), error)

    return run


def _next(
    runtime: Runtime, following: queues.Job, document_id: ObjectId, *, first: bool = False
) -> None:
    correlation_id = structlog.contextvars.get_contextvars().get("correlation_id")
    runtime.enqueuer.enqueue(following, document_id, correlation_id=correlation_id, first=first)


@job
def dial(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network for an intended call, once."""
    call = dialling.dial(call_id, runtime.line)
    if call is not None and call.status in CALL_ENDED:
        _next(runtime, queues.CONCLUDE, call_id)


@job
def reconcile(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network what became of a call of which nothing was heard."""
    now = datetime.now(UTC)
    call = CallLog.across_tenants(pk=call_id).first()
    if call is not None and call.status == "intended":
        reconciling.give_up_on_answer(call, now=now)
    # However impatient: longer than the request itself may take.
    grace = max(sweep.NOT_PLACED_AFTER * runtime.settings.patience, timedelta(seconds=20))
    moved = reconciling.reconcile(call_id, runtime.voice, now=now, grace=grace)
    if moved is not None and moved.status in CALL_ENDED:
        _next(runtime, queues.CONCLUDE, call_id)


@job
def look_again(runtime: Runtime, call_id: ObjectId) -> None:
    """Look once more for a call that was closed as not placed."""
    if reconciling.look_again(call_id, runtime.voice, now=datetime.now(UTC)):
        _next(runtime, queues.HANG_UP, call_id)


@job
def withdraw(runtime: Runtime, call_id: ObjectId) -> None:
    """Cancel a call that waits to ring and should not any more."""
    longest = sweep.LONGEST_QUEUE * runtime.settings.patience
    now = datetime.now(UTC)
    moved = reconciling.withdraw(call_id, runtime.voice, now=now, longest_queue=longest)
    if moved is not None and moved.status in CALL_ENDED:
        _next(runtime, queues.CONCLUDE, call_id)


@job
def hang_up(runtime: Runtime, call_id: ObjectId) -> None:
    """End the calls that name this attempt and are not its call."""
    reconciling.end_strangers(call_id, runtime.voice, now=datetime.now(UTC))


@job
def ask_price(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network what a call that is long over cost."""
    pricing.ask(call_id, runtime.voice, now=datetime.now(UTC))


@job
def bridge(runtime: Runtime, call_id: ObjectId) -> None:
    """Ring somebody who asked to be put through to a customer, once."""
    bridge_ring.ring(call_id, runtime.line)


@job
def follow_bridge(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network what became of such a call, of which nothing was heard."""
    grace = max(sweep.NOT_PLACED_AFTER * runtime.settings.patience, timedelta(seconds=20))
    bridge_ring.follow(call_id, runtime.voice, now=datetime.now(UTC), grace=grace)


@job
def price_bridge(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network what such a call that is long over cost."""
    bridge_ring.price(call_id, runtime.voice, now=datetime.now(UTC))


@job
def look_for_recording(runtime: Runtime, call_id: ObjectId) -> None:
    """Ask the network for recordings whose announcement never came."""
    now = datetime.now(UTC)
    call = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.call_sid is None:
        return
    found = runtime.voice.find_recordings(call.call_sid)
    for facts in found:
        recording = record.announce(call, facts, bucket=runtime.settings.s3_bucket, now=now)
        if recording is not None and recording.stage == "announced":
            _next(runtime, queues.STORE, recording.pk)
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
        urgent = to_hear.goes_first(recording_id, now=now)
        _next(runtime, queues.TRANSCRIBE, recording_id, first=urgent)


@job
def delete_copy(runtime: Runtime, recording_id: ObjectId) -> None:
    """Delete the network's copy of a recording that we have."""
    copies.delete_copy(recording_id, runtime.voice, runtime.storage, now=datetime.now(UTC))


@job
def compare_recordings(runtime: Runtime, day: ObjectId) -> None:
    """Hold one day's recordings at the network against ours; the id is made of the day alone."""
    since, now = day.generation_time, datetime.now(UTC)
    found = copies.compare(
        since,
        since + timedelta(days=1),
        runtime.voice,
        bucket=runtime.settings.s3_bucket,
        now=now,
    )
    for recording_id in found.announced:
        _next(runtime, queues.STORE, recording_id)
    copies.report(found, since, now=now)


@job
def apply_retention(runtime: Runtime, day: ObjectId) -> None:  # noqa: ARG001 - the day's alone
    """Let go what was kept for long enough."""
    retention.apply(
        runtime.bucket,
        runtime.voice,
        runtime.copies,
        runtime.settings.kept_for,
        now=datetime.now(UTC),
    )


@job
def transcribe(runtime: Runtime, recording_id: ObjectId) -> None:
    """Turn the audio into words; where a GPU hears several at once, that of others that wait."""
    now = datetime.now(UTC)
    patience = min(runtime.settings.patience, 1.0)
    chosen = to_hear.together_with(recording_id, most=runtime.speech.at_once)
    with hard_limit(to_hear.limit(*chosen).total_seconds()):
        outcomes = transcribing.transcribe_all(
            chosen, runtime.speech, runtime.storage, now=now, patience=patience
        )
    moved = [outcome.recording_id for outcome in outcomes if outcome.moved]
    if moved:
        durations = Recording.across_tenants(pk__in=moved).scalar("duration")
        sign_of_life.heard((datetime.now(UTC) - now).total_seconds(), sum(durations))
    for outcome in outcomes:
        with _own_journey(outcome.recording_id, unless=recording_id):
            if outcome.error is not None:
                _fail(runtime, "transcribe", outcome.recording_id, outcome.error)
            elif outcome.moved:
                _next(runtime, queues.UNDERSTAND, outcome.recording_id)


def _own_journey(recording_id: ObjectId, *, unless: ObjectId) -> AbstractContextManager[None]:
    """What is logged of a recording that was heard beside another is logged of its own call."""
    if recording_id == unless:
        return nullcontext()
    call_id = Recording.across_tenants(pk=recording_id).only("call_log_id").get().call_log_id
    return journey(str(call_id or recording_id), document_id=str(recording_id))


@job
def understand(runtime: Runtime, recording_id: ObjectId) -> None:
    """Turn the words into directives."""
    now = datetime.now(UTC)
    recording = understanding.understand(recording_id, now=now, second=runtime.second)
    if recording is not None and recording.reply_id is not None:
        _next(runtime, queues.READ_REPLY, recording.reply_id)
    elif recording is not None:
        _conclude(runtime, recording.call_log_id)


@job
def conclude(runtime: Runtime, call_id: ObjectId) -> None:
    """Draw the conclusion for the delivery."""
    _conclude(runtime, call_id)


@job
def tell(runtime: Runtime, delivery_id: ObjectId) -> None:
    """Put the news on the agent's list."""
    message = telling.tell(delivery_id, now=datetime.now(UTC))
    if message is not None:
        _next(runtime, queues.PUSH, message.pk)


@job
def push(runtime: Runtime, message_id: ObjectId) -> None:
    """Send what an agent was told to their devices."""
    pushing.push(message_id, runtime.push, clock=lambda: datetime.now(UTC))


@job
def locate(runtime: Runtime, delivery_id: ObjectId) -> None:
    """Find where a delivery goes."""
    locating.locate(delivery_id, runtime.geocoder, now=datetime.now(UTC))


@job
def send_text(runtime: Runtime, delivery_id: ObjectId) -> None:
    """Write the message to a customer whom no call reached, and send it."""
    message = texting.intend(delivery_id, runtime.sender, now=datetime.now(UTC))
    if message is not None:
        texting.send(message.pk, runtime.texts, runtime.sender, now=datetime.now(UTC))


@job
def post_text(runtime: Runtime, message_id: ObjectId) -> None:
    """Send a message that was written before, once it may be."""
    texting.send(message_id, runtime.texts, runtime.sender, now=datetime.now(UTC))


@job
def reconcile_text(runtime: Runtime, message_id: ObjectId) -> None:
    """Ask the network what became of a message of which nothing was heard."""
    # However impatient: longer than the request itself may take.
    grace = max(sweep.NOT_PLACED_AFTER * runtime.settings.patience, timedelta(seconds=20))
    text_progress.reconcile(message_id, runtime.texts, now=datetime.now(UTC), grace=grace)


@job
def read_reply(runtime: Runtime, reply_id: ObjectId) -> None:
    """Read what a customer answered by link or text message, and draw the conclusion."""
    now = datetime.now(UTC)
    reply = replying.read(reply_id, now=now)
    if reply is None:
        return
    for each in (reply, *replying.share(reply, now=now)):
        _follow(runtime, concluding.conclude_reply(each.pk, now=now))


@job
def publish(runtime: Runtime, tenant: ObjectId) -> None:
    """Turn what is to be told of a company's deliveries into events, and wake who sends them."""
    company = Tenant.across_tenants(pk=tenant).only("tenant_id").first()
    if company is None:
        return
    done = publishing.publish(company.tenant_id, now=datetime.now(UTC), most=_AT_ONCE)
    for subscription_id in done.subscriptions:
        _next(runtime, queues.POST_EVENTS, subscription_id)
    if done.more:
        _next(runtime, queues.PUBLISH, tenant)


@job
def post_events(runtime: Runtime, subscription_id: ObjectId) -> None:
    """Send a subscriber what is due, for a short while; then it is another's turn."""
    turn = posting.post(subscription_id, runtime.posts, clock=lambda: datetime.now(UTC))
    for other in turn.awake:
        _next(runtime, queues.POST_EVENTS, other)
    if turn.more:
        _next(runtime, queues.POST_EVENTS, subscription_id)


def _conclude(runtime: Runtime, call_id: ObjectId) -> None:
    _follow(runtime, concluding.conclude(call_id, runtime.terms, now=datetime.now(UTC)))


def _follow(runtime: Runtime, concluded: concluding.Concluded | None) -> None:
    """Wake whoever goes on after a conclusion."""
    if concluded is None:
        return
    for job_of, ids in (
        (queues.TELL, concluded.tell),
        (queues.SEND_TEXT, concluded.text),
        (queues.WITHDRAW, concluded.withdraw),
    ):
        for document_id in ids:
            _next(runtime, job_of, document_id)


def _fail(runtime: Runtime, name: str, document_id: ObjectId, error: PermanentError) -> None:
    log.error("failed for good", why=str(error))
    _bury(runtime, name, document_id, str(error))


def _bury(runtime: Runtime, name: str, document_id: ObjectId, error: str) -> None:
    """Put work that failed for good where a person looks; its call is concluded without it."""
    document = Recording.across_tenants(pk=document_id).first()
    if document is not None and document.reply_id is not None:
        _next(runtime, queues.READ_REPLY, document.reply_id)
    elif document is not None:
        _next(runtime, queues.CONCLUDE, document.call_log_id)
    else:
        document = (
            CallLog.across_tenants(pk=document_id).first()
            or PushMessage.across_tenants(pk=document_id).first()
        )
    if document is None:
        others = (model.across_tenants(pk=document_id).first() for model in _ALSO)
        document = next((each for each in others if each is not None), None)
    if document is not None:
        now = datetime.now(UTC)
        dead_jobs.bury(document.tenant_id, name, document_id, error, now=now)
