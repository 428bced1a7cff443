"""Dispatch: what people do with a delivery that is planned, from its agent to its end.

Each function is one step of the delivery's states; what the states refuse raises PermanentError
and says where the delivery stands. Each may run again within a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.models import Agent, CallLog, Customer, Delivery, PushMessage, TimeWindow
from app.models.delivery import Feedback, TrackingEvent
from app.models.outbox import Note
from app.pipeline import remind
from app.pipeline.permission import judge_delivery
from app.pipeline.state_names import state_name
from app.pipeline.wish import WishError, wrong_times
from app.rules.gate import RuleBook
from app.saying import Saying
from app.states import CALL_ENDED, DELIVERY, DELIVERY_OVER, OUTREACH
from app.states import OUTREACH_SETTLED as _SETTLED

_HEARD = ("instructed", "confirmed", "declined", "superseded")
_COUNTED = ("assigned", "in_transit")
"""States in which a delivery is one of its agent's active ones."""
GIVEN_AWAY = "given to another agent"
"""What is noted of a delivery whose driver is another one from then on."""
LONGEST_AWAY = timedelta(hours=72)
"""So late may be told what was done without a network: a long weekend."""
_AHEAD = timedelta(minutes=5)
"""Telephones' clocks differ."""


@dataclass(frozen=True, slots=True)
class Calling:
    """When calls may be placed: what the installation decides."""

    book: RuleBook
    window: Any
    """CALLING_HOURS as two times of day."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, and what follows from it."""

    delivery: Delivery
    withdraw: ObjectId | None = None
    """A call that need not ring any more."""
    tell: bool = False
    """The agent has news."""


def assign(delivery: Delivery, agent: Agent, *, now: datetime) -> Step:
    """Give a delivery to an agent, or to another one; who has it already keeps it."""
    if delivery.agent_id == agent.pk and delivery.status == "assigned":
        return Step(delivery)
    if delivery.status not in ("scheduled", "assigned"):
        raise _refused(delivery, Saying("be assigned"))
    before = delivery.agent_id if delivery.status == "assigned" else None
    changes: dict[str, Any] = {"set__agent_id": agent.pk}
    told = delivery.analysis is not None
    if told:
        # Whoever drives now has not been told.
        changes["set__to_tell"] = True
    if before is not None:
        PushMessage.of(delivery.tenant_id, delivery_id=delivery.pk, agent_id=before).filter(
            acknowledged_at=None
        ).update(set__acknowledged_at=now)
        delivery.modify(
            unset__acknowledged_by=True,
            unset__acknowledged_at=True,
            # Its number is one of the other round's.
            unset__route__sequence=True,
            inc__analysis_version=1,
            push__outbox=Note(type="delivery.assigned", at=now),
            **_tracked("assigned", now, GIVEN_AWAY, agent_id=agent.pk),
            **changes,
        )
        _count(delivery.tenant_id, before, -1)
    else:
        changes |= _tracked("assigned", now, "given to an agent", agent_id=agent.pk)
        _move(delivery, "assigned", Saying("be assigned"), now, "given to an agent", **changes)
    _count(delivery.tenant_id, agent.pk, +1)
    return Step(delivery, tell=told)


def done_at(delivery: Delivery, at: datetime | None, *, now: datetime) -> datetime:
    """When a step was taken that is told of only now; ``now`` where nobody says.

    Never before the delivery's last move, for its history is in order, and never in the future.
    Raises PermanentError for a time that cannot be.
    """
    moves: list[datetime] = [e.at for e in delivery.history if e.machine == DELIVERY.name]
    return min(max([taken_at(at, now=now), *moves]), now)


def taken_at(at: datetime | None, *, now: datetime) -> datetime:
    """When something was done that is told of only now; ``now`` where nobody says.

    Never in the future. Raises PermanentError for a time that cannot be.
    """
    if at is None:
        return now
    if not now - LONGEST_AWAY <= at <= now + _AHEAD:
        raise PermanentError(
            Saying("at must lie within the last 72 hours: leave it out for what is done now")
        )
    return min(at, now)


def start(delivery: Delivery, *, now: datetime) -> Step:
    """The van is on its way."""
    _move(delivery, "in_transit", Saying("be started"), now, "on its way")
    return Step(delivery)


