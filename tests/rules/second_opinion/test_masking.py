"""Codes and telephone numbers do not leave the house, and come back into the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.second_opinion.masking import LONGEST, figures, prepared


@pytest.mark.parametrize(
    ("said", "sent", "typed"),
    [
        ("code is four five one nine hash, flat 3B", "code is [NUMBER-1], flat 3B", "4519#"),
        ("Code's double seven three oh.", "Code's [NUMBER-1].", "7730"),
        ("punch in star 1 2 3 4", "punch in [NUMBER-1]", "*1234"),
        ("ring 07700 900461 if needed", "ring [NUMBER-1] if needed", "07700900461"),
        ("It's 0 7 7 0 0, 9 0 0, 4 6 1.", "It's [NUMBER-1].", "07700900461"),
        ("the code is twelve fifteen", "the code is [NUMBER-1]", "1215"),
        ("the pin: 4-5.1 9", "the pin: [NUMBER-1]", "4519"),
        ("code ４５１９", "code [NUMBER-1]", "4519"),
        ("code 4\u200b5\u200b1\u200b9", "code [NUMBER-1]", "4519"),
        ("code four\nfive\none\nnine", "code [NUMBER-1]", "4519"),
    ],
)  # fmt: skip
def test_a_code_is_sent_as_a_placeholder(said, sent, typed) -> None:
    masked = prepared(said, masked=True)
    assert masked.text == sent
    assert [figures(each) for each in masked.hidden] == [typed]
    assert figures(masked.reveal("[number-1]")) == typed
    assert not masked.reveal("[NUMBER-2]")


@pytest.mark.parametrize(
    "said",
    [
        "between 1:30 and 2.15, or after five thirty",
        "12 Mill Lane, at twelve forty five on the twenty-first",
        "by five, two parcels",
    ],
)
def test_times_and_small_numbers_stay(said) -> None:
    assert prepared(said, masked=True).text == said


def test_nobody_can_say_a_placeholder() -> None:
    masked = prepared("my code is [NUMBER-2], [NUMBER-1] and 4519", masked=True)
    assert masked.text == "my code is (NUMBER-2), (NUMBER-1) and [NUMBER-1]"
    assert masked.hidden == ("4519",)


def test_without_masking_the_words_are_sent_as_they_are() -> None:
    assert prepared("code 4519, [sic]", masked=False).text == "code 4519, (sic)"


@given(st.text(max_size=300), st.from_regex(r"\A[0-9]{4,12}\Z"))
def test_no_run_of_digits_gets_out(around, number) -> None:
    sent = prepared(f"{around} {number} {around}", masked=True)
    assert number not in sent.text
    assert sent.reveal(sent.text).count(number) >= 1


@given(st.text(max_size=2 * LONGEST))
def test_any_text_can_be_prepared(text) -> None:
    sent = prepared(text, masked=True)
    assert len(sent.text) <= 4 * LONGEST
