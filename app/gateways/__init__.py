"""What the pipeline asks of the outside world: a Protocol for each need, and facts that come back.

Adapters, one a file beside this one, turn a library's exceptions into TransientError or
PermanentError. The pipeline imports this page and never an adapter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol

from app.errors import PermanentError

# --- Voice: a telephone network that calls customers -------------------------------------------


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to place. URLs are absolute, and reachable by the network."""

    to_number: str
    from_number: str
    script_url: str
    status_url: str
    answered_by_url: str | None
    """Where answering-machine detection is reported; None: nobody wants to know."""
    ring_seconds: int = 25
    most_seconds: int = 600
    """The network ends the call after so long, whatever happens."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The network took the call."""

    call_sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The network read the request and will not call; asking again changes nothing."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It is certain that no call was placed (no connection, or 429): asking again is safe."""

    reason: str


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """Nobody knows whether the call was placed. It must never be asked for again blindly."""

    reason: str


PlaceResult = Placed | Refused | NotSent | AnswerLost


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the network says about a call; ``status`` in the words of ``app.states.CallStatus``."""

    call_sid: str
    status: str
    to_number: str
    from_number: str
    created_at: datetime | None
    start_time: datetime | None
    end_time: datetime | None
    duration: int | None
    """Seconds from answer to hang-up."""
    answered_by: str | None
    cost: Decimal | None = None
    """What the network asks for it, as a positive number; None until it knows, or where nothing."""
    currency: str | None = None
    """Of the cost, ISO 4217."""


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What the network says about one recording.

    ``status`` is completed, absent, failed or in-progress.
    """

    recording_sid: str
    call_sid: str
    status: str
    duration: float | None
    """Seconds."""
    error_code: str | None = None


class Voice(Protocol):
    """The telephone network."""

    def place_call(self, request: CallRequest) -> PlaceResult:
        """Ask once for one call. Never raises for what the network answered, and never retries."""

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        """The call as the network knows it now; None where it knows none. Raises TransientError."""

    def find_calls(self, to_number: str, since: datetime) -> Sequence[CallFacts]:
        """Calls that we asked for, to a number, created since, queued ones included.

        Not what another call dialled on its way. Raises TransientError.
        """

    def end_call(self, call_sid: str, *, unless_answered: bool = False) -> bool:
        """End a call, or cancel it before it is answered. False where it is over already.

        ``unless_answered``: whoever talks by then is left to talk. Raises TransientError.
        """

    def find_recordings(self, call_sid: str) -> Sequence[RecordingFacts]:
        """Recordings of one call. Raises TransientError."""

    def find_recordings_since(self, since: datetime, until: datetime) -> Sequence[RecordingFacts]:
        """Recordings of all calls made between two times. Raises TransientError."""

    def download_recording(self, recording_sid: str) -> bytes:
        """The audio as a WAV file, whole.

        Raises TransientError while it is not there yet, what comes instead is no audio, or the
        network is out of reach; PermanentError where it is too large or too long, or kept where we
        do not go.
        """

    def delete_recording(self, recording_sid: str) -> None:
        """Delete the network's copy; no error where it is gone already. Raises TransientError."""


# --- Texts: short messages to customers --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextRequest:
    """One message to send. ``status_url`` is absolute, and reachable by the network."""

    to_number: str
    body: str
    status_url: str
    valid_seconds: int
    """After so long the network need not deliver it any more."""


@dataclass(frozen=True, slots=True)
class TextSent:
    """The network took the message; ``status`` in the words of ``app.states.MessageStatus``."""

    message_sid: str
    status: str


TextResult = TextSent | Refused | NotSent | AnswerLost


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What the network says about a message; ``status`` as in ``TextSent``."""

    message_sid: str
    status: str
    to_number: str
    body: str
    created_at: datetime | None
    error_code: str | None = None


class Texts(Protocol):
    """Sends text messages."""

    def send(self, request: TextRequest) -> TextResult:
        """Ask once for one message. Never raises for what the network answered, never retries."""

    def fetch(self, message_sid: str) -> TextFacts | None:
        """The message as the network knows it; None where it knows none. Raises TransientError."""

    def find(self, to_number: str, since: datetime) -> Sequence[TextFacts]:
        """Messages sent to a number since. Raises TransientError."""


# --- Storage: S3-compatible objects ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the storage holds it."""

    key: str
    size: int
    sha256: str
    """Hexadecimal, as computed by us before the upload and kept in the object's metadata."""


class Storage(Protocol):
    """Where recordings are kept."""

    def put(self, key: str, content: bytes, content_type: str) -> StoredObject:
        """Store, read back what the storage says it holds, and compare.

        The same key and bytes may be put any number of times. Raises TransientError, also where
        size or checksum differ.
        """

    def get(self, key: str) -> bytes:
        """The object's bytes. Raises PermanentError where there is none, else TransientError."""

    def link(self, key: str, seconds: int) -> str:
        """A presigned address that plays the object for so many seconds."""

    def check(self) -> None:
        """Raise TransientError or PermanentError, with what to do, unless the bucket is usable."""


