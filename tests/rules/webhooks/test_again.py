"""What was not taken comes again, ever more rarely, for a day."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.rules.webhooks.again import GIVE_UP_AFTER, UNWELL_AFTER, next_try, pause, rest
from tests.factories import NOW


def life(luck: float, asked: float | None = None) -> list[timedelta]:
    """When each try is made, counted from the first."""
    at, tries = NOW, []
    while True:
        tries.append(at - NOW)
        following = next_try(len(tries), since=NOW, now=at, luck=luck, asked=asked)
        if following is None:
            return tries
        assert following > at
        at = following


@given(st.floats(0, 1))
def test_it_is_tried_for_a_day_and_then_given_up(luck) -> None:
    tries = life(luck)
    assert tries[-1] == GIVE_UP_AFTER
    assert 10 < len(tries) < 30


@given(st.floats(0, 1), st.floats(0, 10**9))
def test_a_receiver_that_asks_for_patience_is_not_waited_for_longer_than_a_day(luck, asked) -> None:
    tries = life(luck, asked)
    assert tries[-1] == GIVE_UP_AFTER
    assert len(tries) >= 4


def test_the_first_tries_come_soon_and_then_ever_more_rarely() -> None:
    assert pause(1, 0.5) == timedelta(seconds=5)
    pauses = [pause(tries, 0.5) for tries in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=2)


def test_what_failed_together_does_not_come_again_together() -> None:
    assert pause(4, 0.0) == 0.75 * pause(4, 0.5)
    assert pause(4, 1.0) == 1.25 * pause(4, 0.5)


def test_who_asks_for_patience_is_given_it() -> None:
    late = next_try(1, since=NOW, now=NOW, luck=0.5, asked=120)
    assert late == NOW + timedelta(seconds=120)


def test_only_who_fails_several_times_in_a_row_is_left_alone() -> None:
    assert rest(1) is None
    assert rest(UNWELL_AFTER - 1) is None
    rests = [rest(failures) for failures in range(UNWELL_AFTER, 60)]
    assert all(rests)
    assert rests == sorted(rests)
    assert rests[-1] == timedelta(minutes=5)
