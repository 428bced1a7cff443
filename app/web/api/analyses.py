"""Analyses: what was understood of a customer, read and put right."""

from __future__ import annotations

from typing import Literal

from bson import ObjectId
from pydantic import Field

from app import queues
from app.models import AnalysisRecord, Correction, Delivery
from app.pipeline import answer, correct, restore
from app.queues import WakeUp
from app.rules.analysis import Priority, Sentiment
from app.rules.hiding import hide
from app.rules.permissions import Permission
from app.web.api import deliveries
from app.web.api.analysis_shapes import LOOK_ANEW, AnalysisOut, DirectiveOut, Wanted, codes_of
from app.web.api.asking import Ask, Reply
from app.web.api.correction_shapes import NewCorrection, NewDirective, Restored, Slots
from app.web.api.operations import Resource
from app.web.api.problems import Fault, Problem, invalid, of_error
from app.web.api.shapes import Id, Moment, Shape

__all__ = ["NewDirective", "Slots", "correct_analysis", "corrected", "resource"]

resource = Resource("Analyses", "What customers want, as it was understood or put right.")
_OF = "/deliveries/<id:delivery_id>/analysis"


class CorrectionOut(Shape):
    """Who put it right, when and why."""

    id: Id
    by: Id
    kind: Literal["user", "key"]
    at: Moment
    why: str | None
    analysis_version: int = Field(description="What was looked at and corrected.")


class UnderstoodOut(Shape):
    """What was understood about one delivery, now and before; codes are masked."""

    delivery_id: Id
    analysis_version: int
    current: AnalysisOut | None
    history: list[AnalysisOut] = Field(description="What stood there before, the earliest first.")
    proposed: list[DirectiveOut] = Field(description="What only a second reader found.")
    doubted: list[Wanted] = Field(description="Kinds that the second reader did not find.")
    corrections: list[CorrectionOut]


class Corrected(Shape):
    """What came of a correction."""

    correction_id: Id
    understood: UnderstoodOut
    same_answer: list[Id] = Field(
        description="Other deliveries that still stand by the answer as it was: correct them too."
    )
    suppressed: bool = Field(
        description="The number is not to be called; a correction does not lift that."
    )


@resource.get(_OF, may=Permission.ANALYSES_READ, answer=UnderstoodOut)
def read_analysis(ask: Ask, delivery_id: ObjectId) -> UnderstoodOut:
    """Read what was understood about a delivery, and what stood there before.

    Codes are masked: `POST /deliveries/{delivery_id}/codes` tells them.
    """
    return _understood(deliveries.found(ask, delivery_id))


@resource.post(
    f"{_OF}/corrections",
    may=Permission.ANALYSES_WRITE,
    answer=Corrected,
    problems={"changed-meanwhile"},
)
def correct_analysis(ask: Ask, body: NewCorrection, delivery_id: ObjectId) -> Reply:
    """Put right what was understood; the driver is told.

    Your directives replace all that stood there; those that `keep` names stay. Where it is not
    at `analysis_version` any more, since the customer was heard again or a colleague was
    faster, nothing changes.
    """
    return corrected(ask, body, delivery_id)


@resource.post(
    f"{_OF}/restore",
    may=Permission.ANALYSES_WRITE,
    status=200,
    answer=UnderstoodOut,
    problems={"changed-meanwhile"},
)
def restore_analysis(ask: Ask, body: Restored, delivery_id: ObjectId) -> Reply:
    """Take the last correction back: what stood there before counts again, and the driver is told.

    Reviews that the correction settled are open again. A number that it suppressed stays so.
    """
    return restored(ask, body.analysis_version, delivery_id)


def corrected(ask: Ask, body: NewCorrection, delivery_id: ObjectId) -> Reply:
    """Correct, note it, and say whom to wake."""
    delivery = deliveries.found(ask, delivery_id)
    before = _understood(delivery)
    done = _done(ask, delivery, body)
    delivery.reload()
    after = _understood(delivery)
    ask.note("analysis.corrected", "delivery", delivery_id, before=before, after=after)
    wake = [WakeUp(queues.TELL, each) for each in done.tell]
    wake += [WakeUp(queues.WITHDRAW, each) for each in done.withdraw]
    told = Corrected.model_construct(
        correction_id=str(done.correction_id),
        understood=after,
        same_answer=[str(each) for each in done.same_answer],
        suppressed=done.suppressed,
    )
    return Reply(told, location=f"/deliveries/{delivery_id}/analysis", wake=tuple(wake))


