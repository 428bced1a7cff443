"""Directives that a person writes down: what fits, and what is said about what does not."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.analysis import BESIDE, Directive, InAudio, Kind, Priority, Sentiment
from app.rules.corrected import analysis_of
from app.rules.directive_shape import MOST, ShapeError, directives_from
from tests.rules.directives.answers import own_answers

LABELS = [one for answer in own_answers() for one in answer.get("directives", [])]


def test_every_labelled_directive_fits_and_comes_back_as_it_was() -> None:
    for one in LABELS:
        (found,) = directives_from([one])
        back = {
            name: value
            for name, value in found.as_dict().items()
            if name not in ("text", "confidence")
        }
        assert back == one


def test_a_directive_that_was_heard_fits_when_it_is_sent_back_as_it_was_told() -> None:
    told = Directive(
        Kind.LEAVE_AT, "in the porch", 0.7, {"place": "porch"}, 9, 21, InAudio("a" * 24, 1.5, 2.5)
    ).as_dict()
    assert set(BESIDE) == told.keys() - {"place"}
    (found,) = directives_from([told])
    assert found == Directive(Kind.LEAVE_AT, "in the porch", 1.0, {"place": "porch"})


def test_every_labelled_directive_can_be_worded_for_people() -> None:
    for one in LABELS:
        found = analysis_of(directives_from([one]))
        assert found.summary
        assert found.needs_review is False


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"kind": "fly"}, "kind must be one of leave_at, "),
        ({}, "kind must be one of"),
        ("leave it", "it must be an object"),
        ({"kind": "leave_at"}, "leave_at needs place"),
        ({"kind": "leave_at", "place": "  "}, "place must be a few words"),
        ({"kind": "leave_at", "place": "x" * 201}, "place must be a few words"),
        ({"kind": "leave_at", "place": "porch", "code": "1"}, "leave_at has only place, condition"),
        ({"kind": "confirm", "text": "x" * 501}, "text must be words"),
        ({"kind": "confirm", "text": 5}, "text must be words"),
        ({"kind": "time_window"}, "time_window needs one of date, start, end"),
        ({"kind": "time_window", "condition": "it rains"}, "needs one of date"),
        ({"kind": "time_window", "start": "6pm"}, "start must be a time like 18:30"),
        ({"kind": "time_window", "end": "24:00"}, "end must be a time"),
        ({"kind": "time_window", "start": "18:00", "end": "17:00"}, "start must not be after end"),
        ({"kind": "reschedule", "date": "2026-02-30"}, "date must be a date"),
        ({"kind": "reschedule", "date": "20260301"}, "date must be a date"),
        ({"kind": "access", "code": "45 19"}, "code must be digits"),
        ({"kind": "contact", "phone": "+447700"}, "phone must be digits"),
        ({"kind": "contact", "minutes": True}, "minutes must be a whole number"),
        ({"kind": "contact", "minutes": 0}, "minutes must be a whole number"),
        ({"kind": "contact", "channel": "fax"}, "channel must be one of call, text"),
        ({"kind": "hand_over", "signature": False}, "signature must be true, or left out"),
        ({"kind": "avoid", "action": ["knock"]}, "action must be one of"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_in_words(row, problem) -> None:
    with pytest.raises(ShapeError, match=problem):
        directives_from([row])


def test_no_complaint_repeats_what_was_written() -> None:
    with pytest.raises(ShapeError) as refused:
        directives_from([{"kind": "access", "code": "4519 secret"}, {"kind": "Mrs Okafor"}])
    assert "4519" not in str(refused.value)
    assert "Okafor" not in str(refused.value)
    assert len(refused.value.problems) == 2


def test_there_is_an_end_to_it() -> None:
    assert len(directives_from([{"kind": "confirm"}] * MOST)) == MOST
    with pytest.raises(ShapeError, match="more than"):
        directives_from([{"kind": "confirm"}] * (MOST + 1))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
_NAMES = st.sampled_from(["kind", "text", "place", "start", "end", "code", "minutes", "channel"])


@given(st.lists(st.dictionaries(_NAMES, _JSON | st.sampled_from(list(Kind))) | _JSON, max_size=4))
def test_whatever_is_sent_is_taken_or_refused_in_words(rows) -> None:
    found = ()
    with suppress(ShapeError):
        found = directives_from(rows)
    json.dumps(analysis_of(found).as_dict())


@pytest.mark.parametrize(
    ("directive", "sentence"),
    [
        (Directive(Kind.LEAVE_AT, "it's behind the shed", 1.0, {"place": "shed"}),
         "Leave it behind the shed."),
        (Directive(Kind.LEAVE_AT, "", 1.0, {"place": "shed"}), "Leave it here: shed."),
        (Directive(Kind.LEAVE_WITH, "give it to the lady upstairs", 1.0,
                   {"recipient": "lady upstairs"}), "Leave it with the lady upstairs."),
        (Directive(Kind.LEAVE_WITH, "", 1.0, {"recipient": "sharon"}), "Leave it with sharon."),
        (Directive(Kind.REDIRECT, "to my office", 1.0, {"address": "office"}),
         "Take it to the customer's office."),
        (Directive(Kind.TIME_WINDOW, "", 1.0, {"start": "18:00"}), "Come from 18:00."),
        (Directive(Kind.CONFIRM, "", 1.0, {}), ""),
    ],
)  # fmt: skip
def test_a_corrected_directive_reads_as_if_it_had_been_heard(directive, sentence) -> None:
    assert analysis_of([directive]).instructions == sentence


def test_what_was_urgent_stays_urgent_and_the_rest_follows_from_the_directives() -> None:
    redirect = directives_from([{"kind": "redirect", "address": "12 mill lane"}])
    assert analysis_of(redirect).priority is Priority.HIGH
    assert analysis_of(directives_from([{"kind": "confirm"}])).priority is Priority.LOW
    angry = analysis_of(directives_from([{"kind": "confirm"}]), sentiment=Sentiment.NEGATIVE)
    assert (angry.priority, "unhappy" in angry.summary) == (Priority.HIGH, True)
    urgent = analysis_of(redirect, priority=Priority.URGENT)
    assert analysis_of((), before=urgent).priority is Priority.URGENT
