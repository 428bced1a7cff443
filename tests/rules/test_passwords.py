"""Which passwords are refused, and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.rules.passwords import SAYS, Weakness, weakness

DOT = ("Dot Dispatcher", "dot@example.com", "+14155550102", "Harbour Parcels")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", Weakness.SHORT),
        ("xK9!vQ2#mZ7", Weakness.SHORT),
        ("x" * 257, Weakness.LONG),
        ("password1234", Weakness.COMMON),
        ("letmeinletmein", Weakness.PATTERN),
        ("aaaaaaaaaaaaaaaa", Weakness.PATTERN),
        ("123456789012", Weakness.COMMON),
        ("abcdefghijklmnop", Weakness.PATTERN),
        ("qwertyuiop[]", Weakness.PATTERN),
        ("dot@example.com", Weakness.PERSONAL),
        ("dotdispatcher1", Weakness.PERSONAL),
        ("HarbourParcels1", Weakness.PERSONAL),
        ("deliveryparcel", Weakness.PERSONAL),
        ("half \ud83d of an emoji", Weakness.NO_TEXT),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password, why) -> None:
    assert weakness(password, DOT) is why
    assert SAYS[why]


@pytest.mark.parametrize(
    "password",
    [
        "nine violet tortoises yawn",
        "jXq7-vTr2-Wnz9",
        "only lower case words suffice",
        "ünübliche wörter über äpfel",
        "四つの紫の亀があくびをしている",
        "  spaces around a pass phrase  ",
        "k0Wd!" * 3 + "nine violet tortoises yawn at the four winds of the north " * 4,
    ],
)
def test_no_rule_of_composition_stands_in_the_way(password) -> None:
    assert weakness(password, DOT) is None


def test_what_is_personal_for_one_is_fine_for_another() -> None:
    assert weakness("Ottoline Quayle", ("Ottoline Quayle",)) is Weakness.PERSONAL
    assert weakness("Ottoline Quayle", DOT) is None


def test_many_judge_at_once_and_none_sees_the_words_of_another() -> None:
    names = [f"Quentin Zoltan {letter * 4}" for letter in "abcdefghijkl"]
    with ThreadPoolExecutor(8) as pool:
        own = list(pool.map(lambda name: weakness(name, (name,)), names * 5))
    assert set(own) == {Weakness.PERSONAL}
