"""Stops: numbers that are not to be reached, as people of the company see, make and lift them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.errors import PermanentError
from app.models import Customer, Delivery, Suppression
from app.models.numbers import Erased, key, sealed
from app.pipeline.suppression import suppress
from app.saying import Saying
from app.states import DELIVERY_OVER

BY_HAND = "dispatcher"
"""The source of what a person of the company, or another system of it, noted."""
_NO_CALLS = ("all", "calls")


def chosen(
    *, phone: str | None = None, scope: str | None = None, in_force: bool | None = None
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these.

    A number finds also what was kept of it when it was erased.
    """
    where: dict[str, Any] = {}
    if phone is not None:
        where["phone"] = {"$in": _values(phone)}
    if scope is not None:
        where["scope"] = scope
    if in_force is not None:
        where["lifted_at"] = None if in_force else {"$ne": None}
    return where


def stop(tenant_id: str, phone: str, scope: str, *, now: datetime) -> tuple[Suppression, bool]:
    """Do not reach this number; what holds for it then, and whether it did not before.

    The gate does the rest: a call that is planned ends when its turn comes, and one that is not
    dialled yet is not dialled.
    """
    known = _holding(tenant_id, phone).filter(scope=scope).first()
    if known is not None:
        return known, False
    suppress(tenant_id, phone, scope=scope, source=BY_HAND, evidence=None, now=now)
    return _holding(tenant_id, phone).filter(scope=scope).get(), True


def lift(held: Suppression, *, now: datetime) -> Suppression:
    """Let the number be reached again, as far as nothing else forbids it.

    Raises PermanentError for what was lifted before, and for what was kept of a number that was
    erased: whoever lifts that does not know for whom.
    """
    if isinstance(held.phone, Erased):
        raise PermanentError(
            Saying("the customer was erased, and this wish is all that was kept: it stays")
        )
    if held.lifted_at is not None:
        raise PermanentError(Saying("it was lifted already"))
    held.modify({"lifted_at": None}, set__lifted_at=now)
    return held


def to_call_again(tenant_id: str, phone: str, *, now: datetime) -> int:
    """How many deliveries ended unheard since the number was stopped, and could be called now.

    None while anything else stops calls to it. The gate may still refuse for the hour.
    """
    if _holding(tenant_id, phone).filter(scope__in=_NO_CALLS).first() is not None:
        return 0
    people = Customer.of(tenant_id, phone=phone, deleted_at=None).scalar("id")
    ended: Sequence[Delivery] = Delivery.of(
        tenant_id,
        customer_id__in=list(people),
        outreach__state="suppressed",
        status__nin=DELIVERY_OVER,
        scheduled_time__gt=now,
        deleted_at=None,
    ).only("outreach", "max_retries")
    return sum(
        each.outreach.attempts - (each.outreach.excused or 0) <= each.max_retries for each in ended
    )


def _holding(tenant_id: str, phone: str) -> Any:
    return Suppression.of(tenant_id, lifted_at=None, __raw__={"phone": {"$in": _values(phone)}})


def _values(phone: str) -> list[Any]:
    return [sealed(phone), key().digest(phone)]
