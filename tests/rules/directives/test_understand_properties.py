"""What holds of every answer, whatever was said."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as some

from app.rules.directives import understand
from app.rules.directives.merging import JOINT
from app.rules.directives.text import plain_form
from tests.rules.directives.answers import CALLED_AT, own_answers

WORDS = sorted({word for one in own_answers() for word in one["text"].split()})
CHATTER = some.lists(some.sampled_from(WORDS), max_size=25).map(" ".join)
ANY_TEXT = some.one_of(some.text(max_size=200), CHATTER)
MOMENTS = some.integers(0, 8 * 366 * 24 * 60).map(
    lambda minutes: (
        datetime(2024, 1, 1, tzinfo=ZoneInfo("America/New_York")) + timedelta(minutes=minutes)
    )
)


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT, now=MOMENTS)
@example('PHONE"000000A', CALLED_AT)
def test_slots_are_valid_whatever_is_said(text: str, now: datetime) -> None:
    for directive in understand(text, now=now).directives:
        for name in ("start", "end"):
            if name in directive.slots:
                assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(directive.slots[name]))
        if "date" in directive.slots:
            assert date.fromisoformat(str(directive.slots["date"])) >= now.date()
        if "phone" in directive.slots:
            assert str(directive.slots["phone"]).isdigit()
        assert all(value != "" for value in directive.slots.values())


@settings(max_examples=100, deadline=None)
@given(text=ANY_TEXT, confidence=some.floats(0, 1))
def test_an_analysis_keeps_its_bounds(text: str, confidence: float) -> None:
    analysis = understand(text, now=CALLED_AT, speech_confidence=confidence)
    assert 0 <= analysis.confidence_score <= 1
    assert len(analysis.keywords) <= 8
    assert all(0 <= directive.confidence <= 1 for directive in analysis.directives)


@settings(max_examples=100, deadline=None)
@given(text=ANY_TEXT)
def test_the_same_answer_always_means_the_same(text: str) -> None:
    assert understand(text, now=CALLED_AT) == understand(text, now=CALLED_AT)


@settings(max_examples=100, deadline=None)
@given(text=CHATTER)
@example("Don't dont")
def test_plain_form_of_a_plain_form_changes_nothing(text: str) -> None:
    plain = plain_form(text).plain
    assert plain_form(plain).plain == plain


@settings(deadline=None)
@given(text=some.text(alphabet=" \t\n.,;!?-", max_size=40))
def test_nothing_is_invented_where_nothing_was_said(text: str) -> None:
    analysis = understand(text, now=CALLED_AT)
    assert analysis.directives == ()
    assert analysis.instructions == ""
    assert analysis.needs_review


@settings(max_examples=100, deadline=None)
@given(text=CHATTER)
def test_the_quoted_words_were_said(text: str) -> None:
    said = " ".join(text.split())
    for directive in understand(text, now=CALLED_AT).directives:
        assert all(piece in said for piece in directive.text.split(JOINT))
        assert all(piece.strip(",") for piece in directive.text.split(JOINT))


@settings(max_examples=200, deadline=None)
@given(text=ANY_TEXT)
@example("The code is, um, 4519.  And it's\nflat 3B; İ mean the code is 4520.")
def test_a_directive_tells_where_its_words_lie(text: str) -> None:
    for directive in understand(text, now=CALLED_AT).directives:
        assert directive.start is not None
        assert directive.end is not None
        assert 0 <= directive.start < directive.end <= len(text)
        there = " ".join(text[directive.start : directive.end].split())
        assert all(words in there for words in directive.text.split(JOINT))
