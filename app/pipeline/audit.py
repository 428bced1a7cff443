"""Audit: one entry for every change, and for every reading of what customers said.

Entries of a company form a chain (``app.models.audit``), so they are appended one after another.
Threads of a process that append for the same company take turns, because of two transactions that
append at once MongoDB lets one go first and the other begins again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from bson import ObjectId

from app.models.audit import (
    BEGINNING,
    AuditActor,
    AuditEntry,
    AuditSubject,
    digest_of,
)
from app.models.transaction import in_transaction, within_transaction
from app.rules.audit_actions import Action

Result = TypeVar("Result")
LONGEST_TURN = 5.0
"""Seconds that one waits for its turn; then it goes out of turn, which is slower and no error."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something.

    ``label`` is how people know them (a person's or a key's name); of a customer it must tell
    neither name nor number.
    """

    kind: Literal["user", "key", "command", "customer", "system"]
    id: str
    label: str


def record(  # noqa: PLR0913 - an entry has so many parts
    tenant_id: str,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: ObjectId | str,
    *,
    now: datetime,
    request_id: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    detail: Mapping[str, str | int | bool] | None = None,
) -> AuditEntry:
    """Append one entry to the company's audit log.

    Within ``in_transaction`` it comes true with what else is written there, or not at all; begin
    such a transaction with ``audited``, so that it seldom runs twice. ``before`` and ``after`` are
    kept as digests, with the names of the fields that differ in clear; ``detail`` is kept as it
    is, so it must hold no personal data. Raises ValueError for an action that is not in the table.
    """
    known = Action(action)

    def append() -> AuditEntry:
        last = AuditEntry.of(tenant_id).only("sequence", "hash").order_by("-sequence").first()
        entry = AuditEntry(
            # Given here, for the hash is over it as well.
            id=ObjectId(),
            tenant_id=tenant_id,
            sequence=last.sequence + 1 if last else 1,
            at=_to_milliseconds(now),
            actor=AuditActor(kind=actor.kind, id=str(actor.id), label=actor.label),
            action=known.value,
            subject=AuditSubject(kind=subject_kind, id=str(subject_id)),
            before=None if before is None else digest_of(before),
            after=None if after is None else digest_of(after),
            changed=sorted(_changed(before, after)),
            detail=dict(detail or {}),
            request_id=request_id,
            previous=last.hash if last else BEGINNING,
        )
        entry.seal()
        return entry.save()

    return append() if within_transaction() else audited(tenant_id, append)


def audited(tenant_id: str, work: Callable[[], Result]) -> Result:
    """Run ``work`` in a transaction, one at a time of this company in this process.

    For work that records entries; see ``in_transaction`` for what it may do.
    """
    if within_transaction():
        return work()
    with _turn(tenant_id):
        return in_transaction(work)


_turns: dict[str, threading.Lock] = {}


@contextmanager
def _turn(tenant_id: str) -> Iterator[None]:
    mine = _turns.setdefault(tenant_id, threading.Lock())
    taken = mine.acquire(timeout=LONGEST_TURN)
    try:
        yield
    finally:
        if taken:
            mine.release()


def _to_milliseconds(moment: datetime) -> datetime:
    # As MongoDB gives it back: the hash is over what is stored.
    in_utc = moment.astimezone(UTC)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)


def _changed(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, within: str = ""
) -> Iterator[str]:
    """Names of the fields in which two states differ, as ``calling.hours``.

    None where one of them is absent: then all of it came or went.
    """
    if before is None or after is None:
        return
    for name in before.keys() | after.keys():
        was, is_now = before.get(name), after.get(name)
        if isinstance(was, Mapping) and isinstance(is_now, Mapping):
            yield from _changed(was, is_now, f"{within}{name}.")
        elif was != is_now:
            yield f"{within}{name}"
