"""Audit: one entry for every change, and for every reading of what customers said.

Entries of a company form a chain (``app.models.audit``): what is changed in it afterwards is found
by ``app.pipeline.audit_chain``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from bson import ObjectId

from app.models.audit import BEGINNING, AuditActor, AuditEntry, AuditSubject, digest_of
from app.models.base import stored_time
from app.models.transaction import in_transaction, within_transaction
from app.pipeline import audit_turns
from app.rules.audit_actions import Action

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something.

    ``label`` is how people know them (a person's or a key's name); of a customer it must tell
    neither name nor number.
    """

    kind: Literal["user", "key", "command", "customer", "system"]
    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done.

    ``before`` and ``after`` are what stood in the document: they are kept as digests, with the
    names of the fields that differ in clear. ``detail`` is kept as it is, so it must hold no
    personal data.
    """

    action: str
    subject_kind: str
    subject_id: ObjectId | str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    detail: Mapping[str, str | int | bool] | None = None


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
    """Append one entry to the company's audit log; see ``Event`` for what it tells.

    Within ``in_transaction`` it comes true with what else is written there, or not at all; begin
    such a transaction with ``audited``, so that it seldom runs twice. Otherwise it is there for
    good once this returns. Raises ValueError for an action that is not in the table, and
    mongoengine's ValidationError for what cannot be kept.
    """
    event = Event(
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
        detail=detail,
    )
    (made,) = record_all(tenant_id, actor, [event], now=now, request_id=request_id)
    return made


def record_all(
    tenant_id: str,
    actor: Actor,
    events: Iterable[Event],
    *,
    now: datetime,
    request_id: str | None = None,
) -> list[AuditEntry]:
    """The same for many things that were done at once, with two trips to MongoDB for all."""
    drafts = [_draft(tenant_id, actor, event, now, request_id) for event in events]
    if within_transaction() and drafts:
        AuditEntry.append(tenant_id, drafts)
    elif len(drafts) == 1:
        audit_turns.together(tenant_id, drafts[0], lambda all_: _append(tenant_id, all_))
    elif drafts:
        audited(tenant_id, lambda: AuditEntry.append(tenant_id, drafts))
    return drafts


def audited(tenant_id: str, work: Callable[[], Result]) -> Result:
    """Run ``work`` in a transaction, one at a time of this company in this process.

    For work that records entries; see ``in_transaction`` for what it may do. Within another
    transaction it is part of that one.
    """
    if within_transaction():
        return work()
    with audit_turns.turn(tenant_id):
        return in_transaction(work)


def _append(tenant_id: str, drafts: Sequence[AuditEntry]) -> None:
    in_transaction(lambda: AuditEntry.append(tenant_id, drafts))


def _draft(
    tenant_id: str, actor: Actor, event: Event, now: datetime, request_id: str | None
) -> AuditEntry:
    """An entry without its place, but good in everything else: it may share a transaction."""
    draft = AuditEntry(
        # Given here, for the hash is over it as well.
        id=ObjectId(),
        tenant_id=tenant_id,
        # The hash is over what is stored.
        at=stored_time(now),
        actor=AuditActor(kind=actor.kind, id=str(actor.id), label=actor.label),
        action=Action(event.action).value,
        subject=AuditSubject(kind=event.subject_kind, id=str(event.subject_id)),
        before=None if event.before is None else digest_of(event.before),
        after=None if event.after is None else digest_of(event.after),
        changed=sorted(_changed(event.before, event.after)),
        detail=dict(event.detail or {}),
        request_id=request_id,
        sequence=1,
        previous=BEGINNING,
        hash=BEGINNING,
    )
    draft.validate()
    return draft


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
