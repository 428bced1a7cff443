"""What keys look like in requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from app.models import ApiKey
from app.rules.permissions import FOR_KEYS, NOT_FOR_KEYS, Permission
from app.saying import Saying
from app.web.api.shapes import Given, GivenMoment, Id, Line, Listed, Moment, Page, Text, Versioned

Environment = Literal["development", "staging", "production"]
_LONGEST_OVERLAP = 720
"""Hours."""
_Name = Annotated[Line, Field(max_length=120)]
_Description = Annotated[Text, Field(max_length=1000)]


def _for_keys(wanted: Permission) -> Permission:
    if wanted in NOT_FOR_KEYS:
        raise ValueError(Saying("no key may have %(permission)s", permission=wanted))
    return wanted


_ForKeys = Annotated[
    Permission,
    AfterValidator(_for_keys),
    WithJsonSchema({"type": "string", "enum": sorted(each.value for each in FOR_KEYS)}),
]
_Permissions = Annotated[
    list[_ForKeys],
    Field(min_length=1, max_length=len(Permission), description="None that you have not."),
]
_Requests = Annotated[int, Field(ge=1, le=10_000_000, description="In each period.")]
_Period = Annotated[int, Field(ge=1, le=86_400, description="Seconds.")]


class KeyOut(Versioned):
    """A key; never the secret itself."""

    VOLATILE = frozenset({"state", "last_used_at", "usage_count", "key", "replaced_ends_at"})
    id: Id
    prefix: str = Field(description="The key's public beginning.")
    name: str
    description: str | None
    environment: Environment
    permissions: tuple[str, ...]
    requests: int = Field(description="How many it may make in each period.")
    period_seconds: int
    state: Literal["in_use", "expired", "revoked"]
    expires_at: Moment | None
    revoked_at: Moment | None
    replaces: Id | None = Field(description="The key whose successor it is.")
    replaced_by: Id | None
    created_by: Id | None = Field(description="The user who made it; absent: a command did.")
    created_at: Moment | None
    last_used_at: Moment | None = Field(description="Late by up to half a minute.")
    usage_count: int = Field(description="Requests so far; late by up to half a minute.")


class MadeKey(KeyOut):
    """A new key with its secret, which is shown this once."""

    key: str = Field(description="Send it as: Authorization: Bearer. It is not shown again.")
    replaced_ends_at: Moment | None = Field(
        default=None, description="Until when the key that it replaces still opens what it did."
    )


class KeyPage(Page[KeyOut]):
    """Some keys."""


class KeysAsked(Listed):
    """Which keys."""

    environment: Environment | None = None
    is_active: Annotated[bool | None, Field(description="Not revoked.")] = None
    sort: Literal["-created", "created"] = "-created"


class WantedKey(Given):
    """A key to make."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Warehouse",
                    "permissions": ["deliveries:read", "deliveries:write"],
                    "environment": "production",
                }
            ]
        }
    )
    name: _Name
    permissions: _Permissions
    environment: Environment = "development"
    description: _Description | None = None
    requests: _Requests = 1000
    period_seconds: _Period = 900
    expires_at: Annotated[GivenMoment | None, Field(description="Absent: it does not.")] = None


class ChangedKey(Given):
    """What is to change; the rest stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"requests": 5000}]})
    name: _Name = ""
    permissions: _Permissions = []
    description: _Description | None = None
    requests: _Requests = 1000
    period_seconds: _Period = 900


class KeyRotation(Given):
    """How a key is replaced."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})
    overlap_hours: Annotated[
        float,
        Field(
            ge=0,
            le=_LONGEST_OVERLAP,
            allow_inf_nan=False,
            description="For so long the old key still opens what it did.",
        ),
    ] = 24


def shown(key: ApiKey, now: datetime) -> KeyOut:
    """A key as it is shown, without the version."""
    expired = key.expires_at is not None and now >= key.expires_at
    return KeyOut(
        id=str(key.pk),
        prefix=key.prefix,
        name=key.name,
        description=key.description or None,
        environment=key.environment,
        permissions=tuple(key.permissions),
        requests=key.rate_limit.requests,
        period_seconds=max(1, key.rate_limit.period // 1000),
        state="revoked" if not key.is_active else "expired" if expired else "in_use",
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        replaces=_id(key.replaces),
        replaced_by=_id(key.replaced_by),
        created_by=_id(key.created_by),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        usage_count=key.usage_count or 0,
    )


def _id(known: ObjectId | None) -> str | None:
    return str(known) if known else None
