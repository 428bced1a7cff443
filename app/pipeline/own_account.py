"""One's own account: where one is logged in, and ending that in one place."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from mongoengine import Q

from app.models import LoginSession
from app.pipeline.person import QUIET

MOST_SESSIONS = 100
"""Of one person that are listed: a day's log-ins, for none lasts longer."""


def sessions(tenant_id: str, user_id: ObjectId, *, now: datetime) -> list[LoginSession]:
    """The sessions of a person that are good now, the one used last first."""
    found = LoginSession.of(tenant_id, user_id=user_id, revoked_at=None, expires_at__gt=now)
    used = Q()
    for kind, quiet in QUIET.items():
        used |= Q(kind=kind, seen_at__gt=now - quiet)
    some = found.filter(used).limit(MOST_SESSIONS)
    return sorted(some, key=lambda each: each.seen_at, reverse=True)


def end_session(
    tenant_id: str, user_id: ObjectId, session_id: ObjectId, *, now: datetime
) -> LoginSession | None:
    """End one session of a person; None where it is none of theirs, or was over already."""
    found: LoginSession | None = LoginSession.of(
        tenant_id, pk=session_id, user_id=user_id, revoked_at=None
    ).first()
    if found is not None:
        found.update(set__revoked_at=now, set__revoked_why="signed_out", unset__refresh_id=True)
    return found
