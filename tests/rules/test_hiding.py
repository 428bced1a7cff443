"""Codes are hidden however they were said, and the rest stays to be read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.directives import understand
from app.rules.hiding import MASK, hide, stretches
from tests.factories import NOW


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("gate code 4711, behind the planter", f"gate code {MASK}, behind the planter"),
        ("code four seven one one please", f"code {MASK} please"),
        ("it's double four oh nine hash", f"it's {MASK}"),
        ("press B 4 7 then the star", f"press {MASK} then the {MASK}"),
        ("der Code ist vier sieben eins eins", f"der Code ist {MASK}"),
        ("der Code ist siebenundvierzig elf", f"der Code ist {MASK}"),
        ("el código es cuatro siete uno uno", f"el código es {MASK}"),
        ("le code est quatre sept un un", f"le code est {MASK}"),
        ("the code is blue", "the code is blue"),
    ],
)  # fmt: skip
def test_a_code_that_is_known_is_hidden_in_figures_and_words(said, shown) -> None:
    assert hide(said, known=True) == shown


def test_what_is_probably_a_code_is_hidden_where_none_is_known() -> None:
    assert hide("key in 4 7 1 1 at the door") == f"key in {MASK} at the door"
    assert (
        hide("I am home at five thirty, second floor") == "I am home at five thirty, second floor"
    )
    assert hide("flat 12") == "flat 12"


def test_a_code_of_letters_is_hidden_by_itself() -> None:
    assert hide("say AB C to them", ["ABC"]) == f"say {MASK} to them"
    assert hide("cabc", ["ABC"]) == "cabc"


@given(
    st.text(max_size=80), st.lists(st.text("0123456789AB#*", min_size=1, max_size=6), max_size=2)
)
def test_nothing_but_the_stretches_changes(text, codes) -> None:
    found = stretches(text, codes, known=True)
    assert all(start < end for start, end in found)
    assert all(first[1] < second[0] for first, second in pairwise(found))
    kept = hide(text, codes, known=True).split(MASK) if MASK not in text else None
    assert kept is None or all(each in text for each in kept)


@given(st.text("0123456789", min_size=1, max_size=8))
def test_no_figure_of_a_known_code_is_left(code) -> None:
    for said in (code, " ".join(code), "-".join(code)):
        left = hide(f"leave it in the shed, code {said}.", [code], known=True)
        assert not set(left) & set("0123456789")


def test_no_code_that_is_understood_can_be_read_in_what_is_shown() -> None:
    for said in (
        "gate code is one two three four hash and leave it at the back door",
        "the code's 0 9 7 5 star",
        "buzz 12 and the pin is nineteen eighty four",
    ):
        codes = [
            str(each.slots["code"])
            for each in understand(said, now=NOW).directives
            if "code" in each.slots
        ]
        assert codes
        shown = hide(said, codes, known=True)
        assert not [each for each in understand(shown, now=NOW).directives if "code" in each.slots]
