"""The sweep finds what stands still, offers it once in a while, and never stops at one document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app import queues
from app.models import CallLog, Delivery, Recording
from app.pipeline import sweep
from app.pipeline.sweep import RULES
from app.states import CALL, CALL_ENDED, RECORDING
from tests import factories

LATER = datetime.now(UTC) + timedelta(hours=1)


def found(name: str, now: datetime = LATER, patience: float = 1.0) -> list:
    (rule,) = [rule for rule in RULES if rule.name == name]
    return [each.document_id for each in sweep.stuck(rule, now=now, patience=patience, limit=10)]


def named(document) -> list[str]:
    return [rule.name for rule in RULES if document.pk in found(rule.name)]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"status": "intended"}, "claimed, not dialled"),
        ({"status": "intended", "dialing_at": LATER}, "dialled, no answer noted"),
        ({"status": "unknown", "dialing_at": LATER}, "unknown"),
        ({"status": "queued"}, "live for too long"),
        ({"status": "ringing"}, "live for too long"),
        ({"status": "in-progress"}, "live for too long"),
        *[({"status": status}, "ended, not concluded") for status in sorted(CALL_ENDED)],
    ],
)
def test_every_state_of_a_call_that_is_not_over_is_swept(settings, fields, rule) -> None:
    assert rule in named(factories.call(**fields))


def test_no_unfinished_state_is_forgotten(settings) -> None:
    for status in CALL.table:
        assert named(factories.call(status=status, dialing_at=None)), status
    for stage in set(RECORDING.table) - RECORDING.final:
        assert named(factories.recording(stage=stage)), stage


def test_what_is_over_is_left_alone(settings) -> None:
    done = factories.call(status="completed", settled_at=LATER)
    understood = factories.recording(done, stage="understood")
    told = factories.delivery(agent_id=factories.agent().pk)
    assert named(done) == named(understood) == named(told) == []


def test_news_for_an_agent_is_swept_and_news_for_nobody_is_not(settings) -> None:
    news = factories.delivery(agent_id=factories.agent().pk, to_tell=True)
    factories.delivery(to_tell=True)
    assert found("not told") == [news.pk]


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_recording_that_was_never_announced_is_looked_for(settings, status) -> None:
    call = factories.call(status=status, effects=["records"])
    assert "recording not announced" in named(call)


def test_a_recording_that_is_not_there_yet_is_asked_for_when_its_pause_is_over(settings) -> None:
    waits = factories.recording(next_try_at=LATER + timedelta(hours=1))
    due = factories.recording(next_try_at=datetime.now(UTC) - timedelta(hours=1))
    assert found("not stored") == [due.pk]
    assert named(waits) == []


def test_a_remedy_that_comes_often_does_not_keep_another_waiting(settings) -> None:
    call = factories.call(status="completed", effects=["records"])
    offered = set()
    for seconds in range(0, 300, 5):
        now = call.updated_at + timedelta(seconds=seconds)
        for rule in RULES:
            for stuck in sweep.stuck(rule, now=now, patience=1, limit=10):
                sweep.offered(stuck, now=now)
                offered.add(rule.remedy)
    assert offered == {"conclude", "look_for_recording"}


def test_a_call_that_was_left_for_later_is_offered_when_it_is_due(settings) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)
    call = factories.call(next_try_at=soon)
    names = ("claimed, not dialled", "left for later, now due")
    assert [found(name, now=soon - timedelta(seconds=1)) for name in names] == [[], []]
    assert [found(name, now=soon) for name in names] == [[call.pk], [call.pk]]


def test_a_call_that_is_queued_when_its_window_closes_is_withdrawn(settings) -> None:
    closes = datetime.now(UTC) + timedelta(seconds=20)
    call = factories.call(status="queued", queued_until=closes)
    name = "queued until its window closed"
    assert found(name, now=closes - timedelta(seconds=1)) == []
    assert found(name, now=closes) == [call.pk]
    assert "queued for too long" in named(factories.call(status="queued"))


@pytest.mark.parametrize("status", ["intended", "queued", "ringing", "in-progress"])
def test_a_call_that_was_cancelled_is_ended_whatever_becomes_of_the_wake_up(
    settings, status
) -> None:
    wish = {"by": ObjectId(), "kind": "user", "at": LATER}
    factories.call(status=status)
    call = factories.call(status=status, dialing_at=LATER, cancelled=wish)
    soon = datetime.now(UTC) + timedelta(seconds=3)
    gone = [] if status == "in-progress" else [call.pk]
    assert found("cancelled by hand, not ended", now=soon) == gone


def test_a_call_that_was_never_placed_is_looked_for_once_more(settings) -> None:
    name = "closed as not placed, to be looked for again"
    closed = factories.call(status="failed", outcome="not_placed", settled_at=LATER)
    factories.call(status="failed", outcome="not_placed", settled_at=LATER, looked_again_at=LATER)
    assert found(name) == [closed.pk]
    assert found(name, now=datetime.now(UTC) + timedelta(minutes=19)) == []


def test_strangers_are_ended_whatever_becomes_of_the_wake_up(settings) -> None:
    call = factories.call(status="completed", settled_at=LATER, strangers=["CA" + "0" * 32])
    factories.call(status="completed", settled_at=LATER)
    assert found("strangers not ended") == [call.pk]
    call.modify(set__strangers_ended_at=LATER)
    assert found("strangers not ended") == []


def test_what_changed_a_moment_ago_is_left_alone(settings) -> None:
    factories.recording()
    assert found("not stored", now=datetime.now(UTC) + timedelta(seconds=10)) == []
    assert len(found("not stored", now=datetime.now(UTC) + timedelta(seconds=30))) == 1
    soon = datetime.now(UTC) + timedelta(seconds=10)
    assert len(found("not stored", now=soon, patience=0.1)) == 1


def test_what_was_offered_rests_for_as_long_again(settings) -> None:
    recording = factories.recording()
    changed = recording.updated_at
    (rule,) = [rule for rule in RULES if rule.name == "not stored"]
    (stuck,) = sweep.stuck(rule, now=LATER, patience=1, limit=10)
    sweep.offered(stuck, now=LATER)
    assert found("not stored", now=LATER + timedelta(seconds=10)) == []
    assert len(found("not stored", now=LATER + timedelta(seconds=30))) == 1
    recording.reload()
    assert recording.updated_at.replace(microsecond=0) == changed.replace(microsecond=0)


def test_the_oldest_comes_first_and_no_more_than_asked(settings) -> None:
    first, second = factories.recording(), factories.recording()
    (rule,) = [rule for rule in RULES if rule.name == "not stored"]
    got = [each.document_id for each in sweep.stuck(rule, now=LATER, patience=1, limit=1)]
    assert got == [first.pk]
    assert found("not stored") == [first.pk, second.pk]


def test_every_remedy_is_a_job() -> None:
    assert {rule.remedy for rule in RULES} <= set(queues.JOBS)
    assert {rule.model for rule in RULES} >= {CallLog, Recording, Delivery}
