"""Sound: reading customers' WAV files and writing recordings as telephone-quality PCM.

Inside the carrier sound is mono, 8000 samples a second, 16-bit, as numpy arrays.
"""

from __future__ import annotations

import io
import struct
import wave
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

RATE = 8000
QUIET = 150  # of 32768: line noise, which Twilio's trimming takes for silence

_PCM, _MU_LAW, _EXTENSIBLE = 1, 7, 0xFFFE


class AudioError(Exception):
    """A file that is not sound the carrier can play."""


def silence(seconds: float) -> Samples:
    """Return that many seconds of nothing."""
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def seconds_of(samples: Samples) -> float:
    """Return how long the sound lasts."""
    return len(samples) / RATE


def audible(samples: Samples) -> bool:
    """Say whether there is anything to hear."""
    return bool(np.any(np.abs(samples.astype(np.int32)) > QUIET))


def trimmed(samples: Samples) -> Samples:
    """Return the sound without the silence at its beginning and end."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


@lru_cache(maxsize=256)
def read_audio(path: Path) -> Samples:
    """Return a WAV file (8- or 16-bit PCM or 8-bit mu-law, any rate) as telephone sound.

    Raises AudioError when it is missing or something else.
    """
    try:
        return decode_wav(path.read_bytes())
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}") from error
    except AudioError as error:
        raise AudioError(f"{path}: {error}") from error


def decode_wav(content: bytes) -> Samples:
    """Return the sound in the bytes of a WAV file; AudioError when there is none."""
    chunks = _riff_chunks(content)
    if "fmt " not in chunks or "data" not in chunks or len(chunks["fmt "]) < 16:
        raise AudioError("not a WAV file: no format or no data")
    layout, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunks["fmt "][:16])
    if layout == _EXTENSIBLE and len(chunks["fmt "]) >= 26:
        layout = struct.unpack("<H", chunks["fmt "][24:26])[0]
    if channels < 1 or rate < 1:
        raise AudioError("not a WAV file: no channels or no rate")
    values = _values(chunks["data"], layout, bits)
    mono = values[: len(values) // channels * channels].reshape(-1, channels).mean(axis=1)
    return np.clip(np.rint(_resampled(mono, rate)), -32768, 32767).astype(np.int16)


def encode_wav(samples: Samples) -> bytes:
    """Return the sound as the bytes of an 8 kHz 16-bit mono WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()


def _riff_chunks(content: bytes) -> dict[str, bytes]:
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise AudioError("not a WAV file")
    chunks: dict[str, bytes] = {}
    position = 12
    while position + 8 <= len(content):
        name = content[position : position + 4].decode("latin-1")
        size = struct.unpack("<I", content[position + 4 : position + 8])[0]
        chunks.setdefault(name, content[position + 8 : position + 8 + size])
        position += 8 + size + size % 2
    return chunks


def _values(data: bytes, layout: int, bits: int) -> npt.NDArray[np.float64]:
    if layout == _PCM and bits == 16:
        return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.float64)
    if layout == _PCM and bits == 8:
        return (np.frombuffer(data, dtype=np.uint8).astype(np.float64) - 128) * 256
    if layout == _MU_LAW and bits == 8:
        return _expanded(np.frombuffer(data, dtype=np.uint8))
    raise AudioError(f"WAV format {layout} with {bits} bits is not supported")


def _expanded(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Expand mu-law codes to 16-bit values (ITU-T G.711)."""
    inverted = (~codes).astype(np.int32)
    magnitude = ((((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84
    return np.where(inverted & 0x80, -magnitude, magnitude).astype(np.float64)


def _resampled(values: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """Change the rate to 8 kHz in the frequency domain, dropping what would alias."""
    if rate == RATE or not len(values):
        return values
    length = round(len(values) * RATE / rate)
    if length == 0:
        return values[:0]
    spectrum = np.fft.rfft(values)[: length // 2 + 1]
    return np.fft.irfft(spectrum, length) * (length / len(values))
