"""What customers of a made-up ledger said: real sentences, read by the product's own extractor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from app.models import AnalysisRecord, PushMessage, Transcription
from app.rules.directives import understand

_SENTENCES = (
    "leave it behind the planter and don't ring the bell",
    "please leave it with the neighbour at number fourteen",
    "the gate code is 4821 then go up to the third floor",
    "I am not home until four",
    "bring it tomorrow please",
    "I'd like to speak to a person",
    "text me when you arrive",
    "mind the dog",
    "it is fragile so keep it upright",
    "only I have to sign for it",
    "come between two and four",
    "leave it on the porch",
    "put it in the garage",
    "take it to my office at 20 Station Road",
    "cancel it and send it back",
    "my wife can take it",
    "use the back door",
    "call me ten minutes before",
    "the reception can take it",
    "don't leave it outside if it rains, put it in the shed",
)
_AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, and its analysis as the database keeps it."""

    words: str
    transcript: Any
    message: Any
    """The words, and the driver's sentence, sealed for the fields in which they stand."""
    template: dict[str, Any]
    for_a_person: bool

    def analysis(
        self, source_id: ObjectId, call_id: ObjectId | None, at: datetime | None
    ) -> dict[str, Any]:
        """The analysis as read from this recording, of this call."""
        kept = {**self.template, "source_id": source_id, "at": at}
        return kept if call_id is None else {**kept, "call_id": call_id}


@dataclass(frozen=True, slots=True)
class Pool:
    """Everything that was said, read once."""

    instructing: tuple[Said, ...]
    confirming: Said

    @classmethod
    def read(cls) -> Pool:
        """Read them all. The keys for what is encrypted must be in use."""
        return cls(tuple(_read(words) for words in _SENTENCES), _read("yes that's fine"))


def _read(words: str) -> Said:
    analysis = understand(words, now=_AT)
    record = AnalysisRecord.from_rules(analysis, source_id=ObjectId(), call_id=None, at=_AT)
    return Said(
        words,
        Transcription(text=words).to_mongo()["text"],
        PushMessage(text=analysis.instructions).to_mongo().get("text"),
        record.to_mongo().to_dict(),
        record.needs_person,
    )