def complete(delivery: Delivery, *, notes: str | None, now: datetime) -> Step:
    """It was handed over."""
    _move(
        delivery, "completed", Saying("be completed"), now, notes or "handed over",
        set__actual_delivery_time=now,
    )  # fmt: skip
    _ended(delivery, completed=True, now=now)
    return _quiet(delivery, Saying("the delivery was completed"), now)


def fail(delivery: Delivery, *, reason: str, now: datetime) -> Step:
    """It could not be handed over."""
    _move(delivery, "failed", Saying("fail"), now, reason)
    _ended(delivery, completed=False, now=now)
    return _quiet(delivery, Saying("the delivery failed"), now)


def cancel(delivery: Delivery, *, reason: str, now: datetime) -> Step:
    """It is not to be delivered; nobody calls about it any more."""
    counted = delivery.status in _COUNTED
    _move(delivery, "cancelled", Saying("be cancelled"), now, reason)
    if counted and delivery.agent_id:
        _count(delivery.tenant_id, delivery.agent_id, -1)
    return _quiet(delivery, Saying("the delivery was cancelled"), now)


def reschedule(
    delivery: Delivery,
    start_at: datetime,
    end_at: datetime | None,
    calling: Calling,
    *,
    reason: str | None,
    now: datetime,
) -> Step:
    """Another time; one that failed is planned anew. The customer is asked about the new time,
    unless they were heard already: then their answer stands."""
    if delivery.status not in ("scheduled", "assigned", "failed"):
        raise _refused(delivery, Saying("be rescheduled"))
    if problems := wrong_times(start_at, end_at, now):
        raise WishError(problems)
    if delivery.status == "failed":
        _move(delivery, "scheduled", Saying("be planned anew"), now, reason or "planned anew",
              unset__agent_id=True, unset__route__sequence=True, inc__retry_count=1)  # fmt: skip
    delivery.modify(
        set__scheduled_time=start_at,
        set__window=TimeWindow(start=start_at, end=end_at),
        set__route__eta=start_at,
        push__outbox=Note(type="delivery.rescheduled", at=now),
        **_tracked(
            delivery.status,
            now,
            reason or "moved to another time",
            scheduled_before=delivery.scheduled_time,
            scheduled_time=start_at,
        ),
    )
    told = PushMessage.of(delivery.tenant_id, delivery_id=delivery.pk, arrival__ne=None)
    told.update(set__arrival=start_at)
    plan_call(delivery, calling, now=now, anew=True)
    return Step(delivery)


def plan_call(delivery: Delivery, calling: Calling, *, now: datetime, anew: bool) -> bool:
    """Give the next call its lawful time; False where none is to be placed.

    ``anew``: the attempts so far do not count any more. An outreach that was heard stays as it
    is, and one whose call is under way is left to it.
    """
    state = delivery.outreach.state
    if state in _HEARD or state == "calling":
        return False
    if anew:
        delivery.modify(set__outreach__excused=delivery.outreach.attempts)
    if state in _SETTLED and not _reopened(delivery, now):
        return False
    verdict = judge_delivery(delivery, calling.book, now=now, window=calling.window)
    if verdict is None or verdict.not_before is None:
        why = Saying("the customer is gone") if verdict is None else verdict.summary
        target = "suppressed" if verdict is not None and verdict.has("suppression") else "skipped"
        delivery.move_to(
            OUTREACH, target, at=now, cause=why, set__outreach__reason=why,
            unset__outreach__next_attempt_at=True,
        )  # fmt: skip
        return False
    delivery.modify(
        {"outreach__state": delivery.outreach.state},
        set__outreach__next_attempt_at=verdict.not_before,
        set__outreach__reason=verdict.summary,
        unset__outreach__to_text=True,
        unset__outreach__asked=True,
    )
    return True


def rate(delivery: Delivery, *, rating: int, comments: str | None, now: datetime) -> Step:
    """What the customer thought of it; the last word counts."""
    if delivery.status not in ("completed", "failed"):
        raise _refused(delivery, Saying("be rated"))
    delivery.modify(
        set__customer_feedback=Feedback(rating=rating, comments=comments),
        push__outbox=Note(type="delivery.rated", at=now),
    )
    rated = Delivery.of(delivery.tenant_id, customer_id=delivery.customer_id)
    ratings = [
        each.customer_feedback.rating
        for each in rated.filter(customer_feedback__exists=True).only("customer_feedback")
        if each.customer_feedback and each.customer_feedback.rating
    ]
    Customer.of(delivery.tenant_id, pk=delivery.customer_id).update_one(
        set__customer_rating=sum(ratings) / len(ratings)
    )
    return Step(delivery)


