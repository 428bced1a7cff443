"""Some simulated days in every run of the tests; `python -m tests.simulation` has thousands."""

from __future__ import annotations

import pytest

from app import models
from app.config import Settings
from tests.simulation.mishaps import OWN, STRIKING
from tests.simulation.run import Report, simulate

SEED = 4
DAYS = 40


@pytest.fixture
def report(settings: Settings) -> Report:
    try:
        return simulate(settings, range(DAYS), SEED)
    finally:
        # The simulation connects in its own way.
        models.connect(settings)


@pytest.mark.timeout(300)
def test_forty_days_of_a_lying_carrier_and_changing_clocks_are_all_in_order(report) -> None:
    assert report.wrong == []
    assert report.days == DAYS
    assert report.special["days on which clocks change"] >= 10
    assert [kind for kind in STRIKING if not report.faults[kind]] == []
    assert [kind for kind in OWN if not report.mishaps[kind]] == []
    unseen = [what for what, count in report.counted.items() if not count]
    assert unseen == []
