"""Links are short, signed, for one delivery and one purpose, and end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.link import Links, address

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
LINKS = Links("a secret that has more than thirty-two letters")
IDS = st.binary(min_size=12, max_size=12).map(ObjectId)
TIMES = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(IDS, TIMES)
def test_what_is_signed_is_read_back(delivery_id, expires) -> None:
    token = LINKS.token(delivery_id, expires)
    read = LINKS.read(token, now=expires - timedelta(seconds=1))
    assert read.delivery_id == delivery_id
    assert timedelta(seconds=-1) < read.expires - expires < timedelta(seconds=30)
    assert not read.expired
    assert LINKS.read(token, now=expires + timedelta(seconds=30)).expired


@given(IDS, TIMES)
def test_it_survives_a_text_message(delivery_id, expires) -> None:
    token = LINKS.token(delivery_id, expires)
    assert len(token) == 39
    assert re.fullmatch(r"[A-Za-z0-9_.-]+[A-Za-z0-9]", token)
    assert address("https://calls.example/", token) == f"https://calls.example/i/{token}"


@given(IDS, st.data())
def test_any_change_of_a_letter_makes_it_nobodys(delivery_id, data) -> None:
    token = LINKS.token(delivery_id, NOW + timedelta(hours=1))
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019_-.").filter(lambda each: each != token[at]))
    changed = LINKS.read(token[:at] + letter + token[at + 1 :], now=NOW)
    assert changed is None


@given(st.text())
def test_nothing_that_somebody_makes_up_is_read(text) -> None:
    assert LINKS.read(text, now=NOW) is None


def test_another_secret_or_purpose_reads_nothing() -> None:
    token = LINKS.token(ObjectId(), NOW + timedelta(hours=1))
    assert Links("another secret with more than thirty-two").read(token, now=NOW) is None
    assert LINKS.read(token, now=NOW, purpose="unsubscribe") is None
    assert "secret" not in repr(LINKS)
