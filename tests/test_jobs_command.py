"""`delauto jobs`: what failed for good is seen, tried again and put away from a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import redis

from app.models import AuditEntry, DeadJob, Recording
from app.pipeline import dead_jobs
from tests import factories
from tests.processes import delauto

NOW = datetime.now(UTC)


@pytest.fixture
def jobs(surroundings, settings):
    """`delauto jobs` with these arguments."""
    return lambda *arguments: delauto("jobs", *arguments, environment=surroundings)


@pytest.fixture
def given_up(settings) -> Recording:
    """A recording whose audio could not be fetched."""
    factories.tenant()
    recording = factories.recording(stage="understood", processing_status="failed")
    dead_jobs.bury("default", "store", recording.pk, "the network knows it no more", now=NOW)
    return recording


def test_nothing_failed_is_said_too(jobs) -> None:
    assert jobs("list").stdout.strip() == "no work has failed for good"


def test_what_failed_is_named_with_its_reason(jobs, given_up) -> None:
    shown = jobs("list").stdout
    assert f"store of recording {given_up.pk}" in shown
    assert "the network knows it no more" in shown


def test_it_is_tried_again_and_noted(jobs, given_up, settings) -> None:
    answer = jobs("retry")
    assert answer.stdout.strip() == "1 tried again", answer.stderr
    assert given_up.reload().stage == "announced"
    waiting = redis.Redis.from_url(settings.redis_url.get_secret_value())
    assert waiting.keys("rq:job:*")
    assert AuditEntry.of("default", action="job.retried").count() == 1
    assert "tried again" in jobs("list").stdout


def test_one_is_put_away_for_a_reason(jobs, given_up) -> None:
    dead = DeadJob.of("default").get()
    assert jobs("discard", str(dead.pk)).returncode != 0
    done = jobs("discard", str(dead.pk), "--why", "the customer was reached by hand")
    assert done.returncode == 0, done.stderr
    assert not DeadJob.of("default")
    assert AuditEntry.of("default", action="job.discarded").count() == 1


@pytest.mark.parametrize("unknown", ["x", "a" * 24])
def test_an_unknown_one_is_refused_plainly(jobs, given_up, unknown) -> None:
    answer = jobs("retry", unknown)
    assert answer.returncode != 0
    assert "Traceback" not in answer.stderr
    assert DeadJob.of("default", retried_at=None).count() == 1
