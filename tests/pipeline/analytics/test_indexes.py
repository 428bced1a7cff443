"""No figure reads more of the ledger than the days it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo import monitoring
from pymongo.monitoring import CommandListener

from app import models
from app.models import database
from app.pipeline.analytics import Span, computed
from benchmarks.ledger import TODAY, Wanted, fill
from tests import factories

SPAN = Span(TODAY - timedelta(days=7), TODAY - timedelta(days=1), "America/New_York")


class Heard(CommandListener):
    """The aggregations that were asked of the database, as they were sent."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def started(self, event: Any) -> None:
        if event.command_name == "aggregate":
            self.asked.append(dict(event.command))

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


@pytest.fixture
def heard(settings) -> Iterator[Heard]:
    listener = Heard()
    monitoring.register(listener)
    models.connect(settings, anew=True)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)
    models.connect(settings, anew=True)


def explained(asked: dict[str, Any]) -> tuple[set[str], int]:
    """How the server reads the collection for an aggregation, and how many documents of it."""
    keep = {name: asked[name] for name in ("aggregate", "pipeline", "hint", "cursor")}
    answer = database().command("explain", keep, verbosity="executionStats")
    cursor = answer["stages"][0]["$cursor"] if "stages" in answer else answer
    stages = set()

    def walk(plan: Any) -> None:
        if isinstance(plan, dict):
            stages.update({plan["stage"]} if "stage" in plan else ())
            for each in plan.values():
                walk(each)
        elif isinstance(plan, list):
            for each in plan:
                walk(each)

    walk(cursor["queryPlanner"]["winningPlan"])
    return stages, cursor["executionStats"]["totalDocsExamined"]


def test_every_aggregation_walks_an_index_over_its_days_alone(heard) -> None:
    fill(Wanted(2000))
    stop = models.Delivery.of("default").first()
    for days in range(90):
        factories.bridged_call(stop, claimed_at=SPAN.start - timedelta(days=days - 6, hours=-1))
    computed("default", SPAN)
    sent = list(heard.asked)
    assert [each["aggregate"] for each in sent] == [
        "deliveries", "call_logs", "call_logs", "bridged_calls",
    ]  # fmt: skip
    everything = {
        "deliveries": 2000, "call_logs": models.CallLog.of("default").count(), "bridged_calls": 90,
    }  # fmt: skip
    for asked in sent:
        stages, examined = explained(asked)
        assert "IXSCAN" in stages
        assert "HASH_LOOKUP" not in stages
        assert "COLLSCAN" not in stages
        # A week of ninety days; the calls' messages beside them.
        assert 0 < examined < everything[asked["aggregate"]] / 5
