"""The carrier's memory: one SQLite file and a folder of media, both surviving a restart.

Writes are synchronous and unflushed (WAL, no fsync), one transaction for each turn of the event
loop: a stand-in may lose its last moment in a crash, and a thousand calls cost it no thread. Calls
that are not over are also kept in memory, for everything that happens in a call looks at it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from local.carrier.clock import Clock
from local.carrier.records import CallRecord, JournalEntry, MessageRecord, RecordingRecord
from local.carrier.rows import INDEXES, TABLES, create_tables, record_of, row_of

Record = TypeVar("Record", CallRecord, RecordingRecord, MessageRecord)
_FORGET_EVERY = 1000  # entries of the journal, where only the latest are kept


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


@dataclasses.dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries: of a call, a number, some kinds; after the entry `since`; at most `limit`."""

    call_sid: str | None = None
    to_number: str | None = None
    kinds: tuple[str, ...] = ()
    since: int = 0
    limit: int = -1


class Store:
    """Reads and writes the carrier's records. Used from one thread."""

    def __init__(self, folder: Path, clock: Clock, journal_entries: int = 0) -> None:
        self.media_folder = folder / "recordings"
        self.media_folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._in_progress: dict[str, CallRecord] = {}
        self._writing = False
        self._journal_entries = journal_entries
        self._notes = 0
        self.database = sqlite3.connect(
            folder / "carrier.sqlite", isolation_level=None, check_same_thread=False
        )
        self.database.row_factory = sqlite3.Row
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=OFF")
        self.database.execute(
            "PRAGMA cache_size=-65536"
        )  # KiB: the journal's indexes at 10,000 calls
        create_tables(self.database)
        self.database.executescript(INDEXES)

    def close(self) -> None:
        """Write what is left and close the database file."""
        self._commit()
        self.database.close()

    def save(self, record: CallRecord | RecordingRecord | MessageRecord) -> None:
        """Insert the record, or replace the one with its identifier."""
        self._remember(record)
        row = row_of(record)
        names = list(row)
        updates = ", ".join(f"{name}=excluded.{name}" for name in names if name != "sid")
        self.write(
            f"INSERT INTO {TABLES[type(record)]} ({', '.join(names)}) "  # noqa: S608 own names
            f"VALUES ({', '.join('?' * len(names))}) ON CONFLICT(sid) DO UPDATE SET {updates}",
            list(row.values()),
        )

    def find(self, kind: type[Record], sid: str) -> Record | None:
        """Return the record with that identifier, or None."""
        if kind is CallRecord and sid in self._in_progress:
            return self._in_progress[sid]
        rows = self.listing(kind, [Condition("sid", "=", sid)], Window(1))
        return rows[0] if rows else None

    def change_call(self, sid: str, **changes: Any) -> CallRecord:
        """Replace fields of a call and return it; KeyError when it is unknown."""
        call = self.find(CallRecord, sid)
        if call is None:
            raise KeyError(sid)
        changes["updated_at"] = self._clock.now()
        changed = dataclasses.replace(call, **changes)
        self._remember(changed)
        columns = ", ".join(f"{name}=?" for name in changes)
        self.write(
            f"UPDATE calls SET {columns} WHERE sid=?",  # noqa: S608 own names
            [*changes.values(), sid],
        )
        return changed

    def delete(self, kind: type[Record], sid: str) -> None:
        """Forget one record; a recording loses its media too."""
        self.write(
            f"DELETE FROM {TABLES[kind]} WHERE sid=?",  # noqa: S608 own names
            [sid],
        )
        if kind is RecordingRecord:
            self.media_file(sid).unlink(missing_ok=True)

    def listing(
        self, kind: type[Record], conditions: Sequence[Condition], window: Window
    ) -> list[Record]:
        """Return matching records, newest first, within the window."""
        table = TABLES[kind]
        clauses = [f"{item.column} {item.comparison} ?" for item in conditions]
        values: list[str | float] = [item.value for item in conditions]
        edge = window.after or window.before
        if edge is not None:
            sign = "<" if window.after else ">"
            # Own names: what comes from outside is a value, and stands for a question mark.
            clauses.append(f"position {sign} (SELECT position FROM {table} WHERE sid=?)")  # noqa: S608
            values.append(edge)
        where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
        order = "ASC" if window.before else "DESC"
        # Own names here, too.
        rows = self.database.execute(
            f"SELECT * FROM {table} {where} ORDER BY position {order} LIMIT ? OFFSET ?",  # noqa: S608
            [*values, window.size, window.skip],
        ).fetchall()
        found = [record_of(kind, row) for row in rows]
        return found[::-1] if window.before else found

    def media_file(self, recording_sid: str) -> Path:
        """Return where a recording's WAV file lies."""
        return self.media_folder / f"{recording_sid}.wav"

    def note(self, entry: JournalEntry) -> None:
        """Append to the journal."""
        self.write(
            "INSERT INTO journal (at, kind, call_sid, to_number, details) VALUES (?,?,?,?,?)",
            [entry.at, entry.kind, entry.call_sid, entry.to_number, json.dumps(entry.details)],
        )
        self._notes += 1
        if self._journal_entries and self._notes % _FORGET_EVERY == 0:
            oldest = "(SELECT MAX(position) FROM journal) - ?"
            self.write(
                f"DELETE FROM journal WHERE position <= {oldest}",  # noqa: S608 own names
                [self._journal_entries],
            )

    def journal(self, wanted: JournalFilter) -> list[dict[str, Any]]:
        """Return journal entries in the order they happened; `position` numbers them."""
        clauses = ["position > ?"]
        values: list[str | int] = [wanted.since]
        for column, value in (("call_sid", wanted.call_sid), ("to_number", wanted.to_number)):
            if value is not None:
                clauses.append(f"{column}=?")
                values.append(value)
        if wanted.kinds:
            clauses.append(f"kind IN ({','.join('?' * len(wanted.kinds))})")
            values.extend(wanted.kinds)
        rows = self.database.execute(
            f"SELECT * FROM journal WHERE {' AND '.join(clauses)} "  # noqa: S608 own names
            "ORDER BY position LIMIT ?",
            [*values, wanted.limit],
        ).fetchall()
        return [{**dict(row), "details": json.loads(row["details"])} for row in rows]

    def write(self, statement: str, values: Sequence[Any]) -> None:
        """Change something; all changes of one turn of the event loop are one transaction."""
        if not self._writing:
            try:
                asyncio.get_running_loop().call_soon(self._commit)
            except RuntimeError:
                self.database.execute(statement, values)
                return
            self._writing = True
            self.database.execute("BEGIN")
        self.database.execute(statement, values)

    def _commit(self) -> None:
        if self._writing:
            self._writing = False
            self.database.execute("COMMIT")

    def _remember(self, record: CallRecord | RecordingRecord | MessageRecord) -> None:
        if isinstance(record, CallRecord):
            if record.over:
                self._in_progress.pop(record.sid, None)
            else:
                self._in_progress[record.sid] = record
