"""Pictures: what a file of one must be, and the same without all that is no picture.

A telephone writes into a photo where and when it was taken, with what, and often a smaller copy of
it. Only what is needed to draw it is kept; nothing is decoded, so the picture itself stays bit for
bit. JPEG: ITU-T T.81, annex B, and JFIF 1.02; PNG: W3C Recommendation, third edition.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from app.saying import Saying

MOST_PIXELS = 4096
"""Each way."""
Kind = Literal["image/jpeg", "image/png"]
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_PLAIN_HEADER = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""Without the small copy that it may hold."""
_TABLES = {0xC4, 0xDB, 0xDD}
"""Huffman tables, quantisation tables, and how often it begins anew."""
_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive: those that browsers draw."""
_ADOBE = 0xEE
"""Says how its colours are written; without it they may come out wrong."""
_SCAN, _END = 0xDA, 0xD9
_DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


class PictureError(ValueError):
    """It is no picture that is kept; ``says`` tells why."""

    def __init__(self, says: Saying) -> None:
        super().__init__(says)
        self.says = says


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture."""

    kind: Kind
    width: int
    height: int
    content: bytes = field(repr=False)


def cleaned(raw: bytes) -> Picture:
    """The picture of a whole JPEG or PNG file. Raises PictureError."""
    if raw.startswith(_JPEG):
        found = _jpeg(raw)
    elif raw.startswith(_PNG):
        found = _png(raw)
    else:
        raise PictureError(Saying("is neither a JPEG nor a PNG"))
    if not (0 < found.width <= MOST_PIXELS and 0 < found.height <= MOST_PIXELS):
        raise PictureError(Saying("must have 1 to %(most)s pixels each way", most=MOST_PIXELS))
    return found


def _jpeg(raw: bytes) -> Picture:
    kept, size, drawn = [_JPEG], None, False
    for marker, segment in _segments(raw):
        body = segment[4:]
        if marker == 0xE0 and body.startswith(b"JFIF\x00"):
            kept.append(_PLAIN_HEADER)
        elif marker in _FRAMES:
            if size is not None or len(body) < 6:
                raise PictureError(Saying("is a damaged JPEG"))
            size = (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
            kept.append(segment)
        elif marker in _TABLES or (marker == _ADOBE and body.startswith(b"Adobe")):
            kept.append(segment)
        elif marker == _SCAN:
            drawn = True
            kept.append(segment)
        elif 0xC0 <= marker <= 0xCF:
            raise PictureError(Saying("is a JPEG of a form that browsers do not draw"))
    if size is None or not drawn:
        raise PictureError(Saying("is a JPEG without a picture"))
    return Picture("image/jpeg", *size, b"".join([*kept, b"\xff", bytes([_END])]))


def _segments(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, up to the end of the image; scans with their data."""
    at = len(_JPEG)
    while True:
        while raw[at : at + 2] == b"\xff\xff":
            at += 1
        if len(raw) < at + 2 or raw[at] != 0xFF:
            raise PictureError(Saying("is a damaged JPEG"))
        marker = raw[at + 1]
        if marker == _END:
            return
        length = int.from_bytes(raw[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(raw):
            raise PictureError(Saying("is a JPEG that was cut off"))
        if marker == _SCAN:
            end = _after_scan(raw, end)
        yield marker, raw[at:end]
        at = end


def _after_scan(raw: bytes, at: int) -> int:
    """Where the next marker stands that is none of the scan's own."""
    while (at := raw.find(b"\xff", at)) >= 0 and at + 1 < len(raw):
        following = raw[at + 1]
        if following and following != 0xFF and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2
    raise PictureError(Saying("is a JPEG that was cut off"))


def _png(raw: bytes) -> Picture:
    kept, at = [_PNG], len(_PNG)
    names: list[bytes] = []
    while not names or names[-1] != b"IEND":
        length, name = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
        end = at + 12 + length
        if len(name) < 4 or end > len(raw):
            raise PictureError(Saying("is a PNG that was cut off"))
        if zlib.crc32(raw[at + 4 : end - 4]) != int.from_bytes(raw[end - 4 : end], "big"):
            raise PictureError(Saying("is a damaged PNG"))
        if name in _DRAWN:
            kept.append(raw[at:end])
        names.append(name)
        at = end
    if names[0] != b"IHDR" or b"IDAT" not in names or names.count(b"IHDR") != 1:
        raise PictureError(Saying("is a PNG without a picture"))
    header = kept[1][8:]
    size = (int.from_bytes(header[0:4], "big"), int.from_bytes(header[4:8], "big"))
    return Picture("image/png", *size, b"".join(kept))
