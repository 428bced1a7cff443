"""How often a password may be tried: by account, by address, and without Redis."""

from __future__ import annotations

from datetime import timedelta

import pytest
import redis
import time_machine

from app.web.attempts import Attempts

HERE, THERE = "203.0.113.7", "198.51.100.9"
DANA, TOM = ("default", "dana@example.com"), ("default", "tom@example.com")


@pytest.fixture(params=["redis", "without redis"])
def attempts(request, settings) -> Attempts:
    """Three attempts in 15 minutes."""
    url = settings.redis_url.get_secret_value()
    if request.param == "without redis":
        url = "redis://127.0.0.1:1/0"
    return Attempts(url, (3, 900), b"k" * 32)


def test_an_account_has_so_many_attempts_from_wherever_they_come(attempts) -> None:
    assert [attempts.wait(f"203.0.113.{n}", *DANA) for n in range(3)] == [0, 0, 0]
    assert 890 < attempts.wait(THERE, *DANA) <= 900
    assert attempts.wait(HERE, *TOM) == 0
    assert attempts.wait(HERE, "other", DANA[1]) == 0


def test_capitals_and_spaces_make_no_other_account(attempts) -> None:
    for email in ("dana@example.com", "DANA@example.com", " dana@example.com "):
        assert attempts.wait(HERE, "default", email) == 0
    assert attempts.wait(HERE, *DANA) > 0


def test_a_log_in_that_works_begins_anew(attempts) -> None:
    for _ in range(5):
        assert attempts.wait(HERE, *DANA) == 0
        attempts.worked(*DANA)


def test_an_address_has_so_many_failures_over_all_accounts(attempts) -> None:
    for n in range(3):
        assert attempts.wait(HERE, "default", f"{n}@example.com") == 0
        attempts.failed(HERE)
    assert attempts.wait(HERE, "default", "new@example.com") > 890
    assert attempts.wait(THERE, "default", "new@example.com") == 0


def test_who_succeeds_in_between_may_not_guess_more_often_from_there(attempts) -> None:
    for _ in range(3):
        assert attempts.wait(HERE, *TOM) == 0
        attempts.worked(*TOM)
        attempts.failed(HERE)
    assert attempts.wait(HERE, *TOM) > 0


def test_a_depot_of_many_logs_in_behind_one_address(attempts) -> None:
    for n in range(50):
        who = ("default", f"driver{n}@example.com")
        assert attempts.wait(HERE, *who) == 0
        attempts.worked(*who)


def test_one_subscribers_ipv6_addresses_are_one(attempts) -> None:
    for n in range(3):
        attempts.failed(f"2001:db8:1:2::{n}")
    assert attempts.wait("2001:db8:1:2:ffff::1", *DANA) > 0
    assert attempts.wait("2001:db8:1:3::1", *DANA) == 0
    for _ in range(3):
        attempts.failed(f"::ffff:{HERE}")
    assert attempts.wait(HERE, *TOM) > 0


def test_the_window_moves(settings) -> None:
    attempts = Attempts("redis://127.0.0.1:1/0", (3, 900), b"k" * 32)
    with time_machine.travel("2026-03-10 10:00Z", tick=False) as clock:
        for _ in range(3):
            attempts.wait(HERE, *DANA)
            clock.shift(timedelta(minutes=5))
        clock.shift(timedelta(seconds=-1))
        assert attempts.wait(HERE, *DANA) == 1
        clock.shift(timedelta(seconds=2))
        assert attempts.wait(HERE, *DANA) == 0
        assert attempts.wait(HERE, *DANA) == 299


def test_processes_count_together_and_redis_does_not_learn_who(settings) -> None:
    url = settings.redis_url.get_secret_value()
    one, two = (Attempts(url, (3, 900), b"k" * 32) for _ in range(2))
    assert [one.wait(HERE, *DANA), two.wait(HERE, *DANA), one.wait(HERE, *DANA)] == [0, 0, 0]
    assert two.wait(HERE, *DANA) > 0
    one.failed(HERE)
    keys = " ".join(key.decode() for key in redis.Redis.from_url(url).scan_iter())
    assert "attempts" in keys
    assert "dana" not in keys
    assert HERE not in keys


@pytest.mark.parametrize("odd", ["", "unix:", "\ud83d", "x" * 5000, "a\nb", "%00", "{x}"])
def test_odd_names_are_counted_like_any(attempts, odd) -> None:
    for _ in range(3):
        assert attempts.wait(odd, "default", odd) == 0
    assert attempts.wait(odd, "default", odd) > 0
