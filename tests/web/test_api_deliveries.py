"""A delivery through the API, from its plan to its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.models import Agent, AnalysisRecord, Consent, Customer, Delivery
from app.models.audit import AuditEntry
from app.rules import directives
from app.rules.permissions import Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api


def soon(hours: float = 24) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def wish(**but: object) -> dict:
    plain = {
        "customer_name": "Casey Jones",
        "phone": "+14155550123",
        "address": "12 Mill Lane",
        "place": {"longitude": -122.4, "latitude": 37.77},
        "scheduled_time": soon(),
    }
    return {**plain, **but}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


@pytest.fixture
def dana(settings) -> Agent:
    return api_side.person("default", Role.AGENT)


def made(api: Api, **but: object) -> dict:
    answer = api.post("/deliveries", wish(**but))
    assert answer.status_code == 201, answer.text
    return answer.json


def did(api: Api, delivery: dict, deed: str, body: dict | None = None) -> dict:
    answer = api.post(f"/deliveries/{delivery['id']}/{deed}", body)
    assert answer.status_code == 200, answer.text
    return answer.json


def understood(delivery_id: str, words: str) -> None:
    analysis = directives.understand(words, now=datetime.now(UTC))
    delivery = Delivery.of("default", pk=delivery_id).get()
    record = AnalysisRecord.from_rules(
        analysis, source_id=delivery.pk, call_id=None, at=datetime.now(UTC)
    )
    delivery.modify(set__analysis=record, inc__analysis_version=1)


def test_a_planned_delivery_says_when_its_customer_is_called(api) -> None:
    delivery = made(api, reference="R-1")
    assert (delivery["status"], delivery["outreach"]["state"]) == ("scheduled", "pending")
    assert delivery["outreach"]["next_attempt_at"].endswith("Z")
    assert delivery["time_zone"] == "America/Los_Angeles"
    assert api.get(f"/deliveries/{delivery['id']}").json == delivery
    customer = api.get(f"/customers/{delivery['customer_id']}").json
    assert (customer["phone"], customer["consents"]) == ("+14155550123", ["order"])
    again = api.post("/deliveries", wish(reference="R-1"))
    assert (again.status_code, "R-1" in again.json["detail"]) == (409, True)
    assert [each["pointer"] for each in again.json["errors"]] == ["/reference"]


def test_who_gave_no_consent_is_not_called_and_it_says_so(api) -> None:
    outreach = made(api, consent=False)["outreach"]
    assert outreach["state"] == "skipped"
    assert outreach["reason"]


def test_a_delivery_goes_its_way_to_the_door(api, dana) -> None:
    delivery = made(api)
    assert api.post(f"/deliveries/{delivery['id']}/start").status_code == 409
    assigned = did(api, delivery, "assign", {"agent_email": dana.email})
    assert (assigned["status"], assigned["agent_id"]) == ("assigned", str(dana.pk))
    assert Agent.of("default", pk=dana.pk).get().active_deliveries == 1
    assert did(api, delivery, "start")["status"] == "in_transit"
    done = did(api, delivery, "complete", {"notes": "left with the porter"})
    assert done["status"] == "completed"
    assert done["outreach"]["state"] == "skipped"
    assert [each["status"] for each in done["tracking"]] == ["assigned", "in_transit", "completed"]
    assert done["tracking"][-1]["notes"] == "left with the porter"
    agent = Agent.of("default", pk=dana.pk).get()
    assert agent.active_deliveries == 0
    assert agent.performance_metrics.successful_deliveries == 1
    customer = Customer.of("default", pk=delivery["customer_id"]).get()
    assert (customer.successful_deliveries, customer.total_deliveries) == (1, 1)
    rated = did(api, delivery, "feedback", {"rating": 4, "comments": "good"})
    assert rated["feedback"] == {"rating": 4, "comments": "good"}
    assert api.get(f"/customers/{delivery['customer_id']}").json["customer_rating"] == 4
    actions = [each.action for each in AuditEntry.of("default").order_by("sequence")]
    assert actions[-5:] == [
        "delivery.created", "delivery.assigned", "delivery.started", "delivery.completed",
        "delivery.rated",
    ]  # fmt: skip


def test_one_that_failed_is_planned_anew_for_another_day(api, dana) -> None:
    delivery = made(api)
    did(api, delivery, "assign", {"agent_id": str(dana.pk)})
    did(api, delivery, "start")
    assert did(api, delivery, "fail", {"reason": "nobody at home"})["status"] == "failed"
    moved = did(api, delivery, "reschedule", {"scheduled_time": soon(48)})
    assert (moved["status"], moved["agent_id"]) == ("scheduled", None)
    assert moved["outreach"]["state"] == "pending"
    assert Delivery.of("default", pk=delivery["id"]).get().retry_count == 1


def test_the_timeline_names_the_drivers_and_the_times(api, dana) -> None:
    erin = factories.agent(name="Erin Express", email="erin@example.com")
    delivery = made(api, agent_email=dana.email)
    did(api, delivery, "assign", {"agent_id": str(erin.pk)})
    moved = did(api, delivery, "reschedule", {"scheduled_time": soon(48)})
    assert moved["tracking"][-1]["scheduled_before"] == delivery["scheduled_time"]
    did(api, delivery, "start")
    did(api, delivery, "fail", {"reason": "nobody at home"})
    anew = did(api, delivery, "reschedule", {"scheduled_time": soon(50)})
    items = api.get(f"/deliveries/{delivery['id']}/timeline").json["items"]
    assert [each["to"] for each in items if each["to"]] == [erin.name, dana.name]
    told = [
        (each["what"], each["scheduled_before"], each["scheduled_time"])
        for each in items
        if each["scheduled_before"]
    ]
    assert told == [
        ("delivery.planned_anew", moved["scheduled_time"], anew["scheduled_time"]),
        ("delivery.rescheduled", delivery["scheduled_time"], moved["scheduled_time"]),
    ]
    whats = [each["what"] for each in items]
    assert (whats.count("delivery.assigned"), whats.count("delivery.failed")) == (2, 1)


def test_a_stop_leaves_its_number_to_the_round_that_it_was_in(api, dana) -> None:
    erin = factories.agent(name="Erin Express", email="erin@example.com")
    delivery = made(api, agent_email=dana.email, sequence=2)
    assert delivery["sequence"] == 2
    assert did(api, delivery, "assign", {"agent_id": str(dana.pk)})["sequence"] == 2
    assert did(api, delivery, "assign", {"agent_id": str(erin.pk)})["sequence"] is None


def test_nobody_calls_about_a_cancelled_delivery(api) -> None:
    delivery = made(api)
    cancelled = did(api, delivery, "cancel", {"reason": "out of stock"})
    assert (cancelled["status"], cancelled["outreach"]["state"]) == ("cancelled", "skipped")
    assert cancelled["outreach"]["next_attempt_at"] is None
    refused = api.post(f"/deliveries/{delivery['id']}/cancel", {"reason": "again"})
    assert (refused.status_code, "cancelled" in refused.json["detail"]) == (409, True)
    assert api.delete(f"/deliveries/{delivery['id']}").status_code == 204
    assert api.get(f"/deliveries/{delivery['id']}").status_code == 404


def test_the_last_call_is_withdrawn_with_its_delivery(api, runtime) -> None:
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    call = factories.call(delivery, status="queued", covers=[delivery.pk])
    delivery.modify(set__outreach__call_id=call.pk)
    answer = api.post(f"/deliveries/{delivery.pk}/cancel", {"reason": "out of stock"})
    assert answer.status_code == 200, answer.text
    waiting = runtime.enqueuer._queue("calls").job_ids
    assert waiting == [f"withdraw-{call.pk}"]


def test_an_answer_stands_when_the_time_is_moved(api) -> None:
    delivery = factories.delivery(outreach={"state": "instructed", "attempts": 1})
    path = f"/deliveries/{delivery.pk}/reschedule"
    moved = api.post(path, {"scheduled_time": soon(30)})
    assert moved.json["outreach"]["state"] == "instructed"
    assert moved.json["outreach"]["next_attempt_at"] is None


def test_who_was_not_reached_is_called_about_the_new_time(api) -> None:
    delivery = factories.delivery(outreach={"state": "unreachable", "attempts": 3})
    phone = "+442079460123"
    Customer.of("default", pk=delivery.customer_id).update_one(set__phone=phone)
    Consent(
        tenant_id="default", phone=phone, basis="order", source="R-1", since=datetime.now(UTC)
    ).save()
    moved = api.post(f"/deliveries/{delivery.pk}/reschedule", {"scheduled_time": soon(30)})
    assert moved.json["outreach"]["state"] == "pending", moved.json
    assert moved.json["outreach"]["next_attempt_at"]
    assert Delivery.of("default", pk=delivery.pk).get().outreach.excused == 3


@pytest.mark.parametrize(
    ("but", "where"),
    [
        ({"scheduled_time": "2020-01-01T10:00:00Z"}, "/scheduled_time"),
        ({"scheduled_time": soon(24 * 400)}, "/scheduled_time"),
        ({"window_end": soon(23)}, "/window_end"),
        ({"agent_email": "nobody@example.com"}, "/agent_email"),
        ({"place": None, "time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"phone": None}, "/phone"),
        ({"customer_id": "0" * 24, "customer_name": None, "phone": None}, "/customer_id"),
    ],
)
def test_what_cannot_be_planned_says_where_and_why(api, but, where) -> None:
    answer = api.post("/deliveries", wish(**but))
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json["errors"]] == [where]
    assert Delivery.of("default").count() == 0
    assert Customer.of("default").count() == 0


@pytest.mark.parametrize(
    ("but", "where"),
    [
        ({"scheduled_time": "2020-01-01T10:00:00Z"}, "/scheduled_time"),
        ({"scheduled_time": soon(30), "window_end": soon(29)}, "/window_end"),
    ],
)
def test_a_time_that_cannot_be_is_told_where_it_stands(api, but, where) -> None:
    delivery = made(api)
    answer = api.post(f"/deliveries/{delivery['id']}/reschedule", but)
    assert answer.status_code == 422, answer.text
    assert where.strip("/") in answer.json["detail"]
    assert [each["pointer"] for each in answer.json["errors"]] == [where]
    assert api.get(f"/deliveries/{delivery['id']}").json == delivery


def to_known(customer_id: object, **but: object) -> dict:
    plain = {"customer_id": str(customer_id), "scheduled_time": soon(30)}
    return {**plain, "place": {"longitude": -122.4, "latitude": 37.77}, **but}


def test_a_known_customer_is_named_by_their_id(api) -> None:
    first = made(api)
    answer = api.post("/deliveries", to_known(first["customer_id"]))
    assert answer.status_code == 201, answer.text
    assert (answer.json["customer_id"], answer.json["address"]) == (
        first["customer_id"],
        "12 Mill Lane",
    )
    assert answer.json["outreach"]["state"] == "pending"
    elsewhere = api.post("/deliveries", to_known(first["customer_id"], address="1 Quay"))
    assert elsewhere.json["address"] == "1 Quay"
    customer = Customer.of("default").get()
    assert (customer.name, customer.phone, customer.total_deliveries) == (
        "Casey Jones",
        "+14155550123",
        3,
    )


def test_who_is_named_by_an_id_is_not_named_twice_nor_of_another_company(api) -> None:
    known = made(api)["customer_id"]
    foreign = factories.customer("other").pk
    homeless = factories.customer(phone="+442079460123", address=None).pk
    for body, where in (
        (to_known(known, phone="+14155550124"), "/phone"),
        (to_known(foreign), "/customer_id"),
        (to_known(homeless), "/address"),
    ):
        answer = api.post("/deliveries", body)
        assert answer.status_code == 422, answer.text
        assert [each["pointer"] for each in answer.json["errors"]] == [where]
    assert Delivery.of("default").count() == 1


def test_the_number_that_we_call_from_is_no_customers(api, runtime) -> None:
    answer = api.post("/deliveries", wish(phone=runtime.settings.twilio_from_number))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/phone")


def test_codes_are_masked_until_somebody_asks_and_is_noted(client, api, dana) -> None:
    delivery = made(api)
    did(api, delivery, "assign", {"agent_id": str(dana.pk)})
    understood(delivery["id"], "the gate code is 4 7 1 1, leave it behind the planter")
    shown = api.get(f"/deliveries/{delivery['id']}").text
    assert "4711" not in shown
    assert "planter" in shown
    driver = api_side.signed_in(client, dana)
    codes = driver.post(f"/deliveries/{delivery['id']}/codes")
    assert codes.json["items"][0]["slots"]["code"] == "4711"
    noted = AuditEntry.of("default", action="codes.read").get()
    assert (noted.actor.kind, noted.actor.id) == ("user", str(dana.pk))
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    assert viewer.post(f"/deliveries/{delivery['id']}/codes").status_code == 403


def test_an_agent_sees_and_drives_their_own_alone(client, api, dana) -> None:
    mine, theirs = made(api), made(api, phone="+14155550124")
    did(api, mine, "assign", {"agent_id": str(dana.pk)})
    driver = api_side.signed_in(client, dana)
    assert [each["id"] for each in driver.get("/deliveries").json["items"]] == [mine["id"]]
    assert driver.get(f"/deliveries/{theirs['id']}").status_code == 404
    assert driver.post(f"/deliveries/{theirs['id']}/start").status_code == 404
    assert driver.post(f"/deliveries/{mine['id']}/cancel", {"reason": "x"}).status_code == 403
    assert driver.get(f"/customers/{theirs['customer_id']}").status_code == 404
    assert driver.get(f"/customers/{mine['customer_id']}").status_code == 200
    assert driver.post(f"/deliveries/{mine['id']}/start").status_code == 200


def test_deliveries_are_found_by_what_they_are(api, dana) -> None:
    near = made(api, reference="R-1")
    far = made(api, phone="+14155550124", place={"longitude": -73.98, "latitude": 40.74})
    did(api, near, "assign", {"agent_id": str(dana.pk)})

    def found(query: str) -> list[str]:
        answer = api.get(f"/deliveries?{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    both = [near["id"], far["id"]]
    assert sorted(found("")) == sorted(both)
    assert found("status=assigned") == [near["id"]]
    assert sorted(found("status=assigned&status=scheduled")) == sorted(both)
    assert found(f"agent_id={dana.pk}") == [near["id"]]
    assert found("reference=R-1") == [near["id"]]
    assert found("near=-73.98,40.74&radius=1000") == [far["id"]]
    assert found(f"customer_id={far['customer_id']}") == [far["id"]]
    assert found("needs_review=true") == []
    assert found("scheduled_before=2026-01-01T00:00:00Z") == []
    assert found("outreach=pending&sort=created") == both


def test_a_completed_step_is_not_taken_twice_by_a_repeated_request(api, dana) -> None:
    delivery = made(api)
    headers = {"Idempotency-Key": str(uuid4())}
    path = f"/deliveries/{delivery['id']}/assign"
    first = api.post(path, {"agent_id": str(dana.pk)}, headers=headers)
    again = api.post(path, {"agent_id": str(dana.pk)}, headers=headers)
    assert first.json == again.json
    assert Agent.of("default", pk=dana.pk).get().active_deliveries == 1
