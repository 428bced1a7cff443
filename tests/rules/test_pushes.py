"""What pushes are worth, and what a lock screen shows of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import vapid
from app.rules.pushes import kept_seconds, next_try, urgency, worthless_at
from app.rules.texts import LANGUAGES
from app.rules.texts.pushes import news, reminder
from app.rules.texts.segments import segments

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
moments = st.timedeltas(timedelta(days=-3), timedelta(days=3)).map(lambda each: NOW + each)


@given(tries=st.integers(1, 40), luck=st.floats(0, 1), until=moments, asked=st.floats(0, 1e9))
def test_it_is_tried_again_later_and_never_when_it_is_worthless(tries, luck, until, asked) -> None:
    at = next_try(tries, now=NOW, until=until, luck=luck, asked=asked)
    assert at is None or NOW < at < until


def test_who_asks_us_to_wait_is_heeded_within_reason() -> None:
    at = [next_try(1, now=NOW, until=NOW + 9 * HOUR, luck=0.5, asked=s) for s in (1, 600, 1e6)]
    assert at == [NOW + timedelta(seconds=5), NOW + timedelta(minutes=10), NOW + HOUR]


@given(arrival=moments, told_at=moments)
def test_news_are_worth_something_after_they_were_told_and_after_the_stop(arrival, told_at) -> None:
    until = worthless_at(arrival, told_at)
    assert until > told_at
    assert until > arrival
    assert 0 <= kept_seconds(until, NOW) <= 24 * 3600
    assert urgency(arrival, NOW) == ("high" if arrival <= NOW + 2 * HOUR else "normal")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_which_stop_in_one_line(language) -> None:
    for instructions in (True, False):
        for stop in (None, 1, 9999):
            said = news(language, stop=stop, instructions=instructions)
            assert 0 < len(said) < 60
            assert (str(stop) in said) == (stop is not None)
            assert "{" not in said
    link = f"https://calls.example.com/agent?told={'a' * 24}"
    text = reminder(language, company="Harbour Parcels", stop=12, link=link)
    assert link in text
    assert segments(text) == 1


def test_languages_differ_and_an_unknown_one_is_english() -> None:
    assert len({news(each, stop=1, instructions=True) for each in LANGUAGES}) == len(LANGUAGES)
    assert news("ja", stop=1, instructions=True) == "Stop 1: new instructions"


def test_a_pair_of_keys_belongs_together() -> None:
    # The example of RFC 8291, appendix A: the application server's keys.
    private = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    public = (
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    )
    assert vapid.public_key(private) == public
    assert vapid.is_browser_key(public)
    assert not vapid.is_browser_key(private)
    for broken in ("", "A" * 43, private[:-4], private + "!", "=" * 43):
        with pytest.raises(ValueError, match=r"."):
            vapid.public_key(broken)
