"""What the driver and the dispatcher read, and when a person should listen."""

from __future__ import annotations

import pytest

from app.rules.analysis import Analysis
from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT


def _heard(text: str, speech_confidence: float = 1.0) -> Analysis:
    return understand(text, now=CALLED_AT, speech_confidence=speech_confidence)


def test_the_driver_reads_one_short_sentence_with_its_prepositions() -> None:
    said = "Leave it behind the planter on the porch, the gate code is 4519 hash, and don't ring."
    assert _heard(said).instructions == (
        "Don't ring the bell. Code 4519#. Leave it behind the planter on the porch."
    )


def test_the_driver_reads_the_condition() -> None:
    said = "If it's raining, put it in the garage."
    assert _heard(said).instructions == "If it's raining, leave it in the garage."


@pytest.mark.parametrize("said", ["", "yes that's fine", "stop calling me", "who sent it?"])
def test_the_driver_reads_nothing_where_there_is_nothing_to_do(said: str) -> None:
    assert _heard(said).instructions == ""


def test_the_dispatcher_reads_what_is_not_for_the_driver() -> None:
    summary = _heard("This is ridiculous. What time are you coming? Leave it in the shed.").summary
    assert "when it will come" in summary
    assert "unhappy" in summary
    assert "in the shed" in summary


@pytest.mark.parametrize(
    "said",
    [
        "",
        "mumble the grommet",
        "leave it in the shed and leave it on the porch",
        "cancel the order and leave it in the shed",
        "don't call me, and call me when you're here",
        "leave it in the shed, and take the old one away with you please, it must go",
    ],
)
def test_a_doubtful_answer_is_given_to_a_person(said: str) -> None:
    assert _heard(said).needs_review


def test_an_endless_answer_is_given_to_a_person() -> None:
    assert _heard("leave it in the shed please. " + "1 " * 5000).needs_review


@pytest.mark.parametrize(
    "said", ["leave it in the shed please", "yes that's fine", "don't ring, the baby's asleep"]
)
def test_a_plain_answer_needs_nobody(said: str) -> None:
    assert not _heard(said).needs_review


def test_poor_hearing_lowers_the_confidence_and_asks_for_a_person() -> None:
    clear, poor = _heard("leave it in the shed"), _heard("leave it in the shed", 0.2)
    assert poor.confidence_score < clear.confidence_score
    assert poor.needs_review
    assert not clear.needs_review


def test_a_directive_quotes_the_customer() -> None:
    directive = _heard("Hi, um, pop it in the PORCH please.").directives[0]
    assert directive.text == "pop it in the PORCH"


def test_what_was_named_is_listed() -> None:
    analysis = _heard("Leave the flowers with Mrs Khan at number 8, the gate code is 1234.")
    named = {(entity.type, entity.value) for entity in analysis.entities}
    assert {("person", "mrs khan at number 8"), ("access_code", "1234"), ("item", "flowers")} <= (
        named
    )
    assert analysis.keywords[0] == "mrs khan at number 8"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("the gait code is four five one nine", {"code": "4519"}),
        ("leave it on the front poach", {"place": "front porch"}),
        ("please dont ring the door bill", {"action": "ring_bell"}),
        ("leave it behind the beans", {"place": "bins"}),
        ("the code is for five one nine", {"code": "4519"}),
        ("the gate code is nine nine two one hatch", {"code": "9921#"}),
    ],
)
def test_a_near_miss_is_read_as_meant(heard: str, meant: dict[str, str]) -> None:
    assert dict(_heard(heard).directives[0].slots) == meant
