"""Sound for a speech model: decoded, with silence around it, and divided at its pauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from app.errors import PermanentError

RATE: Final = 16_000
"""Samples a second that every Whisper model expects."""

_CONTAINERS: Final = (
    (0, b"RIFF", "wav"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xfb", "mp3"),
    (0, b"\xff\xf3", "mp3"),
    (0, b"\xff\xf2", "mp3"),
    (0, b"\xff\xfa", "mp3"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"\x1a\x45\xdf\xa3", "webm"),
    (4, b"ftyp", "mp4"),
)
"""How WAV, MP3, Ogg, FLAC, WebM and MP4 begin. Nothing else reaches the decoder: it also plays
play lists, which name other files and addresses, and it finds music in random bytes."""


_VOICE_PROBABILITY: Final = 0.4

MARGIN: Final = 0.5
"""Seconds of silence put before and after every recording. The network trims recordings down to
the first and last sound: of 158 sentences trimmed so, the packaged model heard 101 word for word
as they were, and 124 with this margin."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """Where a recording is divided: at pauses of ``pause`` seconds, and at shorter ones where a
    piece would be longer than ``longest_piece`` seconds.
    """

    longest_piece: float
    pause: float


def container(content: bytes) -> str | None:
    """What kind of audio file the first bytes promise, as ``webm``; None where they are none."""
    for at, mark, name in _CONTAINERS:
        if content[at : at + len(mark)] == mark:
            return name
    return None


def decode(audio: bytes | Path) -> Any:
    """Mono float samples at ``RATE``."""
    import av  # noqa: PLC0415 - see WhisperSpeech.load
    from faster_whisper import decode_audio  # noqa: PLC0415 - see WhisperSpeech.load

    content = audio.read_bytes() if isinstance(audio, Path) else audio
    if container(content) is None:
        raise PermanentError(f"These {len(content)} bytes are not an audio file.")
    try:
        samples = decode_audio(BytesIO(content), sampling_rate=RATE)
    except (av.error.FFmpegError, IndexError, TypeError, ValueError) as error:
        raise PermanentError(f"The audio file cannot be decoded: {error}") from error
    if not len(samples):
        raise PermanentError("The audio file holds no sound.")
    return samples


def with_silence(samples: Any) -> Any:
    import numpy  # noqa: PLC0415 - see WhisperSpeech.load

    silence = numpy.zeros(round(MARGIN * RATE), dtype=samples.dtype)
    return numpy.concatenate([silence, samples, silence])


def pieces(samples: Any, cutting: Cutting) -> list[dict[str, float]]:
    """Divide a recording at its pauses, as ``cutting`` says, into pieces in order.

    Pieces meet in the middle of a pause and reach 0.6 seconds beyond the speech, so that no word is
    cut. Empty where the voice detector finds nobody speaking.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 - see load

    options = VadOptions(
        threshold=_VOICE_PROBABILITY,
        min_silence_duration_ms=250,
        speech_pad_ms=0,
        max_speech_duration_s=cutting.longest_piece * 1.5,
    )
    total = len(samples) / RATE
    stretches = [
        (stretch["start"] / RATE, stretch["end"] / RATE)
        for stretch in get_speech_timestamps(samples, options)
    ]
    return list(_with_margins(_joined(stretches, cutting), total))


def _joined(
    stretches: Sequence[tuple[float, float]], cutting: Cutting
) -> list[tuple[float, float]]:
    """Neighbouring stretches of speech as one, where no long pause parts them and both fit."""
    joined: list[tuple[float, float]] = []
    for start, end in stretches:
        fits = joined and end - joined[-1][0] <= cutting.longest_piece
        if fits and start - joined[-1][1] < cutting.pause:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _with_margins(
    stretches: Sequence[tuple[float, float]], total: float, margin: float = 0.6
) -> Iterable[dict[str, float]]:
    before = 0.0
    for index, (start, end) in enumerate(stretches):
        is_last = index + 1 == len(stretches)
        after = total if is_last else (end + stretches[index + 1][0]) / 2
        yield {"start": max(before, start - margin), "end": min(after, end + margin)}
        before = after
