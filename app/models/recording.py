"""A recording: what a customer said in one call, and how far we have come with it."""

from __future__ import annotations

from mongoengine import (
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ObjectIdField,
    StringField,
)

from app.models.analysis import AnalysisRecord
from app.models.base import StatefulDocument
from app.models.encryption import EncryptedField
from app.models.second_opinion import SecondOpinion
from app.states import RECORDING, RecordingStage


class Transcription(EmbeddedDocument):
    text = EncryptedField()
    confidence = FloatField(min_value=0, max_value=1)
    language = StringField(default="en")
    translation = EncryptedField()
    """The same in English, where it was said in another language and the model could translate."""
    processing_time = FloatField()
    """Seconds."""


class Recording(StatefulDocument):
    """One recorded answer."""

    meta = {"collection": "recordings"}
    MACHINES = (RECORDING,)

    call_log_id = ObjectIdField()
    """The call in which it was made; absent where it came by a link."""
    reply_id = ObjectIdField()
    """The reply it belongs to, where it came by a link."""
    delivery_id = ObjectIdField(required=True)
    audio_url = StringField(required=True)
    """``s3://bucket/key``."""
    duration = FloatField(required=True)
    """Seconds."""
    file_size = IntField()
    """Bytes."""
    format = StringField(default="mp3")
    transcription = EmbeddedDocumentField(Transcription)
    ai_analysis = EmbeddedDocumentField(AnalysisRecord)
    second_opinion = EmbeddedDocumentField(SecondOpinion)
    """Absent where none was asked for."""
    processing_status = StringField(
        choices=("pending", "processing", "completed", "failed"), default="pending"
    )
    processing_attempts = IntField(default=0)
    last_processed_at = DateTimeField()
    hearing_until = DateTimeField()
    """A worker is hearing it: until then no other begins."""
    error_message = StringField()
    access_count = IntField(default=0)
    last_accessed_at = DateTimeField()

    recording_sid = StringField(regex=r"^RE[0-9a-fA-F]{32}$")
    """The network's id, unique where present."""
    stage = StringField(
        choices=tuple(stage.value for stage in RecordingStage),
        default=RecordingStage.ANNOUNCED.value,
        required=True,
    )
    fetch_attempts = IntField(default=0)
    next_try_at = DateTimeField()
    """The network did not have it yet: not before then is it asked again."""
    storage_key = StringField()
    sha256 = StringField()
    segments = EncryptedField()
    """A list of {text, start, end, words: [{text, start, end, probability}]}; times in seconds."""
    language = StringField()
    no_speech = FloatField()
    """The model's highest no-speech probability; 1 for a recording without sound."""
    audio_deleted_at = DateTimeField()
    """When our copy went, in all versions, and the network's with it."""
    deleted_at_provider = DateTimeField()
    """When the network's copy was found to be gone, once ours was verified."""
