"""Pictures keep what draws them, and nothing else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.pictures import MOST_PIXELS, cleaned
from tests.pictures_side import SECRET, chunk, jpeg, png, segment


def test_a_photo_keeps_its_picture_and_not_where_it_was_taken() -> None:
    found = cleaned(jpeg())
    assert (found.kind, found.width, found.height) == ("image/jpeg", 4, 3)
    assert b"Exif" not in found.content
    assert b"GPS" not in found.content
    assert found.content.endswith(b"\xff\xd9")
    for kept in (b"\x12\xff\x00\x34\xff\xd0\x56", b"Adobe", b"\xff\xdb", b"JFIF"):
        assert kept in found.content
    assert found.content.count(b"\xff\xda") == 2


def test_a_signature_keeps_its_picture_alone() -> None:
    found = cleaned(png())
    assert (found.kind, found.width, found.height) == ("image/png", 2, 1)
    assert SECRET not in found.content
    assert cleaned(found.content).content == found.content


def test_what_is_clean_stays_bit_for_bit() -> None:
    once = cleaned(jpeg()).content
    assert cleaned(once).content == once


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"<svg onload=alert(1)>", "neither"),
        (b"GIF89a", "neither"),
        (jpeg(frame=0xC3), "do not draw"),
        (jpeg(width=0), "pixels"),
        (jpeg(width=MOST_PIXELS + 1), "pixels"),
        (png(height=MOST_PIXELS + 1), "pixels"),
        (jpeg()[:-60], "cut off"),
        (b"\xff\xd8" + segment(0xDB, b"x") + b"\xff\xd9", "without a picture"),
        (b"\xff\xd8\x00\x00", "damaged"),
        (png().replace(b"IDAT", b"IDAX"), "damaged"),
        (png()[:40], "cut off"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "without a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_is_wrong(raw, says) -> None:
    with pytest.raises(ValueError, match=says):
        cleaned(raw)


@given(st.integers(0, 400), st.binary(max_size=4), st.booleans())
def test_no_damage_does_worse_than_being_refused(at, other, of_jpeg) -> None:
    whole = jpeg() if of_jpeg else png()
    with contextlib.suppress(ValueError):
        cleaned(whole[:at] + other + whole[at + len(other) :])
