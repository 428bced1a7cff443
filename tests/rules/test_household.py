"""One household, one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.rules.household import Expected, together

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEAD = Expected("lead", "default", "+442079460123", NOON, "Europe/London")


def test_parcels_of_one_day_share_the_call() -> None:
    early = replace(LEAD, id="early", van_at=NOON - timedelta(hours=3))
    late = replace(LEAD, id="late", van_at=NOON + timedelta(hours=3))
    assert together(LEAD, [late, LEAD, early]) == [LEAD, early, late]


def test_what_differs_does_not_share_it() -> None:
    others = [
        replace(LEAD, id="other company", tenant_id="harbour"),
        replace(LEAD, id="other number", phone="+442079460124"),
        replace(LEAD, id="other day", van_at=NOON + timedelta(days=1)),
    ]
    assert together(LEAD, others) == [LEAD]


def test_the_day_is_the_one_on_the_customers_calendar() -> None:
    # Eleven in the evening and one at night in Sydney: one UTC day, two days on the wall.
    evening = Expected(1, "default", "+61255501234", NOON, "Australia/Sydney")
    night = replace(evening, id=2, van_at=NOON + timedelta(hours=2))
    assert together(evening, [night]) == [evening]
    assert together(replace(evening, time_zone="UTC"), [replace(night, time_zone="UTC")]) != [
        evening
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-40, 40)), max_size=12))
def test_whoever_leads_the_same_parcels_belong_together(parcels) -> None:
    every = {
        key: replace(LEAD, id=key, van_at=NOON + timedelta(hours=hours)) for key, hours in parcels
    }
    for lead in every.values():
        shared = together(lead, every.values())
        assert shared[0] == lead
        assert len({each.id for each in shared}) == len(shared)
        for other in shared:
            assert {each.id for each in together(other, every.values())} == {
                each.id for each in shared
            }
