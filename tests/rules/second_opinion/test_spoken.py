"""Whether words were said: by how they sound, with numbers whole."""

from __future__ import annotations

import pytest

from app.rules.second_opinion.spoken import occurs

SAID = (
    "Hi — it's Ann. The gate code is four five one nine hash, and we’re on the twenty-first floor, "
    "flat 3B. Don't ring before half five; call double seven three oh 12 if needed!"
)


@pytest.mark.parametrize(
    "part",
    [
        "gate code is four five one nine hash",
        "THE GATE CODE IS 4519#",
        "4 5 1 9 hash",
        "we're on the 21st floor",
        "were on the twenty first floor",
        "flat three B",
        "don't ring before half 5",
        "dont ring",
        "call 7730 12",
        "it's ann",
    ],
)
def test_words_count_as_said_however_they_are_written(part) -> None:
    assert occurs(part, SAID)


@pytest.mark.parametrize(
    "part",
    [
        "",
        "…!?",
        "gate code is 4518 hash",
        "451",
        "the code is five one nine",
        "one nine hash and",
        "call 773",
        "flat 4B",
        "ring before five",
        "the gate is four five one nine",
        "cancel it",
        "gate gate",
        "hash flat 3B",
    ],
)
def test_words_that_were_not_said_or_only_in_part_do_not(part) -> None:
    assert not occurs(part, SAID)


def test_accents_and_other_digits_make_no_difference() -> None:
    assert occurs("cafe", "at the Café")
    assert occurs("4519", "code ４５１９")
    assert occurs("٤٥١٩", "code 4519")
