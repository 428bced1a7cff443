"""Migrations: forward, back, recorded, one at a time; and the indexes that the data model needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import AutoReconnect

import migrations
from app.models import use_keys


@pytest.fixture
def empty(surroundings: dict[str, str]) -> Iterator[Database]:
    use_keys(surroundings["FIELD_ENCRYPTION_KEY"])
    with MongoClient(surroundings["MONGODB_URI"], tz_aware=True) as client:
        client.drop_database("delauto_migrations")
        yield client.delauto_migrations
        client.drop_database("delauto_migrations")


def shapes(db: Database) -> set[tuple[str, str]]:
    return {
        (name, index)
        for name in db.list_collection_names()
        if not name.startswith("system.") and name != "migrations"
        for index in db[name].index_information()
        if index != "_id_"
    }


def test_up_then_down_then_up_ends_where_it_began(empty) -> None:
    assert [m.number for m in migrations.up(empty)] == [m.number for m in migrations.known()]
    first = shapes(empty)
    assert migrations.up(empty) == []
    while migrations.down(empty):
        pass
    assert shapes(empty) == set()
    assert migrations.applied(empty) == {}
    migrations.up(empty)
    assert shapes(empty) == first


def test_running_an_interrupted_migration_again_is_fine(empty) -> None:
    migrations.up(empty)
    first = shapes(empty)
    # As if it had died between the last index and the record.
    empty.migrations.delete_many({})
    migrations.up(empty)
    assert shapes(empty) == first


def test_down_keeps_documents(empty) -> None:
    migrations.up(empty)
    empty.customers.insert_one({"tenant_id": "default", "phone": "+15550001111"})
    migrations.down(empty)
    assert empty.customers.count_documents({}) == 1


def test_two_runs_at_once_are_refused(empty) -> None:
    empty.migrations.insert_one({"_id": "lock", "since": datetime.now(UTC)})
    with pytest.raises(migrations.MigrationError, match="another migration"):
        migrations.up(empty)
    assert migrations.applied(empty) == {}


def test_the_lock_of_a_crashed_run_goes_by_itself(empty) -> None:
    stale = datetime.now(UTC) - timedelta(hours=1)
    empty.migrations.insert_one({"_id": "lock", "since": stale})
    assert migrations.up(empty)


def test_a_migration_may_take_longer_than_any_answer_is_waited_for(
    surroundings, empty, monkeypatch
) -> None:
    def slow(db: Database) -> None:
        db.vans.insert_one({})
        assert list(db.vans.find({"$where": "sleep(1500) || true"}))

    one = migrations.Migration(1, "slow", up=slow, down=slow)
    monkeypatch.setattr(migrations, "known", lambda: [one])
    address = surroundings["MONGODB_URI"]
    with MongoClient(address, tz_aware=True, socketTimeoutMS=500, retryReads=False) as hasty:
        db = hasty.delauto_migrations
        with pytest.raises(AutoReconnect):
            slow(db)
        assert migrations.up(db) == [one]
        assert migrations.down(db) == one


def test_a_new_migration_gets_the_next_number(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    made = migrations.create("Add a colour to vans!")
    assert made.name == "0001_add_a_colour_to_vans.py"
    compile(made.read_text(), str(made), "exec")
    with pytest.raises(migrations.MigrationError):
        migrations.create("!!")


def test_metrics_are_a_time_series(empty) -> None:
    migrations.up(empty)
    (found,) = empty.list_collections(filter={"name": "system_metrics"})
    assert found["type"] == "timeseries"


# The data model's own list; the tenant stands before fields that are looked up within one.
WANTED = {
    "agents": ["email*", "phone*", "role", "is_active", "-performance_metrics.total_deliveries",
               "@current_location"],
    "customers": ["phone*", "email", "preferences.preferred_days", "-total_deliveries",
                  "-last_delivery_date"],
    "deliveries": ["customer_id", "agent_id", "status", "scheduled_time", "-priority",
                   "@coordinates", "package_details.fragile", "-createdAt", "reference*"],
    "call_logs": ["delivery_id", "call_sid*", "status", "start_time", "ai_analysis.sentiment",
                  "-createdAt"],
    "recordings": ["call_log_id", "delivery_id", "processing_status",
                   "-transcription.confidence", "-createdAt", "recording_sid*"],
    "api_keys": ["key*"],
    "system_metrics": ["-timestamp", "metric_type", "source"],
}  # fmt: skip


@pytest.mark.parametrize("collection", WANTED)
def test_every_index_of_the_data_model_is_there(empty, collection) -> None:
    migrations.up(empty)
    there = set()
    for index in empty[collection].index_information().values():
        keys = [(k, d) for k, d in index["key"] if k != "tenant_id"]
        if keys:
            field, direction = keys[0]
            mark = {-1: "-", "2dsphere": "@"}.get(direction, "")
            single = len(keys) == 1
            there.add(mark + field)
            if index.get("unique") and single:
                there.add(f"{mark}{field}*")
    assert set(WANTED[collection]) <= there


def test_open_reviews_are_counted_without_looking_at_the_closed_ones(empty) -> None:
    migrations.up(empty)
    empty.reviews.insert_many(
        {"reason": "unclear", "source_id": n, **({"closed_at": datetime.now(UTC)} if n else {})}
        for n in range(200)
    )
    asked = {
        "aggregate": "reviews",
        "pipeline": [{"$match": {"closed_at": None}}, {"$group": {"_id": "$reason"}}],
        "cursor": {},
    }
    plan = empty.command("explain", asked, verbosity="executionStats")
    assert plan["executionStats"]["totalDocsExamined"] == 1


def test_calls_that_ended_lately_without_a_price_are_asked_about(empty) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    recent, old = now - timedelta(hours=5), now - timedelta(days=4)
    call = {"tenant_id": "default", "status": "busy", "end_time": recent}
    rows = (
        {}, {"end_time": old}, {"cost": 0.01}, {"call_sid": None}, {"status": "in-progress"},
    )  # fmt: skip
    empty.call_logs.insert_many(
        {**call, "_id": n, "attempt": n, "call_sid": f"CA{n}", **row} for n, row in enumerate(rows)
    )
    migrations.up(empty)
    (found,) = empty.call_logs.find({"price_due_at": {"$exists": True}})
    assert (found["_id"], found["price_due_at"]) == (0, recent + timedelta(minutes=5))


def test_importing_the_documents_makes_no_index(surroundings) -> None:
    from app.models import TenantDocument

    assert TenantDocument._meta["auto_create_index"] is False
