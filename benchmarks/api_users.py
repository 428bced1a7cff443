"""Who asks the API in a benchmark, and for what: people and systems of the ledger's company.

Every reading route that the API declares is asked for, as far as there is something to name in its
path: by dispatchers, by drivers about what is their own, and by other systems with keys.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bson import ObjectId
from flask import Flask

from app.models import DEFAULT_TENANT, Agent, LoginSession, database
from app.pipeline import api_keys
from app.pipeline.audit import Actor
from app.pipeline.person import LIFETIME, as_person
from app.pipeline.sign_in import Opened
from app.rules.permissions import FOR_KEYS, MAY, Permission, Role
from app.web import sessions
from app.web.api import OPERATIONS
from app.web.api.operations import PREFIX, Operation
from benchmarks.many_users import Ask

KEYS, SYSTEM = 100, Actor("system", "benchmarks", "benchmarks")
READ, LIST, FIGURES = "read", "list", "figures"
SHARES = {READ: 0.6, LIST: 0.38, FIGURES: 0.02}
"""How often each kind is asked for; figures are what the API computes or draws for managers."""
OFTEN, SELDOM = 4, 1
_POOL = 1000
"""So many ids of each collection are asked for."""
_COLLECTIONS = {
    "delivery_id": "deliveries",
    "customer_id": "customers",
    "call_id": "call_logs",
    "recording_id": "recordings",
    "agent_id": "agents",
    "review_id": "reviews",
    "suppression_id": "suppressions",
    "user_id": "agents",
}
Ids = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with credentials, what they may, and the things that they know of."""

    credentials: str
    may: frozenset[Permission]
    person: bool
    ids: Ids


def variants(now: datetime) -> dict[str, tuple[str, ...]]:
    """What stands behind the question mark, by route: as people look things up."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since, before = (f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (today, today + timedelta(days=1)))
    return {
        "list_deliveries": (
            "", "status=in_transit", "status=assigned&status=in_transit", "outreach=instructed",
            f"scheduled_from={since}&scheduled_before={before}", "needs_review=true",
            "sort=-scheduled_time", "sort=-created", "customer_id={customer_id}",
            "agent_id={agent_id}", "near=-73.95,40.75&radius=2000",
        ),
        "list_calls": ("", "status=no-answer", "delivery_id={delivery_id}"),
        "list_customers": ("", "sort=name", "name=Cas"),
        "list_recordings": ("", "delivery_id={delivery_id}"),
        "list_agents": ("", "sort=name"),
        "list_nearest_agents": ("place=-73.95,40.75",),
        "read_series": ("metric=calls_ended",),
    }  # fmt: skip


def reading() -> dict[str, list[Operation]]:
    """The reading routes by kind; without those whose paths name what no ledger has."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for operation in OPERATIONS:
        if operation.changes or operation.anyone or operation.answer is None:
            continue
        if set(operation.parameters) <= set(_COLLECTIONS):
            found[_kind(operation)].append(operation)
    return found


def _kind(operation: Operation) -> str:
    if operation.resource == "Metrics":
        return FIGURES
    return LIST if operation.answer and "items" in operation.answer.model_fields else READ


def people(flask: Flask, count: int, now: datetime) -> list[User]:
    """So many users: keys, one session of every driver, and dispatchers for the rest."""
    everything = _ids({})
    allowed = [str(each) for each in FOR_KEYS]
    users = [
        User(_key(f"system {n}", allowed), frozenset(FOR_KEYS), False, everything)
        for n in range(min(KEYS, count))
    ]
    drivers = list(Agent.of(DEFAULT_TENANT, role="agent").limit(count - len(users)))
    users += [_person(flask, each, now, _own(each)) for each in drivers]
    for number in range(count - len(users)):
        who = Agent(
            tenant_id=DEFAULT_TENANT,
            name=f"Dispatcher {number}",
            email=f"dispatcher-{number}@example.com",
            phone=f"+1557{number:07}",
            password="none",  # noqa: S106 - nobody logs in by it
            role="dispatcher",
        ).save()
        users.append(_person(flask, who, now, everything))
    return users


