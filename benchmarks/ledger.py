"""Fill a database with a courier's deliveries, and all that calling their customers left behind.

    python -m benchmarks.ledger 100000 --seed 1

Writes agents, customers, consents, deliveries, calls, recordings, analyses, messages to drivers and
reviews straight into the database of the settings, in bulk and without any network. The same seed
gives the same documents (but for what is encrypted, whose bytes differ each time). Every other
benchmark that needs a ledger calls ``fill``. The figures of the result are guesses
(``benchmarks.lives``).
"""

from __future__ import annotations

import argparse
import os
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pymongo
from bson import ObjectId
from pymongo import IndexModel, WriteConcern
from pymongo.database import Database

from app import models
from app.config import Settings
from app.models import DEFAULT_TENANT, Tenant, database
from benchmarks.ledger_rows import Rows

TODAY = date(2026, 3, 10)
_LARGE = ("customers", "consents", "deliveries", "call_logs", "recordings", "push_messages")
_CHUNK = 4000
_SIZE = struct.Struct(">IIHH")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How large a ledger, of which company, and around which day."""

    deliveries: int
    seed: int = 1
    tenant_id: str = DEFAULT_TENANT
    today: date = TODAY
    """The vans of this day are on their way: it is half past twelve in New York."""
    days: int = 90
    """How many days of the past there are."""

    @property
    def customers(self) -> int:
        """Each has four deliveries on average."""
        return max(1, self.deliveries // 4)

    @property
    def agents(self) -> int:
        """Each drives some forty deliveries a day, and there are at least four."""
        return max(4, self.deliveries // self.days // 40)


class Ids:
    """Ids that follow from the seed, and lie in the order of their times as MongoDB's own do."""

    def __init__(self, wanted: Wanted) -> None:
        self._whose = zlib.crc32(f"{wanted.tenant_id}/{wanted.seed}".encode())
        self._given = 0

    def next(self, at: datetime) -> ObjectId:
        """One that no other call gives."""
        self._given += 1
        high, low = divmod(self._given, 1 << 16)
        return ObjectId(_SIZE.pack(int(at.timestamp()), self._whose, high, low))


def fill(wanted: Wanted) -> Mapping[str, int]:
    """Write the ledger into the connected database; returns how many documents of each collection.

    The collections may hold other documents already, the company among them, but not its ledger of
    this seed: then it raises pymongo's BulkWriteError. Run no clock on it: some customers wait for
    a call.
    """
    written: Counter[str] = Counter()
    # Speed is all that matters here: the journal is flushed soon enough.
    db = database().with_options(write_concern=WriteConcern(w=1, j=False))
    with _indexed_afterwards(db):
        for batch in _batches(wanted):
            for collection, documents in batch.items():
                if collection == "tenants" and Tenant.of(wanted.tenant_id).first():
                    continue
                db[collection].insert_many(documents, ordered=False)
                written[collection] += len(documents)
    return dict(written)


@contextmanager
def _indexed_afterwards(db: Database[dict[str, Any]]) -> Iterator[None]:
    """Take the indexes of the large collections away where these are empty, and make them again.

    Building an index at once takes less than letting it grow. Who is killed meanwhile begins with a
    new database.
    """
    taken: dict[str, list[IndexModel]] = {}
    for name in _LARGE:
        if db[name].find_one({}, {"_id": 1}) is None:
            taken[name] = [
                IndexModel(list(index.pop("key").items()), **_options(index))
                for index in db[name].list_indexes()
                if index["name"] != "_id_"
            ]
            db[name].drop_indexes()
    try:
        yield
    finally:
        for name, indexes in taken.items():
            if indexes:
                with pymongo.timeout(1800):
                    db[name].create_indexes(indexes)


def _options(index: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in index.items() if name not in {"v", "key", "ns"}}


def _batches(wanted: Wanted) -> Iterator[Mapping[str, list[dict[str, Any]]]]:
    rows = Rows(Ids(wanted).next, Random(f"{wanted.tenant_id}/{wanted.seed}"), wanted.tenant_id)  # noqa: S311
    since = datetime.combine(wanted.today, datetime.min.time(), UTC)
    since -= timedelta(days=wanted.days + 30)
    rows.tenant(since)
    for number in range(wanted.agents):
        rows.agent(number, since)
    for number in range(wanted.customers):
        rows.customer(number, since)
        if number % _CHUNK == 0:
            yield rows.taken()
    for number in range(wanted.deliveries):
        rows.delivery(number, today=wanted.today, days=wanted.days)
        if number % _CHUNK == 0:
            yield rows.taken()
    yield rows.taken()


def main() -> int:
    """Fill the database of the environment's settings, and say how long it took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("deliveries", type=int)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--tenant", default=DEFAULT_TENANT)
    arguments.add_argument("--today", type=date.fromisoformat, default=TODAY)
    arguments.add_argument("--days", type=int, default=90)
    given = arguments.parse_args()
    models.connect(Settings.from_env(os.environ))
    started = time.monotonic()
    wanted = Wanted(given.deliveries, given.seed, given.tenant, given.today, given.days)
    for collection, count in fill(wanted).items():
        print(f"{collection:<16} {count:>10,}")
    print(f"{'seconds':<16} {time.monotonic() - started:>10.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
