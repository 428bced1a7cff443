"""When somebody is in or out, whom to call, what is asked, and who wants no more of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT, unpunctuated

WINDOWS: list[tuple[str, dict[str, str]]] = [
    ("The shop shuts at half five.", {"end": "17:30"}),
    ("We open at eight, so any time from then.", {"start": "08:00"}),
    ("I knock off work at half four, so any time past five.", {"start": "17:00"}),
    ("Please come at sixteen hundred hours.", {"start": "16:00", "end": "16:00"}),
    ("Deliver from fourteen thirty onwards.", {"start": "14:30"}),
    ("Swing by around six.", {"start": "18:00", "end": "18:00"}),
    ("Come by six.", {"end": "18:00"}),
    ("Any time between two and quarter past.", {"start": "14:00", "end": "14:15"}),
    ("Five at the earliest.", {"start": "17:00"}),
    ("Just after gone seven would be grand.", {"start": "19:00"}),
    ("You'll find us in once it's after three.", {"start": "15:00"}),
    ("It would be a help if you came not before two.", {"start": "14:00"}),
    ("Sixish.", {"start": "18:00", "end": "18:00"}),
    ("Come round after the milking.", {}),
]
ABSENCES: list[tuple[str, dict[str, str]]] = [
    ("I shan't be in between two and four.", {"start": "14:00", "end": "16:00"}),
    ("I'll be up the hospital till three.", {"end": "15:00"}),
    ("I have a lecture from one to quarter past two.", {"start": "13:00", "end": "14:15"}),
    ("Nobody's here until gone six.", {"end": "18:00"}),
    ("Any time except between two and three.", {"start": "14:00", "end": "15:00"}),
    ("Any day except Monday works for me.", {"date": "2026-11-23"}),
    ("Mornings are tricky.", {"start": "07:00", "end": "12:00"}),
    ("I don't do mornings.", {"start": "07:00", "end": "12:00"}),
    ("We shut for lunch from one to two.", {"start": "13:00", "end": "14:00"}),
    ("We're closed for lunch, half twelve to half one.", {"start": "12:30", "end": "13:30"}),
    ("I'm out around noon then back at quarter past one.", {"start": "12:00", "end": "13:15"}),
    ("I collect the kids from three until half past.", {"start": "15:00", "end": "15:30"}),
    ("I leave the house at half six.", {"start": "18:30"}),
    ("I'm away through the fourteenth.", {}),
    ("I'm at work.", {}),
    ("Am no in till six pal.", {"end": "18:00"}),
]
OTHER_DAYS: list[tuple[str, dict[str, str]]] = [
    ("Not today, Friday would be better.", {"date": "2026-11-20"}),
    ("Could you make it Friday instead of Thursday?", {"date": "2026-11-20"}),
    ("Bring it not tomorrow but the day after.", {"date": "2026-11-20"}),
    ("The back end of the week would suit.", {}),
    ("In a fortnight please.", {"date": "2026-12-02"}),
    ("Can it come a day later?", {"date": "2026-11-19"}),
    ("Gonnae bring it the morra after ten.", {"date": "2026-11-19", "start": "10:00"}),
    (
        "Can you come tomorrow, after two? No, make that after three.",
        {"date": "2026-11-19", "start": "15:00"},
    ),
    (
        "Deliver it on December the third, that's a Thursday I think, in the morning.",
        {"date": "2026-12-03", "start": "07:00", "end": "12:00"},
    ),
]
PLAIN: list[tuple[str, str]] = [
    ("Stop sending me messages.", "opt_out"),
    ("Do not contact me.", "opt_out"),
    ("No more texts please.", "opt_out"),
    ("Lose my number.", "opt_out"),
    ("I'd be grateful if you didn't phone me any more.", "opt_out"),
    ("I never agreed to be rung by a computer.", "opt_out"),
    ("Would you kindly cease contacting my mother.", "opt_out"),
    ("No Mrs Abara, sorry.", "wrong_number"),
    ("We've had this number three years.", "wrong_number"),
    ("He used to have this phone.", "wrong_number"),
    ("You're after somebody else.", "wrong_number"),
    ("Connect me to your senior.", "speak_to_human"),
    ("Could I have a word with your supervisor?", "speak_to_human"),
    ("I don't want to talk to a machine.", "speak_to_human"),
    ("Send it back, I've changed my mind.", "cancel"),
    ("It's no longer wanted.", "cancel"),
    ("That's fine for today.", "confirm"),
    ("Agreed.", "confirm"),
    ("Aye nae bother.", "confirm"),
]
NOTHING = [
    "Leave me alone for an hour.",
    "Actually forget cancelling, I'll take it.",
    "You've rung ten times in one day.",
    "It's now four o'clock and you said morning.",
    "He fell this morning.",
    "I'm working from home so whenever.",
    "Hello, you've reached Dana, leave a message after the tone.",
    "Hang on, let me find my glasses.",
]


def read(said: str) -> list[dict[str, Any]]:
    """The directives of an answer, kinds and slots alone."""
    directives = understand(said, now=CALLED_AT).as_dict()["directives"]
    beside = ("text", "confidence", "span")
    return [{name: one[name] for name in one if name not in beside} for one in directives]


def both(said: str) -> list[list[dict[str, Any]]]:
    """As written, and as a recogniser without punctuation would have written it."""
    return [read(said), read(unpunctuated(said))]


@pytest.mark.parametrize(("said", "slots"), WINDOWS)
def test_when_to_come(said: str, slots: dict[str, str]) -> None:
    assert both(said) == [[{"kind": "time_window", **slots}]] * 2


@pytest.mark.parametrize(("said", "slots"), ABSENCES)
def test_when_nobody_is_in(said: str, slots: dict[str, str]) -> None:
    assert both(said) == [[{"kind": "unavailable", **slots}]] * 2


@pytest.mark.parametrize(("said", "slots"), OTHER_DAYS)
def test_another_day(said: str, slots: dict[str, str]) -> None:
    assert both(said) == [[{"kind": "reschedule", **slots}]] * 2


@pytest.mark.parametrize(("said", "kind"), PLAIN)
def test_what_is_for_the_office(said: str, kind: str) -> None:
    assert both(said) == [[{"kind": kind}]] * 2


@pytest.mark.parametrize("said", NOTHING)
def test_what_asks_for_nothing(said: str) -> None:
    assert both(said) == [[]] * 2


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("When might I expect you?", "eta"),
        ("Can you tell me roughly when the driver will be here?", "eta"),
        ("Is it today?", "eta"),
        ("What's the name of the seller?", "sender"),
        ("Who has sent this?", "sender"),
        ("Is it out for delivery yet or what?", "status"),
    ],
)
def test_what_is_asked(said: str, topic: str) -> None:
    assert both(said) == [[{"kind": "question", "topic": topic}]] * 2


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("You call me on reaching.", {"channel": "call", "when": "on_arrival"}),
        ("Kindly inform me prior to delivery.", {"when": "before"}),
        ("Could you get the driver to ring five minutes before?",
         {"channel": "call", "when": "before", "minutes": 5}),
        ("Would you telephone me when you're at the gate?",
         {"channel": "call", "when": "on_arrival"}),
        ("Text me on oh seven seven double oh nine hundred one two three.",
         {"channel": "text", "phone": "07700900123"}),
        ("Tax me when yer outside.", {"channel": "text", "when": "on_arrival"}),
    ],
)  # fmt: skip
def test_whom_to_call_and_when(said: str, slots: dict[str, Any]) -> None:
    assert both(said) == [[{"kind": "contact", **slots}]] * 2


def test_an_instruction_and_its_opposite_half_are_both_kept() -> None:
    assert read("Come before noon or after five.") == [
        {"kind": "time_window", "end": "12:00"},
        {"kind": "time_window", "start": "17:00"},
    ]
    assert read("I'm leaving at three, so come before then.") == [
        {"kind": "unavailable", "start": "15:00"},
        {"kind": "time_window", "end": "15:00"},
    ]


@pytest.mark.parametrize(
    ("said", "sentiment"),
    [
        ("I've told your lot a dozen times already.", "negative"),
        ("I find these machines most upsetting.", "negative"),
        ("I took the day off for this.", "negative"),
        ("You're an absolute treasure.", "positive"),
        ("You've all been so good to us.", "positive"),
        ("What a marvellous service.", "positive"),
        ("If you'd be so kind, come at two.", "neutral"),
        ("Please don't ring, I'm at dialysis.", "neutral"),
    ],
)
def test_how_they_sound(said: str, sentiment: str) -> None:
    assert understand(said, now=CALLED_AT).sentiment == sentiment


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ("My son's nebuliser is in there, he can't breathe properly.", "urgent"),
        ("It's her feeding pump and the old one has packed in.", "urgent"),
        ("We're at dialysis until one today.", "normal"),
        ("He opened my last one, so not next door please.", "low"),
    ],
)
def test_how_soon_to_act(said: str, priority: str) -> None:
    assert understand(said, now=CALLED_AT).priority == priority
