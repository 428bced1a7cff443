"""Ways to hear with an exported model: as the product does, and with the bare model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer

from app.gateways import whisper_speech
from app.gateways.sound import MARGIN, RATE, decode
from app.gateways.whisper_model import Machine

WHOLE_WINDOW: Final = 3000
"""Frames of ten milliseconds that stock Whisper always encodes."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """The words, and what they took in seconds."""

    words: list[str]
    seconds: float


class Product:
    """The way of users: ``WhisperSpeech`` with the settings of the packaged model."""

    name = "product"

    def __init__(self, folder: Path) -> None:
        """Load the model, at once."""
        # Only the packaged model's name brings its settings, so it is made to mean this folder.
        whisper_speech.EMBEDDED_FOLDER = folder  # type: ignore[misc]
        self._speech = whisper_speech.WhisperSpeech(whisper_speech.EMBEDDED, Machine("cpu"))
        self._speech.load()

    def hear(self, wav: bytes) -> Heard:
        """What the product makes of a recording."""
        started = time.perf_counter()
        transcript = self._speech.transcribe(wav, "en")
        return Heard(transcript.text.split(), time.perf_counter() - started)


class Bare:
    """The model alone, without voice detector, cutting and thresholds."""

    def __init__(self, folder: Path, beam: int, *, short: bool) -> None:
        """``short`` windows are cut to the recording's length; others have ``WHOLE_WINDOW``."""
        self.name = f"beam {beam}, {'short' if short else 'whole'} window"
        self._beam, self._short = beam, short
        self._model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        names = ("<|startoftranscript|>", "<|notimestamps|>")
        self._prompt = [self._tokenizer.token_to_id(name) for name in names]
        self._features = FeatureExtractor()

    def hear(self, wav: bytes) -> Heard:
        """What the model writes for a recording of at most thirty seconds."""
        started = time.perf_counter()
        result = self._generated(wav)
        text = self._tokenizer.decode(result.sequences_ids[0])
        return Heard(text.split(), time.perf_counter() - started)

    def silence(self, wav: bytes) -> float:
        """How probable it holds that nobody speaks."""
        return float(self._generated(wav).no_speech_prob)

    def _generated(self, wav: bytes) -> ctranslate2.models.WhisperGenerationResult:
        quiet = np.zeros(round(MARGIN * RATE), np.float32)
        features = self._features(np.concatenate([quiet, decode(wav), quiet]))
        window = window_for(features.shape[1]) if self._short else WHOLE_WINDOW
        view = ctranslate2.StorageView.from_array(fitted(features, window)[np.newaxis])
        return self._model.generate(
            view, [self._prompt], beam_size=self._beam, return_no_speech_prob=True
        )[0]


def window_for(frames: int) -> int:
    """The even number of frames that holds so many (the encoder halves them)."""
    return min(WHOLE_WINDOW, frames + frames % 2)


def fitted(features: npt.NDArray[np.float32], window: int) -> npt.NDArray[np.float32]:
    """The features cut, or filled up with zeros, to the window."""
    kept = features[:, :window]
    filled = np.pad(kept, ((0, 0), (0, window - kept.shape[1])))
    return np.ascontiguousarray(filled, dtype=np.float32)


def wrong_words(said: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of words replaced, left out or put in (Levenshtein)."""
    distances = list(range(len(heard) + 1))
    for row, word in enumerate(said, start=1):
        corner, distances[0] = distances[0], row
        for column, other in enumerate(heard, start=1):
            changed = corner + (word != other)
            corner = distances[column]
            distances[column] = min(changed, corner + 1, distances[column - 1] + 1)
    return distances[-1]
