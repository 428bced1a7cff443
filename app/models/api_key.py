"""Keys by which other systems use the API."""

from __future__ import annotations

from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.models.base import TenantDocument


class RateLimit(EmbeddedDocument):
    requests = IntField(default=1000, min_value=1, max_value=10_000_000)
    period = IntField(default=900_000, min_value=1000, max_value=86_400_000)
    """Milliseconds."""


class ApiKey(TenantDocument):
    """A key for another system. Kept as a SHA-256: it has 256 random bits, so no slow hash.

    ``app.pipeline.api_keys`` makes, rotates and ends them.
    """

    meta = {"collection": "api_keys"}
    key = StringField(required=True)
    """The hash, hexadecimal."""
    prefix = StringField(required=True)
    """The public beginning, by which people tell keys apart and requests find theirs; unique."""
    name = StringField(required=True, max_length=120)
    description = StringField(max_length=1000)
    environment = StringField(
        choices=("development", "staging", "production"), default="development"
    )
    permissions = ListField(StringField())
    rate_limit = EmbeddedDocumentField(RateLimit, default=RateLimit)
    is_active = BooleanField(default=True)
    """False once it was revoked."""
    revoked_at = DateTimeField()
    expires_at = DateTimeField()
    """From then on it opens nothing; absent: it does not expire."""
    replaces = ObjectIdField()
    """The key that this one was made to take the place of."""
    replaced_by = ObjectIdField()
    created_by = ObjectIdField()
    last_used_at = DateTimeField()
    """Late by up to half a minute, like the count."""
    usage_count = IntField(default=0)
