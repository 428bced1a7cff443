"""Every query that a reading route sends is served by an index, whichever filter and order."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from pydantic import AwareDatetime, BaseModel
from pymongo import monitoring

from app import create_app
from app.models import DEFAULT_TENANT, database
from app.rules.permissions import Role
from app.runtime import Runtime
from app.web.api import OPERATIONS
from app.web.api.operations import PREFIX, Operation
from benchmarks.ledger import Wanted, fill
from tests.web import api_side, api_world
from tests.web.api_side import Api

READS = ("find", "aggregate", "count", "distinct")
NOT_EXPLAINED = {
    "lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "startTransaction",
    "autocommit", "readConcern", "writeConcern", "maxTimeMS",
}  # fmt: skip
ABOUT_PAGES = {"limit", "cursor", "fields", "sort", "radius", "points"}
COLLECTIONS = {
    "delivery_id": "deliveries", "customer_id": "customers", "call_id": "call_logs",
    "recording_id": "recordings", "agent_id": "agents", "user_id": "agents",
    "review_id": "reviews", "proof_id": "proofs", "suppression_id": "suppressions",
}  # fmt: skip
SAMPLES: dict[str, Any] = {
    "near": "-73.95,40.75", "place": "-73.95,40.75", "phone": "+14155550123",
    "email": "casey@example.com", "name": "Casey", "reference": "R-0000001",
    "event_id": "evt_" + "a" * 24,
    "job": "store",
    "role": "agent", "action": "delivery.created", "actor": "a" * 24, "subject_kind": "delivery",
    "time_zone": "America/New_York", "first": "2026-03-02", "last": "2026-03-08",
}  # fmt: skip
"""What to ask for where the description of a filter does not tell."""
BESIDE = {"subject_id": {"subject_kind": "delivery"}}
"""What a filter wants beside it."""
FEW = {"customer_id", "delivery_id", "call_id", "reference", "phone", "email", "near"}
"""Filters that leave so few that they may be sorted in memory: those of one customer, of one
delivery, around one place."""

MOST_FOR_ONE = 60
"""Documents that may be looked at to read one thing, of a ledger that has several hundred calls."""


class Recorder(monitoring.CommandListener):
    """Keeps the reading commands that are sent while it listens."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.kept is not None and event.command_name in READS:
            self.kept.append(
                {name: each for name, each in event.command.items() if name not in NOT_EXPLAINED}
            )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


recorder = Recorder()
# Listens on every connection that is made from now on; the fixture `settings` makes one.
monitoring.register(recorder)


@dataclass(frozen=True)
class World:
    """Who asks, and the ids that there are."""

    callers: dict[str, Api]
    ids: dict[str, str]


@pytest.fixture
def world(settings) -> World:
    often = settings.model_copy(update={"api_rate_user": "1000000/60"})
    client = create_app(often, Runtime(often)).test_client()
    today = datetime.now(UTC).date()
    fill(Wanted(deliveries=300, today=today))
    callers = {"key": api_side.key_for(client, DEFAULT_TENANT)}
    for role in (Role.ADMIN, Role.AGENT):
        who = api_side.person(DEFAULT_TENANT, role)
        callers[str(role)] = api_side.signed_in(client, who)
    some = [each["_id"] for each in database().deliveries.find({}, {"_id": 1}).limit(60)]
    database().deliveries.update_many({"_id": {"$in": some}}, {"$set": {"agent_id": who.pk}})
    ids = {
        name: str((database()[collection].find_one({}, {"_id": 1}) or {"_id": ObjectId()})["_id"])
        for name, collection in COLLECTIONS.items()
    }
    made = api_world.World.filled(DEFAULT_TENANT, now=datetime.now(UTC))
    return World(callers, {**made.ids, **ids})


