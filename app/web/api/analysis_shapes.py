"""What was understood of a customer's words, as it is shown: codes masked unless asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from pydantic import Field

from app.models import AnalysisRecord
from app.rules.analysis import Directive
from app.rules.hiding import MASK, hide, without
from app.saying import Saying
from app.web.api.shapes import Id, Moment, Shape

Wanted = Literal[
    "leave_at", "leave_with", "hand_over", "time_window", "unavailable", "reschedule",
    "redirect", "access", "contact", "avoid", "caution", "handling", "cancel", "wrong_number",
    "opt_out", "speak_to_human", "question", "confirm",
]  # fmt: skip
Mood = Literal["positive", "neutral", "negative"]
Urgency = Literal["low", "normal", "high", "urgent"]

LOOK_ANEW = Saying("Read what is understood now, and send yours again with its analysis_version.")
"""What to do where something else is understood by now."""


class InAudioOut(Shape):
    """Where it is heard."""

    recording: Id
    start: float = Field(description="Seconds from the beginning.")
    end: float


class DirectiveOut(Shape):
    """One thing to do."""

    kind: Wanted
    text: str = Field(description="The customer's words it was read from.")
    confidence: float
    slots: dict[str, str | int | bool] = Field(description="What belongs to the kind.")
    span: tuple[int, int] | None = Field(description="Where the words stand in the transcript.")
    audio: InAudioOut | None

    @classmethod
    def of(cls, directive: Directive, secret: Collection[str] = ()) -> DirectiveOut:
        """One directive, without the codes that were said with it."""
        slots = {
            name: MASK
            if secret and name == "code"
            else without(value, secret)
            if isinstance(value, str)
            else value
            for name, value in directive.slots.items()
        }
        audio = directive.audio
        lies = directive.start is not None and directive.end is not None
        return cls.model_construct(
            kind=directive.kind.value,
            text=hide(directive.text, secret, known=True) if secret else directive.text,
            confidence=round(directive.confidence, 3),
            slots=slots,
            span=(directive.start, directive.end) if lies else None,
            audio=InAudioOut.model_construct(
                recording=audio.recording, start=audio.start, end=audio.end
            )
            if audio
            else None,
        )


class AnalysisOut(Shape):
    """What a customer wants, as it is understood."""

    directives: list[DirectiveOut]
    instructions: str = Field(description="One short sentence for the driver.")
    summary: str = Field(description="One sentence for the dispatcher.")
    sentiment: Mood | None
    priority: Urgency | None
    keywords: list[str]
    confidence_score: float
    needs_review: bool
    source_id: Id | None = Field(description="The recording, reply or call that says so.")
    call_id: Id | None
    corrected: bool = Field(description="A person has put it right.")
    at: Moment | None = Field(description="When it was said.")

    @classmethod
    def masked(cls, record: AnalysisRecord, also: Collection[str] = ()) -> AnalysisOut:
        """An analysis without what opens doors: its own codes, and ``also`` these."""
        analysis = record.to_rules()
        secret = _codes_in(analysis.directives) | frozenset(also)

        def told(text: str) -> str:
            return hide(text, secret, known=True) if secret else text

        return cls.model_construct(
            directives=[DirectiveOut.of(each, secret) for each in analysis.directives],
            instructions=told(analysis.instructions),
            summary=told(analysis.summary),
            sentiment=analysis.sentiment.value if analysis.sentiment else None,
            priority=analysis.priority.value if analysis.priority else None,
            keywords=[told(each) for each in analysis.keywords],
            confidence_score=round(analysis.confidence_score, 3),
            needs_review=analysis.needs_review,
            source_id=str(record.source_id) if record.source_id else None,
            call_id=str(record.call_id) if record.call_id else None,
            corrected=record.correction_id is not None,
            at=record.at,
        )


def codes(record: AnalysisRecord | None) -> list[Directive]:
    """The directives that hold a code."""
    if record is None:
        return []
    return [each.to_rules() for each in record.directives if "code" in (each.slots or ())]


def codes_of(records: Iterable[AnalysisRecord | None]) -> frozenset[str]:
    """Every code that these analyses hold."""
    return _codes_in(each for record in records for each in codes(record))


def _codes_in(directives: Iterable[Directive]) -> frozenset[str]:
    return frozenset(str(each.slots["code"]) for each in directives if "code" in each.slots)
