"""Suppressions: numbers that are not to be called or texted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.models import Suppression
from app.models.numbers import Erased
from app.pipeline import stops
from app.pipeline.customers import Scope
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.listing import NEWEST, OLDEST, page_of
from app.web.api.operations import Resource
from app.web.api.phones import Phone, Region, phone_of
from app.web.api.problems import not_found
from app.web.api.shapes import (
    Given,
    Id,
    Listed,
    Moment,
    Page,
    Selected,
    Versioned,
    Wanted,
    stamped,
)

resource = Resource("Suppressions", "Numbers that are not to be called or texted.")
_ONE = "/suppressions/<id:suppression_id>"
_ORDERS = {"-created": NEWEST, "created": OLDEST}


class SuppressionOut(Versioned):
    """A number that is not to be reached."""

    id: Id
    phone: str | None = Field(
        description="E.164. Absent where the customer was erased: their wish is kept without it."
    )
    scope: Scope
    source: str = Field(
        description="How it is known: key or speech on the telephone, sms, link, network, or "
        "dispatcher: by a person or a system of the company."
    )
    since: Moment
    evidence: Id | None = Field(description="The call, message or recording in which it was said.")
    lifted_at: Moment | None = Field(description="Since when it holds no more.")


class SuppressionPage(Page[SuppressionOut]):
    """Some suppressions."""


class LiftedSuppression(SuppressionOut):
    """A suppression that was lifted."""

    deliveries_to_call: int = Field(
        description="Deliveries to this number that ended uncalled and could be called again; by "
        "themselves they are not: place_call plans them."
    )


class SuppressionsAsked(Listed):
    """Which suppressions."""

    phone: Annotated[Wanted | None, Field(description="Exactly this number.")] = None
    scope: Scope | None = None
    in_force: Annotated[bool | None, Field(description="Not lifted.")] = None
    sort: Literal["-created", "created"] = "-created"


class NewSuppression(Given):
    """A number that is not to be reached."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"phone": "+14155550123", "scope": "calls"}]}
    )
    phone: Phone
    region: Region = None
    scope: Scope = "all"


class Lifting(Given):
    """Why a suppression is lifted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "misheard"}]})
    reason: Annotated[
        Literal["misheard", "taken_back", "other_person", "entered_wrongly"],
        Field(
            description="misheard: the customer never meant it; taken_back: they ask to be "
            "reached again; other_person: the number belongs to somebody else now; "
            "entered_wrongly: it was noted for a wrong number."
        ),
    ]


@resource.get("/suppressions", may=Permission.SUPPRESSIONS_READ, answer=SuppressionPage)
def list_suppressions(ask: Ask, query: SuppressionsAsked) -> SuppressionPage:
    """List suppressions, lifted ones included."""
    where = stops.chosen(
        phone=phone_of(ask, query.phone, None, "phone", any_kind=True) if query.phone else None,
        scope=query.scope,
        in_force=query.in_force,
    )

    def show(found: Sequence[Suppression]) -> list[SuppressionOut]:
        return [_shown(each) for each in found]

    page = page_of(
        Suppression, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=SuppressionPage,
    )  # fmt: skip
    return SuppressionPage.model_validate(page)


@resource.post("/suppressions", may=Permission.SUPPRESSIONS_WRITE, answer=SuppressionOut)
def create_suppression(ask: Ask, body: NewSuppression) -> Reply:
    """Note that a number is not to be reached, from now on.

    No planned call to it is placed any more; its deliveries end as suppressed when their turn
    comes. Where it holds already, that is answered, and nothing is changed.
    """
    phone = phone_of(ask, body.phone, body.region, any_kind=True)
    held, new = stops.stop(ask.tenant_id, phone, body.scope, now=ask.now)
    shown = stamped(_shown(held))
    if new:
        ask.note("suppression.created", "suppression", held.pk, after=shown,
                 detail={"scope": body.scope})  # fmt: skip
    return Reply(shown, location=f"/suppressions/{held.pk}")


@resource.get(_ONE, may=Permission.SUPPRESSIONS_READ, answer=SuppressionOut)
def read_suppression(
    ask: Ask,
    query: Selected,  # noqa: ARG001
    suppression_id: ObjectId,
) -> SuppressionOut:
    """Read a suppression."""
    return stamped(_shown(_found(ask, suppression_id)))


@resource.post(
    f"{_ONE}/lift", may=Permission.SUPPRESSIONS_WRITE, status=200, answer=LiftedSuppression
)
def lift_suppression(ask: Ask, body: Lifting, suppression_id: ObjectId) -> LiftedSuppression:
    """Let a number be reached again; who did it and why is in the audit log.

    Other scopes of the number stay. What a customer stopped by text message, the network holds
    back as well, until they send START. Refused where it was lifted before, and where it is what
    was kept of a customer who was erased.
    """
    held = _found(ask, suppression_id)
    before = stamped(_shown(held))
    if ask.if_match is not None:
        ask.still(before)
    stops.lift(held, now=ask.now)
    waiting = stops.to_call_again(ask.tenant_id, held.phone, now=ask.now)
    after = stamped(_shown(held))
    ask.note("suppression.lifted", "suppression", suppression_id, before=before, after=after,
             detail={"reason": body.reason, "scope": held.scope})  # fmt: skip
    return LiftedSuppression(**after.model_dump(), deliveries_to_call=waiting)


def _found(ask: Ask, suppression_id: ObjectId) -> Suppression:
    found: Suppression | None = Suppression.of(ask.tenant_id, pk=suppression_id).first()
    if found is None:
        raise not_found(Saying("There is no such suppression."))
    return found


def _shown(held: Suppression) -> SuppressionOut:
    return SuppressionOut(
        id=str(held.pk),
        phone=None if isinstance(held.phone, Erased) else held.phone,
        scope=held.scope,
        source=held.source,
        since=held.since,
        evidence=str(held.evidence) if held.evidence else None,
        lifted_at=held.lifted_at,
    )
