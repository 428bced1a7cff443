"""What a line carries beside the voice: hiss, hum, a street, crackle, ringing, beeps, music."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from local.carrier.audio import RATE

Sound = npt.NDArray[np.float32]
_Wave = npt.NDArray[np.float64]


def noise(kind: str, count: int, seed: int) -> Sound:
    """``count`` samples at 8 kHz with a root mean square of 1.0; KeyError for an unknown kind."""
    made = _KINDS[kind](count, np.random.default_rng(seed))
    even: Sound = (made / (np.sqrt(np.mean(made**2)) + 1e-9)).astype(np.float32)
    return even


def _hiss(count: int, rng: np.random.Generator) -> _Wave:
    return rng.standard_normal(count)


def _dull(count: int, rng: np.random.Generator) -> _Wave:
    averaged: _Wave = np.convolve(rng.standard_normal(count), np.ones(4) / 4, "same")
    return averaged


def _street(count: int, rng: np.random.Generator) -> _Wave:
    """Low rumble, and cars that come and go."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    rumble = np.fft.irfft(spectrum / np.maximum(hertz, 60.0), count)
    tyres = np.fft.irfft(spectrum * np.exp(-(((hertz - 900) / 500) ** 2)), count)
    seconds = np.arange(count) / RATE
    passing = np.zeros(count)
    for _ in range(1 + count // (3 * RATE)):
        passing += np.exp(-(((seconds - rng.uniform(0, seconds[-1])) / rng.uniform(0.4, 1.2)) ** 2))
    street: _Wave = rumble / rumble.std() + tyres / tyres.std() * passing
    return street


def _hum(count: int, rng: np.random.Generator) -> _Wave:
    """The mains, 50 or 60 Hz, and their harmonics."""
    mains = rng.choice([50.0, 60.0])
    tones = [rng.uniform(0, 1) / (1 + n / 4) * _tone(mains * n, count, rng) for n in range(2, 20)]
    hum: _Wave = np.sum(tones, axis=0) + 0.05 * rng.standard_normal(count)
    return hum


def _crackle(count: int, rng: np.random.Generator) -> _Wave:
    clicks = rng.standard_normal(count) * (rng.random(count) < 0.004)
    decay = np.exp(-np.arange(24) / 6)
    return np.convolve(clicks, decay, "same") + 0.02 * rng.standard_normal(count)


def _ringing(count: int, rng: np.random.Generator) -> _Wave:
    """What a caller hears before somebody answers: two tones, on and off."""
    first, second = [(440, 480), (400, 450), (425, 425)][rng.integers(3)]
    seconds = np.arange(count) / RATE + rng.uniform(0, 3)
    return (_tone(first, count, rng) + _tone(second, count, rng)) * (seconds % 3 < 1.2)


def _beeps(count: int, rng: np.random.Generator) -> _Wave:
    seconds = np.arange(count) / RATE
    period = rng.uniform(0.4, 1.5)
    return _tone(rng.uniform(400, 2000), count, rng) * (seconds % period < period / 3)


def _music(count: int, rng: np.random.Generator) -> _Wave:
    """Chords of decaying notes, as while waiting on the line."""
    made = np.zeros(count)
    step = round(RATE * rng.uniform(0.25, 0.6))
    for start in range(0, count, step):
        for semitones in rng.choice([0, 4, 7, 9, 12, 16, 19], 3, replace=False):
            length = min(2 * step, count - start)
            note = _tone(220 * 2 ** (semitones / 12), length, rng)
            made[start : start + length] += note * np.exp(-np.arange(length) / step)
    return made + 1e-6 * rng.standard_normal(count)


def _tone(hertz: float, count: int, rng: np.random.Generator) -> _Wave:
    return np.sin(2 * np.pi * hertz * np.arange(count) / RATE + rng.uniform(0, 2 * np.pi))


_KINDS: Mapping[str, Callable[[int, np.random.Generator], _Wave]] = {
    "hiss": _hiss,
    "dull": _dull,
    "street": _street,
    "hum": _hum,
    "crackle": _crackle,
    "ringing": _ringing,
    "beeps": _beeps,
    "music": _music,
}
BEHIND_A_VOICE = ("hiss", "dull", "street", "hum", "crackle")
KINDS = tuple(_KINDS)
