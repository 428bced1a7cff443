"""The order in which a driver goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.rules.round_order import Place, key

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def at(hours: float, number: int | None = None) -> Place:
    time = NINE + timedelta(hours=hours)
    return Place(time.date(), time, number)


def ordered(*places: Place) -> list[Place]:
    mixed = places[::-1]
    return sorted(mixed, key=lambda each: key(each, mixed))


def test_numbers_come_before_times_and_days_before_numbers() -> None:
    round_ = [at(1, 1), at(0, 2), at(0.5, 3), at(24, 1), at(23, 2)]
    assert ordered(*round_) == round_


def test_without_numbers_the_times_count() -> None:
    assert ordered(at(2), at(0), at(24), at(1)) == [at(0), at(1), at(2), at(24)]


def test_one_without_a_number_stands_by_its_time_among_those_that_have_one() -> None:
    early, between, late = at(-1), at(1.5), at(9)
    numbered = [at(0, 1), at(1, 2), at(2, 3)]
    assert ordered(late, *numbered, between, early) == [
        early, numbered[0], numbered[1], between, numbered[2], late,
    ]  # fmt: skip


def test_who_goes_back_to_an_earlier_time_is_followed_by_what_comes_then() -> None:
    first, detour, third = at(0, 1), at(4, 2), at(1, 3)
    assert ordered(first, detour, third, at(2)) == [first, detour, third, at(2)]