def restored(ask: Ask, seen: int, delivery_id: ObjectId) -> Reply:
    """Take the last correction back, note it, and say whom to wake."""
    delivery = deliveries.found(ask, delivery_id)
    before = _understood(delivery)
    try:
        restore.restore(delivery, seen, ask.caller.actor, now=ask.now)
    except correct.CorrectionOutdatedError as error:
        raise _outdated(error) from error
    delivery.reload()
    after = _understood(delivery)
    ask.note("analysis.corrected", "delivery", delivery_id, before=before, after=after,
             detail={"restored": True})  # fmt: skip
    wake = [WakeUp(queues.TELL, delivery.pk)] if delivery.to_tell else []
    live = answer.to_withdraw(delivery, but=None)
    wake += [WakeUp(queues.WITHDRAW, live)] if live else []
    return Reply(after, wake=tuple(wake))


def _done(ask: Ask, delivery: Delivery, body: NewCorrection) -> correct.Corrected:
    who = ask.caller.actor
    stands = body.analysis_version == delivery.analysis_version
    before = delivery.analysis if stands else _as_seen(delivery, body.analysis_version)
    wish = correct.Wish(
        directives=body.rows(before),
        seen=body.analysis_version,
        by=ObjectId(who.id),
        kind="key" if who.kind == "key" else "user",
        why=body.why,
        sentiment=Sentiment(body.sentiment) if body.sentiment else None,
        priority=Priority(body.priority) if body.priority else None,
    )
    try:
        return correct.correct(ask.tenant_id, delivery.pk, wish, now=ask.now)
    except correct.CorrectionOutdatedError as error:
        raise _outdated(error) from error
    except correct.CorrectionRefusedError as error:
        raise invalid(
            *(
                Fault(
                    detail=each.says,
                    source="body",
                    pointer="/directives" if each.number is None
                    else f"/directives/{each.number - 1}",
                )
                for each in error.faults
            )
        ) from error  # fmt: skip


def _as_seen(delivery: Delivery, version: int) -> AnalysisRecord | None:
    """What stood there at this version, where a correction has replaced it: it may be this one."""
    known = Correction.of(delivery.tenant_id, delivery_id=delivery.pk, version=version).first()
    return known.before if known else None


def _outdated(error: correct.CorrectionOutdatedError) -> Problem:
    return Problem("changed-meanwhile", of_error(error), mend=LOOK_ANEW)


def _understood(delivery: Delivery) -> UnderstoodOut:
    current: AnalysisRecord | None = delivery.analysis
    known = Correction.of(delivery.tenant_id, delivery_id=delivery.pk)
    corrections = list(known.order_by("version", "id"))
    proposed = [each.to_rules() for each in current.proposed] if current else []
    records = [current, *delivery.analysis_history, *(each.after for each in corrections)]
    secret = codes_of(records) | {
        str(each.slots["code"]) for each in proposed if "code" in each.slots
    }
    return UnderstoodOut.model_construct(
        delivery_id=str(delivery.pk),
        analysis_version=delivery.analysis_version,
        current=AnalysisOut.masked(current, secret) if current else None,
        history=[AnalysisOut.masked(each, secret) for each in delivery.analysis_history],
        proposed=[DirectiveOut.of(each, secret) for each in proposed],
        doubted=[each.value for each in current.doubted] if current else [],
        corrections=[
            CorrectionOut.model_construct(
                id=str(each.pk),
                by=str(each.corrected_by),
                kind=each.corrected_as,
                at=each.at,
                why=hide(each.why, secret, known=bool(secret)) if each.why else None,
                analysis_version=each.version,
            )
            for each in corrections
        ],
    )
