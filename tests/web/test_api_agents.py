"""Agents through the API: added, on shift, found by where they are, and let go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Agent
from app.models.audit import AuditEntry
from app.rules.permissions import Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

DANA = {"name": "Dana Driver", "email": "Dana@example.com", "phone": "+14155550101"}
HERE = {"longitude": -73.98, "latitude": 40.74}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def made(api: Api, **but: object) -> dict:
    answer = api.post("/agents", {**DANA, **but})
    assert answer.status_code == 201, answer.text
    return answer.json


def at(agent: dict, api: Api, **place: float) -> None:
    path = f"/agents/{agent['id']}"
    assert api.post(f"{path}/shift", {"on": True}).status_code == 200
    assert api.post(f"{path}/position", {"place": place}).status_code == 204


def test_an_agent_is_added_changed_and_let_go(api) -> None:
    agent = made(api)
    assert agent["email"] == "dana@example.com"
    path = f"/agents/{agent['id']}"
    changed = api.patch(path, {"language": "es", "phone": "(415) 555-0109"}, agent["version"])
    assert (changed.json["language"], changed.json["phone"]) == ("es", "+14155550109")
    assert api.patch(path, {"name": "X"}, agent["version"]).status_code == 412
    assert api.delete(path, changed.json["version"]).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get("/agents").json["items"] == []
    assert Agent.of("default").get().is_active is False
    actions = [each.action for each in AuditEntry.of("default").order_by("sequence")]
    assert actions[-3:] == ["agent.created", "agent.changed", "agent.deleted"]


def test_an_address_or_number_of_somebody_else_is_told_where(api) -> None:
    made(api)
    answer = api.post("/agents", {**DANA, "phone": "+14155550102"})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["pointer"] == "/email"


def test_who_has_deliveries_stays(api) -> None:
    agent = made(api)
    factories.delivery(status="assigned", agent_id=agent["id"])
    assert api.delete(f"/agents/{agent['id']}").status_code == 409


def test_positions_are_taken_on_shift_alone_and_forgotten_after(api) -> None:
    agent = made(api)
    path = f"/agents/{agent['id']}"
    refused = api.post(f"{path}/position", {"place": HERE})
    assert (refused.status_code, "shift" in refused.json["detail"]) == (409, True)
    at(agent, api, **HERE)
    known = api.get(path).json
    assert known["place"] == HERE
    assert known["version"] != agent["version"]
    old = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    late = {"place": {"longitude": 0, "latitude": 0}, "at": old}
    assert api.post(f"{path}/position", late).status_code == 204
    moved = api.get(path).json
    assert (moved["place"], moved["version"]) == (HERE, known["version"])
    assert api.post(f"{path}/shift", {"on": False}).json["place"] is None


def test_the_nearest_on_shift_come_first(api) -> None:
    near = made(api, email="a@example.com", phone="+14155550111")
    far = made(api, email="b@example.com", phone="+14155550112")
    off = made(api, email="c@example.com", phone="+14155550113")
    at(far, api, longitude=-73.95, latitude=40.75)
    at(near, api, longitude=-73.981, latitude=40.741)
    at(off, api, **HERE)
    api.post(f"/agents/{off['id']}/shift", {"on": False})
    found = api.get("/agents/nearest?place=-73.98,40.74").json["items"]
    assert [each["agent"]["id"] for each in found] == [near["id"], far["id"]]
    assert 100 < found[0]["metres"] < 200
    listed = api.get("/agents?near=-73.98,40.74&radius=500").json["items"]
    assert [each["id"] for each in listed] == [near["id"]]
    assert api.get("/agents?near=200,40").status_code == 422


def test_another_companys_agents_are_not_near(client, api) -> None:
    other = api_side.key_for(client, "other")
    at(made(other), other, **HERE)
    assert api.get("/agents/nearest?place=-73.98,40.74").json["items"] == []


def test_an_agent_reports_for_themselves_alone(client, settings) -> None:
    dana, other = (api_side.person("default", Role.AGENT, number) for number in (1, 2))
    driver = api_side.signed_in(client, dana)
    assert [each["id"] for each in driver.get("/agents").json["items"]] == [str(dana.pk)]
    assert driver.post(f"/agents/{dana.pk}/shift", {"on": True}).status_code == 200
    assert driver.post(f"/agents/{other.pk}/shift", {"on": True}).status_code == 404
    assert driver.patch(f"/agents/{dana.pk}", {"name": "X"}).status_code == 403
