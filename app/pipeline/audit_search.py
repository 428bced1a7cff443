"""Searching the audit log: by who, on what, what, and when; the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from mongoengine import Q

from app.errors import PermanentError
from app.models import AuditEntry
from app.saying import Saying

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; what is None does not matter."""

    actor_id: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    """Wants its kind as well."""
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Entries before this moment."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of entries ended; the next begins after it."""

    at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Found:
    """One entry, for reading."""

    sequence: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_label: str
    action: str
    subject_kind: str
    subject_id: str
    changed: tuple[str, ...]
    detail: Mapping[str, Any]
    before: str | None
    after: str | None
    request_id: str | None
    hash: str

    @property
    def place(self) -> Place:
        """From where the next page goes on."""
        return Place(self.at, self.sequence)


def query(tenant_id: str, wanted: Wanted) -> Any:
    """A company's entries that match, the newest first, as a mongoengine query set.

    An index serves each of actor, subject, action and time, alone and with the time; further
    conditions are looked up in what it finds. Raises PermanentError for an id without a kind.
    """
    conditions = {
        "actor__id": wanted.actor_id,
        "subject__kind": wanted.subject_kind,
        "subject__id": wanted.subject_id,
        "action": wanted.action,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    if wanted.subject_id is not None and wanted.subject_kind is None:
        raise PermanentError(Saying("a subject's id is looked up with its kind, as delivery:ID"))
    return AuditEntry.of(tenant_id, **given).order_by("-at", "-sequence")


def search(
    tenant_id: str, wanted: Wanted, *, limit: int = 50, after: Place | None = None
) -> list[Found]:
    """One page of what ``query`` finds."""
    return [found(each) for each in page(tenant_id, wanted, limit=limit, after=after)]


def page(tenant_id: str, wanted: Wanted, *, limit: int, after: Place | None) -> Any:
    """The same as a query set."""
    entries = query(tenant_id, wanted)
    if after is not None:
        same_moment = Q(at=after.at, sequence__lt=after.sequence)
        # The first bound is what the index begins at.
        entries = entries.filter(at__lte=after.at).filter(Q(at__lt=after.at) | same_moment)
    return entries.limit(max(1, min(limit, MOST)))


def found(entry: AuditEntry) -> Found:
    """An entry as it is read."""
    return Found(
        sequence=entry.sequence,
        at=entry.at,
        actor_kind=entry.actor.kind,
        actor_id=entry.actor.id,
        actor_label=entry.actor.label,
        action=entry.action,
        subject_kind=entry.subject.kind,
        subject_id=entry.subject.id,
        changed=tuple(entry.changed),
        detail=MappingProxyType(dict(entry.detail)),
        before=entry.before,
        after=entry.after,
        request_id=entry.request_id,
        hash=entry.hash,
    )
