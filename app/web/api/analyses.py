"""Analyses: what was understood of a customer, read and put right."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app import queues
from app.models import AnalysisRecord, Correction, Delivery
from app.pipeline import correct
from app.queues import WakeUp
from app.rules.analysis import Priority, Sentiment
from app.rules.directive_shape import LONGEST, MOST
from app.rules.hiding import hide
from app.rules.permissions import Permission
from app.web.api import deliveries
from app.web.api.analysis_shapes import (
    AnalysisOut,
    DirectiveOut,
    Mood,
    Urgency,
    Wanted,
    codes_of,
)
from app.web.api.asking import Ask, Reply
from app.web.api.operations import Resource
from app.web.api.problems import Fault, Problem, invalid
from app.web.api.shapes import WHOLE, Given, Id, Line, Moment, Shape

resource = Resource("Analyses", "What customers want, as it was understood or put right.")
_OF = "/deliveries/<id:delivery_id>/analysis"
_Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["18:30"])]


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


class Slots(Given):
    """What belongs to a directive; which slots a kind has, the answer to a wrong one tells."""

    place: Line | None = None
    recipient: Line | None = None
    signature: Literal[True] | None = None
    id_check: Literal[True] | None = None
    date: Annotated[str | None, Field(pattern=r"^\d{4}-\d\d-\d\d$", examples=["2027-03-01"])] = None
    start: _Clock | None = None
    end: _Clock | None = None
    address: Line | None = None
    code: Annotated[str | None, Field(pattern=r"^[0-9A-Z#*]{1,20}$")] = None
    unit: Line | None = None
    floor: Line | None = None
    entrance: Line | None = None
    channel: Literal["call", "text"] | None = None
    when: Literal["on_arrival", "before", "after_delivery", "no_answer"] | None = None
    minutes: Annotated[int | None, Field(ge=1, le=24 * 60), WHOLE] = None
    phone: Annotated[str | None, Field(pattern=r"^\d{3,15}$")] = None
    action: (
        Literal[
            "ring_bell", "knock", "leave_outside", "leave_unattended", "leave_with_neighbor",
            "call", "open_gate", "block_driveway", "other",
        ]
        | None
    ) = None  # fmt: skip
    hazard: Line | None = None
    note: (
        Literal[
            "fragile", "heavy", "perishable", "keep_upright", "keep_dry", "keep_cold", "conceal",
            "other",
        ]
        | None
    ) = None  # fmt: skip
    topic: Literal["eta", "status", "sender", "other"] | None = None
    condition: Line | None = None


class NewDirective(Given):
    """One thing to do."""

    kind: Wanted
    text: Annotated[
        str,
        Field(
            max_length=LONGEST,
            pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
            description="The customer's words.",
        ),
    ] = ""
    slots: Slots = Slots()

    def row(self) -> dict[str, Any]:
        """As ``app.rules.directive_shape`` reads it."""
        return {"kind": self.kind, "text": self.text, **self.slots.model_dump(exclude_none=True)}


class NewCorrection(Given):
    """What an analysis ought to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "analysis_version": 1,
                    "directives": [
                        {
                            "kind": "leave_at",
                            "text": "behind the shed",
                            "slots": {"place": "shed"},
                        }
                    ],
                    "why": "she says shed, not shred",
                }
            ]
        }
    )
    analysis_version: Annotated[
        int, Field(ge=0, le=10**9, description="Of the delivery, as you saw it."), WHOLE
    ]
    directives: Annotated[
        list[NewDirective],
        Field(max_length=MOST, description="All that there is to do; none: nothing."),
    ]
    why: Annotated[
        str,
        Field(max_length=correct.LONGEST_REASON, pattern=r"^([^\x00-\x1f\x7f-\x9f]|[\t\n\r])*$"),
    ] = ""
    sentiment: Mood | None = None
    priority: Urgency | None = None


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

    Your directives replace all that stood there. Where it is not at `analysis_version` any more,
    since the customer was heard again or a colleague was faster, nothing changes.
    """
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


def _done(ask: Ask, delivery: Delivery, body: NewCorrection) -> correct.Corrected:
    who = ask.caller.actor
    wish = correct.Wish(
        directives=[each.row() for each in body.directives],
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
        says = str(error)
        raise Problem("changed-meanwhile", f"{says[0].upper()}{says[1:]}.") from error
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