# --- Speech: audio to words --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """One word; times in seconds from the start of the recording, probability 0..1."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech as the model divided it."""

    text: str
    start: float
    end: float
    no_speech_probability: float
    average_log_probability: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in one recording."""

    text: str
    """Empty where nobody spoke."""
    language: str
    confidence: float
    """0..1: mean word probability; 0 where nothing was heard."""
    no_speech: bool
    duration: float
    """Seconds of audio."""
    processing_seconds: float
    segments: tuple[Segment, ...] = field(default=())
    translation: str = ""
    """The same in English, where it was said in another language and the model can translate."""


class Speech(Protocol):
    """Turns audio into words."""

    def load(self) -> None:
        """Get ready to hear, so that the first recording need not wait."""

    @property
    def at_once(self) -> int:
        """How many recordings are best heard together."""

    def transcribe(self, audio: bytes | Path, language: str) -> Transcript:
        """Hear one recording (a whole audio file). ``language`` is ISO 639-1.

        Raises PermanentError where the bytes cannot be decoded as audio.
        """

    def transcribe_all(
        self, audios: Sequence[bytes | Path], language: str
    ) -> Sequence[Transcript | PermanentError]:
        """Hear several recordings of one language together, each as ``transcribe`` does.

        One that cannot be decoded gives its error, and the others their words.
        """


# --- Geocoder: where an address is ---------------------------------------------------------------


class Geocoder(Protocol):
    """Finds addresses on the map."""

    def find(self, address: str) -> tuple[float, float] | None:
        """Longitude and latitude, or None. Raises TransientError and PermanentError."""


# --- Second reader: what a language model makes of a customer's words --------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a second reader."""

    instructions: str
    """Ours; no word of a customer is in them."""
    data: str
    """The customer's words, as data."""
    schema: Mapping[str, Any]
    """The JSON schema of the answer."""


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """What the second reader answered, as it came: to be checked."""

    content: str


@dataclass(frozen=True, slots=True)
class NoOpinion:
    """There is no answer. ``reason`` is one of few words and holds nothing of the question."""

    reason: str


class SecondReader(Protocol):
    """Reads a customer's words once more."""

    def ask(self, question: Question) -> OpinionGiven | NoOpinion:
        """Ask once, and be back within bounds whatever happens. Never raises, never retries."""


# --- Posts: a shipper's system, which is told of events ----------------------------------------


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request to a subscriber."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """The subscriber answered, whatever; ``body`` is the beginning of it."""

    status: int
    milliseconds: int
    body: str = field(default="", repr=False)
    retry_after: float | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """There is no answer; ``reason`` is one of few words of ours."""

    reason: str
    milliseconds: int


PostResult = Answered | NotAnswered


class Posts(Protocol):
    """Brings events to subscribers, at addresses of the public internet alone."""

    def send(self, parcels: Sequence[Parcel]) -> Sequence[PostResult]:
        """Send all at once, each within bounds whatever happens; results in the same order.

        Never raises for what came of one, and never retries.
        """


# --- Push: an agent's browsers, which show what they are sent ----------------------------------


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One message to one browser."""

    endpoint: str = field(repr=False)
    """Whoever knows it may send there."""
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    """The browser's keys, base64url: it alone can read what is sealed with them."""
    body: bytes = field(repr=False)
    topic: str
    """At most 32 letters of base64url: takes the place of what still waits under the same one."""
    seconds: int
    """So long the push service keeps it for a browser that is away."""
    urgency: Literal["very-low", "low", "normal", "high"] = "normal"


@dataclass(frozen=True, slots=True)
class PushAccepted:
    """The push service took it, and will hand it to the browser."""


@dataclass(frozen=True, slots=True)
class PushGone:
    """There is no such subscription any more, and never will be again."""


@dataclass(frozen=True, slots=True)
class PushTooLarge:
    """The push service takes no message of that length."""


@dataclass(frozen=True, slots=True)
class PushThrottled:
    """Too much at once: the same may be sent again."""

    retry_after: float | None = None
    """Seconds, where it said so."""


@dataclass(frozen=True, slots=True)
class PushNotTaken:
    """No answer, or trouble of the push service's own: the same may be sent again."""

    reason: str
    """In a few words of ours."""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class PushRefused:
    """The push service will not take it, however often it is sent."""

    reason: str
    """In a few words of ours."""
    ours: bool = False
    """It does not accept who we say we are: it would refuse us for every browser."""


PushResult = PushAccepted | PushGone | PushTooLarge | PushThrottled | PushNotTaken | PushRefused


class Push(Protocol):
    """Sends to browsers, encrypted for each, at addresses of the public internet alone."""

    @property
    def public_key(self) -> str:
        """Who we are to push services; browsers subscribe under it. base64url."""

    def send(self, requests: Sequence[PushRequest]) -> Sequence[PushResult]:
        """Send all at once, each within bounds whatever happens; results in the same order.

        Never raises for what came of one, and never retries.
        """
