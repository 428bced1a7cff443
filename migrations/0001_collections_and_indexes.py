"""The first collections and every index that queries and guarantees rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel
from pymongo.database import Database

_TEXT = {"$type": "string"}


def _index(*keys: str, unique: bool = False, where: Mapping[str, Any] | None = None) -> IndexModel:
    """An index on fields; ``-field`` descends, ``@field`` is a place on the globe."""
    pairs: list[tuple[str, Any]] = []
    for key in keys:
        if key.startswith("@"):
            pairs.append((key[1:], GEOSPHERE))
        elif key.startswith("-"):
            pairs.append((key[1:], DESCENDING))
        else:
            pairs.append((key, ASCENDING))
    options: dict[str, Any] = {"unique": True} if unique else {}
    if where is not None:
        options["partialFilterExpression"] = dict(where)
    return IndexModel(pairs, **options)


INDEXES: Mapping[str, list[IndexModel]] = {
    "tenants": [_index("tenant_id", unique=True)],
    "agents": [
        _index("tenant_id", "email", unique=True),
        _index("tenant_id", "phone", unique=True),
        _index("tenant_id", "role"),
        _index("tenant_id", "is_active"),
        _index("tenant_id", "-performance_metrics.total_deliveries"),
        _index("@current_location"),
    ],
    "customers": [
        _index("tenant_id", "phone", unique=True),
        _index("tenant_id", "email"),
        _index("tenant_id", "preferences.preferred_days"),
        _index("tenant_id", "-total_deliveries"),
        _index("tenant_id", "-last_delivery_date"),
    ],
    "deliveries": [
        _index("tenant_id", "customer_id"),
        _index("tenant_id", "agent_id", "scheduled_time"),
        _index("tenant_id", "status"),
        _index("tenant_id", "scheduled_time"),
        _index("tenant_id", "-priority"),
        _index("tenant_id", "package_details.fragile"),
        _index("tenant_id", "-createdAt"),
        _index("@coordinates"),
        _index("tenant_id", "reference", unique=True, where={"reference": _TEXT}),
        # The tick: what is due, over every tenant.
        _index("outreach.state", "outreach.next_attempt_at"),
        # The sweep: news that nobody was told.
        _index("to_tell", "updatedAt", where={"to_tell": True}),
        # The live pages: what changed since.
        _index("tenant_id", "updatedAt"),
    ],
    "call_logs": [
        _index("delivery_id", "attempt", unique=True),
        _index("call_sid", unique=True, where={"call_sid": _TEXT}),
        # No telephone rings twice at once.
        _index("to_number", unique=True, where={"in_flight": True}),
        _index("status", "updatedAt"),
        _index("tenant_id", "start_time"),
        _index("tenant_id", "ai_analysis.sentiment"),
        _index("tenant_id", "-createdAt"),
        # The sweep: calls that ended without a conclusion.
        _index("settled_at", "status", where={"settled_at": None}),
    ],
    "recordings": [
        _index("call_log_id", unique=True),
        _index("recording_sid", unique=True, where={"recording_sid": _TEXT}),
        _index("tenant_id", "delivery_id"),
        _index("tenant_id", "processing_status"),
        _index("tenant_id", "-transcription.confidence"),
        _index("tenant_id", "-createdAt"),
        _index("stage", "updatedAt"),
    ],
    "api_keys": [_index("key", unique=True), _index("prefix", unique=True)],
    "suppressions": [_index("tenant_id", "phone", "scope", unique=True)],
    "push_messages": [
        _index("tenant_id", "agent_id", "delivery_id", "version", unique=True),
        _index("tenant_id", "agent_id", "sent_at"),
    ],
    "jobs_dead": [_index("tenant_id", "job", "document_id", unique=True)],
    "system_metrics": [
        _index("-timestamp"),
        _index("metric_type", "-timestamp"),
        _index("source", "-timestamp"),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collections and their indexes."""
    existing = set(db.list_collection_names())
    if "system_metrics" not in existing:
        db.create_collection(
            "system_metrics",
            timeseries={"timeField": "timestamp", "metaField": "tags", "granularity": "seconds"},
        )
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Take the indexes away. Documents stay; an empty time series goes."""
    for collection in INDEXES:
        if collection != "system_metrics":
            db[collection].drop_indexes()
    if db.system_metrics.find_one() is None:
        db.drop_collection("system_metrics")
