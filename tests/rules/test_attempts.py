"""What follows an attempt that reached nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.rules.attempts import after_failure
from tests.factories import NOW

SECONDS = {"busy": 300, "no-answer": 1800, "failed": 60, "machine": 7200}


def ahead(status: str, *, attempts: int = 1, code: str | None = None):
    return after_failure(status, code, attempts=attempts, retries=3, now=NOW, seconds=SECONDS)


@pytest.mark.parametrize(
    ("status", "pause"),
    [("busy", 300), ("no-answer", 1800), ("failed", 60), ("canceled", 60), ("machine", 7200)],
)
def test_the_pause_depends_on_the_outcome(status, pause) -> None:
    assert ahead(status).at == NOW + timedelta(seconds=pause)


def test_after_the_last_retry_nothing_follows() -> None:
    assert ahead("busy", attempts=3).at is not None
    last = ahead("busy", attempts=4)
    assert last.at is None
    assert "4 attempts" in last.reason


@pytest.mark.parametrize("code", ["21211", "21214", "21217"])
def test_a_number_that_cannot_be_called_is_not_called_again(code) -> None:
    assert ahead("failed", code=code).at is None
