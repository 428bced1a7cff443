"""The clock: claims what is due and sweeps up what is stuck, over and over.

A plain loop over MongoDB. Any number of clocks may run; one that dies is replaced by the next.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from bson import ObjectId
from pymongo.errors import ConfigurationError
from redis.exceptions import RedisError

from app import logs, queues
from app.config import Settings
from app.logs import journey
from app.models import CallLog, Heartbeat, Recording, Tenant
from app.pipeline import (
    audit_chain,
    circuit,
    claim,
    copies,
    due,
    post,
    publish,
    remind,
    retention,
    sweep,
)
from app.pipeline.analytics import system
from app.pipeline.due import Room
from app.pipeline.policy import CallingPolicy
from app.pipeline.to_hear import goes_first
from app.runtime import Runtime, install

log = structlog.get_logger()
_DEEPEST = 50
"""Jobs on a queue beyond which nothing more is offered: workers would only wade through repeats."""
_AT_ONCE = 100
_MOST_BATCHES = 20
_WHO = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
"""Which clock this is."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done every so many seconds."""

    name: str
    every: float
    do: Callable[[Runtime], None]


def tick(runtime: Runtime) -> None:
    """Claim due deliveries as far as there is room, and put their calls on the queue."""
    policy = runtime.policy
    if runtime.enqueuer.depth(queues.CALLS) > _DEEPEST:
        return
    for _ in range(_MOST_BATCHES):
        now = datetime.now(UTC)
        if not claim.my_turn(policy.account, _WHO, now=now):
            return
        room = _room(policy, now)
        if room.most <= 0:
            return
        # More are looked at than there is room for: who may not be called now stands in the way.
        most = min(_AT_ONCE, 4 * room.most + 16)
        batch = claim.claim_batch(policy, now=now, room=room, most=most, turn=_WHO)
        for each in batch.claimed:
            _wake(runtime, each)
        if batch.looked_at < most:
            return


def _room(policy: CallingPolicy, now: datetime) -> Room:
    room = due.room(policy.per_second, policy.in_progress)
    opens_at = circuit.opens_at(circuit.CALLS)
    if opens_at is None:
        return room
    # One is let through, when its time has come; the others stay where they are.
    single = opens_at <= now and room.waiting == 0
    return replace(room, most=min(room.most, int(single)))


def _wake(runtime: Runtime, claimed: claim.Claimed) -> None:
    with journey(str(claimed.call_id), delivery_id=str(claimed.delivery_ids[0])):
        log.info("claimed", deliveries=len(claimed.delivery_ids))
        runtime.enqueuer.enqueue(queues.DIAL, claimed.call_id)


def sweep_up(runtime: Runtime) -> None:
    """Offer again whatever has stood still for too long."""
    for rule in sweep.RULES:
        remedy = queues.JOBS[rule.remedy]
        waiting = runtime.enqueuer.depth(remedy.queue)
        room = sweep.room(rule, waiting=waiting, deepest=_DEEPEST)
        if room == 0:
            continue
        now = datetime.now(UTC)
        for found in sweep.stuck(rule, now=now, patience=runtime.settings.patience, limit=room):
            try:
                _offer(runtime, found, remedy)
            except Exception:
                log.exception("could not be offered", document_id=str(found.document_id))


def _offer(runtime: Runtime, found: sweep.Stuck, remedy: queues.Job) -> None:
    correlation_id = _correlation(found)
    with journey(str(correlation_id), document_id=str(found.document_id)):
        log.info("offered again", because=found.rule.name, job=remedy.name)
        sweep.offered(found, now=datetime.now(UTC))
        urgent = remedy is queues.TRANSCRIBE and goes_first(
            found.document_id, now=datetime.now(UTC)
        )
        runtime.enqueuer.enqueue(
            remedy, found.document_id, correlation_id=str(correlation_id), first=urgent
        )


def _correlation(found: sweep.Stuck) -> ObjectId:
    document = found.document
    if isinstance(document, CallLog):
        return found.document_id
    call_id = document.call_log_id if isinstance(document, Recording) else None
    return call_id or getattr(document, "call_log_id", None) or found.document_id


def beat(runtime: Runtime) -> None:  # noqa: ARG001 - every duty's shape
    """Leave a sign of life, by which a dead clock is noticed."""
    Heartbeat.objects(name="clock").update_one(upsert=True, set__at=datetime.now(UTC))


