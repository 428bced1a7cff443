"""Who is asking: the person behind a session, as they stand in the database at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bson import ObjectId

from app.models import Agent, LoginSession
from app.models.as_stored import first
from app.rules.permissions import Role

LIFETIME = timedelta(hours=24)
"""How long a session lasts however much it is used."""
QUIET: Mapping[str, timedelta] = {"page": timedelta(hours=2), "api": LIFETIME}
"""How long it lasts unused. An open live page uses it; a driver looks at each stop."""
_OF_A_PERSON = ("tenant_id", "name", "role", "language", "is_active")
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has proved who they are, with the role that they have now."""

    tenant_id: str
    user_id: ObjectId
    name: str
    role: Role
    session_id: ObjectId
    language: str = "en"
    limited: bool = False
    """They must set up a second factor before anything else."""


class Ended(StrEnum):
    """Why a session is good for nothing."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INACTIVE = "inactive"
    """The person was deactivated, or is gone."""


def person_of(tenant_id: str, session_id: ObjectId, *, kind: str, now: datetime) -> Person | Ended:
    """Whose session of this kind it is; two reads by id, and a write once a minute.

    What an administrator changes about the person or the session holds at once.
    """
    session = first(LoginSession.of(tenant_id, pk=session_id, kind=kind))
    if session is None:
        return Ended.UNKNOWN
    if session.revoked_at is not None:
        return Ended.REVOKED
    if now >= min(session.expires_at, session.seen_at + QUIET[kind]):
        return Ended.EXPIRED
    user = first(Agent.of(tenant_id, pk=session.user_id).only(*_OF_A_PERSON))
    if user is None or not user.is_active:
        return Ended.INACTIVE
    if now - session.seen_at >= _SEEN_EVERY:
        LoginSession.of(tenant_id, pk=session_id, seen_at=session.seen_at).update_one(
            set__seen_at=now
        )
    return as_person(user, session)


def as_person(user: Agent, session: LoginSession) -> Person:
    """What is passed on about somebody who is signed in."""
    return Person(
        tenant_id=user.tenant_id,
        user_id=user.pk,
        name=user.name,
        role=Role(user.role),
        session_id=session.pk,
        language=user.language,
        limited=bool(session.limited),
    )
