"""A driver asks to be put through: over the API, and what the network then asks and reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from bson import ObjectId

from app.models import Agent, BridgedCall, Customer, Delivery, Tenant
from app.models.audit import AuditEntry
from app.pipeline import bridge_progress, circuit
from app.pipeline.stops import stop as stop_calls
from app.queues import CALLS
from app.rules.bridging_words import WORDS
from app.rules.permissions import Permission, Role
from tests import factories
from tests.factories import sid
from tests.web import api_side
from tests.web.api_side import Api
from tests.web.twilio_side import Twilio, verbs, waiting
from tests.web.twiml_reference import check

GREETING, KEYS, DIALLED = "greeting", "keys", "dialled"


@pytest.fixture
def dana(settings) -> Agent:
    return api_side.person("default", Role.AGENT)


@pytest.fixture
def api(client, dana) -> Api:
    return api_side.signed_in(client, dana)


@pytest.fixture
def stop(dana) -> Delivery:
    return expected(agent_id=dana.pk)


def expected(**fields: object) -> Delivery:
    """The van is there now, whatever the hour."""
    now = datetime.now(UTC)
    basics = {"status": "in_transit", "scheduled_time": now - timedelta(minutes=5)}
    return factories.delivery(**{**basics, **fields})


def press(api: Api, of: Delivery, **options: object):
    return api.post(f"/deliveries/{of.pk}/call-customer", **options)


# --- The press ---------------------------------------------------------------------------------


def test_a_worker_is_woken_first_of_all_and_the_audit_log_knows(api, stop, dana, settings) -> None:
    answer = press(api, stop)
    assert answer.status_code == 202, answer.text
    call = BridgedCall.of("default").get()
    assert waiting(settings, CALLS) == [("bridge", str(call.pk))]
    assert (call.person_id, call.person_phone) == (dana.pk, dana.phone)
    assert call.customer_phone not in answer.text
    noted = AuditEntry.of("default", action="customer.called").get()
    assert (noted.actor.id, noted.subject.id) == (str(dana.pk), str(stop.pk))
    shown = api.get(f"/bridged-calls/{call.pk}").json
    assert (shown["phase"], shown["over"], shown["person_id"]) == ("dialling", False, str(dana.pk))
    assert api.get(f"/deliveries/{stop.pk}/bridged-calls").json["items"] == [shown]


def test_pressed_again_with_the_same_key_or_another_it_is_one_call(api, stop) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    ids = {press(api, stop, headers=key).json["id"] for _ in range(2)} | {
        press(api, stop).json["id"]
    }
    assert len(ids) == BridgedCall.of("default").count() == 1
    assert AuditEntry.of("default", action="customer.called").count() == 1


def test_another_drivers_stop_is_not_there(api) -> None:
    theirs = expected(agent_id=ObjectId())
    assert press(api, theirs).status_code == 404
    call = factories.bridged_call(theirs)
    assert api.get(f"/bridged-calls/{call.pk}").status_code == 404


def test_a_dispatcher_is_put_through_on_their_own_telephone(client, stop) -> None:
    dot = api_side.person("default", Role.DISPATCHER)
    assert press(api_side.signed_in(client, dot), stop).status_code == 202
    assert BridgedCall.of("default").get().person_phone == dot.phone


def test_a_viewer_may_not_and_a_key_has_no_telephone(client, stop) -> None:
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    assert press(viewer, stop).status_code == 403
    key = api_side.key_for(client, "default", {Permission.DELIVERIES_DRIVE})
    answer = press(key, stop)
    assert answer.status_code == 409
    assert "no telephone" in answer.json["detail"]


@pytest.mark.parametrize(
    "why", ["suppressed", "over", "not_due", "same_number", "on_the_line", "network_away", "gone"]
)
def test_what_is_refused_says_why_and_rings_nobody(api, stop, dana, settings, why) -> None:
    phone = Customer.of("default", pk=stop.customer_id).get().phone
    now = datetime.now(UTC)
    if why == "suppressed":
        stop_calls("default", phone, "calls", now=now)
    elif why == "over":
        stop.modify(set__status="completed")
    elif why == "not_due":
        stop.modify(set__scheduled_time=now + timedelta(days=2))
    elif why == "same_number":
        dana.modify(set__phone=phone)
    elif why == "on_the_line":
        factories.call(stop)
    elif why == "network_away":
        circuit.hold(circuit.CALLS, "maintenance", now=now)
    else:
        Customer.of("default", pk=stop.customer_id).delete()
    answer = press(api, stop)
    assert (answer.status_code, answer.json["reason"]) == (409, why)
    assert phone not in answer.text
    assert BridgedCall.of("default").count() == 0
    assert waiting(settings, CALLS) == []


# --- On the line -------------------------------------------------------------------------------


class Ear:
    """The driver's telephone, which follows the addresses that it is given."""

    def __init__(self, client, settings, call: BridgedCall) -> None:
        self.twilio, self.call, self.sid = Twilio(client, settings), call, sid("CA")
        self.leg = sid("CA")

    def ask(self, what: str, **form):
        path = f"/webhooks/twilio/bridged-calls/{self.call.pk}/{what}"
        return self.twilio.post(path, **{"CallSid": self.sid, **form})

    def reported(self, status: str, **form):
        return self.ask("status", CallStatus=status, SequenceNumber=str(len(status)), **form)

    def of_the_customer(self, status: str, **form):
        return self.ask(
            "customer",
            **{"CallSid": self.leg, "ParentCallSid": self.sid, "CallStatus": status, **form},
        )

    @property
    def now(self) -> BridgedCall:
        return BridgedCall.of("default", pk=self.call.pk).get()


