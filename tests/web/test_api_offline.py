"""What drivers did without a network, told when it is back: when it was, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.models import Agent, Delivery, PushMessage
from app.rules.permissions import Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api


@pytest.fixture
def dana(settings) -> Agent:
    return api_side.person("default", Role.AGENT)


@pytest.fixture
def api(client, dana) -> Api:
    return api_side.signed_in(client, dana)


@pytest.fixture
def stop(dana) -> Delivery:
    return factories.delivery(agent_id=dana.pk, status="assigned", analysis_version=2)


def ago(**since: float) -> datetime:
    return (datetime.now(UTC) - timedelta(**since)).replace(microsecond=0)


def test_a_stop_ended_when_its_driver_pressed_the_button(api, stop) -> None:
    started, completed = ago(hours=2), ago(minutes=90)
    api.post(f"/deliveries/{stop.pk}/start", {"at": started.isoformat()})
    answer = api.post(
        f"/deliveries/{stop.pk}/complete", {"at": completed.isoformat(), "notes": "porter"}
    )
    assert answer.status_code == 200, answer.text
    told = Delivery.of("default", pk=stop.pk).get()
    assert told.actual_delivery_time == completed
    assert [each.timestamp for each in told.tracking_events] == [started, completed]


def test_a_clock_that_is_slow_takes_no_step_before_the_one_before(api, stop) -> None:
    api.post(f"/deliveries/{stop.pk}/start")
    at = ago(hours=3).isoformat()
    assert api.post(f"/deliveries/{stop.pk}/fail", {"reason": "x", "at": at}).status_code == 200
    first, second = Delivery.of("default", pk=stop.pk).get().tracking_events
    assert first.timestamp <= second.timestamp


@pytest.mark.parametrize("hours", [73, -1])
def test_a_time_that_cannot_be_is_refused_and_changes_nothing(api, stop, hours) -> None:
    refused = api.post(f"/deliveries/{stop.pk}/start", {"at": ago(hours=hours).isoformat()})
    assert (refused.status_code, "72 hours" in refused.json["detail"]) == (409, True)
    assert Delivery.of("default", pk=stop.pk).get().status == "assigned"


def test_whoever_saw_older_instructions_has_not_acknowledged_the_newer_ones(
    api, stop, dana
) -> None:
    for version in (1, 2):
        PushMessage(
            tenant_id="default", agent_id=dana.pk, kind="instructions", delivery_id=stop.pk,
            version=version, text="x", sent_at=ago(minutes=1),
        ).save()  # fmt: skip
    path = f"/deliveries/{stop.pk}/acknowledge"
    assert api.post(path, {"analysis_version": 1}).json["acknowledged_at"] is None
    read = PushMessage.of("default").order_by("version").scalar("acknowledged_at")
    assert [each is not None for each in read] == [True, False]
    assert api.post(path, {"analysis_version": 2}).json["acknowledged_at"] is not None
    assert PushMessage.of("default", acknowledged_at=None).count() == 0


def test_a_step_sent_again_because_its_answer_was_lost_is_taken_once(api, stop) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"at": ago(hours=1).isoformat()}
    first, again = (
        api.post(f"/deliveries/{stop.pk}/start", body, headers=headers) for _ in range(2)
    )
    assert first.json == again.json
    assert len(Delivery.of("default", pk=stop.pk).get().tracking_events) == 1


def test_a_shift_began_when_it_began(api, dana) -> None:
    at = ago(hours=1)
    answer = api.post(f"/agents/{dana.pk}/shift", {"on": True, "at": at.isoformat()})
    assert answer.status_code == 200, answer.text
    assert Agent.of("default", pk=dana.pk).get().shift_since == at
