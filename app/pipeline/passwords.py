"""Passwords: changing one's own, and setting a new one by a link that works once.

There is no e-mail gateway, and text messages are no safe way to hand out access (NIST SP 800-63B,
3.1.3.4): an administrator or the operator makes a link and hands it over. Nobody but the person
ever knows the password.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from bson import ObjectId

from app.models import Agent, PasswordReset, Tenant, password
from app.models.transaction import in_transaction
from app.pipeline.person import Person
from app.pipeline.sign_in import sign_out_everywhere
from app.rules.passwords import Weakness, weakness

log = structlog.get_logger()
RESET_LIFETIME = timedelta(hours=1)
RESET_PATH = "/reset/<token>"


class Refused(StrEnum):
    """Why a password was not set, where it is not too weak."""

    WRONG = "wrong"
    """The old password is another."""
    SAME = "same"
    """The new password is the old one."""
    GONE = "gone"
    """The link was used, is too old, or was replaced by another."""


@dataclass(frozen=True, slots=True)
class Resetting:
    """Whose password a link sets."""

    tenant_id: str
    user_id: ObjectId
    name: str
    email: str
    language: str


def too_weak(user: Agent, plain: str) -> Weakness | None:
    """Why this password is too weak for this person; None where it will do."""
    company = Tenant.of(user.tenant_id).only("name", "tenant_id").first()
    about = (user.name, user.email, user.phone, user.tenant_id, company.name if company else "")
    return weakness(plain, about)


def _nothing() -> None:
    """Nobody wants to know."""


def change_password(
    person: Person, old: str, new: str, *, now: datetime, note: Callable[[], None] = _nothing
) -> Weakness | Refused | None:
    """Set somebody's own password; None where it was set, and all their other sessions are over.

    ``note`` is called in the transaction that sets it.
    """
    user: Agent = Agent.of(person.tenant_id, pk=person.user_id).get()
    if not user.password_matches(old):
        return Refused.WRONG
    if old == new:
        return Refused.SAME
    if weak := too_weak(user, new):
        return weak
    known, kept = user.password, password.hash_of(new)

    def write() -> bool:
        if not Agent.of(user.tenant_id, pk=user.pk, password=known).update_one(set__password=kept):
            return False
        sign_out_everywhere(user.tenant_id, user.pk, now=now, why="password", but=person.session_id)
        _drop_links(user)
        note()
        return True

    if not in_transaction(write):
        return Refused.WRONG
    log.info("password changed", user=str(user.pk))
    return None


def make_reset(tenant_id: str, user_id: ObjectId, *, now: datetime) -> str | None:
    """The token of a link by which this person sets a new password within an hour.

    Earlier links of theirs end. None where there is no such person, or they are not active. The
    token is nowhere else: only its hash is kept.
    """
    user: Agent | None = Agent.of(tenant_id, pk=user_id, is_active=True).first()
    if user is None:
        return None
    token = secrets.token_urlsafe(32)

    def write() -> None:
        _drop_links(user)
        PasswordReset(
            tenant_id=tenant_id,
            user_id=user_id,
            digest=_digest(token),
            made_at=now,
            expires_at=now + RESET_LIFETIME,
        ).save()

    in_transaction(write)
    log.info("a link for a new password was made", user=str(user_id))
    return token


def address(public_url: str, token: str) -> str:
    """The absolute address of the page that sets a new password."""
    return public_url.rstrip("/") + RESET_PATH.replace("<token>", token)


def resetting(token: str, *, now: datetime) -> Resetting | None:
    """Whose password this token sets; None where it does so no more."""
    user = _whose(token, now)
    if user is None:
        return None
    return Resetting(user.tenant_id, user.pk, user.name, user.email, user.language)


def reset(
    token: str, new: str, *, now: datetime, note: Callable[[], None] = _nothing
) -> Weakness | Refused | None:
    """Set the password that the link is for; None where it was set, and all sessions are over.

    ``note`` is called in the transaction that sets it.
    """
    user = _whose(token, now)
    if user is None:
        return Refused.GONE
    if weak := too_weak(user, new):
        return weak
    kept = password.hash_of(new)

    def write() -> bool:
        link = PasswordReset.of(user.tenant_id, digest=_digest(token), used_at=None)
        if not link.update_one(set__used_at=now):
            return False
        if not Agent.of(user.tenant_id, pk=user.pk, is_active=True).update_one(set__password=kept):
            return False
        sign_out_everywhere(user.tenant_id, user.pk, now=now, why="password")
        note()
        return True

    if not in_transaction(write):
        return Refused.GONE
    log.info("password set by link", user=str(user.pk))
    return None


def _whose(token: str, now: datetime) -> Agent | None:
    # The token itself says which company: it is found by its hash, which nobody can guess.
    link = PasswordReset.across_tenants(
        digest=_digest(token), used_at=None, expires_at__gt=now
    ).first()
    if link is None:
        return None
    found: Agent | None = Agent.of(link.tenant_id, pk=link.user_id, is_active=True).first()
    return found


def _drop_links(user: Agent) -> None:
    PasswordReset.of(user.tenant_id, user_id=user.pk).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
