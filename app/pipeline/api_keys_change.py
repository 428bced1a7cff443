"""What is done to API keys: made, changed, replaced with an overlap, and ended at once.

Each is one transaction, with its entry in the audit log.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bson import ObjectId

from app.errors import PermanentError
from app.models.api_key import ApiKey, RateLimit
from app.pipeline.api_keys_wish import KeyRefusedError, NewKey, check
from app.pipeline.audit import Actor, audited, record
from app.rules import api_key_text
from app.saying import Saying

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
_SHOWN = ("name", "description", "environment", "permissions", "rate_limit", "is_active",
          "expires_at", "revoked_at", "replaces", "replaced_by")  # fmt: skip


class KeyNotFoundError(PermanentError):
    """The company has no such key."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key. ``plain`` is nowhere else, and cannot be had again."""

    key_id: ObjectId
    prefix: str
    plain: str = field(repr=False)
    expires_at: datetime | None
    replaced_ends_at: datetime | None = None
    """Until when the key that it replaces still opens what it did."""


def issue(
    tenant_id: str, actor: Actor, wish: NewKey, *, now: datetime, request_id: str | None = None
) -> Issued:
    """Make a key. Raises KeyRefusedError naming everything that cannot be."""
    check(wish, now)

    def work() -> Issued:
        key, plain = _new(tenant_id, actor, wish, now)
        key.save()
        record(
            tenant_id, actor, "key.created", "key", key.pk,
            now=now, request_id=request_id, after=_shown(key),
        )  # fmt: skip
        return Issued(key.pk, key.prefix, plain, key.expires_at)

    return audited(tenant_id, work)


def change(  # noqa: PLR0913 - who, what, when and why
    tenant_id: str,
    actor: Actor,
    key_id: ObjectId,
    *,
    now: datetime,
    request_id: str | None = None,
    name: str | None = None,
    description: str | None = None,
    permissions: Iterable[str] | None = None,
    requests: int | None = None,
    period_seconds: int | None = None,
) -> None:
    """Change what is given, at once. Raises KeyNotFoundError, KeyRefusedError."""

    def work() -> None:
        key = _found(tenant_id, key_id)
        before = _shown(key)
        wish = NewKey(
            name=key.name if name is None else name,
            permissions=tuple(key.permissions if permissions is None else permissions),
            description=key.description if description is None else description,
            environment=key.environment,
            requests=key.rate_limit.requests if requests is None else requests,
            period_seconds=(
                key.rate_limit.period // 1000 if period_seconds is None else period_seconds
            ),
        )
        check(wish, now)
        key.name, key.description = wish.name, wish.description
        key.permissions = sorted(set(wish.permissions))
        key.rate_limit = RateLimit(requests=wish.requests, period=wish.period_seconds * 1000)
        key.save()
        record(
            tenant_id, actor, "key.changed", "key", key.pk,
            now=now, request_id=request_id, before=before, after=_shown(key),
        )  # fmt: skip

    audited(tenant_id, work)


def rotate(
    tenant_id: str,
    actor: Actor,
    key_id: ObjectId,
    *,
    now: datetime,
    overlap: timedelta = OVERLAP,
    request_id: str | None = None,
) -> Issued:
    """Make a successor that may do the same; the key itself ends once ``overlap`` is over.

    The successor lives as long as the key was meant to. Raises KeyNotFoundError, and
    KeyRefusedError for a key that has a successor or has ended.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        days = LONGEST_OVERLAP.days
        raise KeyRefusedError(
            overlap=Saying("the overlap must be between none and %(days)s days", days=days)
        )

    def work() -> Issued:
        old = _found(tenant_id, key_id)
        _must_be_open(old, now)
        before = _shown(old)
        key, plain = _new(tenant_id, actor, _same_again(old, now), now)
        key.replaces = old.pk
        key.save()
        ends_at = now + overlap
        old.expires_at = min(old.expires_at, ends_at) if old.expires_at else ends_at
        old.replaced_by = key.pk
        old.save()
        record(
            tenant_id, actor, "key.rotated", "key", old.pk,
            now=now, request_id=request_id, before=before, after=_shown(old),
        )  # fmt: skip
        record(
            tenant_id, actor, "key.created", "key", key.pk,
            now=now, request_id=request_id, after=_shown(key),
        )  # fmt: skip
        return Issued(key.pk, key.prefix, plain, key.expires_at, old.expires_at)

    return audited(tenant_id, work)


def revoke(
    tenant_id: str,
    actor: Actor,
    key_id: ObjectId,
    *,
    now: datetime,
    request_id: str | None = None,
) -> bool:
    """End a key: the next request with it is refused. False where it was revoked already.

    Its successor, if there is one, goes on. Raises KeyNotFoundError.
    """

    def work() -> bool:
        key = _found(tenant_id, key_id)
        if not key.is_active:
            return False
        before = _shown(key)
        key.is_active, key.revoked_at = False, now
        key.save()
        record(
            tenant_id, actor, "key.revoked", "key", key.pk,
            now=now, request_id=request_id, before=before, after=_shown(key),
        )  # fmt: skip
        return True

    return audited(tenant_id, work)


def _found(tenant_id: str, key_id: ObjectId) -> ApiKey:
    key: ApiKey | None = ApiKey.of(tenant_id, pk=key_id).first()
    if key is None:
        raise KeyNotFoundError(Saying("there is no such key"))
    return key


def _must_be_open(key: ApiKey, now: datetime) -> None:
    if not key.is_active:
        raise KeyRefusedError(key=Saying("this key was revoked: make a new one"))
    if key.replaced_by is not None:
        raise KeyRefusedError(key=Saying("this key has a successor already: rotate that"))
    if key.expires_at is not None and now >= key.expires_at:
        raise KeyRefusedError(key=Saying("this key has expired: make a new one"))


def _new(tenant_id: str, actor: Actor, wish: NewKey, now: datetime) -> tuple[ApiKey, str]:
    text = api_key_text.made(wish.environment, secrets.randbelow)
    person = actor.id if actor.kind == "user" and ObjectId.is_valid(actor.id) else None
    key = ApiKey(
        tenant_id=tenant_id,
        key=api_key_text.hash_of(text.plain),
        prefix=text.prefix,
        name=wish.name.strip(),
        description=wish.description,
        environment=wish.environment,
        permissions=sorted(set(wish.permissions)),
        rate_limit=RateLimit(requests=wish.requests, period=wish.period_seconds * 1000),
        expires_at=wish.expires_at,
        created_by=person,
        created_at=now,
    )
    return key, text.plain


def _same_again(old: ApiKey, now: datetime) -> NewKey:
    return NewKey(
        name=old.name,
        permissions=old.permissions,
        environment=old.environment,
        description=old.description,
        requests=old.rate_limit.requests,
        period_seconds=old.rate_limit.period // 1000,
        expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
    )


def _shown(key: ApiKey) -> dict[str, object]:
    """What the audit log digests of a key: neither the hash, nor its uses."""
    stored = key.to_mongo().to_dict()
    return {name: stored[name] for name in _SHOWN if name in stored}