def forget_copies(runtime: Runtime) -> None:
    """Have the network's copies of recordings deleted where the operator wants it so."""
    hours = runtime.settings.twilio_delete_recordings_after
    room = _DEEPEST - runtime.enqueuer.depth(queues.ANSWERS)
    if hours is None or room <= 0:
        return
    now = datetime.now(UTC)
    for recording_id in copies.to_delete(after=timedelta(hours=hours), now=now, limit=room):
        runtime.enqueuer.enqueue(queues.DELETE_COPY, recording_id)


def look_back(runtime: Runtime) -> None:
    """Once a day, hold yesterday's recordings at the network against ours."""
    day = copies.day_to_compare(datetime.now(UTC))
    if day is not None:
        runtime.enqueuer.enqueue(queues.COMPARE_RECORDINGS, day)


def let_go(runtime: Runtime) -> None:
    """Once a night, let go what was kept for long enough."""
    day = retention.day_to_apply(datetime.now(UTC))
    if day is not None:
        runtime.enqueuer.enqueue(queues.APPLY_RETENTION, day)


def measure(runtime: Runtime) -> None:
    """Keep how the system does, once a minute; without Redis, all but the queues' depths."""
    depths = {}
    for queue in queues.QUEUES:
        try:
            depths[queue] = runtime.enqueuer.depth(queue)
        except RedisError:
            break
    system.measure(depths, now=datetime.now(UTC))


def remind_agents(runtime: Runtime) -> None:
    """Have agents who acknowledge nothing reminded, and dispatchers told where that was no use."""
    rules, now = runtime.settings.reminding, datetime.now(UTC)
    for message_id in remind.remind(rules, runtime.settings.public_url, now=now):
        runtime.enqueuer.enqueue(queues.POST_TEXT, message_id)
    remind.put_before_dispatchers(rules, now=now)


def tell_subscribers(runtime: Runtime) -> None:
    """Wake who writes events and who sends them."""
    if runtime.enqueuer.depth(queues.WEBHOOKS) > _DEEPEST:
        return
    for tenant_id in publish.waiting():
        company = Tenant.of(tenant_id).only("id").first()
        if company is not None:
            runtime.enqueuer.enqueue(queues.PUBLISH, company.pk)
    for subscription_id in post.due(now=datetime.now(UTC)):
        runtime.enqueuer.enqueue(queues.POST_EVENTS, subscription_id)


def forget_unheard(runtime: Runtime) -> None:  # noqa: ARG001 - every duty's shape
    """Drop what there is to tell where nobody wants to hear it."""
    publish.forget_unheard(now=datetime.now(UTC))


def tell_audit_heads(runtime: Runtime) -> None:  # noqa: ARG001 - every duty's shape
    """Log where each company's audit log ends, so that a tail cut off later is found."""
    for tenant_id, head in audit_chain.heads().items():
        if head.sequence:
            log.info("audit head", tenant_id=tenant_id, since_hash=str(head))


DUTIES: tuple[Duty, ...] = (
    Duty("beat", 5, beat),
    Duty("tick", 0.25, tick),
    Duty("sweep", 2, sweep_up),
    Duty("remind agents", 5, remind_agents),
    Duty("tell subscribers", 1, tell_subscribers),
    Duty("forget unheard", 30, forget_unheard),
    Duty("forget copies", 30, forget_copies),
    Duty("look back", 600, look_back),
    Duty("let go", 600, let_go),
    Duty("measure", 10, measure),
    Duty("tell audit heads", 3600, tell_audit_heads),
)


def run(settings: Settings) -> None:
    """Do the duties until told to stop by SIGTERM or SIGINT."""
    logs.configure(settings.log_level, "clock")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runtime = Runtime(settings)
    install(runtime)
    runtime.connect()
    log.info("clock ready", duties=[duty.name for duty in DUTIES])
    next_at = dict.fromkeys((duty.name for duty in DUTIES), 0.0)
    while not stop.is_set():
        for duty in DUTIES:
            if time.monotonic() >= next_at[duty.name]:
                _do(duty, runtime)
                next_at[duty.name] = time.monotonic() + duty.every
        stop.wait(0.1)
    log.info("clock stopped")


def _do(duty: Duty, runtime: Runtime) -> None:
    try:
        duty.do(runtime)
    except ConfigurationError as error:
        # A direct connection made while the server was starting knows no sessions, for good.
        log.warning("duty failed, connecting anew", duty=duty.name, why=repr(error))
        runtime.connect(anew=True)
    except Exception as error:  # noqa: BLE001 - MongoDB or Redis may be away: the loop goes on
        log.warning("duty failed, will be done again", duty=duty.name, why=repr(error))
