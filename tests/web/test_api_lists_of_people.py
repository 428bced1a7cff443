"""The lists of keys, users, suppressions and consents read no more than they show, by an index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.models import database


def stages(plan: Any) -> set[str]:
    if isinstance(plan, list):
        return set().union(*map(stages, plan))
    if not isinstance(plan, dict):
        return set()
    own = {plan["stage"]} if "stage" in plan else set()
    return own.union(*map(stages, plan.values()))


def explained(collection: str, where: dict[str, Any], sort: dict[str, int]) -> tuple[set[str], int]:
    command = {"find": collection, "filter": {"tenant_id": "default", **where}, "sort": sort,
               "limit": 5}  # fmt: skip
    told = database().command("explain", command, verbosity="executionStats")
    return stages(told["queryPlanner"]["winningPlan"]), told["executionStats"]["totalDocsExamined"]


KEY = {"key": "k", "prefix": "p", "name": "n", "environment": "production", "is_active": True}
NEWEST, OLDEST = {"_id": -1}, {"_id": 1}


@pytest.mark.parametrize("sort", [NEWEST, OLDEST])
@pytest.mark.parametrize("where", [{}, {"environment": "production"}, {"is_active": True}])
def test_keys(settings, where, sort) -> None:
    database().api_keys.insert_many(
        {**KEY, "tenant_id": tenant, "key": f"{tenant}{n}", "prefix": f"{tenant}{n}"}
        for n in range(20) for tenant in ("default", "other")
    )  # fmt: skip
    used, read = explained("api_keys", where, sort)
    assert "IXSCAN" in used
    assert not used & {"COLLSCAN", "SORT"}
    assert read <= 5


@pytest.fixture
def stopped(settings) -> Any:
    """Twenty numbers of each of two companies, every fourth let go."""
    for collection, ended in (("suppressions", "lifted_at"), ("consents", "withdrawn")):
        database()[collection].insert_many(
            {
                "tenant_id": tenant,
                "phone": f"n{number}",
                "scope": "all",
                "basis": "order",
                **({ended: datetime(2026, 3, 10, tzinfo=UTC)} if number % 4 == 0 else {}),
            }
            for number in range(20)
            for tenant in ("default", "other")
        )
    return {"suppressions": "lifted_at", "consents": "withdrawn"}


@pytest.mark.parametrize("sort", [NEWEST, OLDEST])
@pytest.mark.parametrize("collection", ["suppressions", "consents"])
def test_suppressions_and_consents(stopped, collection, sort) -> None:
    ended = stopped[collection]
    number = {"phone": "n3"}
    for where, most in [
        ({}, 5),
        ({ended: None}, 5),
        ({ended: {"$ne": None}}, 20),
        (number, 1),
        ({**number, ended: None}, 1),
        ({**number, ended: {"$ne": None}}, 1),
    ]:
        used, read = explained(collection, where, sort)
        assert "IXSCAN" in used, where
        # Of one number there are few suppressions: one for each scope, kept or erased.
        few = {"SORT"} if collection == "suppressions" and "phone" in where else set()
        assert not (used - few) & {"COLLSCAN", "SORT"}, (where, used)
        assert read <= most, where


@pytest.mark.parametrize("sort", [NEWEST, OLDEST, {"name": 1, "_id": 1}])
@pytest.mark.parametrize("where", [{}, {"role": "agent"}, {"is_active": True}])
def test_users(settings, where, sort) -> None:
    person = {"role": "agent", "is_active": True}
    database().agents.insert_many(
        {**person, "tenant_id": tenant, "name": f"{n}", "email": f"{n}", "phone": f"{n}"}
        for n in range(20)
        for tenant in ("default", "other")
    )
    used, read = explained("agents", {**where, "deleted_at": None}, sort)
    assert "IXSCAN" in used
    assert not used & {"COLLSCAN", "SORT"}
    assert read <= 5
