"""A proof: a photo or a signature that shows what became of a delivery at the door."""

from __future__ import annotations

from mongoengine import DateTimeField, IntField, ObjectIdField, StringField

from app.models.base import TenantDocument
from app.models.encryption import EncryptedField


class Proof(TenantDocument):
    """One picture. The picture lies in the storage; this says whose it is."""

    meta = {"collection": "proofs"}

    delivery_id = ObjectIdField(required=True)
    kind = StringField(choices=("photo", "signature"), required=True)
    taken_at = DateTimeField(required=True)
    taken_by = ObjectIdField()
    """Whose page or token it came from; absent where it was another system's key."""
    signed_by = EncryptedField()
    """Who signed, as they said it."""
    media_type = StringField(required=True)
    width = IntField(required=True)
    height = IntField(required=True)
    """Pixels."""
    size = IntField(required=True)
    """Bytes."""
    storage_key = StringField()
    """Absent once the picture was deleted."""
    sha256 = StringField()
    """Of the picture; unique within the delivery, so that the same is not kept twice."""
    picture_deleted_at = DateTimeField()
    """When it went from the storage, in all versions."""
