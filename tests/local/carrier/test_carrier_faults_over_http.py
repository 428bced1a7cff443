"""Faults as a client over HTTP meets them, and the client that asks for them."""

from __future__ import annotations

import pytest
import requests

from tests.local.carrier.carrier_world import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    COMPANY,
    CUSTOMER,
    World,
    await_truth,
    twiml,
)


def place(world: World, seconds: float) -> requests.Response:
    return requests.post(
        f"{world.carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json",
        data={
            "To": CUSTOMER,
            "From": COMPANY,
            "Url": f"{world.product.url}/voice",
            "StatusCallback": f"{world.product.url}/status",
        },
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        timeout=seconds,
    )


def test_a_lost_answer_is_a_broken_connection_and_the_call_goes_on(world: World) -> None:
    world.customer()
    world.admin.disturb(7, create_answer_lost=1.0)
    with pytest.raises(requests.ConnectionError):
        place(world, 10)
    (hook,) = world.product.await_webhooks("/status")
    assert hook.parameters["CallStatus"] == "completed"
    assert world.admin.disturbed() == {"create_answer_lost": 1}


def test_an_answer_that_hangs_lasts_until_the_client_gives_up(world: World) -> None:
    world.customer()
    world.admin.disturb(7, create_hang=1.0)
    with pytest.raises(requests.ReadTimeout):
        place(world, 0.5)
    assert len(world.product.await_webhooks("/status")) == 1
    assert world.admin.disturbed() == {"create_hang": 1}


def test_an_answer_that_hangs_too_long_is_a_broken_connection(world: World) -> None:
    world.customer()
    world.admin.disturb(7, seconds={"create_hang": 0.3}, create_hang=1.0)
    with pytest.raises(requests.ConnectionError):
        place(world, 10)


def test_callbacks_overtake_a_late_answer(world: World) -> None:
    world.customer()
    world.admin.disturb(7, seconds={"create_answer_late": 1.0}, create_answer_late=1.0)
    answer = place(world, 10)
    (hook,) = world.product.at("/status")
    assert (answer.status_code, hook.parameters["CallSid"]) == (201, answer.json()["sid"])


def test_without_rates_nothing_goes_wrong_any_more(world: World) -> None:
    world.customer()
    world.admin.disturb(7, create_500_after=1.0)
    assert place(world, 10).status_code == 500
    world.admin.disturb()
    assert place(world, 10).status_code == 201
    assert world.admin.disturbed() == {}


def test_an_unknown_kind_of_fault_is_refused(world: World) -> None:
    with pytest.raises(requests.HTTPError, match="earthquake"):
        world.admin.disturb(7, earthquake=0.5)


def test_the_client_rings_texts_configures_and_reads(world: World) -> None:
    url = world.product.url
    world.admin.answer_with(f"{url}/inbound", f"{url}/text", f"{url}/status")
    world.product.script["/inbound"] = twiml('<Gather numDigits="1" action="/menu"/>')
    sid = world.admin.ring(CUSTOMER, [{"on": "gather", "press": "1"}], COMPANY)
    (menu,) = world.product.await_webhooks("/menu")
    assert (menu.parameters["CallSid"], menu.parameters["Digits"]) == (sid, "1")
    world.product.await_webhooks("/status")
    assert world.admin.summary(sid)["statuses"][-1] == "completed"
    text = world.admin.text(CUSTOMER, "Hello", COMPANY)
    world.product.await_webhooks("/text")
    assert [message["sid"] for message in world.admin.messages()] == [text]
    await_truth(lambda: bool(world.admin.journal(kind="webhook", call_sid=text)), "its webhook")


def test_the_client_refuses_and_accepts_everything(world: World) -> None:
    world.admin.refuse_all(401, 20003)
    assert place(world, 10).json()["code"] == 20003
    world.admin.accept_all()
    world.admin.assign(CUSTOMER, refuse={"status": 400, "code": 21211})
    assert place(world, 10).json()["code"] == 21211
    world.admin.assign(CUSTOMER, [{"outcome": "answers"}], texts="undelivered")
    assert place(world, 10).status_code == 201