def one_client() -> User:
    """A system that may ask as often as it likes."""
    allowed = [str(each) for each in FOR_KEYS]
    return User(_key("one client", allowed), frozenset(FOR_KEYS), False, _ids({}))


def asks_of(user: User, count: int, random: Random, now: datetime) -> list[Ask]:
    """So many questions of a user, drawn from all that they may ask."""
    routes, queries = reading(), variants(now)
    known = {kind: [each for each in found if _may(user, each)] for kind, found in routes.items()}
    kinds = [kind for kind in SHARES if known.get(kind)]
    drawn = random.choices(kinds, [SHARES[kind] for kind in kinds], k=count)
    return [_ask(user, kind, _one(known[kind], random), queries, random) for kind in drawn]


def one_of_each(user: User, name: str, count: int, random: Random) -> list[Ask]:
    """So many questions to one route, without filters."""
    (operation,) = (each for each in OPERATIONS if each.name == name)
    kind = _kind(operation)
    return [_ask(user, kind, operation, {}, random) for _ in range(count)]


def _one(found: Sequence[Operation], random: Random) -> Operation:
    weights = [OFTEN if "deliver" in each.name else SELDOM for each in found]
    return random.choices(found, weights)[0]


def _may(user: User, operation: Operation) -> bool:
    has = user.person if operation.may is None else operation.may in user.may
    return has and all(user.ids.get(name) for name in operation.parameters)


def _ask(
    user: User, kind: str, operation: Operation, queries: Mapping[str, Any], random: Random
) -> Ask:
    query = random.choice(queries.get(operation.name, ("",)))
    text = f"{operation.template}?{query}" if query else operation.template
    path = re.sub(r"\{(\w+)\}", lambda name: random.choice(user.ids[name[1]]), text)
    return kind, operation.name, path


def _key(name: str, permissions: list[str]) -> str:
    wish = api_keys.NewKey(name=name, permissions=permissions, requests=10**6)
    return api_keys.issue(DEFAULT_TENANT, SYSTEM, wish, now=datetime.now(UTC)).plain


def _person(flask: Flask, who: Agent, now: datetime, ids: Ids) -> User:
    session = LoginSession(
        tenant_id=DEFAULT_TENANT,
        user_id=who.pk,
        kind="api",
        began_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
        refresh_id=str(ObjectId()),
    ).save()
    opened = Opened(as_person(who, session), session.expires_at, session.refresh_id)
    with flask.app_context():
        token = sessions.tokens_of(opened, now=now).access
    return User(token, frozenset(MAY[Role(who.role)]), True, ids)


def _ids(where: Mapping[str, Any]) -> Ids:
    return {name: list(_some(each, where)) for name, each in _COLLECTIONS.items()}


def _some(collection: str, where: Mapping[str, Any]) -> Iterator[str]:
    if collection == "agents":
        where = {**where, "role": "agent"}
    query = [{"$match": dict(where)}, {"$sample": {"size": _POOL}}, {"$project": {"_id": 1}}]
    for found in database()[collection].aggregate(query):
        yield str(found["_id"])


def _own(driver: Agent) -> Ids:
    """What a driver may see: their own deliveries, and what belongs to these."""
    fields = {"customer_id": 1, "recording_id": 1, "outreach.call_id": 1}
    found = list(database().deliveries.find({"agent_id": driver.pk}, fields).limit(_POOL))
    return {
        "delivery_id": [str(each["_id"]) for each in found],
        "customer_id": [str(each["customer_id"]) for each in found],
        "recording_id": [str(each["recording_id"]) for each in found if each.get("recording_id")],
        "call_id": [
            str(each["outreach"]["call_id"]) for each in found if each["outreach"].get("call_id")
        ],
        "agent_id": [str(driver.pk)],
    }


__all__ = [
    "FIGURES", "LIST", "PREFIX", "READ", "User", "asks_of", "one_client", "one_of_each", "people",
]  # fmt: skip
