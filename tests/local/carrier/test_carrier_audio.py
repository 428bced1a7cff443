"""Sound files of customers: every form they may come in."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from local.carrier.audio import AudioError, decode_wav, encode_wav, read_audio, seconds_of, trimmed
from tests.local.carrier.carrier_world import write_tone


def wav(layout: int, bits: int, data: bytes, rate: int = 8000, channels: int = 1) -> bytes:
    block = channels * bits // 8
    description = struct.pack("<HHIIHH", layout, channels, rate, rate * block, block, bits)
    chunks = b"fmt " + struct.pack("<I", 16) + description
    chunks += b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def test_mu_law_expands_to_the_values_of_its_standard() -> None:
    sound = decode_wav(wav(7, 8, bytes([0x00, 0x7F, 0x80, 0xFF, 0x8F, 0x10])))
    assert sound.tolist() == [-32124, 0, 32124, 0, 16764, -15996]


def test_eight_bit_and_stereo_sounds_are_understood() -> None:
    assert decode_wav(wav(1, 8, bytes([128, 255, 0]))).tolist() == [0, 32512, -32768]
    stereo = struct.pack("<4h", 100, 300, -100, 100)
    assert decode_wav(wav(1, 16, stereo, channels=2)).tolist() == [200, 0]


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_any_rate_becomes_telephone_sound_of_the_same_pitch(tmp_path: Path, rate: int) -> None:
    sound = read_audio(write_tone(tmp_path / f"{rate}.wav", seconds=2, rate=rate))
    assert seconds_of(sound) == pytest.approx(2, abs=0.001)
    assert np.argmax(np.abs(np.fft.rfft(sound))) / 2 == pytest.approx(440, abs=1)


def test_what_is_written_reads_back_the_same() -> None:
    sound = np.arange(-500, 500, dtype=np.int16)
    assert np.array_equal(decode_wav(encode_wav(sound)), sound)


def test_trimming_takes_silence_from_both_ends_only() -> None:
    sound = np.array([0, 100, 900, 0, 0, -900, 20, 0], dtype=np.int16)
    assert trimmed(sound).tolist() == [900, 0, 0, -900]


@pytest.mark.parametrize(
    "content", [b"", b"ID3 something", wav(1, 24, b"\0" * 6), wav(1, 16, b"")[:30], wav(3, 32, b"")]
)
def test_what_is_no_such_sound_is_an_error(content: bytes) -> None:
    with pytest.raises(AudioError):
        decode_wav(content)
