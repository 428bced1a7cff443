"""A correction: what a dispatcher put in the place of what was understood."""

from __future__ import annotations

from mongoengine import (
    DateTimeField,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.models.analysis import AnalysisRecord
from app.models.base import TenantDocument
from app.models.encryption import EncryptedField


class Correction(TenantDocument):
    """One correction of one delivery's analysis, with what stood there before.

    It is in effect, or was, where an analysis of the delivery names it (``correction_id``);
    otherwise it came too late and changed nothing.
    """

    meta = {"collection": "corrections"}
    delivery_id = ObjectIdField(required=True)
    version = IntField(required=True)
    """The delivery's ``analysis_version`` that was looked at and corrected."""
    before = EmbeddedDocumentField(AnalysisRecord)
    """Absent where nothing had been understood at all."""
    after = EmbeddedDocumentField(AnalysisRecord, required=True)
    judged = ListField(StringField(choices=("sentiment", "priority")))
    """What the dispatcher judged as well; otherwise it follows from the directives."""
    corrected_by = ObjectIdField(required=True)
    """A person, or where ``corrected_as`` says so an API key."""
    corrected_as = StringField(choices=("user", "key"), default="user")
    at = DateTimeField(required=True)
    why = EncryptedField()
    """In the dispatcher's words, which may quote the customer's."""
