"""What follows an attempt that reached nobody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.rules.attempts import (
    Failure,
    Pause,
    Surroundings,
    Timing,
    after_failure,
    parse,
)
from tests.factories import NOW

LONDON = ZoneInfo("Europe/London")
PLAIN = "busy=300,no-answer=1800,failed=60,machine=7200"
CLEVER = "busy=300,no-answer=5400/another-hour,failed=300,machine=7200/next-window"


def any_time(moment: datetime) -> datetime:
    return moment


def within(since: int, until: int, days: int = 3):
    """A gate that opens in London between two hours, today and so many days in all."""
    last = NOW.date() + timedelta(days=days - 1)

    def lawful_from(moment: datetime) -> datetime | None:
        local = moment.astimezone(LONDON)
        while local.date() <= last:
            opens = datetime.combine(local.date(), time(since), LONDON)
            if local.timetz() < opens.timetz():
                return opens.astimezone(UTC)
            if local.hour < until:
                return local.astimezone(UTC)
            local = datetime.combine(local.date() + timedelta(days=1), time(0), LONDON)
        return None

    return lawful_from


def ahead(status: str, *, policy: str = PLAIN, lawful=any_time, cool_down: int = 0, **fields):
    basics = {"attempts": 1, "retries": 3, "ended_at": NOW, "earlier": [NOW]}
    around = Surroundings(
        policy=parse(policy), zone=LONDON, lawful_from=lawful,
        why_never=lambda moment: f"closed from {moment:%H:%M} on",
        cool_down=timedelta(seconds=cool_down),
    )  # fmt: skip
    return after_failure(Failure(status=status, **{**basics, **fields}), around)


def test_the_policy_is_read_with_and_without_what_else_to_wait_for() -> None:
    assert parse("busy=5,no-answer=9/another-hour, machine=7/next-window") == {
        "busy": Pause(5),
        "no-answer": Pause(9, Timing.ANOTHER_HOUR),
        "machine": Pause(7, Timing.NEXT_WINDOW),
    }


@pytest.mark.parametrize("text", ["busy", "busy=soon", "busy=-1", "drunk=3", "busy=3/tomorrow", ""])
def test_nonsense_in_a_policy_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@pytest.mark.parametrize(
    ("status", "pause"),
    [("busy", 300), ("no-answer", 1800), ("failed", 60), ("canceled", 60), ("machine", 7200)],
)
def test_the_pause_depends_on_the_outcome(status, pause) -> None:
    assert ahead(status).at == NOW + timedelta(seconds=pause)


def test_a_number_always_cools_down() -> None:
    assert ahead("failed", cool_down=90).at == NOW + timedelta(seconds=90)


def test_after_the_last_retry_nothing_follows() -> None:
    assert ahead("busy", attempts=3).at is not None
    last = ahead("busy", attempts=4)
    assert last.at is None
    assert "4 attempts" in last.reason


def test_an_attempt_that_does_not_count_is_made_up_for_at_once() -> None:
    excused = ahead("failed", attempts=4, excused=True, cool_down=60, policy=CLEVER)
    assert excused.at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("code", ["21211", "21214", "21217"])
def test_a_number_that_cannot_be_called_is_not_called_again(code) -> None:
    wrong = ahead("failed", error_code=code)
    assert (wrong.at, wrong.number_wrong) == (None, True)
    assert code in wrong.reason


def test_a_number_that_the_network_blocks_is_not_called_again_and_may_be_right() -> None:
    blocked = ahead("failed", error_code="21216")
    assert (blocked.at, blocked.number_wrong) == (None, False)


def test_a_passing_trouble_of_the_network_is_retried() -> None:
    assert ahead("failed", error_code="32016").at is not None
    assert ahead("failed", error_code="99999").at is not None


def test_nobody_is_called_past_the_lawful_hours() -> None:
    evening = datetime(2026, 3, 10, 20, 45, tzinfo=UTC)
    again = ahead("no-answer", ended_at=evening, lawful=within(8, 21))
    assert again.at == datetime(2026, 3, 11, 8, tzinfo=UTC)


def test_where_no_lawful_time_is_left_nothing_follows() -> None:
    late = datetime(2026, 3, 10, 20, 45, tzinfo=UTC)
    none = ahead("no-answer", ended_at=late, lawful=within(8, 21, days=1))
    assert none.at is None
    assert none.reason == (
        "nobody answered, and no other call is allowed before the van: closed from 21:15 on"
    )


def test_who_did_not_answer_is_called_at_an_hour_that_was_not_tried() -> None:
    tried = [NOW.replace(hour=hour) for hour in (10, 11, 12)]
    again = ahead("no-answer", policy=CLEVER, earlier=tried, lawful=within(8, 21))
    assert again.at == NOW.replace(hour=13)


def test_an_hour_is_the_customers_hour() -> None:
    # Half an hour past: in Kathmandu, three quarters into another hour.
    kathmandu = ZoneInfo("Asia/Kathmandu")
    tried = [datetime(2026, 3, 10, 10, 20, tzinfo=UTC)]
    around = Surroundings(
        policy={"no-answer": Pause(60, Timing.ANOTHER_HOUR)}, zone=kathmandu,
        lawful_from=any_time, why_never=str, cool_down=timedelta(0),
    )  # fmt: skip
    failure = Failure(
        status="no-answer", attempts=1, retries=3, earlier=tried,
        ended_at=datetime(2026, 3, 10, 10, 21, tzinfo=UTC),
    )  # fmt: skip
    at = after_failure(failure, around).at
    assert at == datetime(2026, 3, 10, 11, 15, tzinfo=UTC)
    assert at.astimezone(kathmandu).hour == 17


def test_an_hour_that_was_tried_is_better_than_none() -> None:
    tried = [NOW.replace(hour=hour) for hour in (10, 11)]
    again = ahead("no-answer", policy=CLEVER, earlier=tried, lawful=within(8, 12, days=1))
    assert again.at == NOW + timedelta(seconds=5400)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)),
        (datetime(2026, 3, 10, 11, 30, tzinfo=UTC), datetime(2026, 3, 10, 13, 30, tzinfo=UTC)),
        (datetime(2026, 3, 10, 14, tzinfo=UTC), datetime(2026, 3, 10, 17, tzinfo=UTC)),
        (datetime(2026, 3, 10, 18, tzinfo=UTC), datetime(2026, 3, 11, 8, tzinfo=UTC)),
    ],
)
def test_a_machine_is_called_again_in_the_next_part_of_the_day(ended, expected) -> None:
    again = ahead("machine", policy=CLEVER, ended_at=ended, earlier=[ended], lawful=within(8, 21))
    assert again.at == expected


def test_where_clocks_change_no_hour_is_tried_twice() -> None:
    # The hour from 1 to 2 is there twice; a gate that is always open offers both.
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    again = ahead("no-answer", policy="no-answer=60/another-hour", ended_at=first, earlier=[first])
    assert again.at.astimezone(LONDON).hour == 2
    assert again.at == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
