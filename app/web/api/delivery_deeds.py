"""What is done with one delivery: assigned, started, completed, failed, cancelled, moved, rated."""

from __future__ import annotations

from collections.abc import Callable

from bson import ObjectId

from app import queues
from app.models import Delivery
from app.pipeline import deliveries, dispatch
from app.pipeline.dispatch import Step
from app.queues import WakeUp
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.deliveries import found, resource
from app.web.api.delivery_shapes import (
    Assigned,
    DeliveryOut,
    Done,
    Failure,
    NewTime,
    Notes,
    Rating,
    Reason,
    Seen,
    shown,
)
from app.web.api.delivery_wishes import told_at_fields
from app.web.api.problems import Fault, invalid
from app.web.api.shapes import stamped

_ONE = "/deliveries/<id:delivery_id>"
_WRITE = Permission.DELIVERIES_WRITE
_DRIVE = Permission.DELIVERIES_DRIVE


@resource.post(f"{_ONE}/assign", may=_WRITE, status=200, answer=DeliveryOut)
def assign_delivery(ask: Ask, body: Assigned, delivery_id: ObjectId) -> Reply:
    """Give a delivery to an agent, or to another one.

    Who drives now is told what the customer wants.
    """
    delivery = found(ask, delivery_id)
    if (body.agent_id is None) == (body.agent_email is None):
        says = Saying("must have agent_id or agent_email, one of the two")
        raise invalid(Fault(detail=says, source="body", pointer=""))
    agent = deliveries.driver(ask.tenant_id, agent_id=body.agent_id, email=body.agent_email)
    if agent is None:
        where = "/agent_id" if body.agent_id else "/agent_email"
        raise invalid(Fault(detail=Saying("names no active agent"), source="body", pointer=where))
    return _done(ask, delivery, "assigned", lambda: dispatch.assign(delivery, agent, now=ask.now))


@resource.post(f"{_ONE}/start", may=_DRIVE, status=200, answer=DeliveryOut)
def start_delivery(ask: Ask, body: Done, delivery_id: ObjectId) -> Reply:
    """Say that a delivery is on its way."""
    delivery = found(ask, delivery_id)
    at = dispatch.done_at(delivery, body.at, now=ask.now)
    return _done(ask, delivery, "started", lambda: dispatch.start(delivery, now=at))


@resource.post(f"{_ONE}/complete", may=_DRIVE, status=200, answer=DeliveryOut)
def complete_delivery(ask: Ask, body: Notes, delivery_id: ObjectId) -> Reply:
    """Say that a delivery was handed over."""
    delivery = found(ask, delivery_id)
    at = dispatch.done_at(delivery, body.at, now=ask.now)
    return _done(
        ask, delivery, "completed",
        lambda: dispatch.complete(delivery, notes=body.notes, now=at),
    )  # fmt: skip


@resource.post(f"{_ONE}/fail", may=_DRIVE, status=200, answer=DeliveryOut)
def fail_delivery(ask: Ask, body: Failure, delivery_id: ObjectId) -> Reply:
    """Say that a delivery could not be handed over, and why."""
    delivery = found(ask, delivery_id)
    at = dispatch.done_at(delivery, body.at, now=ask.now)
    return _done(
        ask, delivery, "failed", lambda: dispatch.fail(delivery, reason=body.reason, now=at)
    )


@resource.post(f"{_ONE}/cancel", may=_WRITE, status=200, answer=DeliveryOut)
def cancel_delivery(ask: Ask, body: Reason, delivery_id: ObjectId) -> Reply:
    """Cancel a delivery.

    Nobody calls about it any more; a call that has not rung yet is withdrawn.
    """
    delivery = found(ask, delivery_id)
    return _done(
        ask, delivery, "cancelled",
        lambda: dispatch.cancel(delivery, reason=body.reason, now=ask.now),
    )  # fmt: skip


@resource.post(f"{_ONE}/reschedule", may=_WRITE, status=200, answer=DeliveryOut)
def reschedule_delivery(ask: Ask, body: NewTime, delivery_id: ObjectId) -> Reply:
    """Move a delivery to another time.

    One that failed is planned anew, without an agent. Who was not heard yet is called about the
    new time; an answer that was given stands.
    """
    delivery = found(ask, delivery_id)
    calling = dispatch.Calling(ask.runtime.rules, ask.runtime.settings.calling_window)

    def move() -> Step:
        return dispatch.reschedule(
            delivery, body.scheduled_time, body.window_end, calling, reason=body.reason, now=ask.now
        )

    with told_at_fields():
        return _done(ask, delivery, "rescheduled", move)


@resource.post(f"{_ONE}/feedback", may=_WRITE, status=200, answer=DeliveryOut)
def rate_delivery(ask: Ask, body: Rating, delivery_id: ObjectId) -> Reply:
    """Keep what the customer thought of a delivery that is over."""
    delivery = found(ask, delivery_id)
    return _done(
        ask, delivery, "rated",
        lambda: dispatch.rate(
            delivery, rating=body.rating, comments=body.comments, now=ask.now
        ),
    )  # fmt: skip


@resource.post(f"{_ONE}/acknowledge", may=_DRIVE, status=200, answer=DeliveryOut)
def acknowledge_delivery(ask: Ask, body: Seen, delivery_id: ObjectId) -> Reply:
    """Say that the instructions were seen: as they stand now, or as they stood on a screen.

    Whoever saw older ones than there are now has not acknowledged these: `acknowledged_at` is null
    in the answer.
    """
    delivery = found(ask, delivery_id)
    at = dispatch.done_at(delivery, body.at, now=ask.now)
    return _done(
        ask, delivery, "acknowledged",
        lambda: dispatch.acknowledge(
            delivery, ask.caller.person_id, version=body.analysis_version, now=at
        ),
    )  # fmt: skip


def _done(ask: Ask, delivery: Delivery, deed: str, step: Callable[[], Step]) -> Reply:
    before = stamped(shown(delivery))
    if ask.if_match is not None:
        ask.still(before)
    done = step()
    after = stamped(shown(done.delivery))
    ask.note(f"delivery.{deed}", "delivery", delivery.pk, before=before, after=after)
    wake = []
    if done.withdraw is not None:
        wake.append(WakeUp(queues.WITHDRAW, done.withdraw))
    if done.tell:
        wake.append(WakeUp(queues.TELL, delivery.pk))
    return Reply(after, wake=tuple(wake))
