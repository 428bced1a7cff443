"""Encodes only what was said.

Whisper pads every piece to thirty seconds before it listens; the network itself takes less, and its
cost grows with the length. Imported only by a process that hears: it loads faster-whisper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import numpy
from faster_whisper import BatchedInferencePipeline

from app.gateways.whisper_hearing import Heard, Hearing

Piece = list[dict[str, Any]]
"""The library's segments of one piece, with its figures."""


def pipeline(model: Any, hearing: Hearing) -> BatchedInferencePipeline:
    """What hears pieces as ``hearing`` says; for one recording or batch of recordings.

    It remembers when the last speech ended, so that it must not be used again.
    """
    if hearing.short_windows:
        return ShortWindows(model, hearing.is_doubtful)
    return BatchedInferencePipeline(model)


class ShortWindows(BatchedInferencePipeline):
    """faster-whisper's pipeline over windows as long as the longest piece of a batch.

    A piece with ``doubtful`` words is heard again in a full window, and the better is kept.
    """

    def __init__(self, model: Any, doubtful: Callable[[Heard], bool]) -> None:
        super().__init__(model)
        self.last_speech_timestamp = 0.0
        self._doubtful = doubtful

    def forward(
        self, features: Any, tokenizer: Any, chunks_metadata: Sequence[Any], options: Any
    ) -> list[Piece]:
        """Hear a batch; ``features`` holds one full window a piece.

        Each piece has the window that it would have alone, so that its words do not depend on what
        happens to be heard beside it.
        """
        # The alignment of words asks for whole seconds of every piece.
        seconds = [ceil(piece["duration"]) for piece in chunks_metadata]
        before = self.last_speech_timestamp
        heard: list[Piece] = [[] for _ in chunks_metadata]
        for length in sorted(set(seconds)):
            alike = [index for index, each in enumerate(seconds) if each == length]
            chosen = [chunks_metadata[index] for index in alike]
            self.last_speech_timestamp = before
            window = features[alike]
            for index, piece in zip(
                alike, self._heard(window, length, tokenizer, chosen, options), strict=True
            ):
                heard[index] = piece
        return heard

    def _heard(
        self,
        features: Any,
        seconds: int,
        tokenizer: Any,
        chunks_metadata: Sequence[Any],
        options: Any,
    ) -> list[Piece]:
        """Hear pieces in windows of so many seconds."""
        frames = seconds * self.model.frames_per_second
        if frames >= features.shape[-1]:
            return self._full(features, tokenizer, chunks_metadata, options)
        before = self.last_speech_timestamp
        short = numpy.ascontiguousarray(features[..., :frames])
        heard = self._full(short, tokenizer, chunks_metadata, options)
        again = [index for index, piece in enumerate(heard) if self._is_doubtful(piece)]
        if again:
            self.last_speech_timestamp = before
            chosen = [chunks_metadata[index] for index in again]
            others = self._full(features[again], tokenizer, chosen, options)
            for index, other in zip(again, others, strict=True):
                heard[index] = self._better(heard[index], other)
        return heard

    def _full(
        self, features: Any, tokenizer: Any, chunks_metadata: Sequence[Any], options: Any
    ) -> list[Piece]:
        heard: list[Piece] = super().forward(features, tokenizer, chunks_metadata, options)
        return heard

    def _better(self, short: Piece, full: Piece) -> Piece:
        """The one without doubt; where both are doubtful, the one of which the model is surer."""
        return max(short, full, key=_sureness) if self._is_doubtful(full) else full

    def _is_doubtful(self, piece: Piece) -> bool:
        return not piece or any(self._doubtful(_heard(segment)) for segment in piece)


def _heard(segment: dict[str, Any]) -> Heard:
    return Heard(
        text=segment["text"],
        log_probability=segment["avg_logprob"],
        no_speech=segment["no_speech_prob"],
        compression=segment["compression_ratio"],
    )


def _sureness(piece: Piece) -> float:
    return min((float(segment["avg_logprob"]) for segment in piece), default=float("-inf"))
