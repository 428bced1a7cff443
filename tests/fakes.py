"""Gateways that remember what they were asked and answer as they are told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from app.errors import PermanentError
from app.gateways import (
    CallFacts,
    CallRequest,
    Placed,
    PlaceResult,
    RecordingFacts,
    StoredObject,
    TextFacts,
    TextRequest,
    TextResult,
    TextSent,
    Transcript,
)
from tests.factories import sid


class FakeVoice:
    """A telephone network. Set ``answer`` to an exception or a result for the next calls."""

    def __init__(self) -> None:
        self.placed: list[CallRequest] = []
        self.ended: list[str] = []
        self.answer: PlaceResult | None = None
        self.known: list[CallFacts] = []
        self.recordings: list[RecordingFacts] = []
        self.audio: bytes | Exception = b"RIFF\x00\x00\x00\x00WAVEdata"

    def place_call(self, request: CallRequest) -> PlaceResult:
        self.placed.append(request)
        return self.answer or Placed(sid("CA"), "queued")

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        return next((facts for facts in self.known if facts.call_sid == call_sid), None)

    def find_calls(self, to_number: str, since: datetime) -> Sequence[CallFacts]:
        return [
            facts
            for facts in self.known
            if facts.to_number == to_number and (facts.created_at or since) >= since
        ]

    def end_call(self, call_sid: str, *, unless_answered: bool = False) -> bool:
        self.ended.append(call_sid)
        return True

    def find_recordings(self, call_sid: str) -> Sequence[RecordingFacts]:
        return [facts for facts in self.recordings if facts.call_sid == call_sid]

    def find_recordings_since(self, since: datetime, until: datetime) -> Sequence[RecordingFacts]:
        return list(self.recordings)

    def download_recording(self, recording_sid: str) -> bytes:
        if isinstance(self.audio, Exception):
            raise self.audio
        return self.audio

    def delete_recording(self, recording_sid: str) -> None:
        self.recordings = [r for r in self.recordings if r.recording_sid != recording_sid]


class FakeTexts:
    """Sends messages. Set ``answer`` to a result for the next ones."""

    def __init__(self) -> None:
        self.sent: list[TextRequest] = []
        self.answer: TextResult | None = None
        self.known: list[TextFacts] = []

    def send(self, request: TextRequest) -> TextResult:
        self.sent.append(request)
        return self.answer or TextSent(sid("SM"), "queued")

    def fetch(self, message_sid: str) -> TextFacts | None:
        return next((facts for facts in self.known if facts.message_sid == message_sid), None)

    def find(self, to_number: str, since: datetime) -> Sequence[TextFacts]:
        return [facts for facts in self.known if facts.to_number == to_number]


class FakeStorage:
    """Objects in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, content_type: str) -> StoredObject:
        self.objects[key] = content
        return StoredObject(key, len(content), hashlib.sha256(content).hexdigest())

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise PermanentError("the storage has no such object or bucket")
        return self.objects[key]

    def link(self, key: str, seconds: int) -> str:
        return f"http://storage.test/{key}?expires={seconds}"

    def check(self) -> None:
        return None


class FakeSpeech:
    """Hears what it is told to hear; ``heard_in``: in one language, whichever it is asked for."""

    at_once = 1

    def __init__(
        self, text: str | BaseException = "leave it behind the planter", heard_in: str | None = None
    ) -> None:
        self.text = text
        self.heard_in = heard_in
        self.heard: list[bytes | Path] = []

    def load(self) -> None:
        return None

    def transcribe(self, audio: bytes | Path, language: str) -> Transcript:
        self.heard.append(audio)
        if isinstance(self.text, BaseException):
            raise self.text
        return Transcript(
            text=self.text,
            language=self.heard_in or language,
            confidence=0.9 if self.text else 0.0,
            no_speech=not self.text,
            duration=4.0,
            processing_seconds=0.1,
        )

    def transcribe_all(
        self, audios: Sequence[bytes | Path], language: str
    ) -> list[Transcript | PermanentError]:
        heard: list[Transcript | PermanentError] = []
        for audio in audios:
            try:
                heard.append(self.transcribe(audio, language))
            except PermanentError as error:
                heard.append(error)
        return heard
