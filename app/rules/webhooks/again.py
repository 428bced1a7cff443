"""When what was not taken is sent again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=1)
"""From the first try (or from its replay) on."""
DISABLE_AFTER = timedelta(days=3)
"""So long nothing may get through to a subscriber before nothing more is sent."""
UNWELL_AFTER = 3
"""Failures in a row after which a subscriber is only tried with one event at a time."""
_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=2)
_FACTOR = 3
_LONGEST_ASKED = timedelta(hours=6)
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=5)


def pause(tries: int, luck: float) -> timedelta:
    """How long to wait after so many tries (from 1): 5 seconds, three times that, to two hours.

    ``luck``, from 0 to 1, shifts it by a quarter either way, so that what failed together does
    not come again together.
    """
    factor: int = _FACTOR ** min(tries - 1, 10)
    plain = min(_FIRST * factor, _LONGEST)
    return plain * (0.75 + luck / 2)


def next_try(
    tries: int, *, since: datetime, now: datetime, luck: float, asked: float | None = None
) -> datetime | None:
    """When to try again what was first tried ``since``; None where it is given up.

    ``asked``: seconds that the receiver wants us to wait (its ``Retry-After``).
    """
    if now - since >= GIVE_UP_AFTER:
        return None
    wait = pause(tries, luck)
    if asked is not None:
        wait = max(wait, min(timedelta(seconds=asked), _LONGEST_ASKED))
    # The last try comes when the day is over, not long before.
    return min(now + wait, max(since + GIVE_UP_AFTER, now + _FIRST))


def rest(failures: int) -> timedelta | None:
    """How long a subscriber is left alone after so many failures in a row; None: not at all."""
    if failures < UNWELL_AFTER:
        return None
    return min(_FIRST_REST * (1 << min(failures - UNWELL_AFTER, 10)), _LONGEST_REST)
