"""Hears a recording with a Whisper model: bytes of a telephone answer in, words with times out.

The packaged model is trained on single sentences and loses most of what is said in a longer
recording, so each recording is divided at its pauses and the pieces are heard side by side.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.errors import PermanentError
from app.gateways import Segment, Transcript, Word
from app.gateways import whisper_model as loading
from app.gateways.sound import MARGIN, RATE, decode, pieces, voice_in, with_silence
from app.gateways.whisper_hearing import EMBEDDED_HEARING, STOCK_HEARING, Heard, could_say
from app.gateways.whisper_model import Machine

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

EMBEDDED: Final = "embedded"
EMBEDDED_FOLDER: Final = Path(__file__).resolve().parent.parent / "embedded_model"
_ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class _Sound:
    """One recording among those that are heard at once; it starts and ends at these seconds."""

    samples: Any
    start: float
    duration: float

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / RATE


class WhisperSpeech:
    """The Speech gateway over faster-whisper."""

    def __init__(
        self, model: str, machine: Machine | None = None, short_windows: bool | None = None
    ) -> None:
        """Prepare, without loading anything.

        ``model`` is "embedded" for the packaged model, else a name or folder that faster-whisper
        understands; ``short_windows`` None leaves them to the kind of model.
        """
        embedded = model == EMBEDDED
        hearing = EMBEDDED_HEARING if embedded else STOCK_HEARING
        if short_windows is not None:
            hearing = replace(hearing, short_windows=short_windows)
        self._source = str(EMBEDDED_FOLDER) if embedded else model
        self._hearing = hearing
        self._machine = machine or Machine()
        self._model: WhisperModel | None = None
        self._loading = threading.Lock()

    def load(self) -> None:
        """Load the model and hear a second of silence, so that the first recording is not slow."""
        import numpy  # noqa: PLC0415 - only a process that hears pays for these imports
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        # The matrices of a few seconds are small: with two threads, NumPy's library spent three
        # times the processor's time on the features of an answer, waiting for one another.
        threadpool_limits(1, user_api="blas")
        silence = numpy.zeros(RATE, dtype=numpy.float32)
        pieces(silence, self._hearing.cutting)
        self._hear(silence, [{"start": 0.0, "end": 1.0}], _ENGLISH)
        # What is loaded by now stays: the collector need not look through it over and over.
        gc.collect()
        gc.freeze()

    @property
    def at_once(self) -> int:
        """How many recordings are best heard together."""
        return loading.recordings_at_once(self._loaded().model.device, self._machine.at_once)

    def transcribe(self, audio: bytes | Path, language: str) -> Transcript:
        """Hear one recording: a whole WAV, MP3, Ogg, FLAC, WebM or MP4 file, any rate and channels.

        ``language`` is ISO 639-1, "" to let a multilingual model detect it; an English-only model
        hears English whatever is asked for. Raises PermanentError where there is no audio to hear.
        """
        (heard,) = self.transcribe_all([audio], language)
        if isinstance(heard, PermanentError):
            raise heard
        return heard

    def transcribe_all(
        self, audios: Sequence[bytes | Path], language: str
    ) -> list[Transcript | PermanentError]:
        """Hear several recordings of one language together, each as ``transcribe`` does.

        Where the language is to be detected, it is that of all.
        """
        import numpy  # noqa: PLC0415 - see load

        started = time.monotonic()
        sounds = _side_by_side(audios)
        readable = [sound for sound in sounds if isinstance(sound, _Sound)]
        heard: list[Any] = []
        english: list[Any] = []
        if cuts := [cut for sound in readable for cut in self._cuts(sound)]:
            samples = numpy.concatenate([sound.samples for sound in readable])
            heard, language = self._hear(samples, cuts, language)
            spoken = [cut for cut in cuts if any(_within(e, **cut) for e in heard)]
            english = self._translated(samples, spoken, heard, language)
        spent = (time.monotonic() - started) / max(len(readable), 1)

        def transcript(sound: _Sound) -> Transcript:
            start, end = sound.start, sound.end
            said = [_segment(each, sound) for each in heard if _within(each, start, end)]
            words = [word.probability for segment in said for word in segment.words]
            return Transcript(
                text=" ".join(segment.text for segment in said),
                language=language,
                confidence=sum(words) / len(words) if words else 0.0,
                no_speech=not said,
                duration=sound.duration,
                processing_seconds=spent,
                segments=tuple(said),
                translation=" ".join(
                    each.text.strip() for each in english if _within(each, start, end)
                ),
            )

        return [transcript(sound) if isinstance(sound, _Sound) else sound for sound in sounds]

    def _loaded(self) -> WhisperModel:
        with self._loading:
            if self._model is None:
                threads = self._hearing.threads
                self._model = loading.load(self._source, self._machine, threads=threads)
            return self._model

    def _cuts(self, sound: _Sound) -> list[dict[str, float]]:
        # In the middle of a sample: the library rounds down, and one sample more or less already
        # gives a doubtful piece other words beside other recordings than alone.
        return [
            {
                edge: (round((sound.start + seconds) * RATE) + 0.5) / RATE
                for edge, seconds in cut.items()
            }
            for cut in pieces(sound.samples, self._hearing.cutting)
        ]

    def _translated(
        self, samples: Any, cuts: list[dict[str, float]], heard: Sequence[Any], language: str
    ) -> list[Any]:
        """The pieces in English, as far as the model can; nothing where they are English."""
        if not cuts or language == _ENGLISH or not self._loaded().model.is_multilingual:
            return []
        english, _ = self._hear(samples, cuts, language, task="translate")
        # Models that cannot translate repeat what was said.
        said = {each.text.strip() for each in heard}
        return [each for each in english if each.text.strip() not in said]

    def _hear(
        self,
        samples: Any,
        cuts: list[dict[str, float]],
        language: str,
        *,
        task: str = "transcribe",
    ) -> tuple[list[Any], str]:
        """The library's segments of what was really said, and the language heard."""
        from app.gateways.short_windows import pipeline  # noqa: PLC0415 - see load

        model = self._loaded()
        segments, info = pipeline(model, self._hearing).transcribe(
            samples,
            language=self._language(model, language),
            task=task,
            clip_timestamps=cuts,
            beam_size=self._hearing.beam,
            # Sampling would give the same recording other words on a second try.
            temperature=0.0,
            condition_on_previous_text=False,
            # Times come from the alignment of the words; with tokens of time the packaged model
            # misheard a quarter to a half more words.
            without_timestamps=True,
            word_timestamps=True,
            batch_size=4 * self.at_once,
        )
        said = [each for each in segments if self._was_said(each, samples, cuts)]
        return said, info.language

    def _was_said(self, segment: Any, samples: Any, cuts: Sequence[dict[str, float]]) -> bool:
        heard = Heard(
            segment.text, segment.avg_logprob, segment.no_speech_prob, segment.compression_ratio
        )
        if not self._hearing.is_speech(heard):
            return False
        if not self._hearing.is_unsure(heard):
            return True
        piece = next(cut for cut in cuts if _within(segment, **cut))
        alone = samples[int(piece["start"] * RATE) : int(piece["end"] * RATE)]
        return could_say(len(heard.text.split()), voice_in(alone))

    def _language(self, model: WhisperModel, language: str) -> str | None:
        code = language.split("-", maxsplit=1)[0].lower()
        if not model.model.is_multilingual:
            return _ENGLISH
        return code if code in model.supported_languages else None


def _side_by_side(audios: Sequence[bytes | Path]) -> list[_Sound | PermanentError]:
    sounds: list[_Sound | PermanentError] = []
    start = 0.0
    for audio in audios:
        try:
            decoded = decode(audio)
        except PermanentError as error:
            sounds.append(error)
            continue
        sound = _Sound(with_silence(decoded), start, len(decoded) / RATE)
        start = sound.end
        sounds.append(sound)
    return sounds


def _within(heard: Any, start: float, end: float) -> bool:
    # The library counts in hundredths of a second, rounded down, and with errors of its own.
    return bool(start <= (heard.seek + 1.5) / 100 < end)


def _segment(heard: Any, sound: _Sound) -> Segment:
    """The library's segment as ours, in the recording's own time."""

    def within(seconds: float) -> float:
        return min(max(float(seconds) - sound.start - MARGIN, 0.0), sound.duration)

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
