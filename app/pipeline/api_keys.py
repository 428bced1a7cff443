"""API keys: found by one read for each request; made, replaced and ended by who may.

This is the door to them: what other modules need of keys is imported from here.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bson import ObjectId

from app.models.api_key import ApiKey
from app.models.as_stored import first
from app.pipeline.api_keys_change import (
    OVERLAP,
    Issued,
    KeyNotFoundError,
    change,
    issue,
    revoke,
    rotate,
)
from app.pipeline.api_keys_uses import noted_use
from app.pipeline.api_keys_wish import Environment, KeyRefusedError, NewKey
from app.rules import api_key_text
from app.rules.permissions import FOR_KEYS, Permission
from app.saying import Saying

__all__ = [
    "OVERLAP",
    "Issued",
    "KeyInUse",
    "KeyNotFoundError",
    "KeyRefusedError",
    "NewKey",
    "Refusal",
    "change",
    "issue",
    "key_of",
    "noted_use",
    "revoke",
    "rotate",
]
_NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """A key that opens something, as one request needs it."""

    tenant_id: str
    key_id: ObjectId
    name: str
    environment: Environment
    permissions: frozenset[Permission]
    requests: int
    """How many requests it may make in each period."""
    period_seconds: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a key opens nothing. ``says`` may be answered to whoever sent it.

    Only who has the whole key learns that it expired or was revoked; a guess at a known prefix
    is told what a guess at an unknown one is told.
    """

    why: Literal["malformed", "unknown", "expired", "revoked"]
    says: Saying
    key_id: ObjectId | None = None
    """For our log; of a key that was there."""


def key_of(plain: str, now: datetime) -> KeyInUse | Refusal:
    """Whose key this is and what it may do; one indexed read. Counts nothing: see ``noted_use``."""
    prefix = api_key_text.prefix_of(plain)
    if prefix is None:
        return Refusal(
            "malformed", Saying("This is no API key, or was mistyped: send it as it was shown.")
        )
    found = first(ApiKey.across_tenants(prefix=prefix))
    kept = found.key if found else _NO_HASH
    if not hmac.compare_digest(kept, api_key_text.hash_of(plain)) or found is None:
        return Refusal(
            "unknown", Saying("This API key is not known here."), found.pk if found else None
        )
    if not found.is_active:
        return Refusal("revoked", Saying("This API key was revoked: ask for another."), found.pk)
    if found.expires_at is not None and now >= found.expires_at:
        return Refusal("expired", Saying("This API key has expired: use its successor."), found.pk)
    known = {each.value for each in FOR_KEYS}
    return KeyInUse(
        tenant_id=found.tenant_id,
        key_id=found.pk,
        name=found.name,
        environment=found.environment,
        permissions=frozenset(Permission(each) for each in found.permissions if each in known),
        requests=found.rate_limit.requests,
        period_seconds=max(1, found.rate_limit.period // 1000),
        expires_at=found.expires_at,
    )