def acknowledge(
    delivery: Delivery, person_id: ObjectId | None, *, version: int | None = None, now: datetime
) -> Step:
    """The agent has seen what is to be done: this version of it, or as it stands now.

    Who saw an older one has read those messages, and still has to see the newer one.
    """
    latest = delivery.analysis_version
    seen = latest if version is None else min(version, latest)
    if seen == latest and delivery.acknowledged_at is None:
        delivery.modify(
            set__acknowledged_at=now,
            set__acknowledged_by=person_id,
            push__outbox=Note(type="delivery.acknowledged", at=now),
        )
        remind.acknowledged(delivery, person_id, now=now)
    messages = PushMessage.of(delivery.tenant_id, delivery_id=delivery.pk)
    messages.filter(version__lte=seen, acknowledged_at=None).update(set__acknowledged_at=now)
    return Step(delivery)


def put_away(delivery: Delivery, *, now: datetime) -> Step:
    """Neither list nor find it any more. Only what is over can be put away."""
    if delivery.status not in DELIVERY_OVER:
        raise PermanentError(
            Saying(
                "it is %(status)s: only what is completed, failed or cancelled can be deleted",
                status=state_name(delivery.status),
            )
        )
    delivery.modify(set__deleted_at=now)
    return Step(delivery)


def _move(
    delivery: Delivery, target: str, deed: Saying, now: datetime, cause: str, **changes: Any
) -> None:
    changes = _tracked(target, now, cause) | changes
    if not delivery.move_to(DELIVERY, target, at=now, cause=cause, **changes):
        raise _refused(delivery, deed)


def _refused(delivery: Delivery, deed: Saying) -> PermanentError:
    return PermanentError(
        Saying(
            "it is %(status)s, and cannot %(deed)s", status=state_name(delivery.status), deed=deed
        )
    )


def _tracked(status: str, now: datetime, notes: str, **more: Any) -> dict[str, Any]:
    event = TrackingEvent(status=status, timestamp=now, notes=notes, **more)
    return {"push__tracking_events": event}


def _count(tenant_id: str, agent_id: ObjectId, by: int) -> None:
    Agent.of(tenant_id, pk=agent_id).update_one(inc__active_deliveries=by)


def _ended(delivery: Delivery, *, completed: bool, now: datetime) -> None:
    """Keep the figures of the agent and the customer."""
    if delivery.agent_id:
        Agent.of(delivery.tenant_id, pk=delivery.agent_id).update_one(
            inc__active_deliveries=-1,
            inc__performance_metrics__total_deliveries=1,
            inc__performance_metrics__successful_deliveries=int(completed),
        )
    if completed:
        Customer.of(delivery.tenant_id, pk=delivery.customer_id).update_one(
            inc__successful_deliveries=1, set__last_delivery_date=now
        )


def _quiet(delivery: Delivery, why: str, now: datetime) -> Step:
    """Nobody calls or texts about it any more; a call that has not rung yet is withdrawn."""
    call_id = delivery.outreach.call_id if delivery.outreach.state == "calling" else None
    delivery.modify(unset__outreach__next_attempt_at=True, unset__outreach__to_text=True)
    if delivery.outreach.state not in _SETTLED:
        delivery.move_to(OUTREACH, "skipped", at=now, cause=why, set__outreach__reason=why)
    if call_id is None:
        return Step(delivery)
    call = CallLog.of(delivery.tenant_id, pk=call_id, status__nin=sorted(CALL_ENDED)).first()
    others = [each for each in call.covers if each != delivery.pk] if call else []
    still = Delivery.of(delivery.tenant_id, pk__in=others, status__nin=DELIVERY_OVER).count()
    return Step(delivery, withdraw=call.pk if call and not still else None)


def _reopened(delivery: Delivery, now: datetime) -> bool:
    why = Saying("a dispatcher asks for another call")
    return delivery.move_to(OUTREACH, "pending", at=now, cause=why, set__outreach__reason=why)
