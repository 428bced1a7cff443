"""The audit log: who did what, on what, when; appended to, and never changed.

Each entry holds the hash of the one before it, over all fields of the entry, so that whatever is
changed, taken out or put in between afterwards is found. What stood in a document before and after
is kept as a keyed digest: two states can be told apart or proved, and personal data cannot be
guessed from it without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)

from app.errors import PermanentError
from app.models.base import TenantDocument, TenantQuerySet

ACTOR_KINDS = ("user", "key", "command", "customer", "system")
BEGINNING = "0" * 64
"""What stands for the hash before the first entry."""


class AppendOnlyError(PermanentError):
    """Somebody tried to change or to delete an entry of the audit log."""


class _AppendOnly(TenantQuerySet):
    """Entries can be found, and nothing else."""

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise AppendOnlyError("entries of the audit log are never changed or deleted")

    update = update_one = upsert_one = modify = delete = insert = _refuse


class AuditActor(EmbeddedDocument):
    kind = StringField(choices=ACTOR_KINDS, required=True)
    id = StringField(required=True)
    label = StringField(required=True)
    """As people know them; for customers no name and no number."""


class AuditSubject(EmbeddedDocument):
    kind = StringField(required=True)
    """A collection's word, as ``delivery``."""
    id = StringField(required=True)


class AuditEntry(TenantDocument):
    """One thing that was done. Made by ``app.pipeline.audit.record`` alone."""

    meta = {"collection": "audit_log", "queryset_class": _AppendOnly}
    sequence = IntField(required=True, min_value=1)
    """1, 2, 3 and so on, of the tenant."""
    at = DateTimeField(required=True)
    actor = EmbeddedDocumentField(AuditActor, required=True)
    action = StringField(required=True)
    """One of ``app.rules.audit_actions``."""
    subject = EmbeddedDocumentField(AuditSubject, required=True)
    before = StringField()
    """Digest of what stood there, ``key:hmac``; absent where nothing did."""
    after = StringField()
    changed = ListField(StringField())
    """Names of the fields in which they differ."""
    detail = DictField()
    """What else may be known by everybody who reads the log: counts, reasons from a list."""
    request_id = StringField()
    previous = StringField(required=True)
    """The hash of the entry before, or BEGINNING."""
    hash = StringField(required=True)

    @classmethod
    def append(cls, tenant_id: str, drafts: Sequence[AuditEntry]) -> None:
        """Give entries their places at the end of the tenant's chain, and insert them.

        For ``app.pipeline.audit``, within a transaction; it may be repeated with the same drafts.
        """
        last = cls.of(tenant_id).only("sequence", "hash").order_by("-sequence").first()
        place, previous = (last.sequence, last.hash) if last else (0, BEGINNING)
        made = []
        for draft in drafts:
            place += 1
            draft.sequence, draft.previous, draft.hash = place, previous, None
            stored = draft.to_mongo().to_dict()
            draft.hash = previous = stored["hash"] = hash_of(stored)
            made.append(stored)
        cls._get_collection().insert_many(made)

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise AppendOnlyError("entries of the audit log are appended, never changed or deleted")

    save = update = modify = delete = _refuse


def canonical(value: Any) -> bytes:
    """JSON that is the same for the same value: names sorted, no spaces, UTF-8, times in UTC.

    Times have milliseconds, as MongoDB keeps them.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )
    return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, EmbeddedDocument):
        return value.to_mongo().to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted(map(str, value)) if isinstance(value, (set, frozenset)) else list(value)
    return str(value)


def hash_of(stored: Mapping[str, Any]) -> str:
    """The hash of an entry as it is stored, hexadecimal: SHA-256 over all its fields but that."""
    return hashlib.sha256(
        canonical({name: value for name, value in stored.items() if name != "hash"})
    ).hexdigest()


class _DigestKey:
    """The key of this process; set once, when it connects to the database."""

    def __init__(self) -> None:
        self.key: bytes | None = None


_digest_key = _DigestKey()


def use_secret(secret: str) -> None:
    """Digest with a key drawn from this secret from now on."""
    _digest_key.key = hmac.digest(secret.encode(), b"delauto.audit.digest", "sha256")


def digest_of(fields: Mapping[str, Any]) -> str:
    """``key:hmac``: which key it was made with, and the HMAC-SHA256 of the canonical JSON.

    Equal under one key where the fields are equal. Raises PermanentError before any connection.
    """
    key = _digest_key.key
    if key is None:
        raise PermanentError("no SECRET_KEY in use: call models.connect() first")
    which = hashlib.sha256(key).hexdigest()[:8]
    return f"{which}:{hmac.new(key, canonical(fields), hashlib.sha256).hexdigest()}"
