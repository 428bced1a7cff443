"""Bridge: a driver has themselves put through to the customer of a stop, by the company's number.

The press of the button writes the call down; a worker rings the driver (``bridge_ring``); what the
network then asks and reports is taken down by ``bridge_progress``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from app.errors import PermanentError
from app.models import Agent, BridgedCall, CallLog, Customer, Delivery, Suppression, numbers
from app.pipeline import circuit
from app.pipeline.deliveries import find as find_delivery
from app.rules.bridging import REFUSALS, Phase, Refusal, Wish, phase, why_not

PATIENCE = timedelta(seconds=60)
"""How long after the press the driver is still rung: later, nobody waits for it."""
_HOUR = timedelta(hours=1)
_SHOWN = timedelta(minutes=15)
_LISTED = 50


class NotPutThroughError(PermanentError):
    """Nobody is put through; the message says why, and what to do instead."""

    def __init__(self, why: Refusal) -> None:
        self.why, self.says = why, REFUSALS[why]
        super().__init__(self.says)


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that was asked for; not ``fresh``: it was under way already."""

    call: BridgedCall
    fresh: bool


def ask(delivery: Delivery, person_id: ObjectId, from_number: str, *, now: datetime) -> Asked:
    """Write down that this person is to be put through to the customer; to be called within a
    transaction.

    Who asks again while that is under way gets the same call. Raises NotPutThroughError.
    """
    tenant_id = delivery.tenant_id
    under_way = BridgedCall.of(tenant_id, delivery_id=delivery.pk, in_flight=True).first()
    if under_way is not None and under_way.person_id == person_id:
        return Asked(under_way, fresh=False)
    if under_way is not None:
        raise NotPutThroughError("on_the_line")
    person = Agent.of(tenant_id, pk=person_id).get()
    if BridgedCall.across_tenants(person_phone=person.phone, in_flight=True).first() is not None:
        raise NotPutThroughError("you_are_busy")
    customer = Customer.of(tenant_id, pk=delivery.customer_id).first()
    why = why_not(wish_of(delivery, person.phone, customer, now=now), now)
    if why is None and circuit.opens_at(circuit.CALLS) is not None:
        why = "network_away"
    if why is not None:
        raise NotPutThroughError(why)
    call = BridgedCall(
        tenant_id=tenant_id,
        delivery_id=delivery.pk,
        customer_id=customer.pk,
        person_id=person.pk,
        person_phone=person.phone,
        customer_phone=customer.phone,
        from_number=from_number,
        language=person.language,
        claimed_at=now,
        valid_until=now + PATIENCE,
    )
    return Asked(call.save(force_insert=True), fresh=True)


def wish_of(
    delivery: Delivery, person_phone: str, customer: Customer | None, *, now: datetime
) -> Wish:
    """What the rules want to know, as it stands now."""
    phone = customer.phone if customer is not None else None
    return Wish(
        status=delivery.status,
        due=delivery.scheduled_time,
        until=delivery.window.end if delivery.window else None,
        time_zone=delivery.time_zone,
        person_phone=person_phone,
        customer_phone=phone,
        suppressed=phone is not None and _suppressed(delivery.tenant_id, phone),
        on_the_line=phone is not None and _on_the_line(phone),
        lately=0 if phone is None else _lately(phone, now),
    )


def _suppressed(tenant_id: str, phone: str) -> bool:
    held = Suppression.of(tenant_id, phone__in=numbers.either(phone), lifted_at=None)
    return held.filter(scope__in=("all", "calls")).first() is not None


def _on_the_line(phone: str) -> bool:
    """Does an automated call ring them or speak to them, or do they speak to us?"""
    live = CallLog.across_tenants(in_flight=True)
    return any(
        live.filter(**{side: phone}).first() is not None for side in ("to_number", "from_number")
    )


def _lately(phone: str, now: datetime) -> int:
    since = {"customer_phone": phone, "claimed_at__gt": now - _HOUR}
    return int(BridgedCall.across_tenants(**since).count())


def why_not_now(call: BridgedCall, *, now: datetime) -> Refusal | None:
    """Whether anything that was found when it was asked for is otherwise now."""
    delivery = Delivery.of(call.tenant_id, pk=call.delivery_id, deleted_at=None).first()
    if delivery is None or delivery.customer_id != call.customer_id:
        return "gone"
    customer = Customer.of(call.tenant_id, pk=call.customer_id).first()
    wish = wish_of(delivery, call.person_phone, customer, now=now)
    why = why_not(wish, now)
    # This very call is one of those that were counted.
    return None if why == "too_often" else why


def find(tenant_id: str, call_id: ObjectId, *, agent_id: ObjectId | None) -> BridgedCall | None:
    """The call; None where there is none, or its delivery is not this agent's."""
    found: BridgedCall | None = BridgedCall.of(tenant_id, pk=call_id).first()
    if found is None or find_delivery(tenant_id, found.delivery_id, agent_id=agent_id) is None:
        return None
    return found


def of_delivery(tenant_id: str, delivery_id: ObjectId) -> list[BridgedCall]:
    """Those about a delivery, the latest first."""
    return list(
        BridgedCall.of(tenant_id, delivery_id=delivery_id).order_by("-claimed_at")[:_LISTED]
    )


def shown(
    tenant_id: str, delivery_ids: Sequence[ObjectId], *, now: datetime
) -> dict[ObjectId, BridgedCall]:
    """By delivery, the latest that is under way or was over a moment ago."""
    lately = BridgedCall.of(
        tenant_id, delivery_id__in=list(delivery_ids), claimed_at__gt=now - _SHOWN
    )
    return {each.delivery_id: each for each in lately.order_by("claimed_at")}


def phase_of(call: BridgedCall) -> Phase:
    """How far it has come."""
    return phase(
        call.status,
        connecting=call.connecting_at is not None,
        refused=call.refused_why is not None,
        customer=call.customer_status,
        talked=call.talking_at is not None,
    )
