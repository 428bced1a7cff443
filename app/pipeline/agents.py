"""Agents: who drives, where they are, and whether they are on shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.models import Agent, Delivery
from app.pipeline.nearby import within
from app.pipeline.staff import deactivate
from app.saying import Saying

_UNDER_WAY = ("assigned", "in_transit")
OLDEST_POSITION = timedelta(hours=12)
_AHEAD = timedelta(minutes=5)
"""Telephones' clocks differ."""


@dataclass(frozen=True, slots=True)
class Near:
    """An agent, and how far they are."""

    agent: Agent
    metres: float


def chosen(
    *,
    own_id: ObjectId | None = None,
    active: bool | None = None,
    on_shift: bool | None = None,
    near: tuple[float, float, int] | None = None,
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these agents."""
    where: dict[str, Any] = {"role": "agent", "deleted_at": None}
    if own_id is not None:
        where["_id"] = own_id
    if active is not None:
        where["is_active"] = active
    if on_shift is not None:
        where["shift_since"] = {"$ne": None} if on_shift else None
    if near is not None:
        where["current_location"] = within(near)
    return where


def nearest(tenant_id: str, place: tuple[float, float], metres: int, most: int) -> list[Near]:
    """Agents on shift within so many metres of a place, the nearest first."""
    pipeline = [
        {
            "$geoNear": {
                "near": {"type": "Point", "coordinates": list(place)},
                "key": "current_location",
                "distanceField": "metres",
                "maxDistance": metres,
                "query": {
                    "tenant_id": tenant_id, "role": "agent", "is_active": True,
                    "deleted_at": None, "shift_since": {"$ne": None},
                },
            }
        },
        {"$limit": most},
        {"$project": {"metres": 1}},
    ]  # fmt: skip
    distances = {each["_id"]: each["metres"] for each in Agent.across_tenants().aggregate(pipeline)}
    known = {each.pk: each for each in Agent.of(tenant_id, pk__in=list(distances))}
    return [Near(known[pk], metres) for pk, metres in distances.items() if pk in known]


def find(tenant_id: str, agent_id: ObjectId, *, own_id: ObjectId | None) -> Agent | None:
    """The agent; None where there is none, or only oneself may be seen and it is another."""
    if own_id is not None and own_id != agent_id:
        return None
    found: Agent | None = Agent.of(tenant_id, pk=agent_id, role="agent", deleted_at=None).first()
    return found


def report_position(agent: Agent, place: list[float], at: datetime, *, now: datetime) -> bool:
    """Keep where an agent is; False where a later position is known already.

    Positions are taken on shift alone. Raises PermanentError off shift, and for a time that
    cannot be.
    """
    if agent.shift_since is None:
        raise PermanentError(Saying("positions are taken on shift alone: begin the shift first"))
    if not now - OLDEST_POSITION <= at <= now + _AHEAD:
        raise PermanentError(Saying("at must lie within the last 12 hours"))
    latest = Agent.of(
        agent.tenant_id, pk=agent.pk, shift_since__ne=None,
        __raw__={"$or": [{"located_at": None}, {"located_at": {"$lt": at}}]},
    )  # fmt: skip
    return bool(latest.update_one(set__current_location=place, set__located_at=at))


def change_shift(agent: Agent, on: bool, *, now: datetime) -> Agent:
    """Begin or end the shift. Where somebody was is forgotten with its end."""
    if on and agent.shift_since is None:
        agent.modify(set__shift_since=now)
    if not on:
        agent.modify(unset__shift_since=True, unset__current_location=True, unset__located_at=True)
    return agent


def put_away(agent: Agent, *, now: datetime) -> None:
    """Let an agent go: no log-in any more, and not listed.

    Raises PermanentError while they have deliveries.
    """
    theirs = Delivery.of(agent.tenant_id, agent_id=agent.pk, status__in=_UNDER_WAY)
    if theirs.only("id").first() is not None:
        raise PermanentError(
            Saying("deliveries are assigned to them: give those to somebody else first")
        )
    deactivate(agent.tenant_id, agent.pk, now=now)
    agent.reload()
    agent.modify(
        set__deleted_at=now,
        unset__shift_since=True,
        unset__current_location=True,
        unset__push_devices=True,
    )
