"""What was tried against the API and must not work."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from app.models import AnalysisRecord, Customer, Delivery
from app.models.audit import AuditEntry
from app.rules import directives
from app.rules.permissions import Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

KEY = {"Idempotency-Key": "k"}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def wish(**but: object) -> dict:
    plain = {
        "customer_name": "Casey Jones",
        "phone": "+14155550123",
        "address": "12 Mill Lane",
        "place": {"longitude": -122.4, "latitude": 37.77},
        "scheduled_time": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    return {**plain, **but}


def with_a_code(**fields: object) -> Delivery:
    words = "the gate code is 4 7 1 1, leave it behind the planter"
    delivery = factories.delivery(**fields)
    analysis = directives.understand(words, now=datetime.now(UTC))
    record = AnalysisRecord.from_rules(
        analysis, source_id=delivery.pk, call_id=None, at=datetime.now(UTC)
    )
    delivery.modify(set__analysis=record, inc__analysis_version=1)
    return delivery


def test_a_repeated_reading_of_codes_is_a_reading_of_its_own(client, settings) -> None:
    dana, other = (api_side.person("default", Role.AGENT, number) for number in (1, 2))
    delivery = with_a_code(agent_id=dana.pk, status="assigned")
    driver = api_side.signed_in(client, dana)
    path = f"/deliveries/{delivery.pk}/codes"
    for _ in range(2):
        assert driver.post(path, headers=KEY).json["items"][0]["slots"]["code"] == "4711"
    assert AuditEntry.of("default", action="codes.read").count() == 2
    delivery.modify(set__agent_id=other.pk)
    assert driver.post(path, headers=KEY).status_code == 404
    delivery.modify(set__agent_id=dana.pk, unset__analysis=True)
    assert driver.post(path, headers=KEY).json["items"] == []


def test_another_caller_gets_no_kept_answer(client, api) -> None:
    first = api.post("/deliveries", wish(), headers=KEY)
    assert first.status_code == 201
    other = api_side.key_for(client, "default")
    second = other.post("/deliveries", wish(phone="+14155550124"), headers=KEY)
    assert second.status_code == 201
    assert "Idempotency-Replayed" not in second.headers
    assert second.json["id"] != first.json["id"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DISPATCHER])
def test_only_agents_are_given_deliveries(api, role) -> None:
    somebody = api_side.person("default", role)
    planned = api.post("/deliveries", wish(agent_email=somebody.email))
    assert planned.status_code == 422
    delivery = factories.delivery()
    answer = api.post(f"/deliveries/{delivery.pk}/assign", {"agent_id": str(somebody.pk)})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "phone", ["+19005550149", "+18005550199", "+882161234567", "+449098790123", "+97912345678"]
)
def test_numbers_that_cost_or_are_nobodys_are_refused(api, phone) -> None:
    for path, body in (
        ("/deliveries", wish(phone=phone)),
        ("/customers", {"name": "Casey", "phone": phone}),
    ):
        answer = api.post(path, body)
        assert answer.status_code == 422, (path, answer.text)
        assert "number" in answer.json["errors"][0]["detail"]
    assert Customer.of("default").count() == 0


@pytest.mark.parametrize("query", ["phone=", "email=", "name=", "name=%20", "name=%00"])
def test_an_empty_filter_is_told_instead_of_meaning_everybody(api, query) -> None:
    factories.customer()
    assert api.get(f"/customers?{query}").status_code == 400


@pytest.mark.parametrize("at", ["\ud800", "\x00", {"$gt": ""}, ["a"], True, 2**70, {"t": 10**30}])
def test_a_forged_cursor_is_refused(api, at) -> None:
    forged = {"by": "name", "down": False, "at": at, "id": "a" * 24}
    cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
    answer = api.get(f"/customers?sort=name&cursor={cursor}")
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("when", [1795400000, "1795400000", "2027-03-01", "2027-03-01T10:00:00"])
def test_a_time_is_written_as_a_time(api, when) -> None:
    assert api.post("/deliveries", wish(scheduled_time=when)).status_code in (400, 422)


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
        "a.b.c",
        "da_live_000000000000_" + "x" * 49,
    ],
)
def test_forged_credentials_open_nothing(client, settings, token) -> None:
    answer = client.get("/api/v1/deliveries", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_refused_path_never_leads_out_of_the_folder(client, settings) -> None:
    for path in ("docs/..%2f..%2fproblems.py", "docs/%2e%2e/openapi.py", "docs/swagger.svg"):
        assert client.get(f"/api/v1/{path}").status_code == 404
