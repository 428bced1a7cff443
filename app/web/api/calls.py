"""Calls: read, placed now, cancelled, explained."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from app import queues
from app.models import ByHand, CallLog
from app.pipeline import by_hand, calls, dispatch
from app.pipeline.permission import explain
from app.queues import WakeUp
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api import deliveries
from app.web.api.asking import Ask, Reply
from app.web.api.call_shapes import (
    CalledDelivery,
    CallOut,
    CallPage,
    CallsAsked,
    WhyAsked,
    WhyOut,
)
from app.web.api.delivery_shapes import Reason, shown
from app.web.api.listing import Order, page_of
from app.web.api.operations import Resource
from app.web.api.problems import not_found
from app.web.api.shapes import Selected, stamped

resource = Resource("Calls", "Each attempt to reach a customer, and each call of a customer.")
_ORDERS = {
    "-claimed_at": Order("claimed_at", descending=True),
    "claimed_at": Order("claimed_at"),
}
_READ = Permission.CALLS_READ
_WRITE = Permission.CALLS_WRITE


@resource.get("/calls", may=_READ, answer=CallPage)
def list_calls(ask: Ask, query: CallsAsked) -> CallPage:
    """List calls.

    Agents see those that are about their own deliveries.
    """
    own = None if ask.own_id is None else calls.own_deliveries(ask.tenant_id, ask.own_id)
    where = calls.chosen(
        own=own,
        delivery_id=query.delivery_id,
        customer_id=query.customer_id,
        status=query.status,
        since=query.claimed_from,
        before=query.claimed_before,
    )
    mine = None if own is None else frozenset(own)

    def show(found: Sequence[CallLog]) -> list[CallOut]:
        return [CallOut.of(each, mine) for each in found]

    page = page_of(
        CallLog, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=CallPage,
    )  # fmt: skip
    return CallPage.model_validate(page)


@resource.get("/calls/<id:call_id>", may=_READ, answer=CallOut)
def read_call(ask: Ask, query: Selected, call_id: ObjectId) -> CallOut:  # noqa: ARG001
    """Read a call."""
    return _shown(ask, _found(ask, call_id))


@resource.post("/deliveries/<id:delivery_id>/calls", may=_WRITE, status=202, answer=CalledDelivery)
def place_call(ask: Ask, body: Reason, delivery_id: ObjectId) -> CalledDelivery:
    """Have a delivery's customer called now, out of turn.

    Refused where the rules do not allow a call at this moment, with their reasons and when they
    would. The call follows in a few seconds; the rules are asked again before it is dialled.
    """
    delivery = deliveries.found(ask, delivery_id)
    before = stamped(shown(delivery))
    calling = dispatch.Calling(ask.runtime.rules, ask.runtime.settings.calling_window)
    stopped = by_hand.place(delivery, by_hand_of(ask, body.reason), calling, now=ask.now)
    after = shown(delivery)
    ask.note("call.placed", "delivery", delivery_id, before=before, after=stamped(after))
    told = {name: getattr(after, name) for name in type(after).model_fields}
    return stamped(CalledDelivery.model_construct(**told, stopped=stopped))


@resource.post("/calls/<id:call_id>/cancel", may=_WRITE, status=202, answer=CallOut)
def cancel_call(ask: Ask, body: Reason, call_id: ObjectId) -> Reply:
    """Cancel a call that nobody has answered yet.

    One that the network has already is ended there in a moment; where the customer is faster, it
    goes on. No other call follows by itself about any of its deliveries: place one when it is due.
    """
    call = _found(ask, call_id)
    before = _shown(ask, call)
    over = by_hand.cancel(call, by_hand_of(ask, body.reason), now=ask.now)
    after = _shown(ask, call)
    ask.note("call.cancelled", "call", call_id, before=before, after=after)
    follows = queues.CONCLUDE if over else queues.WITHDRAW
    return Reply(after, wake=(WakeUp(follows, call.pk),))


@resource.get("/deliveries/<id:delivery_id>/why", may=_READ, answer=WhyOut)
def explain_calls(ask: Ask, query: WhyAsked, delivery_id: ObjectId) -> WhyOut:
    """Explain why a delivery's customer is, or is not, called at some time.

    With every rule that matters, and what was kept with each call that was made.
    """
    told = explain(
        deliveries.found(ask, delivery_id),
        query.at or ask.now,
        ask.runtime.rules,
        window=ask.runtime.settings.calling_window,
        channel=query.channel,
    )
    return WhyOut.of(told)


def by_hand_of(ask: Ask, why: str) -> ByHand:
    """Who asks, as what they have done keeps it."""
    who = ask.caller.actor
    return ByHand.of(who.kind, who.id, who.label, why=why, at=ask.now)


def _found(ask: Ask, call_id: ObjectId) -> CallLog:
    call = calls.find(ask.tenant_id, call_id, agent_id=ask.own_id)
    if call is None:
        raise not_found(Saying("There is no such call."))
    return call


def _shown(ask: Ask, call: CallLog) -> CallOut:
    return CallOut.of(call, None if ask.own_id is None else calls.owned(call, ask.own_id))
