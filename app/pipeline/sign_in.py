"""Sign in: a password opens a session, a refresh token carries it on, and several things end it.

Nothing here raises for a wrong password or a stolen token: what is refused is an answer, so that
what was written about it stays written. Throttling is the edge's, before any of this.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from bson import ObjectId

from app.models import Agent, LoginSession, Tenant, password
from app.models.transaction import in_transaction
from app.pipeline import second_factor
from app.pipeline.audit import Actor, audited, record
from app.pipeline.person import LIFETIME, Ended, Person, as_person, person_of
from app.rules.audit_actions import Action

log = structlog.get_logger()
_LONGEST_EMAIL = 254
"""Characters (RFC 5321, 4.5.3.1.3, less the brackets)."""
OVERLAP = timedelta(seconds=10)
"""For so long a refresh token that was just used is answered once more as it was: for who lost the
answer, or asked from two threads."""
_NETWORK = {4: 24, 6: 48}
"""Bits of an address that are kept: enough to recognise a place, too few to find a household."""


@dataclass(frozen=True, slots=True)
class Visit:
    """From where and for what somebody signs in."""

    kind: str
    """``page`` or ``api``."""
    address: str = ""
    device: str = ""
    """What the browser calls itself."""


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A session that is good from now on; ``refresh_id`` is empty for pages."""

    person: Person
    expires: datetime
    refresh_id: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Proven:
    """Somebody who has proved their password, and must prove a second factor."""

    tenant_id: str
    user_id: ObjectId
    mark: str
    """Of the password that was proved: a digest of its hash."""


def sign_in(
    tenant_id: str, email: str, plain: str, *, visit: Visit, now: datetime
) -> Opened | Proven | None:
    """Open a session for who knows the password; counts the log-in.

    None for a wrong password, an unknown address and a deactivated person alike, after the same
    work. Proven where a code is asked for: see ``with_code``.
    """
    user = _named(tenant_id, email)
    proven = password.spend_as_much(plain) if user is None else user.password_matches(plain)
    if user is None or not proven or not user.is_active:
        log.info("sign-in refused", known=user is not None)
        return None
    if second_factor.is_on(user):
        return Proven(tenant_id, user.pk, _mark(user.password))
    known = user.password
    kept = password.hash_of(plain) if password.is_dated(known) else known
    return _opened(user, known, kept, visit, now)


def with_code(proven: Proven, code: str, *, visit: Visit, now: datetime) -> Opened | None:
    """Open the session for who proves the second factor too; the code is used up.

    None for a wrong or used code, and where password or person have changed since.
    """
    user: Agent | None = Agent.of(proven.tenant_id, pk=proven.user_id, is_active=True).first()
    if user is None or _mark(user.password) != proven.mark or not second_factor.is_on(user):
        return None
    if not second_factor.passes(user, code, now=now):
        log.info("a code was refused", user=str(user.pk))
        return None
    return _opened(user, user.password, user.password, visit, now)


def _mark(hashed: str) -> str:
    return hashlib.sha256(hashed.encode()).hexdigest()


def _opened(user: Agent, known: str, kept: str, visit: Visit, now: datetime) -> Opened | None:
    opened = in_transaction(lambda: _open(user, known, kept, visit, now))
    if opened:
        log.info("signed in", user=str(user.pk), kind=visit.kind)
    return opened


def _named(tenant_id: str, email: str) -> Agent | None:
    wanted = email.strip().lower()
    try:
        wanted.encode()
    except UnicodeEncodeError:
        return None
    if not wanted or len(wanted) > _LONGEST_EMAIL:
        return None
    found: Agent | None = Agent.of(tenant_id, email=wanted).first()
    return found


def _open(user: Agent, known: str, kept: str, visit: Visit, now: datetime) -> Opened | None:
    """Only while the password is still the one that was proved, and the person active."""
    who = Agent.of(user.tenant_id, pk=user.pk, password=known, is_active=True)
    if not who.update_one(set__last_login=now, inc__login_count=1, set__password=kept):
        return None
    session = LoginSession(
        tenant_id=user.tenant_id,
        user_id=user.pk,
        kind=visit.kind,
        began_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
        refresh_id=_new_id() if visit.kind == "api" else None,
        limited=_must_prove_more(user) or None,
        address=network_of(visit.address),
        device=visit.device[:120],
    ).save()
    return Opened(as_person(user, session), session.expires_at, session.refresh_id or "")


def _must_prove_more(user: Agent) -> bool:
    company = Tenant.of(user.tenant_id).only("second_factor_for").first()
    wanted = company is not None and user.role in company.second_factor_for
    return wanted and not second_factor.is_on(user)


def refresh(
    tenant_id: str, session_id: ObjectId, refresh_id: str, *, now: datetime
) -> Opened | Ended:
    """Carry a session of the API on with a new refresh token; the old one is worth nothing now.

    Sent again within ``OVERLAP``, it brings the same new one. Later, or after the new one was used,
    one that comes a second time was copied, and nobody knows by whom: the whole session ends.
    """
    person = person_of(tenant_id, session_id, kind="api", now=now)
    if isinstance(person, Ended):
        return person
    new_id = _new_id()
    session: LoginSession | None = LoginSession.of(
        tenant_id, pk=session_id, refresh_id=refresh_id, revoked_at=None
    ).modify(
        new=True,
        set__refresh_id=new_id,
        set__used_refresh_id=refresh_id,
        set__refreshed_at=now,
        set__seen_at=now,
    )
    session = session or _just_refreshed(tenant_id, session_id, refresh_id, now)
    if session is None:
        log.warning("a refresh token came twice: its session ends", user=str(person.user_id))
        _end_copied(person, now)
        return Ended.REVOKED
    return Opened(person, session.expires_at, session.refresh_id)


def _just_refreshed(
    tenant_id: str, session_id: ObjectId, used: str, now: datetime
) -> LoginSession | None:
    found: LoginSession | None = LoginSession.of(
        tenant_id,
        pk=session_id,
        used_refresh_id=used,
        refreshed_at__gte=now - OVERLAP,
        revoked_at=None,
    ).first()
    return found


def _end_copied(person: Person, now: datetime) -> None:
    def end() -> None:
        sign_out(person, now=now, why="reused")
        who = Actor("user", str(person.user_id), person.name)
        record(person.tenant_id, who, Action.SESSION_COPIED, "user", person.user_id, now=now)

    audited(person.tenant_id, end)


def sign_out(person: Person, *, now: datetime, why: str = "signed_out") -> None:
    """End this session. Safe to repeat: the first reason stays."""
    LoginSession.of(person.tenant_id, pk=person.session_id, revoked_at=None).update_one(
        set__revoked_at=now, set__revoked_why=why, unset__refresh_id=True
    )


def sign_out_everywhere(
    tenant_id: str,
    user_id: ObjectId,
    *,
    now: datetime,
    why: str = "everywhere",
    but: ObjectId | None = None,
) -> int:
    """End every session of a person, except one where given; how many were ended."""
    sessions = LoginSession.of(tenant_id, user_id=user_id, revoked_at=None, expires_at__gt=now)
    if but is not None:
        sessions = sessions.filter(pk__ne=but)
    ended: int = sessions.update(set__revoked_at=now, set__revoked_why=why, unset__refresh_id=True)
    return ended


def network_of(address: str) -> str:
    """The network that an address is of; empty for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = _NETWORK[parsed.version]
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))


def _new_id() -> str:
    return secrets.token_urlsafe(18)
