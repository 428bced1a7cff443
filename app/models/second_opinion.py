"""What a second reader made of a recording's words, as the recording keeps it."""

from __future__ import annotations

from mongoengine import (
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EnumField,
    FloatField,
    IntField,
    ListField,
    StringField,
)

from app.models.analysis import DirectiveRecord
from app.rules.analysis import Kind


class SecondOpinion(EmbeddedDocument):
    """One question to the second reader; written before it is asked, so that it is asked once."""

    asked_at = DateTimeField(required=True)
    outcome = StringField(default="asked")
    """``asked``, ``answered``, ``lost`` (the process ended meanwhile), or why there is none:
    ``timeout``, ``unreachable``, ``http-error``, ``redirected``, ``too-large``, ``unreadable``,
    ``nonsense``, ``refused``, ``resting``."""
    seconds = FloatField()
    """How long it took."""
    dropped = IntField(default=0)
    """Directives that were thrown away, because nobody said so."""
    proposed = ListField(EmbeddedDocumentField(DirectiveRecord))
    doubted = ListField(EnumField(Kind))
    """As in ``AnalysisRecord``."""