def filters_of(query: type[BaseModel] | None, ids: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Nothing, and each filter by itself, beside what must be given."""
    fields = query.model_fields if query else {}
    needed = {
        name: next(samples_of(name, field.annotation, ids))
        for name, field in fields.items()
        if field.is_required()
    }
    yield needed
    for name, field in fields.items():
        if name not in ABOUT_PAGES and name not in needed:
            for sample in samples_of(name, field.annotation, ids):
                yield {**needed, **BESIDE.get(name, {}), name: sample}


def samples_of(name: str, annotation: Any, ids: dict[str, str]) -> Iterator[Any]:
    """What to ask a filter for, by what it takes."""
    if name in SAMPLES:
        yield SAMPLES[name]
        return
    inner = [each for each in typing.get_args(annotation) if each is not type(None)]
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        yield from samples_of(name, inner[0], ids)
    elif origin is list:
        yield next(samples_of(name, inner[0], ids))
        if typing.get_origin(inner[0]) is Literal:
            yield list(typing.get_args(inner[0])[:2])
    elif origin is Literal:
        yield typing.get_args(annotation)[0]
    elif annotation is bool:
        yield from ("true", "false")
    elif annotation in (datetime, AwareDatetime):
        yield (datetime.now(UTC) - timedelta(days=1)).isoformat()
    elif annotation is int:
        yield 1
    elif name.endswith("_id"):
        yield ids.get(name, str(ObjectId()))
    else:
        pytest.fail(f"SAMPLES does not say what to ask the filter {name} for")


def orders_of(query: type[BaseModel] | None) -> tuple[str | None, ...]:
    sort = query.model_fields.get("sort") if query else None
    return typing.get_args(sort.annotation) if sort else (None,)


def reading() -> list[Operation]:
    return [each for each in OPERATIONS if not each.changes and not each.anyone]


@dataclass(frozen=True)
class Plan:
    """How MongoDB would answer a command."""

    stages: frozenset[str]
    could_be_in_order: bool
    """An index gives the order; MongoDB may have found it quicker to sort what is found."""
    looked_at: int
    """How many documents were."""

    @classmethod
    def of(cls, command: dict[str, Any]) -> Plan:
        # What a plan is told of a bound may be a date past all calendars.
        told = database().command(
            "explain", command, verbosity="executionStats",
            codec_options=CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO),
        )  # fmt: skip
        chosen = frozenset(stages_in(list(named(told, "winningPlan"))))
        others = [stages_in(plan) for plans in named(told, "rejectedPlans") for plan in plans]
        in_order = any("SORT" not in stages for stages in [chosen, *others])
        return cls(chosen, in_order, sum(named(told, "totalDocsExamined")))


def named(found: Any, wanted: str) -> Iterator[Any]:
    """Everything of this name, however deep."""
    for each in found.items() if isinstance(found, dict) else ():
        if each[0] == wanted:
            yield each[1]
        else:
            yield from named(each[1], wanted)
    for part in found if isinstance(found, list) else ():
        yield from named(part, wanted)


def stages_in(plan: Any) -> set[str]:
    return {each for each in named(plan, "stage") if isinstance(each, str)}


def asked(caller: Api, path: str, query: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The commands behind a request and the page after it; None where the caller may not."""
    recorder.kept = kept = []
    try:
        answer = caller.get(path, query_string=query)
        if answer.status_code == 403:
            return None
        assert answer.status_code in (200, 404), (path, query, answer.text)
        if cursor := answer.json.get("next"):
            beyond = caller.get(path, query_string={**query, "cursor": cursor})
            assert beyond.status_code == 200, (path, query, beyond.text)
    finally:
        recorder.kept = None
    return kept


def requests_to(operation: Operation, world: World) -> Iterator[tuple[Api, dict[str, Any]]]:
    """Each filter in each order, by everybody."""
    for caller in world.callers.values():
        for chosen in filters_of(operation.query, world.ids):
            for order in orders_of(operation.query):
                yield caller, {**chosen, **({"sort": order, "limit": 2} if order else {})}


def is_served(operation: Operation, command: dict[str, Any], query: dict[str, Any]) -> bool:
    plan = Plan.of(command)
    assert plan.stages, command
    if operation.parameters and plan.looked_at > MOST_FOR_ONE:
        return False
    few = FEW & set(query) or {"_id", "delivery_id"} & set(command.get("filter", {}))
    return "COLLSCAN" not in plan.stages and bool(few or plan.could_be_in_order)


def test_every_query_of_every_reading_route_uses_an_index(world: World) -> None:
    wrong, seen, answered = [], set(), set()
    for operation in reading():
        path = operation.template.removeprefix(PREFIX).format(**world.ids)
        for caller, query in requests_to(operation, world):
            for command in asked(caller, path, query) or ():
                answered.add(operation.name)
                if (about := repr(command)) not in seen:
                    seen.add(about)
                    if not is_served(operation, command, query):
                        wrong.append((operation.name, query, command))
    assert answered == {each.name for each in reading()}, "nobody here may ask the others"
    assert not wrong, "\n".join(map(str, wrong))
    print(f"{len(seen)} queries of {len(answered)} reading routes use an index")


def test_the_recorder_sees_a_query_that_no_index_serves(settings) -> None:
    recorder.kept = kept = []
    list(database().deliveries.find({"address": "12 Mill Lane"}).sort("address", 1))
    recorder.kept = None
    (plan,) = map(Plan.of, kept)
    assert plan.stages >= {"COLLSCAN", "SORT"}
    assert not plan.could_be_in_order
