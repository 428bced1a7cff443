"""Who asked for something that would not have happened by itself, when and why."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from mongoengine import DateTimeField, EmbeddedDocument, ObjectIdField, StringField

from app.models.encryption import EncryptedField


class ByHand(EmbeddedDocument):
    """One deed of a person, or of another system on somebody's behalf."""

    by = ObjectIdField(required=True)
    """The person's id, or the key's."""
    kind = StringField(choices=("user", "key"), required=True)
    name = StringField()
    """As colleagues know them."""
    why = EncryptedField()
    """In their words, which may quote the customer's."""
    at = DateTimeField(required=True)

    @classmethod
    def of(cls, kind: str, by: str, name: str, *, why: str, at: datetime) -> ByHand:
        """Make one; ``kind``, ``by`` and ``name`` as the audit log has them."""
        return cls(kind=kind, by=ObjectId(by), name=name, why=why, at=at)
