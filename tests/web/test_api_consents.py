"""Consents through the API: why a number may be called is noted, and withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models.audit import AuditEntry
from app.pipeline.permission import judge_delivery
from app.rules.permissions import MAY, Permission, Role
from tests import factories
from tests.factories import BOOK
from tests.web import api_side
from tests.web.api_side import Api

PHONE = "+14155550123"
WISH = {"phone": "(415) 555-0123", "basis": "express", "source": "web form 4711"}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def made(api: Api, **but: object) -> dict:
    answer = api.post("/consents", {**WISH, **but})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_number_may_be_called_from_its_consent_until_that_is_withdrawn(api) -> None:
    noon = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
    delivery = factories.delivery(
        customer=factories.customer(phone=PHONE),
        scheduled_time=datetime.now(UTC) + timedelta(hours=30),
    )

    def lacks_consent() -> bool:
        at = datetime.now(UTC)
        verdict = judge_delivery(delivery, BOOK, now=at, window=factories.ALL_DAY)
        return verdict is not None and "consent" in verdict.summary

    assert lacks_consent()
    consent = made(api, since=noon.isoformat())
    assert (consent["phone"], consent["since"]) == (PHONE, "2026-03-10T17:00:00.000Z")
    assert not lacks_consent()
    answer = api.post(f"/consents/{consent['id']}/withdraw")
    assert answer.status_code == 200, answer.text
    assert answer.json["withdrawn"] is not None
    assert lacks_consent()
    assert api.post(f"/consents/{consent['id']}/withdraw").status_code == 409
    actions = AuditEntry.of("default", subject__kind="consent").order_by("sequence")
    assert [each.action for each in actions] == ["consent.created", "consent.withdrawn"]


def test_the_same_is_noted_once_and_again_after_it_was_withdrawn(api) -> None:
    first = made(api)
    again = api.post("/consents", WISH)
    assert (again.status_code, first["id"] in again.json["detail"]) == (409, True)
    assert made(api, source="letter")["id"] != first["id"]
    api.post(f"/consents/{first['id']}/withdraw")
    assert made(api)["id"] != first["id"]
    assert len(api.get("/consents?in_force=true&basis=express").json["items"]) == 2
    old = api.get("/consents?in_force=false").json["items"]
    assert [each["id"] for each in old] == [first["id"]]
    assert api.get("/consents?basis=order").json["items"] == []
    assert len(api.get("/consents", query_string={"phone": PHONE}).json["items"]) == 3
    assert api.get("/consents?phone=%2B14155550999").json["items"] == []


def test_no_consent_comes_from_the_future(api) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = api.post("/consents", {**WISH, "since": tomorrow})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/since"


def test_another_companys_consents_are_not_there(client, api) -> None:
    consent = made(api)
    other = api_side.key_for(client, "other")
    assert other.get(f"/consents/{consent['id']}").status_code == 404
    assert other.post(f"/consents/{consent['id']}/withdraw").status_code == 404
    assert other.get("/consents").json["items"] == []
    assert api.get(f"/consents/{consent['id']}").json == consent


@pytest.mark.parametrize("role", list(Role))
def test_dispatchers_and_administrators_keep_them(client, api, role) -> None:
    consent = made(api)
    system = api_side.key_of_role(client, "default", role)
    may = Permission.CONSENTS_WRITE in MAY[role]
    assert may == (role in {Role.ADMIN, Role.DISPATCHER})
    assert system.get("/consents").status_code == (200 if may else 403)
    answer = system.post(f"/consents/{consent['id']}/withdraw")
    assert answer.status_code == (200 if may else 403)
