"""What Twilio refuses: by number, by account, by caller, by country."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.carrier.carrier_world import COMPANY, CUSTOMER
from tests.local.carrier.virtual_world import VirtualWorld


def test_a_number_is_refused_with_the_code_it_was_given(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.admin("PUT", f"/numbers/{CUSTOMER}", {"refuse": {"status": 400, "code": 21211}})
        for refused in (virtual.place(), virtual.send()):
            assert (refused.status_code, refused.json()["code"]) == (400, 21211)
        assert virtual.place(to="+12025550111").status_code == 201

    virtual.live(ask)


def test_everything_is_refused_until_that_is_lifted(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", {"refuse_all": {"status": 401, "code": 20003}})
        for refused in (virtual.place(), virtual.send(), virtual.rest("GET", "/Calls.json")):
            assert (refused.status_code, refused.json()["code"]) == (401, 20003)
        virtual.admin("PUT", "/account", {"refuse_all": None})
        assert virtual.place().status_code == 201

    virtual.live(ask)


def test_calls_only_from_numbers_of_the_account_to_countries_it_may_call(
    virtual: VirtualWorld,
) -> None:
    async def ask() -> None:
        virtual.admin("PUT", "/account", {"numbers": [COMPANY], "countries": ["US", "GB"]})
        assert virtual.place().status_code == 201
        assert virtual.place(From="+12025550111").json()["code"] == 21210
        assert virtual.place(to="+33142685300").json()["code"] == 21215
        assert virtual.send(From="+12025550111").json()["code"] == 21606

    virtual.live(ask)


def test_a_call_fails_for_the_reason_its_number_has(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer(outcome="fails", sip_code=603, error_code=32017)
        virtual.place()

    virtual.live(ask)
    last = virtual.hooks("/status")[-1].parameters
    assert (last["CallStatus"], last["SipResponseCode"]) == ("failed", "603")
    assert last["ErrorCode"] == "32017"


def test_the_account_survives_a_restart(virtual: VirtualWorld) -> None:
    async def describe() -> None:
        virtual.admin("PUT", "/account", {"numbers": [COMPANY]})
        virtual.admin("PUT", "/account", {"sms_url": "https://product.test/sms"})

    async def ask() -> None:
        account = virtual.admin("GET", "/account")
        assert (account["numbers"], account["sms_url"]) == ([COMPANY], "https://product.test/sms")

    virtual.live(describe)
    virtual.live(ask)


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red"},
        {"voice_url": "ftp://x"},
        {"voice_url": 7},
        {"numbers": "+1"},
        {"refuse_all": {"status": 200, "code": 1}},
        {"refuse_all": {"status": 400}},
        [],
    ],
)
def test_an_account_that_is_not_well_formed_is_refused(virtual: VirtualWorld, body: Any) -> None:
    async def ask() -> None:
        url = f"{virtual.carrier.url}/_carrier/account"
        assert virtual.session.put(url, json=body, timeout=5).status_code == 400
        assert not any(virtual.admin("GET", "/account").values())

    virtual.live(ask)
