"""A process dies at each named point, once; then all goes on, and the end is as it must be.

First every scene is played: processes of their own die at their points, one after the other, and
what they left half done stays. Then the product is started as it should be, and the ends are
judged by the network's own books.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app import models
from app.crash_points import DIED, POINTS
from app.models import DEFAULT_TENANT, CallLog, Delivery, PushMessage, Recording, Suppression
from app.runtime import Runtime
from app.states import CALL_ENDED, OUTREACH_SETTLED
from tests.attempts.crash_scenes import SCENES
from tests.attempts.yard import Yard, until, yard
from tests.torture.judge import judge
from workers import clock, jobs

ROOT = Path(__file__).parents[2]


@dataclass
class Played:
    """What a scene left behind."""

    deliveries: list[Delivery]
    status: int | None = None
    """The exit status of the process that was to die."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Yard, dict[str, Played]]]:
    """Every scene, and the product whole again until all is settled."""
    with yard(tmp_path_factory.mktemp("yard")) as here:
        scenes: dict[str, Played] = {}
        for point, scene in SCENES.items():
            if scene.before is not None:
                scenes[point] = Played(here.deliver(scene.customer, scene.parcels))
                scene.before(here, scenes[point].deliveries)
        for point, scene in SCENES.items():
            if point not in scenes:
                scenes[point] = Played(here.deliver(scene.customer, scene.parcels))
            scenes[point].status = scene.act(here, point, scenes[point].deliveries)
            here.forget_wake_ups()
        here.recover()
        until(lambda: not _open(), "everything settled", 60)
        yield here, scenes


def _open() -> bool:
    calls = CallLog.across_tenants(status__nin=sorted(CALL_ENDED)).count()
    calls += CallLog.across_tenants(settled_at=None).count()
    words = Recording.across_tenants(stage__ne="understood").count()
    deliveries = Delivery.across_tenants(outreach__state__nin=sorted(OUTREACH_SETTLED)).count()
    return bool(calls + words + deliveries + Delivery.across_tenants(to_tell=True).count())


@pytest.fixture
def scene(played, request) -> tuple[Yard, Played]:
    models.connect(played[0].settings)
    return played[0], played[1][request.param]


def every_point(test):
    return pytest.mark.parametrize(
        ("scene", "expected"),
        [pytest.param(point, SCENES[point], id=point) for point in POINTS],
        indirect=["scene"],
    )(test)


@every_point
@pytest.mark.timeout(300)
def test_whoever_dies_leaves_nothing_undone_and_nothing_done_twice(scene, expected) -> None:
    here, left = scene
    assert left.status == DIED, "the process did not reach the point"
    for delivery in left.deliveries:
        delivery.reload()
        assert delivery.outreach.state == expected.state
        news = PushMessage.of(DEFAULT_TENANT, delivery_id=delivery.pk)
        assert [each.version for each in news] == [delivery.analysis_version]
    calls = list(CallLog.of(DEFAULT_TENANT, covers=left.deliveries[0].pk).order_by("attempt"))
    placed = judge(here.stack.folder / "carrier").calls
    made = list(expected.calls)
    if expected.may_be_called_again and len(calls) > len(made):
        made.append(1)
    assert [placed[str(call.pk)] for call in calls] == made
    assert [call.attempt for call in calls] == list(range(1, len(calls) + 1))
    rung = Counter(call["sid"] for call in here.carrier.calls(to=calls[0].to_number))
    assert Counter(call.call_sid for call in calls if call.call_sid) == rung
    for call, count in zip(calls, made, strict=True):
        assert call.covers == [delivery.pk for delivery in left.deliveries]
        assert not call.strangers
        if not count:
            assert (call.status, call.outcome) == ("failed", "not_placed")
    customer = models.Customer.of(DEFAULT_TENANT, phone=calls[0].to_number).get()
    assert [past.call_id for past in customer.call_history] == [call.pk for call in calls]


@every_point
@pytest.mark.timeout(300)
def test_what_was_said_is_stored_whole_and_once(scene, expected) -> None:
    here, left = scene
    found = list(Recording.of(DEFAULT_TENANT, delivery_id=left.deliveries[0].pk))
    assert len(found) == expected.recordings
    for recording in found:
        kept = Runtime(here.settings).storage.get(recording.storage_key)
        assert hashlib.sha256(kept).hexdigest() == recording.sha256
        assert recording.processing_status == "completed"
        assert recording.transcription.text


@pytest.mark.timeout(300)
def test_an_opt_out_holds_and_is_kept_once(played) -> None:
    here, scenes = played
    models.connect(here.settings)
    (delivery,) = scenes["conclude-suppressed"].deliveries
    (call,) = CallLog.of(DEFAULT_TENANT, covers=delivery.pk)
    held = Suppression.of(DEFAULT_TENANT, phone=call.to_number)
    assert [(each.evidence, each.lifted_at) for each in held] == [(call.pk, None)]


@pytest.mark.timeout(300)
def test_a_copy_that_was_deleted_is_known_to_be_deleted(played) -> None:
    here, scenes = played
    models.connect(here.settings)
    (delivery,) = scenes["recording-deleted"].deliveries
    recording = Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk).get()
    assert not (
        here.stack.folder / "carrier/recordings" / f"{recording.recording_sid}.wav"
    ).exists()
    at_once = {"twilio_delete_recordings_after": 0.0}
    clock.forget_copies(Runtime(here.settings.model_copy(update=at_once)))
    jobs.delete_copy(str(recording.pk))
    assert recording.reload().deleted_at_provider


def test_every_point_is_in_the_code_and_every_one_in_the_code_is_a_point() -> None:
    named = Counter(
        argument.value
        for path in [*ROOT.glob("app/**/*.py"), *ROOT.glob("workers/**/*.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reach"
        for argument in node.args
    )
    assert set(named) == set(POINTS)
    assert len(POINTS) >= 20


def test_every_point_has_a_scene() -> None:
    assert set(SCENES) == set(POINTS)
