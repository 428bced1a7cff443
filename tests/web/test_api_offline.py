"""What drivers did without a network, told when it is back: when it was, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.models import Agent, Delivery, PushMessage
from app.rules.permissions import Role
from tests import factories
from tests.web import api_side, page_side
from tests.web.api_side import Api


@pytest.fixture
def dana(settings) -> Agent:
    return api_side.person("default", Role.AGENT)


@pytest.fixture
def api(client, dana) -> Api:
    return api_side.signed_in(client, dana)


@pytest.fixture
def dot(client) -> Api:
    return api_side.signed_in(client, api_side.person("default", Role.DISPATCHER))


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


def told(dot: Api, stop: Delivery) -> list[dict]:
    """What a dispatcher reads of the driver's acts, the first one first."""
    items = dot.get(f"/deliveries/{stop.pk}/timeline").json["items"]
    return [each for each in reversed(items) if each["by"] and each["what"] != "push.sent"]


def instructed(stop: Delivery, dana: Agent, version: int) -> PushMessage:
    return PushMessage(
        tenant_id="default", agent_id=dana.pk, kind="instructions", delivery_id=stop.pk,
        version=version, text="x", sent_at=ago(hours=3),
    ).save()  # fmt: skip


def written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_each_act_stands_once_in_the_timeline_when_it_was_done_and_by_whom(
    dot, api, stop, dana
) -> None:
    instructed(stop, dana, 2)
    seen, started, completed = ago(hours=2), ago(minutes=90), ago(minutes=80)
    begun = written(datetime.now(UTC))
    for deed, at in (("acknowledge", seen), ("start", started), ("complete", completed)):
        body = {"at": at.isoformat()}
        assert api.post(f"/deliveries/{stop.pk}/{deed}", body).status_code == 200
    acts = told(dot, stop)
    assert [(each["what"], each["at"], each["by"]) for each in acts] == [
        ("delivery.acknowledged", written(seen), dana.name),
        ("delivery.started", written(started), dana.name),
        ("delivery.completed", written(completed), dana.name),
    ]
    assert all(each["told_at"] >= begun for each in acts)


def test_an_act_that_was_told_at_once_says_no_other_time(dot, api, stop, dana) -> None:
    instructed(stop, dana, 2)
    for deed in ("acknowledge", "start"):
        assert api.post(f"/deliveries/{stop.pk}/{deed}").status_code == 200
    acts = [(each["what"], each["by"], each["told_at"]) for each in told(dot, stop)]
    assert acts == [
        ("delivery.acknowledged", dana.name, None), ("delivery.started", dana.name, None),
    ]  # fmt: skip


def test_seeing_the_older_and_the_newer_instructions_are_two_acts(dot, api, stop, dana) -> None:
    first, second = ago(hours=2), ago(hours=1)
    for version, at in ((1, first), (2, second)):
        instructed(stop, dana, version)
        body = {"analysis_version": version, "at": at.isoformat()}
        assert api.post(f"/deliveries/{stop.pk}/acknowledge", body).status_code == 200
    acts = told(dot, stop)
    assert [(each["what"], each["at"]) for each in acts] == [
        ("delivery.acknowledged", written(first)), ("delivery.acknowledged", written(second)),
    ]  # fmt: skip


def test_what_was_done_twice_is_told_twice_each_with_its_own_time(dot, api, stop, dana) -> None:
    path = f"/deliveries/{stop.pk}"
    first = ago(hours=2)
    api.post(f"{path}/start", {"at": first.isoformat()})
    api.post(f"{path}/fail", {"at": first.isoformat(), "reason": "nobody at home"})
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert dot.post(f"{path}/reschedule", {"scheduled_time": later}).status_code == 200
    assert dot.post(f"{path}/assign", {"agent_id": str(dana.pk)}).status_code == 200
    assert api.post(f"{path}/start").status_code == 200
    one, other = [each for each in told(dot, stop) if each["what"] == "delivery.started"]
    assert (one["at"], one["told_at"] is None) == (written(first), False)
    assert (other["at"] > one["told_at"], other["told_at"]) == (True, None)


def test_seeing_it_again_is_an_act_of_its_own(dot, api, stop) -> None:
    path, at = f"/deliveries/{stop.pk}/acknowledge", ago(hours=1)
    for body in ({"at": at.isoformat()}, {}):
        assert api.post(path, body).status_code == 200
    one, other = told(dot, stop)
    assert (one["at"], one["told_at"] is None) == (written(at), False)
    assert (other["at"] > one["told_at"], other["told_at"]) == (True, None)


def test_a_driver_who_has_it_no_more_has_not_seen_it(dot, stop, dana) -> None:
    instructed(stop, dana, 2)
    erin = factories.agent(name="Erin Express", email="erin@example.com")
    answer = dot.post(f"/deliveries/{stop.pk}/assign", {"agent_id": str(erin.pk)})
    assert answer.status_code == 200, answer.text
    assert PushMessage.of("default", acknowledged_at=None).count() == 0
    assert [each["what"] for each in told(dot, stop)] == ["delivery.assigned"]


def test_the_page_says_beside_the_act_when_it_was_sent(client, stop, dana) -> None:
    done = ago(minutes=30)
    driver = api_side.signed_in(client, dana)
    assert driver.post(f"/deliveries/{stop.pk}/start", {"at": done.isoformat()}).status_code == 200
    assert driver.post(f"/deliveries/{stop.pk}/complete").status_code == 200
    dot = page_side.browser(client, page_side.person("dispatcher", name="Dot Dispatcher"))
    story = " ".join(dot.get(f"/deliveries/{stop.pk}").get_data(as_text=True).split())
    assert story.count(f"On the way · <bdi>{dana.name}</bdi>") == 1
    assert story.count('<span class="aside">sent at ') == 1, "the other was told at once"


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
