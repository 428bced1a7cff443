"""What a WAV file says about itself, whatever its coding (Microsoft's RIFF, chunk by chunk)."""

from __future__ import annotations

import struct

_UNSAID = (0, 0xFFFFFFFF)
"""What programs write for a size that they did not know when they began."""


def seconds(content: bytes) -> float:
    """How long a WAV file plays. Raises ValueError where it is none, or is cut off."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError("no WAV")
    promised = struct.unpack_from("<I", content, 4)[0]
    if promised not in _UNSAID and promised + 8 > len(content):
        raise ValueError("a WAV that is cut off")
    per_second, at = 0, 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        there = len(content) - at - 8
        if name == b"fmt ":
            if size < 16 or there < size:
                raise ValueError("no WAV: its format cannot be read")
            per_second = struct.unpack_from("<I", content, at + 16)[0]
        elif name == b"data":
            if not per_second:
                raise ValueError("no WAV: it does not say how fast it plays")
            if size in _UNSAID:
                size = there
            if size > there:
                raise ValueError("a WAV that is cut off")
            return float(size / per_second)
        at += 8 + size + size % 2
    raise ValueError("no WAV: there is no sound in it")
