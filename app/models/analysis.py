"""What a customer said, as documents keep it: the embedded form of ``app.rules.analysis``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EnumField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.models.encryption import EncryptedField
from app.rules.analysis import (
    FOR_A_PERSON,
    Analysis,
    Directive,
    InAudio,
    Kind,
    Priority,
    Quote,
    Sentiment,
)


class DirectiveRecord(EmbeddedDocument):
    """One directive. Its kind can be queried; its words and slots are encrypted."""

    kind = EnumField(Kind, required=True)
    confidence = FloatField(min_value=0, max_value=1)
    text = EncryptedField()
    slots = EncryptedField()
    wording = EncryptedField()
    """As said, with what the slots drop: the sentence is worded from it in any language."""
    start = IntField(min_value=0)
    end = IntField(min_value=0)
    """Where the words lie in the transcript that they were read from."""
    recording_id = ObjectIdField()
    """The recording in which they are heard, from and until these seconds of it."""
    heard_from = FloatField(min_value=0)
    heard_until = FloatField(min_value=0)

    @classmethod
    def from_rules(cls, directive: Directive) -> DirectiveRecord:
        """Wrap one directive."""
        audio = directive.audio
        return cls(
            kind=directive.kind,
            confidence=directive.confidence,
            text=directive.text,
            slots=dict(directive.slots),
            wording=directive.wording,
            start=directive.start,
            end=directive.end,
            recording_id=ObjectId(audio.recording) if audio else None,
            heard_from=audio.start if audio else None,
            heard_until=audio.end if audio else None,
        )

    def to_rules(self) -> Directive:
        """The directive as the rules know it."""
        known = self.recording_id is not None
        return Directive(
            self.kind,
            self.text or "",
            self.confidence or 0.0,
            self.slots or {},
            self.start,
            self.end,
            InAudio(str(self.recording_id), self.heard_from, self.heard_until) if known else None,
            wording=self.wording or "",
        )


class EntityRecord(EmbeddedDocument):
    """A thing that was named."""

    type = StringField()
    value = EncryptedField()
    confidence = FloatField()


class AnalysisRecord(EmbeddedDocument):
    """One analysis, and the recording or call that it was read from."""

    sentiment = EnumField(Sentiment)
    keywords = EncryptedField()
    instructions = EncryptedField()
    priority = EnumField(Priority)
    confidence_score = FloatField(min_value=0, max_value=1)
    entities = ListField(EmbeddedDocumentField(EntityRecord))
    summary = EncryptedField()
    directives = ListField(EmbeddedDocumentField(DirectiveRecord))
    needs_review = BooleanField(default=False)
    quotes = EncryptedField()
    """``Analysis.quotes``; absent in what was kept before they were."""
    proposed = ListField(EmbeddedDocumentField(DirectiveRecord))
    """What only a second reader found: shown to dispatchers, and never acted on."""
    doubted = ListField(EnumField(Kind))
    """Kinds among the directives that the second reader did not find."""
    source_id = ObjectIdField()
    """The recording, or where keys alone were pressed the call, that says so."""
    call_id = ObjectIdField()
    at = DateTimeField()
    """When it was said."""
    correction_id = ObjectIdField()
    """Where a dispatcher put it there: the ``Correction`` that says who, when and why."""

    @classmethod
    def from_rules(
        cls, analysis: Analysis, *, source_id: ObjectId, call_id: ObjectId | None, at: datetime
    ) -> AnalysisRecord:
        """Wrap what the rules found."""
        return cls(
            sentiment=analysis.sentiment,
            keywords=list(analysis.keywords),
            instructions=analysis.instructions,
            priority=analysis.priority,
            confidence_score=analysis.confidence_score,
            entities=[
                EntityRecord(type=e.type, value=e.value, confidence=e.confidence)
                for e in analysis.entities
            ],
            summary=analysis.summary,
            directives=[DirectiveRecord.from_rules(each) for each in analysis.directives],
            needs_review=analysis.needs_review,
            quotes=[[q.verb, q.language, q.words] for q in analysis.quotes],
            source_id=source_id,
            call_id=call_id,
            at=at,
        )

    def to_rules(self) -> Analysis:
        """The analysis as the rules know it."""
        return Analysis(
            directives=tuple(each.to_rules() for each in self.directives),
            instructions=self.instructions or "",
            summary=self.summary or "",
            sentiment=self.sentiment,
            priority=self.priority,
            keywords=tuple(self.keywords or ()),
            confidence_score=self.confidence_score or 0.0,
            needs_review=self.needs_review,
            quotes=tuple(Quote(*each) for each in self.quotes or ()),
        )

    def has(self, *kinds: Kind) -> bool:
        """Does any directive have one of these kinds?"""
        return any(directive.kind in kinds for directive in self.directives)

    @property
    def needs_person(self) -> bool:
        """Should a dispatcher look at it: in doubt, or not for the driver alone?"""
        return bool(self.needs_review) or self.has(*FOR_A_PERSON)

    def as_dict(self) -> dict[str, Any]:
        """The analysis as JSON carries it."""
        return self.to_rules().as_dict()
