"""How sure a directive is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from app.rules.directives import understand
from app.rules.directives.answer import hear
from app.rules.directives.certainty import certainty
from tests.rules.directives.answers import CALLED_AT


def _sure(text: str, speech_confidence: float = 1.0) -> float:
    return (
        understand(text, now=CALLED_AT, speech_confidence=speech_confidence)
        .directives[0]
        .confidence
    )


def test_a_clause_that_is_used_up_is_surer_than_one_that_is_not() -> None:
    whole = _sure("don't ring the bell")
    part = _sure("don't ring the bell wherewith gallivanting nephews convalesce hereabouts")
    assert whole > part


def test_a_choice_of_few_is_surer_than_free_words() -> None:
    assert _sure("cancel the order") > _sure("leave it by the plumbus")


@settings(max_examples=50, deadline=None)
@given(clear=some.floats(0, 1), poor=some.floats(0, 1))
def test_poor_hearing_never_makes_a_reading_surer(clear: float, poor: float) -> None:
    heard = hear("leave it in the shed, don't knock", CALLED_AT)
    low, high = sorted((clear, poor))
    for one in heard.readings:
        assert 0 < certainty(one, heard, low) <= certainty(one, heard, high) < 1
