"""Deliveries whose customers were heard: real sound in the real storage, with the words' times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId

from app.gateways import Segment, Transcript, Word, wav
from app.models import AnalysisRecord, Delivery, Recording, Review
from app.models.analysis import DirectiveRecord
from app.pipeline.conclude import conclude
from app.pipeline.review import open_review
from app.pipeline.tell import tell
from app.pipeline.transcribe import transcribe
from app.pipeline.understand import understand
from app.rules.analysis import Directive
from app.runtime import Runtime
from tests import factories
from tests.factories import sid
from tests.fakes import FakeSpeech
from tests.pipeline.test_answer import TERMS

AUDIO = Path(__file__).parents[3] / "local" / "carrier" / "audio"


class Evenly(FakeSpeech):
    """Hears what it is told, each word as long as the others; ``unsure`` ones badly."""

    def __init__(self, text: str, seconds: float, unsure: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.seconds = seconds
        self.unsure = unsure

    def transcribe(self, audio: bytes | Path, language: str) -> Transcript:
        words, each = self.text.split(), self.seconds / len(self.text.split())
        timed = tuple(
            Word(word, n * each, (n + 1) * each, 0.3 if word in self.unsure else 0.95)
            for n, word in enumerate(words)
        )
        return Transcript(
            text=self.text,
            language=language,
            confidence=0.9,
            no_speech=False,
            duration=self.seconds,
            processing_seconds=0.1,
            segments=(Segment(self.text, 0.0, self.seconds, 0.0, -0.1, timed),),
        )


def heard(
    runtime: Runtime,
    text: str = "please leave it behind the planter",
    audio: str = "leave-behind-planter",
    *,
    unsure: tuple[str, ...] = (),
    now: datetime | None = None,
    **fields: Any,
) -> Delivery:
    """A delivery of this afternoon that was called about a while ago, through every stage."""
    now = now or datetime.now(UTC)
    content = (AUDIO / f"{audio}.wav").read_bytes()
    delivery = factories.delivery(
        scheduled_time=now + timedelta(hours=3),
        outreach={"state": "calling", "attempts": 1},
        **{"agent_id": factories.agent().pk, "status": "assigned", "created_at": now, **fields},
    )
    call = factories.call(
        delivery, status="completed", in_flight=False, call_sid=sid("CA"), claimed_at=now,
        start_time=now, end_time=now + timedelta(seconds=30), duration=30, notice_at=now,
        effects=["records"], answered_by="human",
    )  # fmt: skip
    key = f"rec/{call.pk}.wav"
    runtime.storage.put(key, content, "audio/wav")
    seconds = wav.seconds(content)
    recording = factories.recording(
        call, stage="stored", storage_key=key, duration=seconds, created_at=now
    )
    transcribe(recording.pk, Evenly(text, seconds, unsure), runtime.storage, now=now)
    understand(recording.pk, now=now)
    conclude(call.pk, TERMS, now=now)
    tell(delivery.pk, now=now)
    return fresh(delivery)


def fresh(delivery: Delivery) -> Delivery:
    found: Delivery = Delivery.of(delivery.tenant_id, pk=delivery.pk).get()
    return found


def recording_of(delivery: Delivery) -> Recording:
    found: Recording = Recording.of(delivery.tenant_id, delivery_id=delivery.pk).get()
    return found


def in_doubt(delivery: Delivery, *proposed: Directive, hours: float = 1) -> Review:
    """A person is to look at what was understood; a second reader proposes this as well."""
    now = datetime.now(UTC)
    analysis: AnalysisRecord = delivery.analysis
    analysis.needs_review = True
    analysis.proposed = [DirectiveRecord.from_rules(each) for each in proposed]
    delivery.modify(set__analysis=analysis)
    return question(delivery, "unclear", analysis.source_id, now + timedelta(hours=hours))


def question(delivery: Delivery, reason: str, source: ObjectId, due: datetime) -> Review:
    """A review of this delivery."""
    open_review(
        delivery.tenant_id, delivery.pk, reason=reason, source_id=source,
        call_id=delivery.call_log_id, due=due, now=datetime.now(UTC),
    )  # fmt: skip
    found: Review = Review.of(delivery.tenant_id, source_id=source, reason=reason).get()
    return found
