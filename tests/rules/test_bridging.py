"""Whom a driver may be put through to, when, and what is said of how far it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.rules import bridging
from app.rules.bridging import OVER, REFUSALS, Wish, phase, why_not
from app.rules.bridging_words import WORDS, words
from app.rules.texts import LANGUAGES
from app.states import BRIDGE
from app.web.agent.labels import CALLING, for_scripts

LONDON = ZoneInfo("Europe/London")
DUE = datetime(2026, 3, 10, 14, tzinfo=LONDON)
WISH = Wish(
    status="in_transit",
    due=DUE,
    until=DUE + timedelta(hours=1),
    time_zone="Europe/London",
    person_phone="+447700900999",
    customer_phone="+447700900001",
)


def test_a_driver_on_the_way_is_put_through() -> None:
    assert why_not(WISH, DUE) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "scheduled"}, "over"),
        ({"status": "completed"}, "over"),
        ({"customer_phone": None}, "gone"),
        ({"person_phone": "+447700900001"}, "same_number"),
        ({"suppressed": True}, "suppressed"),
        ({"on_the_line": True}, "on_the_line"),
        ({"lately": bridging.MOST_AN_HOUR}, "too_often"),
        # What holds for good is said before what passes.
        ({"suppressed": True, "lately": 99}, "suppressed"),
    ],
)
def test_nobody_is_put_through_where(changes, why) -> None:
    assert why_not(replace(WISH, **changes), DUE) == why


@pytest.mark.parametrize(
    ("clock", "due", "why"),
    [
        ("10T11:00", "10T14:00", None),
        ("10T10:59", "10T14:00", "not_due"),
        ("10T19:00", "10T14:00", None),
        ("10T19:01", "10T14:00", "not_due"),
        ("11T14:00", "10T14:00", "not_due"),
        ("10T06:59", "10T09:00", "night"),
        ("10T07:00", "10T09:00", None),
        ("10T21:59", "10T20:00", None),
        ("10T22:00", "10T20:00", "night"),
        # Who expects the van at night is awake for it.
        ("10T23:30", "10T23:00", None),
        ("10T05:10", "10T05:00", None),
    ],
)
def test_the_van_must_be_near_and_the_customer_awake(clock, due, why) -> None:
    now, at = (datetime.fromisoformat(f"2026-03-{each}").replace(tzinfo=LONDON)
               for each in (clock, due))  # fmt: skip
    wish = replace(WISH, due=at, until=at + timedelta(hours=1))
    assert why_not(wish, now) == why


def test_the_customers_clock_counts_and_no_other() -> None:
    wish = replace(WISH, due=DUE.replace(hour=8), until=None, time_zone="America/New_York")
    # Six in London, one in the morning in New York.
    assert why_not(wish, DUE.replace(hour=6)) == "night"


@pytest.mark.parametrize("why", sorted(REFUSALS))
def test_each_refusal_says_what_to_do_and_is_known_to_the_page(why, client) -> None:
    assert ":" in REFUSALS[why]
    with client.application.test_request_context():
        assert f"why_{why}" in for_scripts()


@pytest.mark.parametrize(
    ("status", "facts", "expected"),
    [
        ("intended", {}, "dialling"),
        ("unknown", {}, "dialling"),
        ("queued", {}, "dialling"),
        ("ringing", {}, "ringing_you"),
        ("in-progress", {}, "press_a_key"),
        ("in-progress", {"connecting": True}, "ringing_customer"),
        ("in-progress", {"connecting": True, "customer": "ringing"}, "ringing_customer"),
        ("in-progress", {"connecting": True, "customer": "in-progress", "talked": True}, "talking"),
        ("in-progress", {"connecting": True, "customer": "busy"}, "customer_busy"),
        ("in-progress", {"connecting": True, "customer": "completed", "talked": True}, "talked"),
        ("in-progress", {"refused": True}, "refused"),
        ("completed", {}, "no_key"),
        ("completed", {"refused": True}, "refused"),
        ("completed", {"connecting": True}, "customer_no_answer"),
        ("completed", {"connecting": True, "customer": "canceled"}, "customer_no_answer"),
        ("completed", {"connecting": True, "customer": "failed"}, "customer_failed"),
        # Its end overtook the last word about the customer's call.
        (
            "completed",
            {"connecting": True, "customer": "in-progress", "talked": True},
            "talked",
        ),
        ("busy", {}, "you_busy"),
        ("no-answer", {}, "you_no_answer"),
        ("failed", {}, "failed"),
        ("canceled", {}, "withdrawn"),
    ],
)
def test_how_far_it_has_come(status, facts, expected) -> None:
    assert phase(status, **facts) == expected
    assert expected in CALLING


@pytest.mark.parametrize("status", sorted(BRIDGE.final))
@pytest.mark.parametrize("customer", [None, *BRIDGE.table])
def test_what_has_ended_is_over(status, customer) -> None:
    for connecting in (True, False):
        assert phase(status, connecting=connecting, customer=customer) in OVER


def test_a_driver_hears_their_own_language() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert words("de-AT") is WORDS["de"]
    assert words(None) is WORDS["en"]
    for each in WORDS.values():
        assert "{company}" in each.greeting
        assert "1" in each.greeting
