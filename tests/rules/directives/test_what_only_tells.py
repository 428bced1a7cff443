"""Times, calls and yeses that ask for something, beside those that only tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from app.rules.directives import understand
from app.rules.directives.text import plain_form
from tests.rules.directives.answers import CALLED_AT, unpunctuated

TIMES = {"time_window", "reschedule", "unavailable"}

ONLY_TOLD = [
    "Leave it with Bea, she starts at nine on Mondays.",
    "Put it in the shed, the cleaner is coming tomorrow.",
    "Don't block the lane, the school bus comes at three.",
    "The milk goes off by tomorrow so put it in the fridge.",
    "The bins are collected on Friday, so keep it away from them.",
    "Give it to the caretaker, he goes home at five.",
    "Put it behind the bins, I'll get it in the morning.",
    "It's my son's birthday tomorrow, so hide it.",
    "The council are digging up the road till Friday, so park round the back.",
    "The neighbours are away till Sunday, so don't try them.",
    "It's recycling day tomorrow.",
    "There's ice all down the path this morning.",
    "He finishes early on Fridays, my husband does.",
    "Keep the gate shut, the sheep will be out on the road.",
    "I am out of insulin.",
    "It'll be gone in five minutes if you leave it out.",
    "I'll be down in two minutes.",
    "The street's closed to cars between ten and four.",
    "There's a market on the square on Saturdays.",
    "The neighbour's lift is being serviced at two.",
    "They won't last another night in the van.",
]
ASKED: list[tuple[str, str, dict[str, str]]] = [
    ("My wife gets home at five so after that.", "time_window", {"start": "17:00"}),
    ("I must have it by noon or I'm in real trouble.", "time_window", {"end": "12:00"}),
    ("Bring it home, but after nine pm.", "time_window", {"start": "21:00"}),
    ("Could you get here by, like, half seven?", "time_window", {"end": "19:30"}),
    (
        "I'm out between, what is it, two and, er, ten past four.",
        "unavailable",
        {"start": "14:00", "end": "16:10"},
    ),
    (
        "Not in from, say, two to, I don't know, four.",
        "unavailable",
        {"start": "14:00", "end": "16:00"},
    ),
    ("I've got to duck out from one to two.", "unavailable", {"start": "13:00", "end": "14:00"}),
    ("I'll be stuck in traffic till five.", "unavailable", {"end": "17:00"}),
    ("We're on holiday, back on the second.", "unavailable", {}),
    ("We're in Wales till then.", "unavailable", {}),
    ("You'll not catch me in tomorrow.", "unavailable", {"date": "2026-11-19"}),
    ("Tomorrow week would do.", "reschedule", {"date": "2026-11-26"}),
    ("Today week, after six.", "reschedule", {"date": "2026-11-25", "start": "18:00"}),
    (
        "Friday arvo's sweet.",
        "reschedule",
        {"date": "2026-11-20", "start": "12:00", "end": "17:00"},
    ),
    ("Today's no good, could it come Friday?", "reschedule", {"date": "2026-11-20"}),
    (
        "First thing Monday would suit.",
        "reschedule",
        {"date": "2026-11-23", "start": "07:00", "end": "12:00"},
    ),
    ("Quarter to three is when my shift ends.", "time_window", {"start": "14:45"}),
]
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("Give me a bell when you're pulling up.", {"channel": "call", "when": "on_arrival"}),
    ("Ring me the second you're outside.", {"channel": "call", "when": "on_arrival"}),
    ("Wait by the barrier and phone me.", {"channel": "call", "when": "on_arrival"}),
    ("Message me once you have kept it.", {"channel": "text", "when": "after_delivery"}),
    (
        "Half an hour's warning by phone would help.",
        {"channel": "call", "when": "before", "minutes": 30},
    ),
    (
        "Tell my wife not me when it's ten minutes away.",
        {"when": "before", "minutes": 10, "recipient": "wife"},
    ),
    (
        "Text my husband, not me, when it's been delivered.",
        {"channel": "text", "when": "after_delivery", "recipient": "husband"},
    ),
    (
        "If I don't hear you knocking ring oh double seven double oh nine double oh one one one.",
        {"channel": "call", "when": "no_answer", "phone": "07700900111"},
    ),
    (
        "My mobile's changed, it's plus four four double seven double oh nine double oh one "
        "double eight, text me on that.",
        {"channel": "text", "phone": "447700900188"},
    ),
    (
        "Texting's out, a call twenty minutes before would help.",
        {"channel": "call", "when": "before", "minutes": 20},
    ),
]
ALONE: list[tuple[str, str, dict[str, str]]] = [
    ("Has it actually left the warehouse yet?", "question", {"topic": "status"}),
    ("Can you tell me if it's been dispatched yet?", "question", {"topic": "status"}),
    ("Is it from my auntie?", "question", {"topic": "sender"}),
    ("When you reckon you'll rock up?", "question", {"topic": "eta"}),
    ("Is it coming before lunch or after, do you know?", "question", {"topic": "eta"}),
    ("Theirs no won called Sally at this number.", "wrong_number", {}),
    ("You've rung a hair salon, love.", "wrong_number", {}),
    ("Stop robo dialing my cell.", "opt_out", {}),
    ("Make sure nobody rings me again on this number.", "opt_out", {}),
    ("Get me one of your staff, please.", "speak_to_human", {}),
    ("I'd sooner deal with a person.", "speak_to_human", {}),
    ("Could you stop the delivery?", "cancel", {}),
    ("Wonderful, yes, do come.", "confirm", {}),
]
WITHDRAWN = [
    "Yeah that works, oh actually no, hang on, let me check with my boss.",
    "Fine by me, well, let me ask my husband first.",
    "Cancel it, no, hang on, let me think about it.",
]


def _found(text: str, at: datetime = CALLED_AT) -> list[tuple[str, dict[str, Any]]]:
    read = understand(text, now=at).directives
    return [(one.kind.value, dict(one.slots)) for one in read]


@pytest.mark.parametrize("text", ONLY_TOLD)
def test_a_time_that_only_tells_is_no_directive(text: str) -> None:
    assert not TIMES & {kind for kind, _ in _found(text)}
    assert not TIMES & {kind for kind, _ in _found(unpunctuated(text))}


@pytest.mark.parametrize(("text", "kind", "slots"), ASKED)
def test_a_time_that_is_asked_for_is_the_only_one(
    text: str, kind: str, slots: dict[str, str]
) -> None:
    assert _found(text) == [(kind, slots)]


@pytest.mark.parametrize(("text", "slots"), CALLS)
def test_a_call_is_wanted_when_it_is_said(text: str, slots: dict[str, Any]) -> None:
    assert ("contact", slots) in _found(text)


@pytest.mark.parametrize(("text", "kind", "slots"), ALONE)
def test_what_is_for_the_company_stands_alone(text: str, kind: str, slots: dict[str, str]) -> None:
    assert _found(text) == [(kind, slots)]


@pytest.mark.parametrize("text", WITHDRAWN)
def test_a_yes_that_is_put_off_is_taken_back(text: str) -> None:
    assert _found(text) == []


def test_both_days_of_an_absence_are_named() -> None:
    assert _found("I'm not in today or tomorrow.") == [
        ("unavailable", {"date": "2026-11-18"}),
        ("unavailable", {"date": "2026-11-19"}),
    ]


def test_a_time_said_again_is_said_once() -> None:
    assert _found("Come this evening, I'll be home by then.") == [
        ("time_window", {"date": "2026-11-18", "start": "17:00", "end": "21:00"})
    ]


def test_an_hour_thought_about_is_still_an_hour() -> None:
    assert plain_form("between, let me see, nine and, um, ten").plain == "between nine and ten"


def test_anger_at_others_is_not_anger_at_the_courier() -> None:
    assert (
        understand("My brother's useless, leave it in the porch", now=CALLED_AT).sentiment
        == "neutral"
    )
    assert understand("Lose this number, you pests", now=CALLED_AT).sentiment == "negative"
