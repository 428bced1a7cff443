"""Push: what an agent was told goes to their devices, the newest version alone.

Claimed in the database before it is sent, as all that cannot be taken back. Where a worker died
after that, it is sent once more: a browser puts what has the same delivery in the place of the
former, and drops what is older than what it shows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId

from app.errors import PermanentError
from app.gateways import Push, PushRequest, PushResult
from app.models import Agent, Delivery, PushDevice, PushMessage
from app.pipeline import circuit, devices
from app.pipeline.push_notes import Notes
from app.pipeline.tell import arrival_of, stop_of
from app.rules import pushes
from app.rules.texts.pushes import news
from app.saying import Saying
from app.states import DELIVERY_OVER, PUSH

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
"""Longer than sending takes; after it another worker takes over from one that died."""
_AFTER_THE_OLDER = timedelta(seconds=5)
_CLOSED_FOR = timedelta(seconds=30)
_ERRORS_KEPT = 10
Clock = Callable[[], datetime]
Luck = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Job:
    """One message that is to go out."""

    message: PushMessage
    delivery: Delivery
    agent: Agent
    until: datetime
    """From then on it is worth nothing."""


def push(
    message_id: ObjectId, gateway: Push | None, *, clock: Clock, luck: Luck = random.random
) -> PushMessage | None:
    """Send a message to each of its agent's devices that has not taken it; safe to repeat.

    ``gateway`` is None where pushes are off. Never an older version after a newer one: what is
    overtaken is not sent, and while an older one is being sent, the newer waits. None where there
    was nothing to do now. Raises PermanentError where no push service will ever take it.
    """
    now = clock()
    message: PushMessage | None = PushMessage.across_tenants(pk=message_id).first()
    if message is None or not _is_mine(message, now):
        return None
    delivery = Delivery.of(message.tenant_id, pk=message.delivery_id).first()
    agent = Agent.of(message.tenant_id, pk=message.agent_id, is_active=True).first()
    why = _needless(message, delivery)
    if why is not None:
        message.move_to(PUSH, "needless", at=now, cause=why)
        return message
    if gateway is None or agent is None:
        why = "pushes are off" if gateway is None else "the agent is not there any more"
        message.move_to(PUSH, "nowhere", at=now, cause=why)
        return message
    if _older_is_under_way(message, now):
        message.modify({"status": "to_send"}, set__next_push_at=now + _AFTER_THE_OLDER)
        return None
    until = pushes.worthless_at(arrival_of(delivery), message.sent_at)
    return _send(_Job(message, delivery, agent, until), gateway, clock, luck)


def _is_mine(message: PushMessage, now: datetime) -> bool:
    """May it be sent now? One whose sender died is taken back first."""
    if message.status == "sending" and now - message.claimed_at >= LEASE:
        seen = {"claimed_at": message.claimed_at}
        cause = "no word from who sent it"
        return message.move_to(PUSH, "to_send", at=now, cause=cause, where=seen)
    due = message.next_push_at
    return message.status == "to_send" and (due is None or due <= now)


def _needless(message: PushMessage, delivery: Delivery | None) -> str | None:
    if delivery is None or delivery.status in DELIVERY_OVER:
        return "the delivery is over"
    if delivery.agent_id != message.agent_id:
        return "another agent has it"
    if message.acknowledged_at is not None:
        return "it was acknowledged"
    if _about_the_same(message, version__gt=message.version).first() is not None:
        return "there is a newer version"
    return None


def _older_is_under_way(message: PushMessage, now: datetime) -> bool:
    """See to it that no older version goes out from now on; True while one is on its way."""
    for older in _about_the_same(message, version__lt=message.version, status="to_send"):
        older.move_to(PUSH, "needless", at=now, cause="there is a newer version")
    sending = _about_the_same(message, version__lt=message.version, status="sending")
    return sending.filter(claimed_at__gt=now - LEASE).first() is not None


def _about_the_same(message: PushMessage, **which: Any) -> Any:
    return PushMessage.of(
        message.tenant_id, delivery_id=message.delivery_id, agent_id=message.agent_id, **which
    )


def _send(job: _Job, gateway: Push, clock: Clock, luck: Luck) -> PushMessage | None:
    message, now = job.message, clock()
    settled = {*message.taken_by, *message.refused_by}
    open_ones = [
        each
        for each in job.agent.push_devices
        if each.id not in settled and each.key == gateway.public_key
    ]
    if not open_ones or now >= job.until:
        return _end(message, now, late=bool(open_ones))
    chosen = [
        each
        for each in open_ones
        if circuit.may_ask(circuit.pushes(each.service), message.pk, now=now)
    ]
    if not chosen:
        message.modify({"status": "to_send"}, set__next_push_at=now + _CLOSED_FOR)
        return None
    claimed = message.move_to(
        PUSH, "sending", at=now, cause="claimed", set__claimed_at=now, inc__tries=1
    )
    if not claimed:
        return None
    results = gateway.send([_request(job, each, now) for each in chosen])
    sent = list(zip(chosen, results, strict=True))
    return _note(job, sent, len(chosen) < len(open_ones), now=clock(), luck=luck())


def _request(job: _Job, device: PushDevice, now: datetime) -> PushRequest:
    return PushRequest(
        **device.subscription,
        body=payload(job.message, job.delivery, job.agent.language),
        # One for each delivery: what still waits at the push service is replaced.
        topic=str(job.delivery.pk),
        seconds=pushes.kept_seconds(job.until, now),
        urgency=pushes.urgency(arrival_of(job.delivery), now),
    )


def payload(message: PushMessage, delivery: Delivery, language: str) -> bytes:
    """What a browser is sent: fit for a lock screen, and which version it tells, as JSON."""
    content = {
        "delivery": str(message.delivery_id),
        "version": message.version,
        "text": news(language, stop=stop_of(delivery), instructions=message.kind == "instructions"),
        "language": language,
        "told_at": message.sent_at.astimezone(UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _note(
    job: _Job,
    sent: Sequence[tuple[PushDevice, PushResult]],
    others_wait: bool,
    *,
    now: datetime,
    luck: float,
) -> PushMessage:
    """Write down what came of it; what was not taken is sent again later."""
    message, notes = job.message, Notes()
    for device, result in sent:
        notes.add(device, result)
        _tell_circuit(device, result, message, now)
    devices.gone(job.agent, notes.gone)
    message.modify(
        set__taken_by=[*message.taken_by, *notes.taken],
        set__refused_by=[*message.refused_by, *notes.refused],
        set__errors=[*message.errors, *notes.errors][-_ERRORS_KEPT:],
    )
    if not notes.again and not others_wait:
        return _end(message, now)
    at = pushes.next_try(message.tries, now=now, until=job.until, luck=luck, asked=notes.asked)
    if at is None:
        return _end(message, now, late=True)
    message.move_to(PUSH, "to_send", at=now, cause="not taken yet", set__next_push_at=at)
    return message


def _tell_circuit(
    device: PushDevice, result: PushResult, message: PushMessage, now: datetime
) -> None:
    name = circuit.pushes(device.service)
    code = Notes.trouble(result)
    if code is None:
        circuit.worked(name, message.pk, now=now)
    else:
        circuit.failed(name, code, message.pk, now=now, about=message.agent_id)


def _end(message: PushMessage, now: datetime, *, late: bool = False) -> PushMessage:
    """Nothing more is sent. Raises PermanentError where every push service refused it."""
    if message.taken_by:
        message.move_to(PUSH, "sent", at=now, cause="taken")
    elif message.refused_by:
        message.move_to(PUSH, "given_up", at=now, cause="refused")
        raise PermanentError(Saying("no push service takes it: %(what)s", what=message.errors[-1]))
    elif late:
        message.move_to(PUSH, "given_up", at=now, cause="too late to be of use")
    else:
        message.move_to(PUSH, "nowhere", at=now, cause="the agent has no device for it")
    return message
