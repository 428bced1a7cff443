"""References as callers type and say them."""

from __future__ import annotations

import pytest

from app.rules import references

KNOWN = ("R-1042", "R-1043", "HP 77-8812", "20260310-7", "AB12CD", "R-7", "X-1042-9")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("1042", {"R-1042"}),
        ("1042#", {"R-1042"}),
        ("71042", {"R-1042"}),
        ("778812", {"HP 77-8812"}),
        ("47778812", {"HP 77-8812"}),
        ("202603107", {"20260310-7"}),
        ("221223", {"AB12CD"}),
        ("7", set()),
        ("77", set()),
        ("104", set()),
        ("10429", {"X-1042-9"}),
        ("", set()),
        ("9999", set()),
    ],
)
def test_keys_stand_for_a_references_digits_or_for_all_of_it(keys, expected) -> None:
    assert references.typed(keys, KNOWN) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("R 1042", {"R-1042"}),
        ("it's R dash one zero four two", {"R-1042"}),
        ("1 0 4 2.", {"R-1042"}),
        ("are 1042", {"R-1042"}),
        ("my reference is R-1043", {"R-1043"}),
        ("H P double seven double eight one two", {"HP 77-8812"}),
        ("eins null vier zwo", {"R-1042"}),
        ("uno cero cuatro dos", {"R-1042"}),
        ("un zéro quatre deux", {"R-1042"}),
        ("A B 12 C D", {"AB12CD"}),
        ("leave it behind the planter", set()),
        ("seven", set()),
        ("", set()),
    ],
)
def test_words_stand_for_a_reference_in_every_language(words, expected) -> None:
    assert references.spoken(words, KNOWN) == expected
