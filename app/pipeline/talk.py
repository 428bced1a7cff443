"""Talk: the customer is on the line; each step of the script is kept before it is answered.

Every function returns an Answer: what to say next, and what to write. The edge writes the changes
together with the raw event, calls ``settle`` and only then lets the network speak.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.models import Tenant
from app.pipeline.inbound import is_withheld
from app.pipeline.live_call import LiveCall
from app.pipeline.review import open_review
from app.pipeline.suppression import lift, suppress
from app.pipeline.turn import Answer, Heard, Talk
from app.rules import call_script
from app.rules.call_script import Move, Step

_CONNECTED = ("completed", "answered")
_KEYS = frozenset("0123456789*#")


def come(call: LiveCall, tenant: Tenant | None, step: Step, *, now: datetime) -> Answer:
    """Come to a step of the script. Raises PermanentError for one that it does not have."""
    talk = Talk(call, tenant, step, now)
    return talk.go(Move(step, whole=step.again == 0))


def answer(
    call: LiveCall, tenant: Tenant | None, step: Step, heard: Heard, *, now: datetime
) -> Answer:
    """Take the answer to a question, or to nothing where neither key nor word came."""
    talk = Talk(call, tenant, step, now)
    if heard.keys:
        return talk.pressed(heard.keys[0], spoken=False)
    if heard.words:
        return talk.said(heard)
    return talk.go(Move(step, whole=step.again == 0))


def misunderstood(call: LiveCall, tenant: Tenant | None, step: Step, *, now: datetime) -> Answer:
    """An answer of which nothing could be made: the question again, a few times."""
    return Talk(call, tenant, step, now).go(call_script.not_understood(step))


def recorded(
    call: LiveCall, tenant: Tenant | None, step: Step, ended_by: str, *, now: datetime
) -> Answer:
    """A recording ended: by a key, by silence or by hanging up. What was said is kept anyway."""
    talk = Talk(call, tenant, step, now)
    if ended_by in _KEYS:
        return talk.pressed(ended_by, spoken=False)
    return talk.go(Move(replace(step, scene=talk.scene.recorded or "thanks", again=0)))


def transferred(
    call: LiveCall, tenant: Tenant | None, step: Step, outcome: str, *, now: datetime
) -> Answer:
    """A transfer ended; ``outcome`` in the network's words. Nobody there: a promise instead."""
    talk = Talk(call, tenant, step, now)
    following = talk.scene.answered if outcome in _CONNECTED else talk.scene.unanswered
    return talk.go(Move(replace(step, scene=following or "promise", again=0)))


def settle(call: LiveCall, answer: Answer, *, now: datetime) -> None:
    """Write what an answer means beyond its call. Safe to repeat."""
    if answer.suppress and not is_withheld(call.line):
        suppress(call.tenant_id, call.line, source=answer.suppress, evidence=call.pk, now=now)
    if answer.take_back:
        lift(call.tenant_id, call.line, evidence=call.pk, now=now)
    if answer.promise and call.delivery_id is not None:
        open_review(
            call.tenant_id,
            call.delivery_id,
            reason="speak_to_human",
            source_id=call.pk,
            call_id=call.pk,
            due=answer.due,
            now=now,
        )
