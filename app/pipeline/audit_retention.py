"""Entries of the audit log that are old enough go away, and the chain says so itself."""

from __future__ import annotations

from datetime import datetime

from app.models import AuditEntry, database
from app.pipeline.audit import Actor, audited, record
from app.pipeline.audit_chain import START, Head, checkpoint, head
from app.rules.audit_actions import Action


def let_go(tenant_id: str, actor: Actor, *, before: datetime, now: datetime) -> int:
    """Remove a company's entries up to the first that is not older than ``before``.

    A checkpoint is appended first: it names the last entry that goes and its hash, from which the
    chain is verified then. Returns how many went. Safe to repeat after a crash in the middle.
    """

    def note() -> Head:
        last, already = _last_older(tenant_id, before), checkpoint(tenant_id)
        if last.sequence > already.sequence:
            record(
                tenant_id, actor, Action.AUDIT_CHECKPOINT, "audit_log", tenant_id, now=now,
                detail={
                    "up_to": last.sequence, "hash": last.hash,
                    "before": before.isoformat(timespec="seconds"),
                },
            )  # fmt: skip
            return last
        return already

    up_to = audited(tenant_id, note)
    # Only now: what the checkpoint names must not be gone while the checkpoint may not come.
    gone = database().audit_log.delete_many(
        {"tenant_id": tenant_id, "sequence": {"$lte": up_to.sequence}}
    )
    return gone.deleted_count


def _last_older(tenant_id: str, before: datetime) -> Head:
    """The last entry of those that are older, all of them in a row."""
    first_kept = AuditEntry.of(tenant_id, at__gte=before).order_by("sequence").first()
    if first_kept is None:
        return head(tenant_id)
    # Its own word for the one before holds, whether or not that one is still there.
    return Head(first_kept.sequence - 1, first_kept.previous) if first_kept.sequence > 1 else START
