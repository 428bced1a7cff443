"""Recordings: what customers said, read with codes masked or in clear, and heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import Field

from app.errors import PermanentError
from app.models import AnalysisRecord, Recording
from app.pipeline import recordings
from app.pipeline.stretches import stretch_of
from app.pipeline.waveforms import LOUDEST, PEAKS
from app.rules.hiding import MASK, hide, stretches
from app.rules.in_audio import lying
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.analysis_shapes import codes_of
from app.web.api.asking import Ask
from app.web.api.listing import NEWEST, OLDEST, page_of
from app.web.api.operations import Resource
from app.web.api.problems import not_found
from app.web.api.shapes import Id, Listed, Moment, Page, Selected, Shape

resource = Resource("Recordings", "What customers said: as sound, and word for word.")
_ORDERS = {"-created": NEWEST, "created": OLDEST}
_READ = Permission.RECORDINGS_READ
_ONE = "/recordings/<id:recording_id>"
Stage = Literal["announced", "stored", "transcribed", "understood"]


class WordOut(Shape):
    """One word, and when it is heard."""

    text: str
    start: float = Field(description="Seconds from the beginning.")
    end: float
    probability: float | None


class TranscriptOut(Shape):
    """What was said."""

    text: str | None
    translation: str | None = Field(description="In English, where it was said in another tongue.")
    words: list[WordOut]
    masked: bool = Field(description="What opens doors, or may, is hidden.")


class RecordingOut(Shape):
    """A recording."""

    id: Id
    delivery_id: Id
    call_id: Id | None
    reply_id: Id | None = Field(description="The answer by link that it belongs to.")
    stage: Stage
    failed: bool = Field(description="It could not be fetched, heard or read.")
    audible: bool = Field(description="There is sound to listen to.")
    duration: float = Field(description="Seconds.")
    language: str | None
    confidence: float | None = Field(description="Of the speech recognition, 0 to 1.")
    transcript: TranscriptOut | None
    access_count: int
    last_accessed_at: Moment | None
    created_at: Moment | None


class RecordingPage(Page[RecordingOut]):
    """Some recordings."""


class AudioLink(Shape):
    """Where to hear it; whoever has the address can, until it expires."""

    url: str
    expires_at: Moment


class Waveform(Shape):
    """How loud a recording is over its time."""

    duration: float = Field(description="Seconds.")
    peaks: list[int] = Field(
        description=f"Of {PEAKS} equal stretches, the loudest of all being {LOUDEST}."
    )


class RecordingsAsked(Listed):
    """Which recordings."""

    delivery_id: Id | None = None
    call_id: Id | None = None
    stage: Annotated[
        list[Stage], Field(max_length=4, description="One of these; repeat it for several.")
    ] = []
    sort: Literal["-created", "created"] = "-created"


@resource.get("/recordings", may=_READ, answer=RecordingPage)
def list_recordings(ask: Ask, query: RecordingsAsked) -> RecordingPage:
    """List recordings, with what was said; codes are masked.

    Agents see those about their own deliveries.
    """
    own = None if ask.own_id is None else recordings.own_of(ask.tenant_id, ask.own_id)
    where = recordings.chosen(
        own=own, delivery_id=query.delivery_id, call_id=query.call_id, stage=query.stage
    )
    page = page_of(
        Recording, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=_shown,
        page=RecordingPage,
    )  # fmt: skip
    return RecordingPage.model_validate(page)


@resource.get(_ONE, may=_READ, answer=RecordingOut)
def read_recording(ask: Ask, query: Selected, recording_id: ObjectId) -> RecordingOut:  # noqa: ARG001
    """Read a recording, with what was said; codes are masked."""
    (shown,) = _shown([_found(ask, recording_id)])
    return shown


@resource.get(
    f"{_ONE}/waveform",
    may=Permission.RECORDINGS_LISTEN,
    answer=Waveform,
)
def read_waveform(ask: Ask, recording_id: ObjectId) -> Waveform:
    """Read how loud a recording is over its time, to draw it.

    Nobody hears anything by that: it is not counted as listening.
    """
    recording = _found(ask, recording_id)
    try:
        peaks = ask.runtime.waveforms.of(recording, ask.runtime.storage)
    except PermanentError as error:
        # There is no sound, or none that anything could be drawn of.
        raise not_found(Saying("There is no such waveform.")) from error
    return Waveform.model_construct(duration=recording.duration, peaks=list(peaks))


@resource.post(
    f"{_ONE}/transcript",
    may=Permission.CODES_READ,
    status=200,
    answer=TranscriptOut,
    kept=False,
)
def read_transcript(ask: Ask, recording_id: ObjectId) -> TranscriptOut:
    """Read what was said, with the codes that open doors.

    Needs `recordings:read` as well. Each reading is kept in the audit log; that is why it is a
    POST.
    """
    ask.caller.needs(_READ)
    recording = _found(ask, recording_id)
    ask.note("recording.read", "recording", recording_id)
    return _transcript(recording, None) or TranscriptOut(
        text=None, translation=None, words=[], masked=False
    )


@resource.post(
    f"{_ONE}/audio-link",
    may=Permission.RECORDINGS_LISTEN,
    status=200,
    answer=AudioLink,
    kept=False,
)
def listen_to_recording(ask: Ask, recording_id: ObjectId) -> AudioLink:
    """Get an address that plays a recording for two minutes.

    Each is counted, and kept in the audit log. Nothing is masked in the sound.
    """
    recording = _found(ask, recording_id)
    seconds = recordings.LINK_SECONDS
    link = recordings.listen(recording, ask.runtime.storage, seconds=seconds, now=ask.now)
    ask.note("recording.listened", "recording", recording_id)
    return AudioLink(url=link.url, expires_at=link.expires_at)


def _found(ask: Ask, recording_id: ObjectId) -> Recording:
    recording = recordings.find(ask.tenant_id, recording_id, agent_id=ask.own_id)
    if recording is None:
        raise not_found(Saying("There is no such recording."))
    return recording


def _shown(found: Sequence[Recording]) -> list[RecordingOut]:
    understood = recordings.understood_of(found)
    return [_out(each, understood.get(each.delivery_id, [])) for each in found]


def _out(recording: Recording, understood: Iterable[AnalysisRecord]) -> RecordingOut:
    script = recording.transcription
    return RecordingOut.model_construct(
        id=str(recording.pk),
        delivery_id=str(recording.delivery_id),
        call_id=str(recording.call_log_id) if recording.call_log_id else None,
        reply_id=str(recording.reply_id) if recording.reply_id else None,
        stage=recording.stage,
        failed=recording.processing_status == "failed",
        audible=bool(recording.storage_key),
        duration=recording.duration,
        language=recording.language,
        confidence=script.confidence if script else None,
        transcript=_transcript(recording, [recording.ai_analysis, *understood]),
        access_count=recording.access_count,
        last_accessed_at=recording.last_accessed_at,
        created_at=recording.created_at,
    )


def _transcript(
    recording: Recording, understood: Sequence[AnalysisRecord | None] | None
) -> TranscriptOut | None:
    """What was said; without what opens doors unless ``understood`` is None."""
    script = recording.transcription
    if script is None or not script.text:
        return None
    if understood is None:
        words = list(_words(recording, None, known=False))
        return TranscriptOut.model_construct(
            text=script.text, translation=script.translation, words=words, masked=False
        )
    secret = codes_of(understood)
    # Until somebody has read it, any number may be one.
    known = bool(secret) or recording.stage != "understood"
    translation = script.translation
    return TranscriptOut.model_construct(
        text=hide(script.text, secret, known=known),
        translation=hide(translation, secret, known=known) if translation else None,
        words=list(_words(recording, secret, known=known)),
        masked=True,
    )


def _words(
    recording: Recording, secret: frozenset[str] | None, *, known: bool
) -> Iterator[WordOut]:
    stretch = stretch_of(recording)
    hidden = [] if secret is None else stretches(stretch.text, secret, known=known)
    # Words that do not stand in the text cannot be held against it.
    clear = {
        word
        for word, (start, end) in lying(stretch)
        if not any(start < last and end > first for first, last in hidden)
    }
    sure = [
        word.get("probability") for segment in recording.segments or () for word in segment["words"]
    ]
    for word, probability in zip(stretch.words, sure, strict=True):
        yield WordOut.model_construct(
            text=word.text.strip() if secret is None or word in clear else MASK,
            start=round(word.start, 2),
            end=round(word.end, 2),
            probability=None if probability is None else round(probability, 3),
        )
