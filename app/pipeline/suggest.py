"""Suggest: who could drive what nobody drives yet. Nothing is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.models import Agent, Tenant
from app.pipeline import calendar
from app.pipeline.calendar import Wanted
from app.rules.suggestion import Driver, Left, Stop, Suggesting

ROOM = 40
"""Stops that one driver can have in the range, unless the company says otherwise."""
MOST = 500
"""Stops for which drivers are looked for at once."""
_MOST_DRIVEN = 5000
_OPEN_WINDOW = timedelta(hours=1)
"""What has no end of its window may come so long after its time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For which stops, and whom."""

    since: datetime
    before: datetime
    delivery_ids: frozenset[str] | None = None
    """These alone; None: all that nobody drives."""
    agent_ids: frozenset[str] | None = None
    """These alone; None: everybody active."""
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One delivery for one agent."""

    delivery_id: str
    agent_id: str
    metres: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """What one agent has, and would get."""

    agent_id: str
    name: str
    room: int
    has: int
    gets: int
    metres: float
    """The sum of the distances of what they would get, as the crow flies: a rough measure."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Who could take what."""

    matches: tuple[Match, ...]
    left: tuple[Left, ...]
    loads: tuple[Load, ...]
    more: bool
    """There are more stops than could be looked at at once: the later ones."""


def suggest(tenant_id: str, asked: Asked, engine: Suggesting, *, now: datetime) -> Suggested:
    """Who could take the deliveries of a range that nobody drives."""
    agents = _agents(tenant_id, asked.agent_ids)
    room = asked.room or _room(tenant_id)
    open_stops = _open(tenant_id, asked)
    today = asked.since <= now < asked.before
    driven = _driven(tenant_id, asked)
    drivers = [
        # Where somebody is now says nothing of another day.
        Driver(str(each.pk), _place(each) if today else None, room, tuple(driven[str(each.pk)]))
        for each in agents
    ]
    found = engine.suggest([_stop(each) for each in open_stops[:MOST]], drivers)
    given = [Match(each.stop_id, each.driver_id, each.metres) for each in found.given]
    loads = []
    for agent, driver in zip(agents, drivers, strict=True):
        gets = [each.metres or 0.0 for each in given if each.agent_id == driver.id]
        loads.append(
            Load(driver.id, agent.name, room, len(driver.has), len(gets), round(sum(gets)))
        )
    return Suggested(tuple(given), found.left, tuple(loads), len(open_stops) > MOST)


def _agents(tenant_id: str, ids: frozenset[str] | None) -> list[Agent]:
    chosen: dict[str, Any] = {"pk__in": [ObjectId(each) for each in ids]} if ids is not None else {}
    found = Agent.of(tenant_id, role="agent", is_active=True, deleted_at=None, **chosen)
    return list(found.order_by("name", "id").only("name", "current_location", "shift_since"))


def _room(tenant_id: str) -> int:
    company: Tenant | None = Tenant.of(tenant_id).only("stops_per_driver").first()
    return (company and company.stops_per_driver) or ROOM


def _open(tenant_id: str, asked: Asked) -> list[calendar.Stop]:
    wanted = Wanted(asked.since, asked.before, unassigned=True, status=("scheduled",))
    if asked.delivery_ids is None:
        return calendar.stops(tenant_id, wanted, most=MOST + 1, names=False)
    found = calendar.stops(tenant_id, wanted, most=_MOST_DRIVEN, names=False)
    return [each for each in found if each.id in asked.delivery_ids]


def _driven(tenant_id: str, asked: Asked) -> defaultdict[str, list[Stop]]:
    wanted = Wanted(asked.since, asked.before, status=("assigned", "in_transit"))
    found: defaultdict[str, list[Stop]] = defaultdict(list)
    for each in calendar.stops(tenant_id, wanted, most=_MOST_DRIVEN, names=False):
        if each.agent_id is not None:
            found[each.agent_id].append(_stop(each))
    return found


def _place(agent: Agent) -> tuple[float, float] | None:
    point = agent.current_location if agent.shift_since else None
    pair: Sequence[float] | None = point.get("coordinates") if isinstance(point, dict) else point
    return (pair[0], pair[1]) if pair else None


def _stop(delivery: calendar.Stop) -> Stop:
    start = delivery.scheduled_time
    end = max(start, delivery.window_end or start + _OPEN_WINDOW)
    return Stop(delivery.id, delivery.place, start, end, delivery.minutes)
