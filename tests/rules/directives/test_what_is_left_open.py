"""What is taken back, narrowed or left in doubt, and what a person should therefore hear."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.analysis import Analysis, Kind, Priority, Sentiment
from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT, unpunctuated


def _heard(text: str) -> Analysis:
    return understand(text, now=CALLED_AT)


def _read(text: str) -> list[dict[str, Any]]:
    return [{"kind": one.kind.value, **one.slots} for one in _heard(text).directives]


@pytest.mark.parametrize(
    ("said", "kind", "slots"),
    [
        ("Today is fine but after four.", "time_window", {"date": "2026-11-18", "start": "16:00"}),
        ("Saturday is fine but after two.", "reschedule", {"date": "2026-11-21", "start": "14:00"}),
        ("Tomorrow works but before noon.", "reschedule", {"date": "2026-11-19", "end": "12:00"}),
        (
            "Today's fine but not before ten.",
            "time_window",
            {"date": "2026-11-18", "start": "10:00"},
        ),
        ("Any time but after four.", "unavailable", {"start": "16:00"}),
        ("I'm in but not after four.", "unavailable", {"start": "16:00"}),
        ("I'm home but after six I'm out.", "unavailable", {"start": "18:00"}),
    ],
)
def test_but_narrows_a_day_that_suits_and_excepts_from_any_time(
    said: str, kind: str, slots: dict[str, str]
) -> None:
    assert _read(said) == [{"kind": kind, **slots}]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("Tuesday or Wednesday.", "2026-11-24"),
        ("Thursday or Friday would be fine.", "2026-11-19"),
        ("Can you bring it Monday or Tuesday?", "2026-11-23"),
    ],
)
def test_of_two_days_on_offer_the_first_is_taken_and_a_person_listens(
    said: str, first: str
) -> None:
    assert _read(said) == [{"kind": "reschedule", "date": first}]
    assert _heard(said).needs_review


def test_two_days_of_absence_are_no_offer() -> None:
    kinds = {one.kind for one in _heard("I'm not in today or tomorrow.").directives}
    assert kinds == {Kind.UNAVAILABLE}


def test_the_end_of_an_absence_is_kept() -> None:
    heard = _heard("I'm on holiday until the 30th.")
    assert heard.instructions == "Nobody is in until the 30th."
    assert "until the 30th" in heard.summary


def test_an_hour_that_no_clock_tells_reaches_the_driver() -> None:
    assert _heard("This Friday after lunch.").instructions.endswith("20 November after lunch.")


@pytest.mark.parametrize(
    ("said", "action", "when"),
    [
        ("Don't call me before nine.", "call", "before nine"),
        ("Please don't ring the bell after eight.", "ring_bell", "after eight"),
        (
            "The baby sleeps from one to three so don't ring then.",
            "ring_bell",
            "from one to three",
        ),
        ("I sleep till noon so don't knock before that.", "knock", "before noon"),
        ("Never knock between noon and two.", "knock", "between noon and two"),
    ],
)
def test_what_is_unwanted_at_some_hours_is_not_unwanted_for_good(
    said: str, action: str, when: str
) -> None:
    assert _read(said) == [{"kind": "avoid", "action": action, "condition": when}]
    assert _heard(said).instructions.endswith(f"{when}.")
    assert _read(unpunctuated(said)) == _read(said)


def test_a_text_that_is_unwanted_is_not_asked_for() -> None:
    assert _read("Don't text me after ten.") == [{"kind": "avoid", "action": "other"}]
    assert _heard("Don't text me.").instructions == "Don't text the customer."


def test_the_hours_hold_for_everything_that_is_forbidden_in_one_breath() -> None:
    read = _read("Please don't knock or ring between one and three.")
    assert [one["condition"] for one in read] == ["between one and three"] * 2


def test_whoever_is_away_is_no_longer_to_take_it() -> None:
    said = "Leave it with Jean next door but she's away so leave it in the coal bunker."
    assert _read(said) == [{"kind": "leave_at", "place": "coal bunker"}]


@pytest.mark.parametrize(
    "said", ["Stop calling me at work, call my mobile.", "Stop calling my husband, call me."]
)
def test_a_call_elsewhere_is_no_opting_out(said: str) -> None:
    assert _read(said) == [{"kind": "contact", "channel": "call"}]


def test_calls_that_are_unwanted_for_good_stay_unwanted() -> None:
    heard = _heard("Never call me again, and text me when it's there.")
    assert "opt_out" in [one.kind for one in heard.directives]
    assert heard.needs_review


@pytest.mark.parametrize(
    "said",
    [
        "Call me on 0 7 7 0 0 nine hundred triple four, sorry five.",
        "My number is 07700 900118, no, sorry, 119.",
        "Ring me on oh seven seven something.",
    ],
)
def test_a_number_put_right_in_part_is_not_dialled(said: str) -> None:
    heard = _heard(said)
    assert all("phone" not in one.slots for one in heard.directives)
    assert heard.needs_review


def test_a_number_said_again_in_full_is_dialled() -> None:
    (contact,) = _read("Call me on 07700 900118.")
    assert contact["phone"] == "07700900118"
    assert not _heard("Call me on 07700 900118.").needs_review


@pytest.mark.parametrize(
    "said",
    [
        "Put it in the shed, and park on the street.",
        "Put it in the blue bin, not the green bin.",
        "Come between two and three, I'm out from one to six.",
        "Leave it with my wife, leave it with the porter.",
    ],
)
def test_an_order_that_is_left_or_cannot_be_followed_is_heard(said: str) -> None:
    assert _heard(said).needs_review


@pytest.mark.parametrize(
    "said",
    [
        "Don't walk on the lawn, I've only just seeded it.",
        "Leave it in the greenhouse, it's never locked.",
        "Your driver never finds us, it's flat 3B.",
        "Leave it in the shed, otherwise on the porch.",
    ],
)
def test_a_reason_is_no_order(said: str) -> None:
    assert not _heard(said).needs_review


def test_words_that_were_taken_back_are_not_left_over() -> None:
    heard = _heard("Leave it at the front, no wait, the back door.")
    assert [one.slots["place"] for one in heard.directives] == ["back door"]
    assert heard.confidence_score > 0.75
    assert not heard.needs_review


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ("My mum is on oxygen so please hurry.", Priority.URGENT),
        ("Please don't come, there's been a fire here.", Priority.URGENT),
        ("Leave it by the fire door.", Priority.NORMAL),
        ("I'm deaf, so please knock.", Priority.NORMAL),
        ("The lift's out of order.", Priority.LOW),
        ("That's out of order, that is.", Priority.HIGH),
    ],
)
def test_what_is_at_stake_sets_the_priority(said: str, priority: Priority) -> None:
    assert _heard(said).priority is priority


def test_a_broken_lift_is_no_complaint_and_a_fire_is_heard() -> None:
    assert _heard("The lift's out of order.").sentiment is Sentiment.NEUTRAL
    assert _heard("Please don't come, there's been a fire here.").needs_review


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Take it to the servo on the corner.", "Take it to the servo on the corner."),
        ("When I'm not home leave it at the pharmacy.", "If nobody is home, leave it at the"),
        ("If I don't answer, leave it with Tom.", "If the customer doesn't answer, leave it"),
        ("If my gate's shut, leave it in the shed.", "If the customer's gate's shut, leave it"),
        (
            "If the gate's locked call me, if it isn't leave it in the shed.",
            "If the gate's locked, call the customer. If it isn't, leave it in the shed.",
        ),
        (
            "Leave it in the shed, otherwise on the porch.",
            "Leave it in the shed. Otherwise leave it on the porch.",
        ),
        ("Mind the scaffolding up.", "Mind the scaffolding."),
        ("Leave it with 14.", "Leave it with number 14."),
    ],
)
def test_the_driver_reads_a_sentence_of_somebody_else(said: str, sentence: str) -> None:
    assert _heard(said).instructions.startswith(sentence)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("The code is C2580.", {"kind": "access", "code": "C2580"}),
        ("Gate code B four five one.", {"kind": "access", "code": "B451"}),
        ("The pin is 4519 no 4520.", {"kind": "access", "code": "4520"}),
        ("The code's not 1234, it's 4321.", {"kind": "access", "code": "4321"}),
        ("The code isn't 4519 any more, it's 4520.", {"kind": "access", "code": "4520"}),
        ("Leave it behind the bin, not in it.", {"kind": "leave_at", "place": "bin"}),
        ("Keep the parcel with the watchman.", {"kind": "leave_with", "recipient": "watchman"}),
    ],
)
def test_nothing_plain_is_missed(said: str, read: dict[str, str]) -> None:
    assert _read(said) == [read]
