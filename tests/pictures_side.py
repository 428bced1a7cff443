"""Pictures made by hand: as telephones write them, with what they write beside."""

from __future__ import annotations

import struct
import zlib

SECRET = b"GPS 51.4778 -0.0015 by Casey"


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*, width: int = 4, height: int = 3, frame: int = 0xC0, beside: bytes = SECRET) -> bytes:
    """A file with all the parts of a JPEG; what is drawn in it is nonsense."""
    size = b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01" + beside[:3]),
            segment(0xE1, b"Exif\x00\x00" + beside),
            segment(0xE2, b"ICC_PROFILE\x00" + beside),
            segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"),
            segment(0xFE, beside),
            segment(0xDB, b"\x00" + bytes(64)),
            b"\xff" + segment(frame, size),
            segment(0xC4, b"\x00" + bytes(16)),
            scan,
            segment(0xC4, b"\x10" + bytes(16)),
            scan,
            b"\xff\xd9",
            beside,
        ]
    )


def chunk(name: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)


def png(*, width: int = 2, height: int = 1, beside: bytes = SECRET, colour: int = 0) -> bytes:
    """A grey picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    drawn = zlib.compress((b"\x00" + bytes([colour]) * width) * height)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"tEXt", b"Comment\x00" + beside),
            chunk(b"eXIf", beside),
            chunk(b"IDAT", drawn),
            chunk(b"IEND", b""),
            beside,
        ]
    )
