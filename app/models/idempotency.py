"""Answers that are kept for the case that a request comes again."""

from __future__ import annotations

from mongoengine import DateTimeField, DictField, IntField, StringField

from app.models.base import TenantDocument
from app.models.encryption import EncryptedField


class IdempotentAnswer(TenantDocument):
    """What one request was answered; goes by itself a day later."""

    meta = {"collection": "idempotent_answers"}
    id = StringField(primary_key=True)
    """A digest of company, caller and key."""
    request = StringField(required=True)
    """A digest of what was asked."""
    status = IntField(required=True)
    text = EncryptedField()
    headers = DictField()
    expires_at = DateTimeField(required=True)
