"""What a correction does to deliveries: it becomes the analysis of its own, and of no other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.models import CallLog, Correction, Delivery
from app.models.base import Transition
from app.models.outbox import Note
from app.pipeline.answer import news, outcome_of
from app.saying import Saying
from app.states import DELIVERY_OVER, OUTREACH


def in_effect(delivery: Delivery, correction: Correction) -> bool:
    """Is it the delivery's analysis, or was it?"""
    records = (delivery.analysis, *delivery.analysis_history)
    return any(each is not None and each.correction_id == correction.pk for each in records)


def put(delivery: Delivery, correction: Correction, now: datetime) -> bool:
    """Make it the delivery's analysis; False where somebody was faster."""
    seen = correction.version
    step = Transition(
        machine="analysis",
        source=f"version {seen}",
        target=f"version {seen + 1}",
        at=now,
        cause="a dispatcher's correction",
    )
    changes: dict[str, Any] = {
        "set__analysis": correction.after,
        "set__outreach__reason": Saying("corrected by a dispatcher"),
        "unset__outreach__next_attempt_at": True,
        "unset__outreach__to_text": True,
        **news(),
    }
    if delivery.status in DELIVERY_OVER:
        # The parcel is where it is: the driver has nothing to do with it any more.
        del changes["set__to_tell"]
    if correction.before is not None:
        changes["push__analysis_history"] = correction.before
    outcome = outcome_of(correction.after, words=True)
    where = {"analysis_version": seen}
    notes = (Note(type="analysis.corrected", at=now, cause=step.cause),)
    if not OUTREACH.allows(delivery.outreach.state, outcome):
        here = {"outreach__state": delivery.outreach.state}
        told = {"push__history": step, "push_all__outbox": list(notes)}
        return bool(delivery.modify({**where, **here}, **told, **changes))
    beside: dict[str, Any] = {"where": where, "notes": notes, **changes}
    if not delivery.move_to(OUTREACH, outcome, at=now, cause=step.cause, **beside):
        return False
    delivery.modify(push__history=step)
    return True


def same_answer(delivery: Delivery, call_id: ObjectId | None) -> tuple[ObjectId, ...]:
    """The other deliveries of a call that still stand by what was understood of it."""
    call = CallLog.of(delivery.tenant_id, pk=call_id).first() if call_id else None
    covered = [each for each in call.covers if each != delivery.pk] if call else []
    others = Delivery.of(
        delivery.tenant_id,
        pk__in=covered,
        analysis__call_id=call_id,
        analysis__correction_id=None,
    )
    return tuple(each.pk for each in others)
