"""Hears a recording with a Whisper model: bytes of a telephone answer in, words with times out.

The packaged model is trained on single sentences and loses most of what is said in a longer
recording, so each recording is divided at its pauses and the pieces are heard side by side.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.errors import PermanentError
from app.gateways import Segment, Transcript, Word
from app.gateways.sound import MARGIN, RATE, Cutting, decode, pieces, with_silence

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

EMBEDDED: Final = "embedded"
EMBEDDED_FOLDER: Final = Path(__file__).resolve().parent.parent / "embedded_model"


@dataclass(frozen=True, slots=True)
class _Hearing:
    """How one kind of model is used.

    A piece counts as no speech where its no-speech probability is above ``no_speech`` and its
    average log-probability below ``log_probability``.
    """

    cutting: Cutting
    beam: int
    no_speech: float
    log_probability: float


# Measured with the weights of step 6,025 on 125 recordings of silence, noise, hum, beeps and
# ringing, and on spoken sentences; the later weights pass the same tests on silence and noise. On
# faint noise the packaged model says a short phrase with a no-speech probability of 0.3 to 0.9 and
# an average log-probability mostly below -1.0; of 200 sentences 199 had 0.00 and above -0.65. On
# loud noise it says a whole sentence that looks like speech in both figures, so the voice detector
# has the first word: it gave noise at most 0.19, and each of 600 sentences 0.70 or more at its
# clearest moment.
_EMBEDDED_HEARING: Final = _Hearing(
    Cutting(longest_piece=6.0, pause=0.5), beam=10, no_speech=0.3, log_probability=-0.9
)
# Stock models hear windows of thirty seconds; the two bounds are those of Whisper's own decoder.
_STOCK_HEARING: Final = _Hearing(
    Cutting(longest_piece=28.0, pause=5.0), beam=5, no_speech=0.6, log_probability=-1.0
)


class WhisperSpeech:
    """The Speech gateway over faster-whisper."""

    def __init__(
        self, model: str, device: str = "auto", compute_type: str = "default", threads: int = 0
    ) -> None:
        """Prepare, without loading anything.

        ``model`` is "embedded" for the packaged model, else a name or folder that faster-whisper
        understands; ``threads`` 0 leaves the number to the library.
        """
        self._embedded = model == EMBEDDED
        self._source = str(EMBEDDED_FOLDER) if self._embedded else model
        self._hearing = _EMBEDDED_HEARING if self._embedded else _STOCK_HEARING
        self._device = device
        self._compute_type = compute_type
        self._threads = threads
        self._model: WhisperModel | None = None
        self._loading = threading.Lock()

    def load(self) -> None:
        """Load the model and hear a second of silence, so that the first recording is not slow."""
        import numpy  # noqa: PLC0415 - only a process that hears pays for these imports

        silence = numpy.zeros(RATE, dtype=numpy.float32)
        pieces(silence, self._hearing.cutting)
        self._hear(self._loaded(), silence, [{"start": 0.0, "end": 1.0}], "en")

    def transcribe(self, audio: bytes | Path, language: str) -> Transcript:
        """Hear one recording: a whole WAV, MP3, Ogg, FLAC, WebM or MP4 file, any rate and channels.

        ``language`` is ISO 639-1, "" to let a multilingual model detect it; an English-only model
        hears English whatever is asked for. Raises PermanentError where there is no audio to hear.
        """
        started = time.monotonic()
        decoded = decode(audio)
        duration = len(decoded) / RATE
        samples = with_silence(decoded)
        kept: tuple[Segment, ...] = ()
        if cuts := pieces(samples, self._hearing.cutting):
            heard, language = self._hear(self._loaded(), samples, cuts, language)
            segments = (_segment(each, duration) for each in heard)
            kept = tuple(segment for segment in segments if self._is_speech(segment))
        probabilities = [word.probability for segment in kept for word in segment.words]
        return Transcript(
            text=" ".join(segment.text for segment in kept),
            language=language,
            confidence=sum(probabilities) / len(probabilities) if probabilities else 0.0,
            no_speech=not kept,
            duration=duration,
            processing_seconds=time.monotonic() - started,
            segments=kept,
        )

    def _loaded(self) -> WhisperModel:
        with self._loading:
            if self._model is None:
                from faster_whisper import WhisperModel  # noqa: PLC0415 - see load

                try:
                    self._model = WhisperModel(
                        self._source,
                        device=self._device,
                        compute_type=self._compute_type,
                        cpu_threads=self._threads,
                    )
                except (ValueError, RuntimeError, OSError) as error:
                    raise PermanentError(
                        f"the speech model cannot be loaded: {error} "
                        "(see WHISPER_MODEL, WHISPER_DEVICE and WHISPER_COMPUTE_TYPE)"
                    ) from error
            return self._model

    def _hear(
        self, model: WhisperModel, samples: Any, cuts: list[dict[str, float]], language: str
    ) -> tuple[list[Any], str]:
        """The library's segments for the pieces of one recording, and the language heard."""
        from faster_whisper import BatchedInferencePipeline  # noqa: PLC0415 - see load

        # A new pipeline for each recording: it remembers when the last one's speech ended.
        segments, info = BatchedInferencePipeline(model).transcribe(
            samples,
            language=self._language(model, language),
            clip_timestamps=cuts,
            beam_size=self._hearing.beam,
            # Sampling would give the same recording other words on a second try.
            temperature=0.0,
            condition_on_previous_text=False,
            # Times come from the alignment of the words; with tokens of time the packaged model
            # misheard a quarter to a half more words.
            without_timestamps=True,
            word_timestamps=True,
            batch_size=4,
        )
        return list(segments), info.language

    def _language(self, model: WhisperModel, language: str) -> str | None:
        code = language.split("-", maxsplit=1)[0].lower()
        if not model.model.is_multilingual:
            return "en"
        return code if code in model.supported_languages else None

    def _is_speech(self, segment: Segment) -> bool:
        silent = segment.no_speech_probability > self._hearing.no_speech
        unsure = segment.average_log_probability < self._hearing.log_probability
        return bool(segment.text) and not (silent and unsure)


def _segment(heard: Any, duration: float) -> Segment:
    """The library's segment as ours, in the recording's own time."""

    def within(seconds: float) -> float:
        return min(max(float(seconds) - MARGIN, 0.0), duration)

    words: list[Word] = []
    for part in heard.words or ():
        word = Word(
            text=part.word.strip(),
            start=within(part.start),
            end=within(part.end),
            probability=float(part.probability),
        )
        # The library parts "o'clock" at the apostrophe; only a leading space begins a new word.
        if words and not part.word.startswith(" "):
            word = _one_word(words.pop(), word)
        words.append(word)
    return Segment(
        text=heard.text.strip(),
        start=within(heard.start),
        end=within(heard.end),
        no_speech_probability=float(heard.no_speech_prob),
        average_log_probability=float(heard.avg_logprob),
        words=tuple(words),
    )


def _one_word(first: Word, second: Word) -> Word:
    probability = min(first.probability, second.probability)
    return Word(first.text + second.text, first.start, second.end, probability)
