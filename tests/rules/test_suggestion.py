"""Who is suggested for which stop: the nearest with room, with time, and not almost full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.rules.suggestion import Driver, Stop, WhyLeft, metres
from app.rules.suggestion.nearest import WHO_IS_FULL, WHO_IS_NOWHERE, Nearest

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
KILOMETRE = 1 / 111.195
"""Degrees of latitude."""


def north(kilometres: float) -> tuple[float, float]:
    return (0.0, 51.0 + kilometres * KILOMETRE)


def stop(name: str, kilometres: float | None, *, at: int = 0, window: int = 180) -> Stop:
    start = NINE + timedelta(minutes=at)
    place = None if kilometres is None else north(kilometres)
    return Stop(name, place, start, start + timedelta(minutes=window))


def driver(name: str, kilometres: float | None = None, *has: Stop, room: int = 40) -> Driver:
    return Driver(name, None if kilometres is None else north(kilometres), room, has)


def suggested(stops: list[Stop], drivers: list[Driver]) -> dict[str, str]:
    """Of each stop who takes it, or why nobody does."""
    found = Nearest().suggest(stops, drivers)
    told = {each.stop_id: each.driver_id for each in found.given}
    told |= {each.stop_id: each.why.value for each in found.left}
    assert len(found.given) + len(found.left) == len(told) == len(stops)
    return told


@pytest.mark.parametrize(
    ("stops", "drivers", "told"),
    [
        ([], [driver("ann", 0)], {}),
        ([stop("a", 1)], [], {"a": WhyLeft.NOBODY}),
        ([stop("a", None)], [driver("ann", 0)], {"a": WhyLeft.NOWHERE}),
        ([stop("a", None)], [], {"a": WhyLeft.NOWHERE}),
        # The nearest, by where they are or by where they come to anyway.
        ([stop("a", 4)], [driver("ann", 0), driver("bob", 5)], {"a": "bob"}),
        ([stop("a", 4)], [driver("ann", 0, stop("x", 3.9)), driver("bob", 5)], {"a": "ann"}),
        ([stop("a", 4)], [driver("ann", None, stop("x", 3.9)), driver("bob", 5)], {"a": "ann"}),
        # Stops of one driver lie together.
        (
            [stop("a", 1), stop("b", 2), stop("c", 9), stop("d", 8)],
            [driver("ann", 0), driver("bob", 10)],
            {"a": "ann", "b": "ann", "c": "bob", "d": "bob"},
        ),
        # Who is full gets nothing, and the next nearest has it.
        ([stop("a", 1)], [driver("ann", 1, room=0), driver("bob", 9)], {"a": "bob"}),
        (
            [stop("a", 1), stop("b", 1.1)],
            [driver("ann", 1, room=1), driver("bob", 30, room=0)],
            {"a": "ann", "b": WhyLeft.FULL},
        ),
        ([stop("a", 1)], [driver("ann", 1, stop("x", 1), room=1)], {"a": WhyLeft.FULL}),
        # Who is almost full counts as farther away, but not as at the end of the country.
        (
            [stop("a", 1)],
            [driver("ann", 0, *[stop(f"x{n}", 0) for n in range(9)], room=10), driver("bob", 5)],
            {"a": "bob"},
        ),
        (
            [stop("a", 1)],
            [driver("ann", 0, *[stop(f"x{n}", 0) for n in range(9)], room=10), driver("bob", 99)],
            {"a": "ann"},
        ),
        # Who is nobody knows where begins where nobody else is near.
        ([stop("a", 1)], [driver("ann", 0), driver("bob")], {"a": "ann"}),
        ([stop("a", 8)], [driver("ann", 0), driver("bob")], {"a": "bob"}),
        (
            [stop("a", 0), stop("b", 0.5), stop("c", 20), stop("d", 20.5)],
            [driver("ann"), driver("bob")],
            {"a": "bob", "b": "bob", "c": "ann", "d": "ann"},
        ),
        # Nobody is at two ends of the town within one quarter of an hour.
        (
            [stop("a", 20, window=15)],
            [driver("ann", 20, stop("x", 0, window=15)), driver("bob", 35)],
            {"a": "bob"},
        ),
        (
            [stop("a", 20, window=15)],
            [driver("ann", 20, stop("x", 0, window=15))],
            {"a": WhyLeft.TIMES},
        ),
        ([stop("a", 20, at=60)], [driver("ann", 20, stop("x", 0, window=15))], {"a": "ann"}),
    ],
)  # fmt: skip
def test_who_takes_what(stops, drivers, told) -> None:
    assert suggested(stops, drivers) == told


def test_what_a_suggestion_costs_is_told_from_the_nearest_place_of_the_driver() -> None:
    found = Nearest().suggest([stop("a", 2), stop("b", 5)], [driver("ann", 0)])
    assert [round(each.metres, -1) for each in found.given] == [2000, 3000]
    (first,) = Nearest().suggest([stop("a", 2)], [driver("ann")]).given
    assert first.metres is None


def test_the_work_is_spread_where_all_are_as_near() -> None:
    stops = [stop(f"s{n:02}", n / 100) for n in range(20)]
    told = list(suggested(stops, [driver("ann", 0, room=20), driver("bob", 0.1, room=20)]).values())
    assert abs(told.count("ann") - told.count("bob")) <= 2


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_day_nobody_has_more_than_they_can_and_each_stop_is_told_once(seed) -> None:
    random = Random(seed)

    def somewhere() -> float | None:
        return random.choice([None, random.uniform(0, 40), random.uniform(0, 5)])

    stops = [
        stop(f"s{n}", somewhere(), at=random.randrange(600), window=random.choice([15, 120]))
        for n in range(random.randrange(60))
    ]
    drivers = [
        driver(f"d{n}", somewhere(), *[stop(f"d{n}-{m}", 1) for m in range(2)],
               room=random.randrange(9))
        for n in range(random.randrange(6))
    ]  # fmt: skip
    found = Nearest().suggest(stops, drivers)
    assert Nearest().suggest(stops, drivers) == found
    assert sorted(s.id for s in stops) == sorted(each.stop_id for each in found.given + found.left)
    for who in drivers:
        gets = sum(each.driver_id == who.id for each in found.given)
        assert gets == 0 or gets + len(who.has) <= who.room
    known = {s.id for s in stops if s.place is not None}
    nowhere = {each.stop_id for each in found.left if each.why is WhyLeft.NOWHERE}
    assert nowhere == {s.id for s in stops} - known
    room = any(len(who.has) < who.room for who in drivers)
    assert not (room and any(each.why is WhyLeft.FULL for each in found.left)) or all(
        sum(g.driver_id == who.id for g in found.given) + len(who.has) >= who.room
        for who in drivers
        if len(who.has) < who.room
    )


def test_distances_are_those_of_the_globe() -> None:
    # New York (JFK) to London (LHR): 5,540 km by the great circle mapper of the trade.
    assert metres((-73.7789, 40.6397), (-0.4543, 51.4706)) == pytest.approx(5_540_000, rel=0.005)
    assert metres((179.9, 0), (-179.9, 0)) == pytest.approx(22_240, rel=0.005)
    assert metres((1, 1), (1, 1)) == 0
    assert WHO_IS_NOWHERE < WHO_IS_FULL
