"""Who is asking: the person behind a session, as they stand in the database at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bson import ObjectId

from app.models import Agent, LoginSession
from app.models.as_stored import all_of, first
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
    if ended := _ended(session, kind, now):
        return ended
    user = first(Agent.of(tenant_id, pk=session.user_id).only(*_OF_A_PERSON))
    if user is None or not user.is_active:
        return Ended.INACTIVE
    if _is_stale(session, now):
        LoginSession.of(tenant_id, pk=session_id, seen_at=session.seen_at).update_one(
            set__seen_at=now
        )
    return as_person(user, session)


def still_there(people: Iterable[Person], *, kind: str, now: datetime) -> frozenset[Person]:
    """Those of them whose sessions hold, and who have the role that they had.

    Two reads for each company, however many they are. Looking counts as using the sessions.
    """
    companies: dict[str, list[Person]] = {}
    for person in people:
        companies.setdefault(person.tenant_id, []).append(person)
    return frozenset().union(*(_still(*each, kind, now) for each in companies.items()))


def _still(tenant_id: str, people: list[Person], kind: str, now: datetime) -> frozenset[Person]:
    asked = LoginSession.of(tenant_id, pk__in=[each.session_id for each in people], kind=kind)
    sessions = {each.pk: each for each in all_of(asked) if not _ended(each, kind, now)}
    active = Agent.of(tenant_id, pk__in=[each.user_id for each in people], is_active=True)
    roles = {each.pk: each.role for each in all_of(active.only(*_OF_A_PERSON))}
    still = frozenset(
        each
        for each in people
        if each.session_id in sessions and roles.get(each.user_id) == each.role
    )
    stale = [each.session_id for each in still if _is_stale(sessions[each.session_id], now)]
    if stale:
        LoginSession.of(tenant_id, pk__in=stale, seen_at__lt=now).update(set__seen_at=now)
    return still


def _is_stale(session: LoginSession, now: datetime) -> bool:
    return bool(now - session.seen_at >= _SEEN_EVERY)


def _ended(session: LoginSession | None, kind: str, now: datetime) -> Ended | None:
    """Why a session does not hold; None where it does."""
    if session is None:
        return Ended.UNKNOWN
    if session.revoked_at is not None:
        return Ended.REVOKED
    over = now >= min(session.expires_at, session.seen_at + QUIET[kind])
    return Ended.EXPIRED if over else None


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
