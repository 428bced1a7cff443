"""What the courier knows of a delivery makes more of the same words, and nothing of none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.rules.directives import Known, place_in, understand
from app.rules.directives.known import alike, is_customer, resembles
from app.rules.directives.sentences import driver_sentence
from tests.rules.directives.answers import CALLED_AT, own_answers

AFTERNOON = datetime(2026, 11, 18, 15, 0, tzinfo=ZoneInfo("Europe/London"))
"""A Wednesday; the van comes on the Thursday."""
KNOWN = Known(day=date(2026, 11, 19), name="Priya Nair", usual_place="behind the bins")
TODAY = replace(KNOWN, day=date(2026, 11, 18))


def read(said: str, known: Known = KNOWN) -> list[dict[str, object]]:
    """The directives of an answer without the words they were read from."""
    spoken = understand(said, now=AFTERNOON, known=known).as_dict()["directives"]
    return [
        {slot: value for slot, value in one.items() if slot not in ("text", "confidence", "span")}
        for one in spoken
    ]


@pytest.mark.parametrize("answer", own_answers()[::7], ids=lambda one: one["text"][:50])
def test_knowing_nothing_changes_nothing(answer) -> None:
    plain = understand(answer["text"], now=CALLED_AT)
    assert understand(answer["text"], now=CALLED_AT, known=Known()) == plain


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("come after eight", {"start": "08:00"}),
        ("any time before nine would suit", {"end": "09:00"}),
        ("could the driver be here at five", {"start": "17:00", "end": "17:00"}),
        ("tomorrow after eight please", {"date": "2026-11-19", "start": "08:00"}),
        ("thursday between ten and noon", {"date": "2026-11-19", "start": "10:00", "end": "12:00"}),
        ("can you bring it tomorrow", {"date": "2026-11-19"}),
    ],
)
def test_a_window_on_the_day_of_the_van_is_a_window(said, slots) -> None:
    assert read(said) == [{"kind": "time_window", **slots}]


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("could you drop it off today after five", {"date": "2026-11-18", "start": "17:00"}),
        ("bring it on friday instead", {"date": "2026-11-20"}),
        ("the day after would be better", {"date": "2026-11-20"}),
    ],
)
def test_every_other_day_is_a_new_date_the_day_of_the_call_too(said, slots) -> None:
    assert read(said) == [{"kind": "reschedule", **slots}]


def test_hours_of_the_days_own_call_go_on_from_now() -> None:
    assert read("come after eight", TODAY) == [{"kind": "time_window", "start": "20:00"}]


def test_an_absence_on_the_day_of_the_van_ends_at_its_own_hours() -> None:
    assert read("i'm out until eleven") == [{"kind": "unavailable", "end": "11:00"}]
    until = {"kind": "unavailable", "condition": "until thursday"}
    assert read("we're away until thursday") == [until]


def test_agreeing_to_the_day_of_the_van_is_a_yes() -> None:
    assert read("tomorrow's fine") == [{"kind": "confirm"}]


def test_of_two_hours_the_one_in_the_promised_window_is_meant() -> None:
    evening = replace(KNOWN, start=time(17), end=time(21))
    assert read("not before eight", evening) == [{"kind": "time_window", "start": "20:00"}]
    assert read("bring it on friday at eight", evening)[0]["start"] == "08:00"


@pytest.mark.parametrize(
    "said", ["give it to Priya", "hand it over to priya nair", "just leave it with pria"]
)
def test_the_customer_by_name_is_no_one_else(said) -> None:
    (one,) = read(said)
    assert one["kind"] == "hand_over"


@pytest.mark.parametrize(
    "said", ["give it to mr nair", "leave it with my son priyan", "leave it with freya next door"]
)
def test_family_and_neighbours_are_somebody_else(said) -> None:
    (one,) = read(said)
    assert one["kind"] == "leave_with"


@pytest.mark.parametrize(
    "said",
    [
        "i'm not priya nair",
        "sorry this isn't prya",
        "nobody called freya nair lives here",
        "there's no priyanka here",
        "never heard of a priya nayar",
        "priya moved out last year",
        "no priya doesn't live here any more",
        "this isn't priya nair's phone",
    ],
)
def test_the_customers_name_denied_is_a_wrong_number(said) -> None:
    assert {"kind": "wrong_number"} in read(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("i'm not ready", "Anil Reddy"),
        ("i'm not sure", "Sue Bell"),
        ("there's no bell", "Sue Bell"),
        ("i'm not home", "Ann Holmes"),
        ("this isn't a good time", "Good Ann"),
        ("priya's not here", "Priya Nair"),
    ],
)
def test_a_word_that_looks_like_the_name_denies_nobody(said, name) -> None:
    kinds = [one["kind"] for one in read(said, Known(name=name))]
    assert "wrong_number" not in kinds


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("leave it in the usual place", "usual place"),
        ("the usual spot is fine", "usual spot"),
        ("same place as always thanks", "same place as always"),
        ("just where you normally leave it", "where you normally leave it"),
        ("put it where you left it last time", "where you left it last time"),
        ("your regular hiding place please", "regular hiding place"),
    ],
)
def test_the_usual_place_is_named_to_the_driver(said, place) -> None:
    assert read(said) == [{"kind": "leave_at", "place": place}]
    assert "(behind the bins)" in understand(said, now=AFTERNOON, known=KNOWN).instructions
    assert "(" not in understand(said, now=AFTERNOON).instructions


def test_the_known_place_is_told_in_the_drivers_language() -> None:
    directives = understand("the usual place please", now=AFTERNOON, known=KNOWN).directives
    assert "(hinter die Mülltonnen)" in driver_sentence(directives, language="de")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("the usual place behind the shed", "shed"),
        ("usual spot is the back porch", "back porch"),
        ("not the usual place, leave it in the garage", "garage"),
    ],
)
def test_a_place_that_is_named_is_not_the_known_one(said, place) -> None:
    assert read(said) == [{"kind": "leave_at", "place": place}]
    assert "bins" not in understand(said, now=AFTERNOON, known=KNOWN).instructions


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Leave behind the bins, gate code 1234", "behind the bins"),
        ("Back porch", "Back porch"),
        ("in the parcel box please", "in the parcel box"),
        ("Call before arrival", ""),
        ("Dog in garden", ""),
        ("", ""),
    ],
)
def test_standing_instructions_tell_the_usual_place(written, place) -> None:
    assert place_in(written) == place


def test_names_are_compared_as_they_are_heard() -> None:
    assert alike("catherine", "kathryn")
    assert alike("okafor", "okafer")
    assert not alike("priya", "freya")
    assert resembles("freya", "Priya Nair")
    assert is_customer("mrs nair", "Mrs Nair")
    assert not is_customer("mr nair", "Priya Nair")


@pytest.mark.parametrize("said", ["", "hi", "you've reached priya leave a message after the tone"])
def test_nothing_is_made_of_no_orders(said) -> None:
    assert read(said) == []
