"""The telephone between a voice and its recording: tempo, level, band, noise, mu-law, trimming."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from local.carrier.audio import QUIET, RATE
from tools.speech_model.noise import BEHIND_A_VOICE, KINDS, noise

Sound = npt.NDArray[np.float32]

_MU = 255.0
"""The companding of ITU-T G.711 in North America, here as its continuous formula."""


@dataclass(frozen=True, slots=True)
class Line:
    """One connection.

    ``snr`` is how far the noise lies under the voice, in decibels; ``level`` scales the voice, over
    1.4 it is clipped; ``narrow`` cuts to 300..3400 Hz; ``before`` and ``after`` are seconds of open
    line; a ``trimmed`` recording begins and ends with its first and last sound.
    """

    noise: str = "hiss"
    snr: float = 30.0
    level: float = 0.8
    tempo: float = 1.0
    narrow: bool = False
    before: float = 0.3
    after: float = 0.5
    trimmed: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Recording:
    """Samples at 8 kHz, and when the words start and end, in seconds."""

    samples: Sound
    start: float
    end: float


def drawn_line(r: Random) -> Line:
    """Any connection, from very good to barely to be understood."""
    return Line(
        noise=r.choice(BEHIND_A_VOICE),
        snr=r.uniform(6, 45),
        level=r.uniform(0.12, 1.0) if r.random() < 0.85 else r.uniform(1.0, 2.0),
        tempo=r.uniform(0.9, 1.12) if r.random() < 0.5 else 1.0,
        narrow=r.random() < 0.6,
        before=r.uniform(0, 0.8),
        after=r.uniform(0.1, 1.0),
        trimmed=r.random() < 0.6,
        seed=r.randrange(2**31),
    )


def carried(voice: Sound, line: Line) -> Recording:
    """What arrives of a voice at the other end of the line."""
    sound = _at_tempo(voice, line.tempo)
    lead, tail = round(line.before * RATE), round(line.after * RATE)
    words = (lead, lead + len(sound))
    power = np.sqrt(np.mean(sound**2)) * line.level
    sent = np.pad(sound, (lead, tail)) * line.level
    sent += noise(line.noise, len(sent), line.seed) * power * 10 ** (-line.snr / 20)
    arrived = coded(_narrowed(sent) if line.narrow else sent)
    first, last = _edges(arrived) if line.trimmed else (0, len(arrived))
    ends = [max(0.0, (min(at, last) - first) / RATE) for at in words]
    return Recording(arrived[first:last], ends[0], ends[1])


def nobody(kind: str, seconds: float, level: float, seed: int) -> Sound:
    """A line on which nobody speaks: noise of that root mean square, or for "silence" none."""
    count = round(seconds * RATE)
    made = np.zeros(count, np.float32) if kind == "silence" else noise(kind, count, seed) * level
    return coded(made)


def drawn_nobody(r: Random) -> Sound:
    """Any line on which nobody speaks, from faint to loud."""
    kind = r.choice(("silence", *KINDS))
    return nobody(kind, r.uniform(0.5, 8), 10 ** r.uniform(-4, -0.7), r.randrange(2**31))


def _at_tempo(sound: Sound, tempo: float) -> Sound:
    if tempo == 1.0:
        return sound
    import soxr  # noqa: PLC0415 - measuring with the packaged recordings needs no soxr

    return np.asarray(soxr.resample(sound, RATE * tempo, RATE), dtype=np.float32)


def _narrowed(sound: Sound) -> Sound:
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    low = 1 / (1 + np.exp((280 - hertz) / 25))
    high = 1 / (1 + np.exp((hertz - 3450) / 60))
    return np.fft.irfft(np.fft.rfft(sound) * low * high, len(sound)).astype(np.float32)


def coded(sound: Sound) -> Sound:
    """The sound after mu-law, as the other end of the line hears it."""
    clipped = np.clip(sound, -1, 1)
    pressed = np.sign(clipped) * np.log1p(_MU * np.abs(clipped)) / np.log1p(_MU)
    steps = np.round(pressed * 127) / 127
    heard = np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(_MU)) / _MU
    arrived: Sound = heard.astype(np.float32)
    return arrived


def _edges(sound: Sound) -> tuple[int, int]:
    loud = np.flatnonzero(np.abs(sound) > QUIET / 32768)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(sound))
