"""Walks the database as it is stored, whatever documents there are: each value, where it lies.

It needs to know no document: what a later version adds, and what an earlier one left, is found too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database

Raw = dict[str, Any]
Mongo = Database[Raw]


def collections(db: Mongo) -> list[Collection[Raw]]:
    """Every collection whose documents may be changed, by name; no view and no time series."""
    return [
        db[found["name"]]
        for found in sorted(db.list_collections(), key=lambda each: str(each["name"]))
        if found["type"] == "collection" and not found["name"].startswith("system.")
    ]


def values(stored: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that holds no others, with its place as MongoDB writes it: ``keys.0.digits``."""
    inner: Iterator[tuple[Any, Any]]
    if isinstance(stored, Mapping):
        inner = iter(stored.items())
    elif isinstance(stored, list):
        inner = iter(enumerate(stored))
    else:
        yield path, stored
        return
    for name, value in inner:
        yield from values(value, f"{path}.{name}" if path else str(name))
