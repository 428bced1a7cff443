"""The pace: moments of one account, whoever reserves them, are never closer than they may be."""

from __future__ import annotations

from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor

from app.models import database
from app.pipeline.pace import LONGEST_WAIT, MOST_LATE, WIDER, Clock, Moment, TooFar, reserve, room

CLOCK = Clock()


def most_within(moments: list[float], seconds: float) -> int:
    """The largest number of moments in any stretch of so many seconds."""
    ordered = sorted(moments)
    return max(bisect_left(ordered, start + seconds) - index for index, start in enumerate(ordered))


def test_moments_are_a_step_apart_however_many_ask_at_once(settings) -> None:
    per_second = 200.0
    before = database().command("hello")["localTime"].timestamp() * 1000
    with ThreadPoolExecutor(12) as pool:
        found = list(
            pool.map(lambda _: reserve("AC", per_second, clock=CLOCK, within=60), range(600))
        )
    assert all(isinstance(each, Moment) for each in found)
    # Every reservation moved the account on by a step of its own: none was given out twice.
    state = database().pacing.find_one({"_id": "AC"})
    assert state["next"] - before >= 600 * 1000 * WIDER / per_second


def test_no_ten_seconds_hold_more_than_ten_seconds_worth(settings) -> None:
    # The worst that the rules allow: one as late as may be, the others on time.
    for per_second in (0.5, 1.0, 2.5, 5.0, 30.0):
        step = WIDER / per_second
        moments = [MOST_LATE] + [n * step for n in range(1, round(40 / step))]
        assert most_within(moments, 10.0) <= 10 * per_second
        assert (len(moments) - 1) / (moments[-1] - moments[0]) > 0.95 * per_second


def test_a_moment_passes_a_quarter_of_a_second_after_it(settings) -> None:
    for per_second in (1.0, 100.0):
        found = reserve(f"at {per_second}", per_second, clock=CLOCK)
        assert found.latest - found.at <= MOST_LATE


def test_what_lies_too_far_ahead_is_not_reserved(settings) -> None:
    found = [reserve("AC", 1.0, clock=CLOCK) for _ in range(9)]
    assert sum(isinstance(each, Moment) for each in found) in (5, 6)
    far = found[-1]
    assert isinstance(far, TooFar)
    assert far.seconds > LONGEST_WAIT - 0.5
    # To be told so takes nothing away: the next one is as near as before.
    assert abs(reserve("AC", 1.0, clock=CLOCK).seconds - far.seconds) < 0.5


def test_after_a_pause_nothing_is_caught_up(settings) -> None:
    reserve("AC", 10.0, clock=CLOCK)
    database().pacing.update_one({"_id": "AC"}, {"$inc": {"next": -3_600_000.0}})
    found = [reserve("AC", 10.0, clock=CLOCK) for _ in range(10)]
    assert found[-1].at - found[0].at >= 9 * WIDER / 10 - 0.05


def test_a_company_keeps_its_own_pace_and_nobody_waits_for_it(settings) -> None:
    own = ("slow", 2.0)
    first = reserve("AC", 100.0, clock=CLOCK, company=own)
    second = reserve("AC", 100.0, clock=CLOCK, company=own)
    assert second.at - first.at >= WIDER / 2 - 0.05
    third = reserve("AC", 100.0, clock=CLOCK, company=own, within=0.1)
    assert isinstance(third, TooFar)
    other = reserve("AC", 100.0, clock=CLOCK, company=("quick", None))
    assert other.at <= second.at + 0.1


def test_there_is_always_room_for_one() -> None:
    assert room(0.01) == 1
    assert room(1) == 5
    assert room(30) == 150
