"""Customers who call: the number's address is asked, and the call runs like any other."""

from __future__ import annotations

from typing import Any

import pytest

from local.carrier.transport import Incoming
from tests.local.carrier.carrier_world import COMPANY, CUSTOMER, twiml
from tests.local.carrier.virtual_world import PRODUCT, VirtualWorld

ADDRESSES = {
    "voice_url": f"{PRODUCT}/inbound",
    "voice_fallback_url": f"{PRODUCT}/fallback",
    "status_callback": f"{PRODUCT}/status",
}


def ring(virtual: VirtualWorld, *steps: dict[str, Any]) -> dict[str, Any]:
    call: dict[str, Any] = virtual.admin(
        "POST", "/inbound/calls", {"from": CUSTOMER, "to": COMPANY, "steps": list(steps)}
    )
    return call


def test_a_customer_calls_and_talks(virtual: VirtualWorld, speech: str) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", ADDRESSES)
        virtual.product.script["/inbound"] = twiml('<Gather numDigits="1" action="/menu"/>')
        virtual.product.script["/menu"] = twiml('<Record action="/thanks" timeout="2"/>')
        call = ring(virtual, {"on": "gather", "press": "2"}, {"on": "record", "speak": speech})
        assert (call["direction"], call["status"]) == ("inbound", "ringing")

    virtual.live(ask)
    (first,), (menu,), (last,) = map(virtual.hooks, ("/inbound", "/menu", "/status"))
    assert (first.parameters["From"], first.parameters["To"]) == (CUSTOMER, COMPANY)
    assert (first.parameters["Direction"], first.parameters["CallStatus"]) == ("inbound", "ringing")
    assert (menu.parameters["Digits"], menu.parameters["CallStatus"]) == ("2", "in-progress")
    assert (last.parameters["CallStatus"], last.parameters["Direction"]) == ("completed", "inbound")
    assert len(virtual.hooks("/thanks")) == 1


def test_calls_of_a_customer_are_listed_by_their_number(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", ADDRESSES)
        sid = ring(virtual)["sid"]
        await virtual.clock.sleep(60)
        (listed,) = virtual.rest("GET", "/Calls.json", From=CUSTOMER).json()["calls"]
        assert (listed["sid"], listed["status"]) == (sid, "completed")

    virtual.live(ask)


@pytest.mark.parametrize(("reason", "status"), [("", "no-answer"), ('reason="busy"', "busy")])
def test_a_caller_may_be_turned_away(virtual: VirtualWorld, reason: str, status: str) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", ADDRESSES)
        virtual.product.script["/inbound"] = twiml(f"<Reject {reason}/>")
        ring(virtual)

    virtual.live(ask)
    assert virtual.statuses() == [status]


def test_a_call_that_cannot_be_answered_is_asked_for_at_the_fallback(
    virtual: VirtualWorld,
) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", ADDRESSES)
        virtual.product.script["/inbound"] = Incoming(500)
        ring(virtual)

    virtual.live(ask)
    (fallback,) = virtual.hooks("/fallback")
    assert fallback.parameters["ErrorCode"] == "11200"
    assert fallback.parameters["ErrorUrl"] == f"{PRODUCT}/inbound"
    assert virtual.statuses() == ["completed"]


def test_who_was_missed_calls_back(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", ADDRESSES)
        virtual.product.script["/inbound"] = twiml('<Gather numDigits="1" action="/menu"/>')
        back = {"after": 300, "steps": [{"on": "gather", "press": "1"}]}
        virtual.customer(outcome="no_answer", calls_back=back)
        virtual.place("<Say>Hello.</Say>", Timeout="20", StatusCallback="")

    virtual.live(ask)
    (first,) = virtual.hooks("/inbound")
    assert (first.parameters["From"], first.parameters["To"]) == (CUSTOMER, COMPANY)
    assert first.at == pytest.approx(320.5, abs=1)
    assert virtual.hooks("/menu")[0].parameters["Digits"] == "1"


@pytest.mark.parametrize(
    "body",
    [
        {"from": CUSTOMER, "to": COMPANY},
        {"from": "me", "to": COMPANY},
        {"from": CUSTOMER, "to": COMPANY, "mood": "sunny"},
        {"from": CUSTOMER, "to": COMPANY, "steps": [{"on": "dance"}]},
        ["ring"],
    ],
)
def test_a_call_that_leads_nowhere_or_is_not_one_is_refused(
    virtual: VirtualWorld, body: Any
) -> None:
    async def ask() -> None:
        url = f"{virtual.carrier.url}/_carrier/inbound/calls"
        assert virtual.session.post(url, json=body, timeout=5).status_code == 400

    virtual.live(ask)
