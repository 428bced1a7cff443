"""What a telephone line carries when no customer speaks: made anew from a seed, for measuring.

No training draws from here (``noise.py`` is for that), so that a model cannot know these by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from local.carrier.audio import RATE, read_audio
from tools.speak_answers import CARRIER, rows

Sound = npt.NDArray[np.float64]
Draw = np.random.Generator
SECONDS = 8.0


def _times(seconds: float) -> Sound:
    return np.arange(round(RATE * seconds)) / RATE


def _tones(seconds: float, *hertz: float) -> Sound:
    parts = [np.sin(2 * np.pi * each * _times(seconds)) for each in hertz]
    return np.sum(parts, axis=0) / len(hertz)


def _nothing(seconds: float) -> Sound:
    return np.zeros(round(RATE * seconds))


def _long_enough(parts: Callable[[], Sequence[Sound]], seconds: float) -> Sound:
    made: list[Sound] = []
    while sum(map(len, made)) < RATE * seconds:
        made += parts()
    return np.concatenate(made)[: round(RATE * seconds)]


def _silence(draw: Draw) -> Sound:
    """An open line: nothing, or the faintest hiss."""
    return draw.standard_normal(round(RATE * SECONDS)) * draw.choice([0.0, 0.0002, 0.001])


def _cadence(draw: Draw, hertz: Sequence[float], on_off: Sequence[float]) -> Sound:
    """Tones that come and go: seconds on, seconds off, and so on (ITU-T E.180)."""

    def once() -> list[Sound]:
        return [
            _tones(seconds, *hertz) if index % 2 == 0 else _nothing(seconds)
            for index, seconds in enumerate(on_off)
        ]

    whole = _long_enough(once, SECONDS + 4)
    start = draw.integers(4 * RATE)
    return whole[start : start + round(RATE * SECONDS)]


def _keys(draw: Draw) -> Sound:
    """Keys pressed (ITU-T Q.23)."""

    def once() -> list[Sound]:
        pair = draw.choice([697, 770, 852, 941]), draw.choice([1209, 1336, 1477])
        return [_tones(draw.uniform(0.06, 0.6), *pair), _nothing(draw.uniform(0.05, 0.8))]

    return _long_enough(once, SECONDS)


def _coloured(draw: Draw, seconds: float, power: float) -> Sound:
    """Noise whose spectrum falls with frequency to that power; its root mean square is 1."""
    spectrum = np.fft.rfft(draw.standard_normal(round(RATE * seconds)))
    hertz = np.fft.rfftfreq(round(RATE * seconds), 1 / RATE)
    made = np.fft.irfft(spectrum / np.maximum(hertz, 30.0) ** power, round(RATE * seconds))
    return made / made.std()


def _swell(draw: Draw, count: int, hertz: float) -> Sound:
    """A slow random course between 0 and 1."""
    points = draw.uniform(0, 1, max(3, round(count / RATE * hertz) + 2))
    return np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points)


def _hiss(draw: Draw) -> Sound:
    return _coloured(draw, SECONDS, draw.uniform(0, 0.6))


def _wind(draw: Draw) -> Sound:
    low = _coloured(draw, SECONDS, draw.uniform(0.8, 1.6))
    return low * _swell(draw, len(low), draw.uniform(0.8, 3)) ** 2


def _street(draw: Draw) -> Sound:
    rumble = _coloured(draw, SECONDS, 1.2)
    tyres = _coloured(draw, SECONDS, 0.3) * _swell(draw, len(rumble), 0.7) ** 2
    engine = sum(
        np.sin(2 * np.pi * np.cumsum(_drift(draw, 90.0 * k)) / RATE) / k for k in (1, 2, 3)
    )
    return rumble + 2 * tyres + 0.5 * engine


def _drift(draw: Draw, hertz: float) -> Sound:
    return hertz * (0.85 + 0.3 * _swell(draw, round(RATE * SECONDS), 1.0))


def _clicks(draw: Draw) -> Sound:
    made = 0.01 * draw.standard_normal(round(RATE * SECONDS))
    for at in draw.integers(0, len(made) - 400, draw.integers(3, 60)):
        length = draw.integers(3, 300)
        made[at : at + length] += draw.standard_normal(length) * np.exp(-np.arange(length) / 40)
    return made


def _hold(draw: Draw) -> Sound:
    """A line on hold: comfort noise, the mains' hum, a beep every few seconds."""
    count = round(RATE * SECONDS)
    mains = draw.choice([50.0, 60.0])
    hum = sum(_tones(SECONDS, mains * k) * draw.uniform(0.1, 1) for k in range(2, 12))
    beep = np.zeros(count)
    for start in range(draw.integers(RATE), count - RATE, 4 * RATE):
        beep[start : start + RATE // 3] = np.sin(2 * np.pi * 1400 * _times(1 / 3))[: RATE // 3]
    return 0.3 * hum + 0.3 * draw.standard_normal(count) + draw.choice([0, 3]) * beep


def _dog(draw: Draw) -> Sound:
    """Barks: bursts of falling pitch, rich in overtones through a throat, with breath."""
    pitch, length = draw.uniform(250, 900), draw.uniform(0.1, 0.3)

    def once() -> list[Sound]:
        times = _times(length * draw.uniform(0.8, 1.2))
        course = pitch * draw.uniform(0.9, 1.1) * (1.2 - 0.6 * times / times[-1])
        voice = _pulses(course) + 0.4 * draw.standard_normal(len(times))
        bark = _formants(voice, (draw.uniform(500, 900), 1400, 2500))
        return [bark * _rise_and_fall(times), _nothing(draw.uniform(0.1, 1.0))]

    return _long_enough(once, SECONDS)


def _rise_and_fall(times: Sound) -> Sound:
    return np.sqrt(np.abs(np.sin(np.pi * times / times[-1])))


def _pulses(hertz: Sound) -> Sound:
    """A source rich in overtones, as a throat or a bow makes it."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    most = max(1, int(3800 / float(hertz.max())))
    return np.sum([np.sin(k * phase) / k for k in range(1, min(most, 30) + 1)], axis=0)


def _formants(source: Sound, centres: Sequence[float]) -> Sound:
    spectrum = np.fft.rfft(source)
    hertz = np.fft.rfftfreq(len(source), 1 / RATE)
    gain = np.sum([np.exp(-(((hertz - each) / 150) ** 2)) for each in centres], axis=0)
    return np.fft.irfft(spectrum * (0.02 + gain), len(source))


_SCALE = (0, 2, 4, 7, 9, 12, 14, 16)
_VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410))


def _note(draw: Draw) -> float:
    return float(220 * 2 ** (draw.choice(_SCALE) / 12))


def _plucked(draw: Draw) -> Sound:
    step = draw.uniform(0.2, 0.6)

    def once() -> list[Sound]:
        notes = [_pulses(np.full(round(RATE * step), _note(draw))) for _ in range(3)]
        return [np.sum(notes, axis=0) * np.exp(-_times(step) * draw.uniform(3, 8))]

    return _long_enough(once, SECONDS)


def _melody(draw: Draw, *, formants: bool, rich: bool) -> Sound:
    """One instrument with vibrato and glides; with the formants of vowels, somebody hums "aah"."""

    def once() -> list[Sound]:
        times = _times(draw.uniform(0.25, 0.9))
        glide = _note(draw) * 2 ** (draw.uniform(-1, 1) / 12 * np.exp(-times * 20))
        course = glide * (1 + 0.012 * np.sin(2 * np.pi * 5.5 * times))
        sound = _pulses(course) if rich else np.sin(2 * np.pi * np.cumsum(course) / RATE)
        if formants:
            sound = _formants(sound, _VOWELS[draw.integers(len(_VOWELS))])
        return [sound * _rise_and_fall(times)]

    return _long_enough(once, SECONDS)


def _pad(draw: Draw) -> Sound:
    """Strings: slow chords, each note doubled a little out of tune."""

    def once() -> list[Sound]:
        times = _times(draw.uniform(1.0, 2.0))
        notes = [_note(draw) * 2 ** (cents / 1200) for _ in range(3) for cents in (-6, 6)]
        chord = np.sum([_pulses(np.full(len(times), each)) for each in notes], axis=0)
        return [chord * _rise_and_fall(times)]

    return _long_enough(once, SECONDS)


def _band(draw: Draw) -> Sound:
    """Drums and a bass under a tune."""
    beat = draw.uniform(0.25, 0.5)

    def once() -> list[Sound]:
        times = _times(beat)
        drum = draw.standard_normal(len(times)) * np.exp(-times * draw.choice([15, 60]))
        kick = np.sin(2 * np.pi * np.cumsum(120 * np.exp(-times * 15) + 50) / RATE)
        bass = _pulses(np.full(len(times), _note(draw) / 2)) * np.exp(-times * 4)
        return [drum + kick * np.exp(-times * 12) + 0.6 * bass]

    return _long_enough(once, SECONDS) + 0.7 * _melody(draw, formants=False, rich=True)


def _babble(draw: Draw) -> Sound:
    """Several people at once, none of them the customer."""
    spoken = [CARRIER / row["file"] for row in rows()]
    made = np.zeros(round(RATE * SECONDS))
    for each in draw.choice(len(spoken), 6, replace=False):
        voice = read_audio(spoken[each]) / 32768
        made += np.roll(np.resize(voice, len(made)), draw.integers(len(made)))
    return made


KINDS: Mapping[str, Callable[[Draw], Sound]] = MappingProxyType(
    {
        "silence": _silence,
        "ring-back, US": partial(_cadence, hertz=(440, 480), on_off=(2, 4)),
        "ring-back, UK": partial(_cadence, hertz=(400, 450), on_off=(0.4, 0.2, 0.4, 2)),
        "ring-back, EU": partial(_cadence, hertz=(425,), on_off=(1, 4)),
        "busy": partial(_cadence, hertz=(480, 620), on_off=(0.5, 0.5)),
        "keys": _keys,
        "hiss": _hiss,
        "wind": _wind,
        "street": _street,
        "clicks": _clicks,
        "hold": _hold,
        "a dog": _dog,
        "music, plucked": _plucked,
        "music, flute": partial(_melody, formants=False, rich=False),
        "music, bowed": partial(_melody, formants=False, rich=True),
        "music, hummed": partial(_melody, formants=True, rich=True),
        "music, strings": _pad,
        "music, band": _band,
        "babble": _babble,
    }
)


def line(kind: str, level: float, seed: int) -> Sound:
    """``SECONDS`` of it at 8 kHz, with that root mean square; silence stays as faint as it is."""
    made = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    if kind == "silence":
        return made
    return np.clip(made / (np.sqrt(np.mean(made**2)) + 1e-9) * level, -1, 1)
