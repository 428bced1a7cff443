"""Deliveries: found and changed. What happens to them is in ``dispatch``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.models import Agent, Delivery
from app.models.base import sets_of
from app.pipeline.nearby import within
from app.pipeline.state_names import state_name
from app.saying import Saying
from app.states import DELIVERY_OVER


def chosen(  # noqa: PLR0913 - one argument for each filter
    *,
    status: Sequence[str] = (),
    outreach: Sequence[str] = (),
    customer_id: str | None = None,
    agent_id: str | None = None,
    reference: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    needs_review: bool | None = None,
    near: tuple[float, float, int] | None = None,
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these deliveries.

    ``since`` and ``before`` are about the time they are scheduled for; ``near`` is longitude,
    latitude and metres.
    """
    where: dict[str, Any] = {"deleted_at": None}
    if status:
        where["status"] = {"$in": list(status)}
    if outreach:
        where["outreach.state"] = {"$in": list(outreach)}
    if customer_id is not None:
        where["customer_id"] = ObjectId(customer_id)
    if agent_id is not None:
        where["agent_id"] = ObjectId(agent_id)
    if reference is not None:
        where["reference"] = reference
    if since is not None or before is not None:
        times = {"$gte": since, "$lt": before}
        where["scheduled_time"] = {name: value for name, value in times.items() if value}
    if needs_review is not None:
        where["analysis.needs_review"] = True if needs_review else {"$ne": True}
    if near is not None:
        where["coordinates"] = within(near)
    return where


def find(tenant_id: str, delivery_id: ObjectId, *, agent_id: ObjectId | None) -> Delivery | None:
    """The delivery; None where there is none, or it is not this agent's."""
    own = {} if agent_id is None else {"agent_id": agent_id}
    found: Delivery | None = Delivery.of(tenant_id, pk=delivery_id, deleted_at=None, **own).first()
    return found


def driver(
    tenant_id: str, *, agent_id: str | None = None, email: str | None = None
) -> Agent | None:
    """Somebody active who drives; None where nobody is named so."""
    who = {"pk": ObjectId(agent_id)} if agent_id else {"email": email}
    found: Agent | None = Agent.of(
        tenant_id, is_active=True, role="agent", deleted_at=None, **who
    ).first()
    return found


def change(delivery: Delivery, changes: Mapping[str, Any]) -> Delivery:
    """Change these fields; None takes one away. Raises PermanentError for one that is over."""
    if delivery.status in DELIVERY_OVER:
        raise PermanentError(
            Saying("it is %(status)s, and cannot be changed", status=state_name(delivery.status))
        )
    if changes:
        delivery.modify(**sets_of(changes))
    return delivery
