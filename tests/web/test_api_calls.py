"""Calls through the API: read, placed now, cancelled, explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.gateways import CallRequest, Placed
from app.models import CallLog, Consent, Customer, Delivery, database
from app.models.audit import AuditEntry
from app.pipeline import circuit, claim
from app.pipeline.conclude import conclude
from app.pipeline.dial import Line, dial
from app.pipeline.due import Room
from app.rules.permissions import Permission, Role
from app.states import CALL
from tests import factories
from tests.fakes import FakeVoice
from tests.web import api_side
from tests.web.api_side import Api
from tests.web.test_api_deliveries import soon
from workers import jobs


@pytest.fixture
def runtime(settings):
    from app.runtime import Runtime, install

    # As much as a day's calls may need, at whatever hour the tests run.
    fields = {"calling_hours": "00:00-23:59", "calling_rules": str(factories.ALWAYS_RULES)}
    found = Runtime(settings.model_copy(update=fields))
    install(found)
    return found


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def expected(**outreach: object) -> Delivery:
    """A delivery of tomorrow, where it is not about midnight now."""
    now = datetime.now(UTC).replace(microsecond=0)
    state = {"state": "pending", "next_attempt_at": now + timedelta(hours=3), **outreach}
    place = [-0.1, 51.5] if 2 <= now.hour < 21 else [-118.2, 34.05]
    return factories.delivery(
        scheduled_time=now + timedelta(hours=24), outreach=state, coordinates=place
    )


def asked_now(api: Api, delivery: Delivery, reason: str = "she wrote that she is at home now"):
    return api.post(f"/deliveries/{delivery.pk}/calls", {"reason": reason})


def fresh(document):
    return type(document).of(document.tenant_id, pk=document.pk).get()


def claimed() -> list[CallLog]:
    claim.claim_batch(factories.policy(), now=datetime.now(UTC), room=Room(10, {}))
    return list(CallLog.of("default"))


def test_a_call_that_is_asked_for_is_due_at_once_and_says_who_asked(client, settings) -> None:
    dot = api_side.person("default", Role.DISPATCHER)
    api = api_side.signed_in(client, dot)
    delivery = expected()
    assert claimed() == []
    answer = asked_now(api, delivery)
    assert answer.status_code == 202, answer.text
    assert answer.json["outreach"]["state"] == "pending"
    assert answer.json["stopped"] is None
    assert answer.json["version"] == api.get(f"/deliveries/{delivery.pk}").json["version"]
    (call,) = claimed()
    shown = api.get(f"/calls/{call.pk}").json
    assert shown["asked"]["by"] == str(dot.pk)
    assert shown["asked"]["why"] == "she wrote that she is at home now"
    assert (shown["status"], shown["covers"]) == ("intended", [str(delivery.pk)])
    assert shown["why_allowed"]["allowed"] is True
    assert fresh(delivery).outreach.asked is None
    assert "at home" not in str(database().call_logs.find_one())
    noted = AuditEntry.of("default", action="call.placed").get()
    assert (noted.actor.id, noted.subject.id) == (str(dot.pk), str(delivery.pk))


@pytest.mark.parametrize("state", ["nothing_said", "unreachable", "skipped", "suppressed"])
def test_who_was_given_up_may_be_called_again(api, state) -> None:
    delivery = expected(state=state, attempts=1, next_attempt_at=None, to_text=True)
    answer = asked_now(api, delivery)
    assert answer.status_code == 202, answer.text
    assert answer.json["outreach"]["state"] == "pending"
    assert fresh(delivery).outreach.to_text is None
    assert len(claimed()) == 1


@pytest.mark.parametrize(
    ("outreach", "says"),
    [
        ({"state": "instructed"}, "heard already"),
        ({"state": "declined"}, "heard already"),
        ({"state": "calling", "call_id": ObjectId("a" * 24)}, "a" * 24),
        ({"state": "waiting", "attempts": 4}, "4 of at most 4"),
        ({"state": "unreachable", "attempts": 6, "excused": 2}, "4 of at most 4"),
    ],
)
def test_nobody_is_called_who_need_not_or_may_not_be(api, outreach, says) -> None:
    delivery = expected(**outreach)
    answer = asked_now(api, delivery)
    assert answer.status_code == 409
    assert says in answer.json["detail"]
    assert fresh(delivery).outreach.asked is None
    assert claimed() == []


def test_nobody_is_called_about_a_delivery_that_is_over(api) -> None:
    delivery = expected(state="skipped")
    delivery.modify(set__status="cancelled")
    answer = asked_now(api, delivery)
    assert (answer.status_code, "cancelled" in answer.json["detail"]) == (409, True)


def test_the_gate_is_not_passed_and_tells_when_it_opens(client, settings) -> None:
    from app import create_app
    from app.runtime import Runtime

    delivery = expected()
    at_night = {"calling_hours": "00:30-01:00", "calling_rules": str(factories.ALWAYS_RULES)}
    strict = settings.model_copy(update=at_night)
    api = api_side.key_for(create_app(strict, Runtime(strict)).test_client(), "default")
    answer = asked_now(api, delivery)
    assert answer.status_code == 409
    assert "is outside" in answer.json["detail"]
    assert "allowed from 20" in answer.json["detail"]
    assert fresh(delivery).outreach.next_attempt_at == delivery.outreach.next_attempt_at


def test_who_is_not_to_be_called_is_not_called_by_hand_either(api) -> None:
    from app.pipeline.suppression import suppress

    delivery = expected(state="suppressed")
    phone = Customer.of("default", pk=delivery.customer_id).get().phone
    suppress("default", phone, source="dispatcher", evidence=ObjectId(), now=datetime.now(UTC))
    answer = asked_now(api, delivery)
    assert answer.status_code == 409
    assert "never" in answer.json["detail"]


def test_an_open_circuit_is_told(api) -> None:
    database().circuits.insert_one(
        {"_id": circuit.CALLS, "state": "open", "reason": "the account is suspended",
         "probe_at": datetime.now(UTC) + timedelta(minutes=1)}
    )  # fmt: skip
    answer = asked_now(api, expected())
    assert (answer.status_code, answer.json["stopped"]) == (202, "the account is suspended")


def test_calls_by_hand_end_with_the_attempts_that_there_are(api) -> None:
    delivery = expected()
    made = 0
    while asked_now(api, delivery).status_code == 202:
        calls = [each for each in claimed() if each.status == "intended"]
        (call,) = calls
        call.modify(set__dialing_at=datetime.now(UTC))
        call.move_to(CALL, "no-answer", at=datetime.now(UTC), cause="test", set__in_flight=False)
        conclude(call.pk, terms(), now=datetime.now(UTC))
        call.modify(set__dialing_at=datetime.now(UTC) - timedelta(hours=1))
        made += 1
        assert made < 10
    assert made == 4


def terms():
    from app.pipeline.again import Terms
    from app.rules import attempts

    return Terms(
        policy=attempts.parse("no-answer=60"), book=factories.ALWAYS, window=factories.ALL_DAY
    )


def called(status: str = "intended", **fields) -> CallLog:
    delivery = expected(state="calling", attempts=1, next_attempt_at=None)
    return factories.call(delivery, status=status, claimed_at=datetime.now(UTC), **fields)


def cancelled(api: Api, call: CallLog):
    return api.post(f"/calls/{call.pk}/cancel", {"reason": "he is here in the shop"})


def test_a_call_that_was_not_dialled_is_cancelled_at_once(api, runtime) -> None:
    call = called()
    answer = cancelled(api, call)
    assert answer.status_code == 202, answer.text
    assert (answer.json["status"], answer.json["outcome"]) == ("canceled", "withdrawn")
    assert answer.json["cancelled"]["why"] == "he is here in the shop"
    assert runtime.enqueuer._queue("calls").job_ids == []
    assert runtime.enqueuer._queue("answers").job_ids == [f"conclude-{call.pk}"]
    assert dial(call.pk, Line(FakeVoice(), "http://x", factories.policy())) is None
    assert AuditEntry.of("default", action="call.cancelled").count() == 1


def test_no_call_follows_by_itself_where_one_was_cancelled(api) -> None:
    call = called()
    cancelled(api, call)
    conclude(call.pk, terms(), now=datetime.now(UTC))
    delivery = Delivery.of("default", pk=call.delivery_id).get()
    assert (delivery.outreach.state, delivery.outreach.next_attempt_at) == ("skipped", None)
    assert delivery.outreach.reason == "a call was cancelled by hand"
    assert delivery.outreach.excused == 1
    assert claimed() == [fresh(call)]
    assert asked_now(api, delivery).status_code == 202


def test_a_telephone_that_rang_before_it_was_cancelled_counts(api) -> None:
    call = called("ringing", dialing_at=datetime.now(UTC), call_sid=factories.sid("CA"))
    cancelled(api, call)
    fresh(call).move_to(
        CALL, "canceled", at=datetime.now(UTC), cause="test", set__outcome="rang",
        set__in_flight=False,
    )  # fmt: skip
    conclude(call.pk, terms(), now=datetime.now(UTC))
    assert not Delivery.of("default", pk=call.delivery_id).get().outreach.excused


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"status": "unknown"}, "try again"),
        ({"status": "in-progress"}, "answered"),
        ({"status": "no-answer"}, "over already"),
        ({"status": "queued", "direction": "inbound", "attempt": 0}, "customer called us"),
    ],
)
def test_what_cannot_be_cancelled_says_why(api, fields, says) -> None:
    call = called(**fields)
    answer = cancelled(api, call)
    assert (answer.status_code, says in answer.json["detail"]) == (409, True)
    assert fresh(call).cancelled is None


def test_a_call_that_is_being_dialled_is_not_dialled_again_once_cancelled(api) -> None:
    call = called(dialing_at=datetime.now(UTC))
    assert cancelled(api, call).json["status"] == "intended"
    # The network did not take the request: the same call would be sent again.
    fresh(call).modify(unset__dialing_at=True)
    voice = FakeVoice()
    dial(call.pk, Line(voice, "http://x", factories.policy()))
    assert (voice.placed, fresh(call).status) == ([], "canceled")


def at_the_network(runtime, call: CallLog, number: str) -> str:
    """The carrier has the call, and nobody has answered it."""
    nowhere = "http://127.0.0.1:1/nobody"
    placed = runtime.voice.place_call(
        CallRequest(number, call.from_number, nowhere, nowhere, nowhere)
    )
    assert isinstance(placed, Placed)
    call.modify(
        set__call_sid=placed.call_sid, set__dialing_at=datetime.now(UTC), set__status="queued",
        set__to_number=number,
    )  # fmt: skip
    return placed.call_sid


def test_the_network_ends_a_call_that_was_cancelled(api, runtime, carrier) -> None:
    call = called()
    carrier.assign("+447700900201", [{"outcome": "no_answer", "queued": 7200}])
    name = at_the_network(runtime, call, "+447700900201")
    assert cancelled(api, call).json["status"] == "queued"
    assert runtime.enqueuer._queue("calls").job_ids == [f"withdraw-{call.pk}"]
    jobs.withdraw(str(call.pk))
    assert fresh(call).status == "canceled"
    assert runtime.voice.fetch_call(name).status == "canceled"


def test_the_network_ends_the_call_about_a_cancelled_delivery(api, runtime, carrier) -> None:
    call = called()
    carrier.assign("+447700900202", [{"outcome": "no_answer", "queued": 7200}])
    name = at_the_network(runtime, call, "+447700900202")
    answer = api.post(f"/deliveries/{call.delivery_id}/cancel", {"reason": "out of stock"})
    assert answer.status_code == 200, answer.text
    jobs.withdraw(str(call.pk))
    jobs.conclude(str(call.pk))
    assert runtime.voice.fetch_call(name).status == "canceled"
    assert fresh(call).history[-1].cause == "the delivery is over"
    assert Delivery.of("default", pk=call.delivery_id).get().outreach.state == "skipped"


def test_calls_are_found_by_what_they_are_about(api) -> None:
    first, second = called(), called("no-answer", in_flight=False)
    second.modify(set__claimed_at=datetime.now(UTC) + timedelta(minutes=1))

    def found(query: str) -> list[str]:
        answer = api.get(f"/calls?{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    assert found("") == [str(second.pk), str(first.pk)]
    assert found("sort=claimed_at") == [str(first.pk), str(second.pk)]
    assert found("status=no-answer") == [str(second.pk)]
    assert found(f"delivery_id={first.delivery_id}") == [str(first.pk)]
    assert found(f"customer_id={second.customer_id}") == [str(second.pk)]
    assert found("claimed_before=2026-01-01T00:00:00Z") == []
    assert found(f"claimed_from={soon(0.01).replace('+', '%2B')}") == [str(second.pk)]


def test_what_was_typed_is_shown_only_where_the_script_offers_it(api) -> None:
    now = datetime.now(UTC)
    call = called(
        "completed", webhook_events=[{"key": "k", "data": {"Caller": "+14155550123"}}],
        error_code="13224", error_message="+14155550123 is invalid",
        keys=[
            {"step": "greeting", "digits": "9", "at": now},
            {"step": "inbound-unknown", "digits": "4711", "at": now},
        ],
    )  # fmt: skip
    answer = api.get(f"/calls/{call.pk}")
    assert [(each["key"], each["means"]) for each in answer.json["keys"]] == [
        ("9", "never call again")
    ]
    assert answer.json["error"]["code"] == "13224"
    for hidden in ("4711", "4155550123", "webhook"):
        assert hidden not in answer.text


def test_an_agent_sees_the_calls_about_their_own_deliveries_alone(client, api) -> None:
    dana = api_side.person("default", Role.AGENT)
    mine, theirs = called(), called()
    Delivery.of("default", pk=mine.delivery_id).update(set__agent_id=dana.pk)
    mine.modify(push__covers=theirs.delivery_id)
    driver = api_side.signed_in(client, dana)
    (listed,) = driver.get("/calls").json["items"]
    assert (listed["id"], listed["covers"]) == (str(mine.pk), [str(mine.delivery_id)])
    assert driver.get(f"/calls/{mine.pk}").json == listed
    assert driver.get(f"/calls/{theirs.pk}").status_code == 404
    assert driver.get(f"/deliveries/{theirs.delivery_id}/why").status_code == 404
    assert driver.get(f"/deliveries/{mine.delivery_id}/why").status_code == 200
    assert cancelled(driver, mine).status_code == 403
    assert asked_now(driver, fresh(mine)).status_code == 403


def test_another_companys_calls_are_not_there(client, api) -> None:
    call = called()
    other = api_side.key_for(client, "other")
    assert other.get(f"/calls/{call.pk}").status_code == 404
    assert cancelled(other, call).status_code == 404
    assert other.post(f"/deliveries/{call.delivery_id}/calls", {"reason": "x"}).status_code == 404
    assert other.get(f"/deliveries/{call.delivery_id}/why").status_code == 404
    assert other.get("/calls").json["items"] == []
    assert fresh(call).cancelled is None


def test_who_may_only_read_calls_places_and_cancels_none(client, settings) -> None:
    call = called()
    reader = api_side.key_for(client, "default", {Permission.CALLS_READ})
    assert reader.get(f"/calls/{call.pk}").status_code == 200
    assert cancelled(reader, call).status_code == 403
    assert reader.post(f"/deliveries/{call.delivery_id}/calls", {"reason": "x"}).status_code == 403


def test_why_a_customer_is_called_is_told_rule_by_rule(client, settings) -> None:
    from app import create_app
    from app.runtime import Runtime

    # By the rules that come with the product.
    api = api_side.key_for(create_app(settings, Runtime(settings)).test_client(), "default")
    delivery = expected()
    told = api.get(f"/deliveries/{delivery.pk}/why").json
    assert told["verdict"]["allowed"] is False
    rules = {each["rule"]: each["weight"] for each in told["verdict"]["reasons"]}
    assert "forbids" in rules.values()
    phone = Customer.of("default", pk=delivery.customer_id).get().phone
    assert phone not in str(told)
    past = api.get(f"/deliveries/{delivery.pk}/why?at=2026-03-10T03:00:00Z&channel=sms").json
    assert (past["channel"], past["verdict"]["at"]) == ("sms", "2026-03-10T03:00:00.000Z")
    assert Consent.of("default").count() == 0


def test_every_list_of_calls_rests_on_an_index(settings) -> None:
    from app.pipeline import calls as listed

    for _ in range(30):
        called("no-answer", in_flight=False)
    one = CallLog.of("default").first()
    filters = [
        {},
        {"delivery_id": str(one.delivery_id)},
        {"customer_id": str(one.customer_id)},
        {"status": ["busy"]},
        {"since": datetime.now(UTC)},
    ]
    for chosen in filters:
        query = {"tenant_id": "default", **listed.chosen(**chosen)}
        for way in (1, -1):
            found = database().call_logs.find(query).sort([("claimed_at", way), ("_id", way)])
            plan = found.explain()["queryPlanner"]["winningPlan"]
            assert "COLLSCAN" not in str(plan)
            assert "'SORT'" not in str(plan), chosen
