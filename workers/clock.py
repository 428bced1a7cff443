"""The clock: claims what is due and sweeps up what is stuck, over and over.

A plain loop over MongoDB. Any number of clocks may run; one that dies is replaced by the next.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from bson import ObjectId

from app import logs, queues
from app.config import Settings
from app.logs import journey
from app.models import CallLog, Heartbeat, Recording
from app.pipeline import claim, sweep
from app.runtime import Runtime, install

log = structlog.get_logger()
_DEEPEST = 50
"""Jobs on a queue beyond which nothing more is offered: workers would only wade through repeats."""
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done every so many seconds."""

    name: str
    every: float
    do: Callable[[Runtime], None]


def tick(runtime: Runtime) -> None:
    """Claim due deliveries at the account's pace and put their calls on the queue."""
    policy = runtime.policy
    if runtime.enqueuer.depth(queues.CALLS) > _DEEPEST:
        return
    for delivery in claim.due(datetime.now(UTC), _AT_ONCE):
        try:
            if not claim.take_turn(policy, datetime.now(UTC)):
                return
            call = claim.claim(delivery, policy, now=datetime.now(UTC))
            if call is not None:
                with journey(str(call.pk), delivery_id=str(delivery.pk)):
                    log.info("claimed", attempt=call.attempt)
                    runtime.enqueuer.enqueue(queues.DIAL, call.pk)
        except Exception:
            log.exception("a delivery could not be claimed", delivery_id=str(delivery.pk))


def sweep_up(runtime: Runtime) -> None:
    """Offer again whatever has stood still for too long."""
    for rule in sweep.RULES:
        remedy = queues.JOBS[rule.remedy]
        room = _DEEPEST - runtime.enqueuer.depth(remedy.queue)
        if room <= 0:
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
        runtime.enqueuer.enqueue(remedy, found.document_id, correlation_id=str(correlation_id))


def _correlation(found: sweep.Stuck) -> ObjectId:
    document = found.document
    if isinstance(document, CallLog):
        return found.document_id
    call_id = document.call_log_id if isinstance(document, Recording) else None
    return call_id or getattr(document, "call_log_id", None) or found.document_id


def beat(runtime: Runtime) -> None:  # noqa: ARG001 - every duty's shape
    """Leave a sign of life, by which a dead clock is noticed."""
    Heartbeat.objects(name="clock").update_one(upsert=True, set__at=datetime.now(UTC))


DUTIES: tuple[Duty, ...] = (
    Duty("beat", 5, beat),
    Duty("tick", 0.25, tick),
    Duty("sweep", 2, sweep_up),
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
    except Exception as error:  # noqa: BLE001 - MongoDB or Redis may be away: the loop goes on
        log.warning("duty failed, will be done again", duty=duty.name, why=repr(error))
