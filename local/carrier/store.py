"""The carrier's memory: one SQLite file and a folder of media, both surviving a restart.

Writes are synchronous and unflushed (WAL, no fsync): a stand-in may lose its last moment in a
power cut, never in a crash of its own, and a thousand calls cost it no thread.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from local.carrier.records import (
    CallRecord,
    CallRequest,
    JournalEntry,
    MachineDetection,
    MessageRecord,
    RecordingRecord,
    Target,
)

Record = TypeVar("Record", CallRecord, RecordingRecord, MessageRecord)

_TABLES: dict[type[Any], str] = {
    CallRecord: "calls",
    RecordingRecord: "recordings",
    MessageRecord: "messages",
}
_EXTRA_TABLES = """
CREATE TABLE IF NOT EXISTS journal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL, kind TEXT, call_sid TEXT, to_number TEXT, details TEXT);
CREATE TABLE IF NOT EXISTS numbers (number TEXT PRIMARY KEY, assignment TEXT, taken INTEGER);
CREATE INDEX IF NOT EXISTS journal_by_call ON journal (call_sid);
CREATE INDEX IF NOT EXISTS journal_by_number ON journal (to_number);
CREATE INDEX IF NOT EXISTS calls_by_number ON calls (to_number);
CREATE INDEX IF NOT EXISTS calls_by_status ON calls (status);
CREATE INDEX IF NOT EXISTS recordings_by_call ON recordings (call_sid);
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """One restriction of a listing: column, SQL comparison, value."""

    column: str
    comparison: str
    value: str | float


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Which part of a listing: at most `size` rows after or before the row `sid`, or `skip`."""

    size: int
    after: str | None = None
    before: str | None = None
    skip: int = 0


class Store:
    """Reads and writes the carrier's records. Used from one thread."""

    def __init__(self, folder: Path) -> None:
        self.media_folder = folder / "recordings"
        self.media_folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(
            folder / "carrier.sqlite", isolation_level=None, check_same_thread=False
        )
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=OFF")
        for kind, table in _TABLES.items():
            columns = ", ".join(
                "sid TEXT UNIQUE" if field.name == "sid" else field.name
                for field in dataclasses.fields(kind)
            )
            self._database.execute(
                f"CREATE TABLE IF NOT EXISTS {table} "
                f"(position INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"
            )
        self._database.executescript(_EXTRA_TABLES)

    def close(self) -> None:
        """Close the database file."""
        self._database.close()

    def save(self, record: CallRecord | RecordingRecord | MessageRecord) -> None:
        """Insert the record, or replace the one with its identifier."""
        row = _row(record)
        names = list(row)
        updates = ", ".join(f"{name}=excluded.{name}" for name in names if name != "sid")
        self._database.execute(
            f"INSERT INTO {_TABLES[type(record)]} ({', '.join(names)}) "  # noqa: S608 own names
            f"VALUES ({', '.join('?' * len(names))}) ON CONFLICT(sid) DO UPDATE SET {updates}",
            list(row.values()),
        )

    def find(self, kind: type[Record], sid: str) -> Record | None:
        """Return the record with that identifier, or None."""
        rows = self.listing(kind, [Condition("sid", "=", sid)], Window(1))
        return rows[0] if rows else None

    def change_call(self, sid: str, **changes: Any) -> CallRecord:
        """Replace fields of a call and return it; KeyError when it is unknown."""
        call = self.find(CallRecord, sid)
        if call is None:
            raise KeyError(sid)
        changed = dataclasses.replace(call, updated_at=time.time(), **changes)
        self.save(changed)
        return changed

    def delete(self, kind: type[Record], sid: str) -> None:
        """Forget one record; a recording loses its media too."""
        self._database.execute(
            f"DELETE FROM {_TABLES[kind]} WHERE sid=?",  # noqa: S608 own names
            [sid],
        )
        if kind is RecordingRecord:
            self.media_file(sid).unlink(missing_ok=True)

    def listing(
        self, kind: type[Record], conditions: Sequence[Condition], window: Window
    ) -> list[Record]:
        """Return matching records, newest first, within the window."""
        table = _TABLES[kind]
        clauses = [f"{item.column} {item.comparison} ?" for item in conditions]
        values: list[str | float] = [item.value for item in conditions]
        edge = window.after or window.before
        if edge is not None:
            sign = "<" if window.after else ">"
            clauses.append(f"position {sign} (SELECT position FROM {table} WHERE sid=?)")  # noqa: S608
            values.append(edge)
        where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
        order = "ASC" if window.before else "DESC"
        rows = self._database.execute(
            f"SELECT * FROM {table} {where} ORDER BY position {order} LIMIT ? OFFSET ?",  # noqa: S608
            [*values, window.size, window.skip],
        ).fetchall()
        found = [_record(kind, row) for row in rows]
        return found[::-1] if window.before else found

    def media_file(self, recording_sid: str) -> Path:
        """Return where a recording's WAV file lies."""
        return self.media_folder / f"{recording_sid}.wav"

    def note(self, entry: JournalEntry) -> None:
        """Append to the journal."""
        self._database.execute(
            "INSERT INTO journal (at, kind, call_sid, to_number, details) VALUES (?,?,?,?,?)",
            [entry.at, entry.kind, entry.call_sid, entry.to_number, json.dumps(entry.details)],
        )

    def journal(self, call_sid: str | None, to_number: str | None) -> list[dict[str, Any]]:
        """Return journal entries in the order they happened, optionally of one call or number."""
        rows = self._database.execute(
            "SELECT * FROM journal WHERE (?1 IS NULL OR call_sid=?1) "
            "AND (?2 IS NULL OR to_number=?2) ORDER BY position",
            [call_sid, to_number],
        ).fetchall()
        return [{**dict(row), "details": json.loads(row["details"])} for row in rows]

    def assign(self, number: str, assignment: Any) -> None:
        """Give a number its owner (JSON value) and start counting its calls anew."""
        self._database.execute(
            "INSERT OR REPLACE INTO numbers VALUES (?,?,0)", [number, json.dumps(assignment)]
        )

    def assignment(self, number: str) -> Any:
        """Return what `assign` stored for the number, or None."""
        row = self._database.execute(
            "SELECT assignment FROM numbers WHERE number=?", [number]
        ).fetchone()
        return None if row is None else json.loads(row["assignment"])

    def take_turn(self, number: str) -> int:
        """Count one more call to the number; return how many came before it."""
        self._database.execute("INSERT OR IGNORE INTO numbers VALUES (?,'null',0)", [number])
        row = self._database.execute(
            "UPDATE numbers SET taken=taken+1 WHERE number=? RETURNING taken", [number]
        ).fetchone()
        return int(row["taken"]) - 1


def _row(record: CallRecord | RecordingRecord | MessageRecord) -> dict[str, Any]:
    row = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    if isinstance(record, CallRecord):
        row["request"] = json.dumps(dataclasses.asdict(record.request))
    return row


def _record(kind: type[Record], row: sqlite3.Row) -> Record:
    values = {name: row[name] for name in row.keys() if name != "position"}  # noqa: SIM118
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
