"""What a telephone line carries besides a customer's words, as 8 kHz samples; and audio files."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 8000
AUDIO = Path(__file__).resolve().parents[2] / "local" / "carrier" / "audio"
Samples = np.ndarray[Any, Any]


def wav(samples: Samples, rate: int = RATE) -> bytes:
    """16-bit PCM; one row a sample, one column a channel."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return content.getvalue()


def spoken(name: str) -> Samples:
    """A shipped answer."""
    from local.carrier.audio import read_audio

    return read_audio(AUDIO / f"{name}.wav") / 32768


def encoded(samples: Samples, container: str, codec: str, rate: int = 48_000) -> bytes:
    """The samples as another kind of file."""
    import av

    content = io.BytesIO()
    with av.open(content, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        source = resampled(samples, rate).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(source, format="fltp", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return content.getvalue()


def resampled(samples: Samples, rate: int) -> Samples:
    """The same at another rate."""
    places = np.linspace(0, len(samples) - 1, round(len(samples) * rate / RATE))
    return np.interp(places, np.arange(len(samples)), samples)


def _times(seconds: float) -> Samples:
    return np.arange(round(RATE * seconds)) / RATE


def tones(seconds: float, *hertz: float) -> Samples:
    """Tones together, loudest sample below 0.5."""
    return sum(np.sin(2 * np.pi * each * _times(seconds)) for each in hertz) * 0.45 / len(hertz)


def noise(seconds: float, level: float) -> Samples:
    """Steady hiss."""
    return np.random.default_rng(7).standard_normal(round(RATE * seconds)) * level


def silence(seconds: float) -> Samples:
    """Nothing at all."""
    return np.zeros(round(RATE * seconds))


def ring_back(seconds: float = 12, *, british: bool = False) -> Samples:
    """What a caller hears while it rings (ITU-T E.180: US 440+480 Hz 2 s on 4 off, UK 400+450)."""
    if british:
        burst = [tones(0.4, 400, 450), silence(0.2), tones(0.4, 400, 450), silence(2.0)]
    else:
        burst = [tones(2.0, 440, 480), silence(4.0)]
    whole = np.concatenate(burst * 8)
    return whole[: round(RATE * seconds)]


def music(seconds: float = 12) -> Samples:
    """A tune with chords and beats, as of a queue that waits."""
    steps = (262, 330, 392, 523, 392, 330, 294, 349, 440, 349)
    notes = []
    for index in range(round(seconds / 0.3)):
        note = tones(0.3, steps[index % len(steps)], 131, 196, 2 * steps[index % len(steps)])
        note = note * np.exp(-4 * _times(0.3))
        note[:200] += noise(200 / RATE, 0.1)
        notes.append(note)
    return np.concatenate(notes)


def dog(seconds: float = 8) -> Samples:
    """Barks: short bursts whose pitch falls, rich in overtones, with breath."""
    times = _times(0.18)
    pitch = 620 - 1800 * times
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    body = sum(np.sin(k * phase) / k for k in range(1, 6)) + noise(0.18, 0.3)[: len(times)]
    bark = body * np.sin(np.pi * times / 0.18) * 0.25
    one = np.concatenate([bark, silence(0.25), bark, silence(0.9)])
    return np.tile(one, 20)[: round(RATE * seconds)]


def hum(seconds: float = 8) -> Samples:
    """The mains in a bad cable: 50 Hz and its overtones."""
    return sum(tones(seconds, 50.0 * k) / k for k in (1, 2, 3, 5, 7)) * 0.5


def keys(pressed: str = "4519#") -> Samples:
    """Keys pressed during the recording (ITU-T Q.23)."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    places = {key: divmod(index, 3) for index, key in enumerate("123456789*0#")}
    parts = []
    for key in pressed:
        row, column = places[key]
        parts += [tones(0.25, rows[row], columns[column]), silence(0.2)]
    return np.concatenate([silence(0.5), *parts, silence(0.5)])
