"""Deliveries: planned, changed, listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from app import queues
from app.models import Delivery
from app.pipeline import deliveries, dispatch
from app.pipeline.plan import plan
from app.queues import WakeUp
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.analysis_shapes import codes
from app.web.api.asking import Ask, Reply
from app.web.api.delivery_shapes import (
    ChangedDelivery,
    Code,
    Codes,
    DeliveriesAsked,
    DeliveryOut,
    DeliveryPage,
    NewDelivery,
    shown,
)
from app.web.api.delivery_wishes import Known, package_of, told_at_fields, wish_of
from app.web.api.listing import NEWEST, OLDEST, Order, page_of
from app.web.api.operations import Resource
from app.web.api.places import near_of
from app.web.api.problems import not_found
from app.web.api.shapes import Selected, stamped

resource = Resource(
    "Deliveries", "One parcel for one customer: planned, called about, driven, handed over."
)
_ORDERS = {
    "scheduled_time": Order("scheduled_time"),
    "-scheduled_time": Order("scheduled_time", descending=True),
    "-created": NEWEST,
    "created": OLDEST,
}


@resource.get("/deliveries", may=Permission.DELIVERIES_READ, answer=DeliveryPage)
def list_deliveries(ask: Ask, query: DeliveriesAsked) -> DeliveryPage:
    """List deliveries.

    Agents see those that are assigned to them.
    """
    where = deliveries.chosen(
        status=query.status,
        outreach=query.outreach,
        customer_id=query.customer_id,
        agent_id=query.agent_id,
        reference=query.reference,
        since=query.scheduled_from,
        before=query.scheduled_before,
        needs_review=query.needs_review,
        near=near_of(query.near, query.radius),
    )
    if ask.own_id is not None:
        where = {"$and": [where, {"agent_id": ask.own_id}]}

    def show(found: Sequence[Delivery]) -> list[DeliveryOut]:
        return [shown(each) for each in found]

    page = page_of(
        Delivery, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=DeliveryPage,
    )  # fmt: skip
    return DeliveryPage.model_validate(page)


@resource.post("/deliveries", may=Permission.DELIVERIES_WRITE, answer=DeliveryOut)
def create_delivery(ask: Ask, body: NewDelivery) -> Reply:
    """Plan a delivery.

    Send `customer_id`, or `customer_name`, `phone` and `address`: the customer with this number is
    taken, or made. `outreach` says when they will be called, or why nobody will.
    """
    with told_at_fields():
        made = planned(ask, body)
    wake = (WakeUp(queues.LOCATE, made.pk),) if made.to_locate else ()
    return Reply(stamped(shown(made)), location=f"/deliveries/{made.pk}", wake=wake)


def planned(ask: Ask, body: NewDelivery) -> Delivery:
    """Plan one delivery, and note it."""
    settings = ask.runtime.settings
    made = plan(
        ask.tenant_id,
        wish_of(body, Known.read(ask, [body])),
        now=ask.now,
        window=settings.calling_window,
        book=ask.runtime.rules,
        own_number=settings.twilio_from_number,
        locate=settings.geocoder_url is not None,
    )
    ask.note("delivery.created", "delivery", made.pk, after=shown(made))
    return made


@resource.get("/deliveries/<id:delivery_id>", may=Permission.DELIVERIES_READ, answer=DeliveryOut)
def read_delivery(ask: Ask, query: Selected, delivery_id: ObjectId) -> DeliveryOut:  # noqa: ARG001
    """Read a delivery."""
    return stamped(shown(found(ask, delivery_id)))


@resource.patch("/deliveries/<id:delivery_id>", may=Permission.DELIVERIES_WRITE, answer=DeliveryOut)
def change_delivery(ask: Ask, body: ChangedDelivery, delivery_id: ObjectId) -> DeliveryOut:
    """Change a delivery's particulars.

    Its time, agent and state have routes of their own.
    """
    delivery = found(ask, delivery_id)
    before = stamped(shown(delivery))
    ask.still(before)
    changes: dict[str, Any] = body.given("place", "parcel", "sequence")
    if "place" in body.model_fields_set:
        changes["coordinates"] = body.place.pair if body.place else None
    if "address" in changes and ask.runtime.settings.geocoder_url and body.place is None:
        changes |= {"coordinates": None, "to_locate": True}
    if "sequence" in body.model_fields_set:
        changes["route__sequence"] = body.sequence
    if "parcel" in body.model_fields_set:
        changes["package_details"] = package_of(body.parcel)
    after = stamped(shown(deliveries.change(delivery, changes)))
    ask.note("delivery.changed", "delivery", delivery_id, before=before, after=after)
    return after


@resource.delete("/deliveries/<id:delivery_id>", may=Permission.DELIVERIES_WRITE, versioned=True)
def delete_delivery(ask: Ask, delivery_id: ObjectId) -> Reply:
    """Delete a delivery that is over: it is not listed or found any more.

    Cancel it first where it is not completed, failed or cancelled.
    """
    delivery = found(ask, delivery_id)
    before = stamped(shown(delivery))
    ask.still(before)
    dispatch.put_away(delivery, now=ask.now)
    ask.note("delivery.deleted", "delivery", delivery_id, before=before)
    return Reply()


@resource.post(
    "/deliveries/<id:delivery_id>/codes",
    may=Permission.CODES_READ,
    status=200,
    answer=Codes,
    kept=False,
)
def read_codes(ask: Ask, delivery_id: ObjectId) -> Codes:
    """Read the codes that open doors for a delivery.

    Each reading is kept in the audit log; that is why it is a POST.
    """
    delivery = found(ask, delivery_id)
    ask.note("codes.read", "delivery", delivery_id)
    return Codes(
        items=[
            Code(kind=each.kind.value, text=each.text, slots=dict(each.slots))
            for each in codes(delivery.analysis)
        ]
    )


def found(ask: Ask, delivery_id: ObjectId) -> Delivery:
    """The delivery, if it is the caller's to see. Raises the problem that there is none."""
    delivery = deliveries.find(ask.tenant_id, delivery_id, agent_id=ask.own_id)
    if delivery is None:
        raise not_found(Saying("There is no such delivery."))
    return delivery
