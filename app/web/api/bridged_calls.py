"""Bridged calls: a driver is put through to a customer by the company's number."""

from __future__ import annotations

from bson import ObjectId
from pydantic import Field

from app import queues
from app.models import BridgedCall
from app.pipeline import bridge
from app.pipeline.bridge import NotPutThroughError
from app.queues import WakeUp
from app.rules.bridging import OVER, Phase, Refusal
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api import deliveries
from app.web.api.asking import Ask, Reply
from app.web.api.calls import resource
from app.web.api.problems import Problem, not_found
from app.web.api.shapes import Id, Moment, Selected, Shape

_OF = "/deliveries/<id:delivery_id>"


class BridgedCallOut(Shape):
    """A call between a person of the company and a customer."""

    id: Id
    delivery_id: Id
    person_id: Id = Field(description="Whose telephone rings first.")
    phase: Phase = Field(
        description="How far it has come: the person is rung (dialling, ringing_you, press_a_key), "
        "then the customer (ringing_customer, talking); the others are how it ended."
    )
    over: bool
    refused: Refusal | None = Field(description="Why they were not put through in the end.")
    asked_at: Moment
    talking_at: Moment | None = Field(description="When the customer answered.")
    ended_at: Moment | None
    talked: int | None = Field(description="Seconds that both were on the line.")
    cost: float | None = Field(description="Of both calls; null until the network said.")
    currency: str | None

    @classmethod
    def of(cls, call: BridgedCall) -> BridgedCallOut:
        """As it stands."""
        phase = bridge.phase_of(call)
        return cls.model_construct(
            id=str(call.pk),
            delivery_id=str(call.delivery_id),
            person_id=str(call.person_id),
            phase=phase,
            over=phase in OVER,
            refused=call.refused_why,
            asked_at=call.claimed_at,
            talking_at=call.talking_at,
            ended_at=call.end_time,
            talked=call.talked,
            cost=call.cost,
            currency=call.currency,
        )


class BridgedCalls(Shape):
    """Those about one delivery, the latest first."""

    items: list[BridgedCallOut]


@resource.post(
    f"{_OF}/call-customer", may=Permission.DELIVERIES_DRIVE, status=202, answer=BridgedCallOut
)
def call_customer(ask: Ask, delivery_id: ObjectId) -> Reply:
    """Be put through to the customer by the company's number.

    Your own telephone rings first; press 1, and the customer is rung. Neither sees the other's
    number, and nothing is recorded. Asked again while that is under way, it is the same call. What
    is refused says why in `detail`, and for programs in `reason`. Keys have no telephone.
    """
    delivery = deliveries.found(ask, delivery_id)
    if ask.caller.person_id is None:
        raise Problem(
            "conflict", Saying("A key has no telephone: let the person who drives ask for it.")
        )
    try:
        asked = bridge.ask(
            delivery, ask.caller.person_id, ask.runtime.settings.twilio_from_number, now=ask.now
        )
    except NotPutThroughError as error:
        raise Problem("conflict", error.says, reason=error.why) from error
    if not asked.fresh:
        return Reply(BridgedCallOut.of(asked.call))
    detail = {"bridged_call": str(asked.call.pk)}
    ask.note("customer.called", "delivery", delivery_id, detail=detail)
    wake = WakeUp(queues.BRIDGE, asked.call.pk, first=True)
    return Reply(BridgedCallOut.of(asked.call), wake=(wake,))


@resource.get(f"{_OF}/bridged-calls", may=Permission.CALLS_READ, answer=BridgedCalls)
def list_bridged_calls(ask: Ask, delivery_id: ObjectId) -> BridgedCalls:
    """List the calls in which somebody was put through to the customer of a delivery."""
    delivery = deliveries.found(ask, delivery_id)
    found = bridge.of_delivery(ask.tenant_id, delivery.pk)
    return BridgedCalls(items=[BridgedCallOut.of(each) for each in found])


@resource.get(
    "/bridged-calls/<id:bridged_call_id>", may=Permission.CALLS_READ, answer=BridgedCallOut
)
def read_bridged_call(ask: Ask, query: Selected, bridged_call_id: ObjectId) -> BridgedCallOut:  # noqa: ARG001
    """Read such a call: how far it has come, or how it ended."""
    call = bridge.find(ask.tenant_id, bridged_call_id, agent_id=ask.own_id)
    if call is None:
        raise not_found(Saying("There is no such bridged call."))
    return BridgedCallOut.of(call)
