"""Suppressions through the API: a number is stopped, and let go again with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.models import Suppression, database, numbers
from app.models.audit import AuditEntry
from app.pipeline.suppression import suppress
from app.rules.permissions import MAY, Permission, Role
from tests import factories
from tests.factories import ALWAYS
from tests.web import api_side
from tests.web.api_side import Api

PHONE = "+14155550123"


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def now() -> datetime:
    return datetime.now(UTC)


def made(api: Api, **but: object) -> dict:
    answer = api.post("/suppressions", {"phone": "(415) 555-0123", **but})
    assert answer.status_code == 201, answer.text
    return answer.json


def lifted(api: Api, suppression: dict, reason: str = "misheard"):
    return api.post(f"/suppressions/{suppression['id']}/lift", {"reason": reason})


def entries() -> list[AuditEntry]:
    return list(AuditEntry.of("default", subject__kind="suppression").order_by("sequence"))


def test_a_number_is_stopped_once_however_it_is_written(api) -> None:
    first, again = made(api, scope="calls"), made(api, phone=PHONE, scope="calls")
    assert first == again
    assert (first["phone"], first["source"]) == (PHONE, "dispatcher")
    assert made(api)["scope"] == "all"
    assert [each.action for each in entries()] == ["suppression.created"] * 2
    assert PHONE not in str(list(database().audit_log.find()))
    listed = api.get("/suppressions", query_string={"phone": PHONE, "scope": "calls"}).json["items"]
    assert [each["id"] for each in listed] == [first["id"]]


def test_it_is_lifted_with_a_reason_that_the_audit_log_keeps(api) -> None:
    held = made(api)
    path = f"/suppressions/{held['id']}"
    assert api.post(f"{path}/lift", {}).status_code == 400
    assert api.post(f"{path}/lift", {"reason": "because"}).status_code == 400
    answer = lifted(api, held, "taken_back")
    assert answer.status_code == 200, answer.text
    assert answer.json["deliveries_to_call"] == 0
    assert api.get(path).json["lifted_at"] == answer.json["lifted_at"]
    assert answer.json["version"] == api.get(path).json["version"]
    assert entries()[-1].detail == {"reason": "taken_back", "scope": "all"}
    assert lifted(api, held).status_code == 409
    assert api.get("/suppressions?in_force=true").json["items"] == []
    assert len(api.get("/suppressions?in_force=false").json["items"]) == 1
    assert made(api)["lifted_at"] is None
    assert len(api.get("/suppressions?in_force=true").json["items"]) == 1


def test_a_stopped_number_is_not_called_and_once_let_go_its_deliveries_can_be(api) -> None:
    from app.pipeline.permission import judge_delivery

    customer = factories.customer(phone=PHONE)
    later = now() + timedelta(hours=3)
    ended = factories.delivery(
        customer=customer, scheduled_time=later, outreach={"state": "suppressed"}
    )
    for other in (
        {"outreach": {"state": "pending"}},
        {"outreach": {"state": "suppressed"}, "status": "cancelled"},
        {"outreach": {"state": "suppressed"}, "scheduled_time": now() - timedelta(hours=1)},
        {"outreach": {"state": "suppressed", "attempts": 9}},
    ):
        factories.delivery(customer=customer, **{"scheduled_time": later, **other})
    suppress("default", PHONE, scope="calls", source="key", evidence=ObjectId(), now=now())
    everything = made(api, scope="all")

    def allowed() -> bool:
        verdict = judge_delivery(ended, ALWAYS, now=now(), window=factories.ALL_DAY)
        return bool(verdict and verdict.allowed)

    assert not allowed()
    assert lifted(api, everything).json["deliveries_to_call"] == 0
    assert not allowed()
    (pressed,) = api.get("/suppressions?in_force=true").json["items"]
    assert (pressed["source"], pressed["scope"]) == ("key", "calls")
    assert len(pressed["evidence"]) == 24
    assert lifted(api, pressed).json["deliveries_to_call"] == 1
    assert allowed()


def test_what_was_kept_of_an_erased_customer_is_not_lifted(api) -> None:
    held = made(api)
    digest = numbers.key().digest(PHONE)
    database().suppressions.update_one({}, {"$set": {"phone": digest}})
    refused = lifted(api, held)
    assert (refused.status_code, "erased" in refused.json["detail"]) == (409, True)
    assert api.get(f"/suppressions/{held['id']}").json["phone"] is None
    found = api.get("/suppressions", query_string={"phone": PHONE}).json["items"]
    assert [each["id"] for each in found] == [held["id"]]
    assert made(api)["id"] == held["id"]
    assert Suppression.of("default").count() == 1
    assert Suppression.of("default", lifted_at=None).count() == 1


def test_what_is_no_number_is_told_where(api) -> None:
    answer = api.post("/suppressions", {"phone": "nobody"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/phone"
    assert api.get("/suppressions?phone=nobody").status_code == 422


def test_another_companys_stops_are_not_there_and_do_not_hold_here(client, api) -> None:
    held = made(api)
    other = api_side.key_for(client, "other")
    assert other.get(f"/suppressions/{held['id']}").status_code == 404
    assert lifted(other, held).status_code == 404
    assert other.get("/suppressions").json["items"] == []
    theirs = made(other)
    assert theirs["id"] != held["id"]
    assert lifted(other, theirs).status_code == 200
    assert api.get(f"/suppressions/{held['id']}").json["lifted_at"] is None


@pytest.mark.parametrize("role", list(Role))
def test_dispatchers_and_administrators_see_and_lift_them(client, api, role) -> None:
    held = made(api)
    system = api_side.key_of_role(client, "default", role)
    may = Permission.SUPPRESSIONS_WRITE in MAY[role]
    assert may == (role in {Role.ADMIN, Role.DISPATCHER})
    assert system.get("/suppressions").status_code == (200 if may else 403)
    assert lifted(system, held).status_code == (200 if may else 403)
