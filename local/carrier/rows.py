"""How records lie in SQLite: tables made from the records' fields, and the way there and back."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from typing import Any, TypeVar

from local.carrier.records import (
    CallRecord,
    CallRequest,
    MachineDetection,
    MessageRecord,
    RecordingRecord,
    Target,
)

Record = TypeVar("Record", CallRecord, RecordingRecord, MessageRecord)

TABLES: dict[type[Any], str] = {
    CallRecord: "calls",
    RecordingRecord: "recordings",
    MessageRecord: "messages",
}
_COLUMNS: dict[type[Any], list[tuple[str, bool]]] = {
    kind: [(field.name, field.default is dataclasses.MISSING) for field in dataclasses.fields(kind)]
    for kind in TABLES
}
"""Name of every column, and whether it has no default."""
INDEXES = """
CREATE TABLE IF NOT EXISTS journal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL, kind TEXT, call_sid TEXT, to_number TEXT, details TEXT);
CREATE TABLE IF NOT EXISTS numbers (number TEXT PRIMARY KEY, assignment TEXT, taken INTEGER);
CREATE TABLE IF NOT EXISTS texted (number TEXT PRIMARY KEY, taken INTEGER);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, content TEXT);
CREATE TABLE IF NOT EXISTS opted_out (customer TEXT, sender TEXT, PRIMARY KEY (customer, sender));
CREATE INDEX IF NOT EXISTS journal_by_call ON journal (call_sid);
CREATE INDEX IF NOT EXISTS journal_by_number ON journal (to_number);
CREATE INDEX IF NOT EXISTS calls_by_number ON calls (to_number);
CREATE INDEX IF NOT EXISTS calls_by_status ON calls (status);
CREATE INDEX IF NOT EXISTS recordings_by_call ON recordings (call_sid);
CREATE INDEX IF NOT EXISTS messages_by_number ON messages (to_number);
CREATE INDEX IF NOT EXISTS messages_by_status ON messages (status);
"""


def create_tables(database: sqlite3.Connection) -> None:
    """Create the records' tables, and the columns that an older file does not have yet."""
    for kind, table in TABLES.items():
        names = [field.name for field in dataclasses.fields(kind)]
        columns = ", ".join("sid TEXT UNIQUE" if name == "sid" else name for name in names)
        database.execute(
            f"CREATE TABLE IF NOT EXISTS {table} "
            f"(position INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"
        )
        present = {row["name"] for row in database.execute(f"PRAGMA table_info({table})")}
        for name in names:
            if name not in present:
                database.execute(f"ALTER TABLE {table} ADD COLUMN {name}")


def row_of(record: CallRecord | RecordingRecord | MessageRecord) -> dict[str, Any]:
    """Return a record's columns."""
    row = {name: getattr(record, name) for name, _ in _COLUMNS[type(record)]}
    if isinstance(record, CallRecord):
        row["request"] = json.dumps(dataclasses.asdict(record.request))
    return row


def record_of(kind: type[Record], row: sqlite3.Row) -> Record:
    """Return the record in a row; a column that an older file left empty has its default."""
    columns = _COLUMNS[kind]
    values: dict[str, Any] = {
        name: row[name] for name, required in columns if required or row[name] is not None
    }
    if kind is CallRecord:
        values["request"] = _call_request(json.loads(values["request"]))
    return kind(**values)


def _call_request(stored: dict[str, Any]) -> CallRequest:
    for name in ("target", "fallback", "status_callback"):
        stored[name] = _target(stored[name])
    stored["status_events"] = tuple(stored["status_events"])
    detection = stored["machine_detection"]
    if detection is not None:
        detection["callback"] = _target(detection["callback"])
        stored["machine_detection"] = MachineDetection(**detection)
    return CallRequest(**stored)


def _target(stored: dict[str, str] | None) -> Target | None:
    return None if stored is None else Target(**stored)
