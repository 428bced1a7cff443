"""Numbered, reversible changes to the database, and the record of those that have run.

A migration is a module ``NNNN_name.py`` here with ``up(db)`` and ``down(db)``. Both must be safe
to run again after a crash half-way. Collection ``migrations`` holds one document for each that
has run; a document ``lock`` keeps two runs apart.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

Mongo = Database[dict[str, Any]]
FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)")
_LOCK_SECONDS = 1800
"""How long one migration may take. To build an index over millions of documents takes minutes, for
which no connection waits otherwise; nobody takes the lock before."""
_TEMPLATE = '''"""{title}."""

from __future__ import annotations

from typing import Any

import pymongo
from pymongo.database import Database


def up(db: Database[dict[str, Any]]) -> None:
    """Make the change."""


def down(db: Database[dict[str, Any]]) -> None:
    """Take it back."""
'''


class MigrationError(Exception):
    """A migration cannot run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered change."""

    number: int
    name: str
    up: Callable[[Mongo], None]
    down: Callable[[Mongo], None]


def known() -> list[Migration]:
    """Every migration in this folder, in order."""
    found = []
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if match := _NAME.fullmatch(module.name):
            code = importlib.import_module(f"migrations.{module.name}")
            found.append(Migration(int(match[1]), match[2], code.up, code.down))
    return sorted(found, key=lambda migration: migration.number)


def applied(db: Mongo) -> dict[int, datetime]:
    """Numbers that have run, and when."""
    # Their ids are numbers; the lock's is a word.
    numbered = db.migrations.find({"_id": {"$gte": "0", "$lt": ":"}})
    return {each["number"]: each["at"] for each in numbered}


def pending(db: Mongo) -> list[Migration]:
    """Migrations that have not run, in order."""
    done = applied(db)
    return [migration for migration in known() if migration.number not in done]


def up(db: Mongo) -> list[Migration]:
    """Run all that are pending. Raises MigrationError while another run is at work."""
    with _locked(db):
        ran = pending(db)
        for migration in ran:
            _hold(db)
            with pymongo.timeout(_LOCK_SECONDS):
                migration.up(db)
            db.migrations.insert_one(
                {
                    "_id": f"{migration.number:04}",
                    "number": migration.number,
                    "name": migration.name,
                    "at": datetime.now(UTC),
                }
            )
    return ran


def down(db: Mongo) -> Migration | None:
    """Take the newest back; None where nothing has run."""
    with _locked(db):
        done = applied(db)
        if not done:
            return None
        newest = max(done)
        for migration in known():
            if migration.number == newest:
                with pymongo.timeout(_LOCK_SECONDS):
                    migration.down(db)
                db.migrations.delete_one({"number": newest})
                return migration
    raise MigrationError(f"migration {newest:04} has run, but its file is not here")


def create(name: str) -> Path:
    """Write an empty migration with the next number. Raises MigrationError for a bad name."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not plain:
        raise MigrationError("name the migration in a few words, as: add_reference_to_deliveries")
    number = max((migration.number for migration in known()), default=0) + 1
    path = FOLDER / f"{number:04}_{plain}.py"
    path.write_text(_TEMPLATE.format(title=plain.replace("_", " ").capitalize()))
    return path


@contextmanager
def _locked(db: Mongo) -> Iterator[None]:
    now = datetime.now(UTC)
    db.migrations.delete_one(
        {"_id": "lock", "since": {"$lt": now - timedelta(seconds=_LOCK_SECONDS)}}
    )
    try:
        db.migrations.insert_one({"_id": "lock", "since": now})
    except DuplicateKeyError:
        raise MigrationError(
            "another migration is at work; wait for it "
            f"(after a crash its lock goes by itself within {_LOCK_SECONDS // 60} minutes)"
        ) from None
    try:
        yield
    finally:
        db.migrations.delete_one({"_id": "lock"})


def _hold(db: Mongo) -> None:
    """Count the lock's time from now on, for the next migration."""
    db.migrations.update_one({"_id": "lock"}, {"$set": {"since": datetime.now(UTC)}})