@pytest.fixture
def ear(client, settings, api, stop) -> Ear:
    press(api, stop)
    call = BridgedCall.of("default").get()
    call.modify(set__dialing_at=datetime.now(UTC))
    return Ear(client, settings, call)


def hears(answer) -> str:
    return " ".join(each.text for each in check(answer.data).iter("Say"))


def test_the_driver_is_asked_for_a_key_in_their_own_language(ear, dana) -> None:
    Tenant.of("default").update(set__name="Harbour & Sons")
    ear.call.modify(set__language="de")
    answer = ear.ask(GREETING)
    assert verbs(answer) == ["Gather", "Say", "Hangup"]
    assert WORDS["de"].greeting.format(company="Harbour & Sons") in hears(answer)
    assert ear.now.call_sid == ear.sid


def test_with_the_key_the_customer_is_rung_from_the_companys_number(ear, settings) -> None:
    ear.ask(GREETING)
    answer = ear.ask(KEYS, Digits="1")
    dial = check(answer.data).find("Dial")
    number = dial.find("Number")
    assert number.text == ear.call.customer_phone
    assert dial.get("callerId") == settings.twilio_from_number
    assert "record" not in ElementTree.tostring(dial).decode().lower()
    assert number.get("statusCallback").partition("#")[0].endswith(f"{ear.call.pk}/customer")
    again = ear.ask(KEYS, Digits="1")
    assert again.data == answer.data


@pytest.mark.parametrize("key", ["2", "#", ""])
def test_any_other_key_puts_nobody_through(ear, key) -> None:
    assert "Dial" not in verbs(ear.ask(KEYS, Digits=key))
    assert ear.now.connecting_at is None


def test_who_has_asked_for_no_calls_meanwhile_is_not_rung(ear) -> None:
    stop_calls("default", ear.call.customer_phone, "all", now=datetime.now(UTC))
    answer = ear.ask(KEYS, Digits="1")
    assert verbs(answer) == ["Say", "Hangup"]
    assert hears(answer) == WORDS["en"].refused
    assert ear.now.refused_why == "suppressed"


@pytest.mark.parametrize(
    ("outcome", "says"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "no_answer"), ("completed", None)],
)
def test_what_became_of_it_is_said_to_the_driver_and_kept(ear, outcome, says) -> None:
    ear.ask(KEYS, Digits="1")
    form = {"DialCallStatus": outcome, "DialCallSid": ear.leg}
    answer = ear.ask(DIALLED, **form, **({"DialCallDuration": "7"} if says is None else {}))
    assert hears(answer) == (getattr(WORDS["en"], says) if says else "")
    assert ear.now.customer_status == outcome
    assert ear.now.talked == (7 if says is None else None)


def test_reports_in_any_order_lead_to_the_same_end(ear, api) -> None:
    ear.ask(GREETING)
    ear.ask(KEYS, Digits="1")
    for status, form in (
        ("completed", {"CallDuration": "12"}), ("ringing", {}), ("in-progress", {}),
        ("completed", {"CallDuration": "12"}),
    ):  # fmt: skip
        assert ear.of_the_customer(status, **form).status_code == 204
    assert ear.reported("completed", CallDuration="20").status_code == 204
    assert ear.reported("ringing").status_code == 204
    shown = api.get(f"/bridged-calls/{ear.call.pk}").json
    assert (shown["phase"], shown["talked"], shown["over"]) == ("talked", 12, True)
    assert ear.now.in_flight is False


def test_after_the_end_and_for_a_stranger_there_is_nothing_to_hear(ear) -> None:
    ear.ask(GREETING)
    stranger = ear.ask(KEYS, CallSid=sid("CA"), Digits="1")
    assert verbs(stranger) == ["Hangup"]
    bridge_progress.told(ear.now, "completed", now=datetime.now(UTC))
    # A request that was captured and is sent again.
    assert verbs(ear.ask(KEYS, Digits="1")) == ["Hangup"]
    assert ear.now.connecting_at is None


def test_a_customers_leg_that_nobody_asked_for_changes_nothing(ear) -> None:
    ear.ask(GREETING)
    assert ear.of_the_customer("in-progress").status_code == 204
    ear.ask(KEYS, Digits="1")
    assert ear.of_the_customer("in-progress", ParentCallSid=sid("CA")).status_code == 204
    assert ear.now.customer_status is None


def test_unknown_calls_are_not_found_and_nonsense_is_refused(ear) -> None:
    assert ear.ask("status", CallStatus="dancing").status_code == 400
    ear.call.pk = ObjectId()
    assert ear.ask(GREETING).status_code == 404
    assert ear.ask("status", CallStatus="ringing").status_code == 404


def test_it_stands_in_the_deliverys_timeline(ear, client, stop, dana) -> None:
    ear.ask(KEYS, Digits="1")
    ear.of_the_customer("in-progress")
    ear.of_the_customer("completed", CallDuration="12")
    ear.reported("completed", CallDuration="20")
    dot = api_side.signed_in(client, api_side.person("default", Role.DISPATCHER))
    items = dot.get(f"/deliveries/{stop.pk}/timeline").json["items"]
    told = {each["what"]: each for each in items}
    assert told["customer.called"]["by"] == dana.name
    assert (told["bridged.talked"]["about"], told["bridged.talked"]["detail"]) == ("call", "12 s")
    assert len([each for each in items if each["what"] == "customer.called"]) == 1
