"""Planning through the API: the calendar, many assignments at once, suggestions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.models import Agent, Delivery, Tenant
from app.models.audit import AuditEntry
from app.rules.permissions import Permission, Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

DAY = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def at(hours: float, **fields) -> Delivery:
    return factories.delivery(scheduled_time=DAY + timedelta(hours=hours), **fields)


def calendar(api: Api, days: int = 1, since: datetime = DAY, **query) -> dict:
    asked = {
        "scheduled_from": since.isoformat(),
        "scheduled_before": (since + timedelta(days=days)).isoformat(),
        "time_zone": "UTC",
    }
    answer = api.get("/deliveries/calendar", query_string={**asked, **query})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_calendar_counts_by_day_and_state_and_lists_what_is_few(api) -> None:
    dana = factories.agent()
    at(1), at(2), at(30)
    there = at(3, status="assigned", agent_id=dana.pk, route={"sequence": 4})
    at(4, deleted_at=DAY, status="cancelled")
    at(49)
    factories.delivery("other", scheduled_time=DAY + timedelta(hours=1))
    told = calendar(api, 2)
    counts = [(each["start"][8:10], each["status"], each["deliveries"]) for each in told["counts"]]
    assert counts == [("10", "assigned", 1), ("10", "scheduled", 2), ("11", "scheduled", 1)]
    assert told["total"] == len(told["stops"]) == 4
    shown = told["stops"][2]
    assert (shown["id"], shown["agent_id"], shown["sequence"]) == (str(there.pk), str(dana.pk), 4)
    assert shown["customer"] == "Casey Customer"
    assert shown["place"] == {"longitude": -0.1, "latitude": 51.5}


def test_what_is_many_is_counted_alone(api) -> None:
    at(1), at(1.5), at(9)
    told = calendar(api, stops_up_to=2, by="hour")
    assert told["stops"] is None
    assert [(each["start"][11:16], each["deliveries"]) for each in told["counts"]] == [
        ("01:00", 2), ("09:00", 1),
    ]  # fmt: skip
    assert len(calendar(api, stops_up_to=3)["stops"]) == 3


def test_days_are_those_of_the_zone(api) -> None:
    at(2)
    (here,) = calendar(api, time_zone="America/New_York", since=DAY - timedelta(days=1), days=2)[
        "counts"
    ]
    assert here["start"].startswith("2026-03-09T04:00")
    Tenant.of("default").update_one(set__calling__time_zone="Asia/Kolkata")
    (there,) = calendar(api, time_zone="")["counts"] or [None]
    assert there["start"].startswith("2026-03-09T18:30")


def test_the_calendar_is_narrowed_by_agent_and_state(api) -> None:
    dana, erin = factories.agent(), factories.agent()
    at(1), at(2, agent_id=dana.pk, status="assigned"), at(3, agent_id=erin.pk, status="in_transit")
    assert calendar(api, agent_id=str(dana.pk))["total"] == 1
    assert calendar(api, unassigned="true")["total"] == 1
    assert calendar(api, status=["assigned", "in_transit"])["total"] == 2


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"scheduled_before": "2026-03-09T00:00:00Z"}, "scheduled_before"),
        ({"scheduled_before": "2026-09-09T00:00:00Z"}, "scheduled_before"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"agent_id": "a" * 24, "unassigned": "true"}, "unassigned"),
    ],
)
def test_what_is_no_calendar_is_told(api, query, name) -> None:
    asked = {"scheduled_from": DAY.isoformat(), "scheduled_before": DAY.isoformat()}
    answer = api.get("/deliveries/calendar", query_string={**asked, **query})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["name"] == name


def test_an_agents_calendar_holds_their_own_deliveries_alone(client) -> None:
    api_side.company("default")
    dana = api_side.person("default", Role.AGENT)
    other = factories.agent()
    mine = at(1, agent_id=dana.pk, status="assigned")
    at(2, agent_id=other.pk, status="assigned"), at(3)
    own = api_side.signed_in(client, dana)
    assert [each["id"] for each in calendar(own)["stops"]] == [str(mine.pk)]
    assert calendar(own, unassigned="true")["total"] == 0
    assert calendar(own, agent_id=str(other.pk))["total"] == 0


def test_names_are_for_who_may_read_customers(client) -> None:
    at(1)
    api = api_side.key_for(client, "default", {Permission.DELIVERIES_READ})
    assert calendar(api)["stops"][0]["customer"] is None


def assign(api: Api, pairs, **more) -> dict:
    items = [{"delivery_id": str(d), "agent_id": str(a)} for d, a in pairs]
    answer = api.post("/deliveries/assign", {"items": items, **more}, headers=more.pop("h", {}))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_many_are_assigned_or_refused_each_by_itself(api) -> None:
    dana = factories.agent()
    first, over, last = at(1), at(2, status="cancelled"), at(3)
    told = assign(api, [
        (first.pk, dana.pk), (over.pk, dana.pk), (ObjectId(), dana.pk), (last.pk, ObjectId()),
        (last.pk, dana.pk),
    ])  # fmt: skip
    assert [each["outcome"] for each in told["rows"]] == [
        "assigned", "refused", "refused", "refused", "assigned",
    ]  # fmt: skip
    assert "cancelled" in told["rows"][1]["detail"]
    assert "no active agent" in told["rows"][3]["detail"]
    assert (told["assigned"], told["refused"]) == (2, 3)
    assert Delivery.of("default", agent_id=dana.pk, status="assigned").count() == 2
    assert Agent.of("default", pk=dana.pk).get().active_deliveries == 2
    assert AuditEntry.of("default", action="delivery.assigned").count() == 2


def test_what_somebody_else_drives_meanwhile_stays_theirs(api) -> None:
    dana, erin = factories.agent(), factories.agent()
    taken, mine = (at(1, agent_id=a.pk, status="assigned") for a in (erin, dana))
    told = assign(api, [(taken.pk, dana.pk), (mine.pk, dana.pk)], only_unassigned=True)
    assert [each["outcome"] for each in told["rows"]] == ["refused", "assigned"]
    assert "somebody else" in told["rows"][0]["detail"]
    assert Delivery.of("default", pk=taken.pk).get().agent_id == erin.pk


def test_who_drives_now_is_told_what_was_understood(api, runtime) -> None:
    dana = factories.agent()
    heard = at(1, analysis={"directives": [], "sentiment": "neutral", "priority": "normal"})
    assign(api, [(heard.pk, dana.pk), (at(2).pk, dana.pk)])
    assert runtime.enqueuer._queue("answers").job_ids == [f"tell-{heard.pk}"]


def suggest(api: Api, **asked) -> dict:
    body = {
        "scheduled_from": DAY.isoformat(),
        "scheduled_before": (DAY + timedelta(days=1)).isoformat(),
        **asked,
    }
    answer = api.post("/deliveries/suggest", body)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_suggestion_says_who_would_get_what_and_changes_nothing(api) -> None:
    dana, erin = factories.agent(name="Dana"), factories.agent(name="Erin")
    at(1, agent_id=dana.pk, status="assigned", coordinates=[-0.1, 51.5])
    at(1, agent_id=erin.pk, status="assigned", coordinates=[-0.2, 51.6])
    near_dana, near_erin = at(2, coordinates=[-0.1, 51.51]), at(3, coordinates=[-0.2, 51.61])
    nowhere = at(4, coordinates=None)
    told = suggest(api)
    given = {each["delivery_id"]: each["agent_id"] for each in told["items"]}
    assert given == {str(near_dana.pk): str(dana.pk), str(near_erin.pk): str(erin.pk)}
    assert told["left"] == [{"delivery_id": str(nowhere.pk), "why": "nowhere"}]
    assert [(each["name"], each["has"], each["gets"]) for each in told["agents"]] == [
        ("Dana", 1, 1), ("Erin", 1, 1),
    ]  # fmt: skip
    assert 1000 < told["agents"][0]["metres"] < 1200
    assert Delivery.of("default", status="scheduled").count() == 3


def test_a_suggestion_is_for_the_chosen_stops_and_agents_and_the_companys_room(api) -> None:
    dana, erin = factories.agent(), factories.agent()
    factories.agent(is_active=False), factories.agent(role="dispatcher")
    first, second = at(1), at(2)
    at(3)
    chosen = [str(first.pk), str(second.pk)]
    told = suggest(api, delivery_ids=chosen, agent_ids=[str(erin.pk)], room=1)
    assert [each["agent_id"] for each in told["items"]] == [str(erin.pk)]
    assert [each["why"] for each in told["left"]] == ["full"]
    assert len(suggest(api)["agents"]) == 2
    assert api.patch("/settings", {"stops_per_driver": 1}).json["stops_per_driver"] == 1
    assert {each["agent_id"] for each in suggest(api)["items"]} == {str(dana.pk), str(erin.pk)}
    assert [each["why"] for each in suggest(api)["left"]] == ["full"]
    assert suggest(api, agent_ids=[])["left"][0]["why"] == "nobody"


def test_where_agents_are_counts_on_the_day_itself(api) -> None:
    now = datetime.now(UTC)
    far = factories.agent(shift_since=now, current_location=[-0.3, 51.5])
    near = factories.agent(shift_since=now, current_location=[-0.11, 51.5])
    factories.delivery(scheduled_time=now + timedelta(minutes=5))
    around = {
        "scheduled_from": (now - timedelta(hours=1)).isoformat(),
        "scheduled_before": (now + timedelta(hours=1)).isoformat(),
    }
    (found,) = suggest(api, **around)["items"]
    assert found["agent_id"] == str(near.pk) != str(far.pk)
    assert found["metres"] > 0
    ahead = {**around, "scheduled_from": (now + timedelta(seconds=9)).isoformat()}
    assert suggest(api, **ahead)["items"][0]["metres"] is None
