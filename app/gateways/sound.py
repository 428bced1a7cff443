"""Sound for a speech model: decoded, with silence around it, and divided at its pauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
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
_CLEARLY_VOICE: Final = 0.6
_VOICE_WINDOW: Final = 512
"""Samples that the voice detector judges at once."""
LONGEST: Final = 900
"""Seconds of sound that are heard at most: a few megabytes can hold days of silence."""
_FAINT: Final = 0.05
_USUAL: Final = 0.3
"""Of the loudest possible sample: what a recording's loud samples are below, or brought to."""
_MOST_GAIN: Final = 100.0
"""40 dB. Beyond that it is the telephone line's own noise."""
_NEARLY_AS_LOUD: Final = 0.25
"""Of the loudest channel: 12 dB below it."""

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


@dataclass(frozen=True, slots=True)
class Voice:
    """Seconds of voice in a piece, and how many of them are clearly a voice."""

    seconds: float
    clear: float


def container(content: bytes) -> str | None:
    """What kind of audio file the first bytes promise, as ``webm``; None where they are none."""
    for at, mark, name in _CONTAINERS:
        if content[at : at + len(mark)] == mark:
            return name
    return None


def decode(audio: bytes | Path) -> Any:
    """Mono float samples at ``RATE``, however many channels there are.

    A file that is cut off gives what is there. Raises PermanentError where no sound can be read.
    """
    import av  # noqa: PLC0415 - see WhisperSpeech.load

    content = audio.read_bytes() if isinstance(audio, Path) else audio
    if container(content) is None:
        raise PermanentError(f"These {len(content)} bytes are not an audio file.")
    try:
        samples = _audible(_mixed(_channels(content)))
    except (av.error.FFmpegError, IndexError, TypeError, ValueError) as error:
        raise PermanentError(f"The audio file cannot be decoded: {error}") from error
    if not len(samples):
        raise PermanentError("The audio file holds no sound.")
    return samples


def _channels(content: bytes) -> Any:
    """Float samples, one row a channel.

    faster-whisper's own reader mixes all channels, stops at the first damaged packet, and collects
    garbage after each file, which took a third of the time of a short answer.
    """
    import av  # noqa: PLC0415 - see WhisperSpeech.load
    import numpy  # noqa: PLC0415

    blocks: list[Any] = []
    length = 0
    with av.open(BytesIO(content), metadata_errors="ignore") as file:
        stream = file.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", rate=RATE)
        for frame in chain(_frames(file, stream), [None]):
            if frame is not None:
                # Times in a damaged file go back and forth; the samples are in order.
                frame.pts = None
            for part in resampler.resample(frame):
                blocks.append(part.to_ndarray())
                length += blocks[-1].shape[1]
            if length > LONGEST * RATE:
                raise PermanentError(f"The audio file plays longer than {LONGEST} seconds.")
    return numpy.concatenate(blocks, axis=1) if blocks else numpy.zeros((1, 0), numpy.float32)


def _frames(file: Any, stream: Any) -> Iterator[Any]:
    """What can be decoded: a damaged packet is left out."""
    import av  # noqa: PLC0415 - see WhisperSpeech.load

    for packet in file.demux(stream):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


def _mixed(channels: Any) -> Any:
    """One channel of several: those nearly as loud as the loudest, in equal shares.

    Where the two sides of a call are kept apart, the customer is on one alone, and the other's hiss
    and echo would only cover the words; where both speak, neither may be lost.
    """
    import numpy  # noqa: PLC0415 - see WhisperSpeech.load

    if len(channels) == 1:
        return channels[0]
    loudness = numpy.sqrt(numpy.square(channels).mean(axis=1))
    return channels[loudness >= loudness.max() * _NEARLY_AS_LOUD].mean(axis=0)


def _audible(samples: Any) -> Any:
    """A faint recording as loud as others; what is loud enough stays as it is.

    Neither the packaged model nor the voice detector is indifferent to loudness: of 330 words that
    were 40 dB fainter than usual, 234 were misheard, and 7 so.
    """
    import numpy  # noqa: PLC0415 - see WhisperSpeech.load

    # Not the very loudest: a click or a key's tone may stand above all speech.
    loud = float(numpy.quantile(numpy.abs(samples), 0.995)) if len(samples) else 0.0
    if loud == 0.0 or loud > _FAINT:
        return samples
    return numpy.clip(samples * min(_USUAL / loud, _MOST_GAIN), -1.0, 1.0)


def peaks(samples: Any, count: int, loudest: int) -> list[int]:
    """The loudest sample in each of ``count`` equal stretches, the loudest of all as ``loudest``.

    Where there are fewer samples than that, some stretches say the same.
    """
    import numpy  # noqa: PLC0415 - see WhisperSpeech.load

    edges = numpy.linspace(0, len(samples), count, endpoint=False).astype(int)
    found = numpy.maximum.reduceat(numpy.abs(samples), edges)
    top = float(found.max())
    return [round(float(each) / top * loudest) if top else 0 for each in found]


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


def voice_in(samples: Any) -> Voice:
    """How much of a voice the detector finds in a piece."""
    import numpy  # noqa: PLC0415 - see WhisperSpeech.load
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415 - see WhisperSpeech.load

    found = get_vad_model()(numpy.pad(samples, (0, -len(samples) % _VOICE_WINDOW)))
    window = _VOICE_WINDOW / RATE
    return Voice(
        seconds=int((found >= _VOICE_PROBABILITY).sum()) * window,
        clear=int((found >= _CLEARLY_VOICE).sum()) * window,
    )


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
