"""Dial: how the second call ends, and what the action is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.carrier.virtual_world import COMPANY, PRODUCT, VirtualWorld

PERSON = "+12025550177"
DIAL = f'<Dial action="{PRODUCT}/dialled" timeout="20">{PERSON}</Dial>'


@pytest.mark.parametrize(
    ("behaviour", "status", "seconds"),
    [
        ({"outcome": "answers", "rings": 1, "talks": 90}, "completed", 96),
        ({"outcome": "busy"}, "busy", 2),
        ({"outcome": "no_answer"}, "no-answer", 20),
        ({"outcome": "answers", "rings": 5}, "no-answer", 20),
        ({"outcome": "fails"}, "failed", 1),
    ],
)
def test_a_dialled_number_behaves_as_its_owner_does(
    virtual: VirtualWorld, behaviour: dict[str, Any], status: str, seconds: int
) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.admin("PUT", f"/numbers/{PERSON}", {"calls": [behaviour]})
        virtual.place(DIAL)

    virtual.live(ask)
    (dialled,) = virtual.hooks("/dialled")
    talked = status == "completed"
    assert dialled.parameters["DialCallStatus"] == status
    assert dialled.parameters["DialBridged"] == str(talked).lower()
    assert dialled.parameters.get("DialCallDuration") == ("90" if talked else None)
    assert dialled.at - virtual.hooks("/voice")[0].at == pytest.approx(seconds)
    assert virtual.statuses()[-1] == "completed"


def test_the_first_who_is_dialled_is_busy_and_the_second_time_there(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        calls = [{"outcome": "busy"}, {"outcome": "answers"}]
        virtual.admin("PUT", f"/numbers/{PERSON}", {"calls": calls})
        virtual.place(DIAL + DIAL.replace("action", "method='POST' action"))
        virtual.product.script["/dialled"] = f"<Response>{DIAL}</Response>"

    virtual.live(ask, then=60)
    told = [hook.parameters["DialCallStatus"] for hook in virtual.hooks("/dialled")]
    assert told[:2] == ["busy", "completed"]


def test_a_number_may_be_nested_and_a_time_limit_ends_the_talk(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        nested = f'<Dial action="{PRODUCT}/dialled" timeLimit="5"><Number>{PERSON}</Number></Dial>'
        virtual.place(nested)

    virtual.live(ask)
    assert virtual.hooks("/dialled")[0].parameters["DialCallDuration"] == "5"


def test_a_customer_who_hangs_up_meanwhile_ends_it_all(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer({"on": "say", "hang_up_after": 4})
        virtual.place("<Say>One moment.</Say>" + DIAL)

    virtual.live(ask)
    assert virtual.hooks("/dialled") == []
    assert virtual.statuses()[-1] == "completed"


NUMBER = (
    f'<Number statusCallback="{PRODUCT}/leg" '
    f'statusCallbackEvent="initiated ringing answered completed">{PERSON}</Number>'
)
PUT_THROUGH = f'<Dial action="{PRODUCT}/dialled" callerId="{COMPANY}">{NUMBER}</Dial>'


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (
            {"outcome": "answers", "rings": 1, "talks": 61},
            ["initiated", "ringing", "in-progress", "completed"],
        ),
        ({"outcome": "busy"}, ["initiated", "ringing", "busy"]),
        ({"outcome": "no_answer"}, ["initiated", "ringing", "no-answer"]),
        ({"outcome": "fails"}, ["initiated", "failed"]),
    ],
)
def test_the_second_call_has_callbacks_and_books_of_its_own(
    virtual: VirtualWorld, behaviour: dict[str, Any], told: list[str]
) -> None:
    found: list[Any] = []

    async def ask() -> None:
        virtual.customer()
        virtual.admin("PUT", f"/numbers/{PERSON}", {"calls": [behaviour]})
        parent = virtual.place(PUT_THROUGH).json()
        await virtual.clock.sleep(300)
        (leg,) = virtual.rest("GET", "/Calls.json", To=PERSON).json()["calls"]
        found.extend([parent, leg])

    virtual.live(ask)
    parent, leg = found
    hooks = virtual.hooks("/leg")
    assert [hook.parameters["CallStatus"] for hook in hooks] == told
    assert {hook.parameters["CallSid"] for hook in hooks} == {leg["sid"]}
    assert {hook.parameters["ParentCallSid"] for hook in hooks} == {parent["sid"]}
    assert (leg["from"], leg["direction"]) == (COMPANY, "outbound-dial")
    assert (leg["parent_call_sid"], parent["parent_call_sid"]) == (parent["sid"], None)
    (dialled,) = virtual.hooks("/dialled")
    assert dialled.parameters["DialCallSid"] == leg["sid"]
    talked = told[-1] == "completed"
    assert (leg["status"], leg["duration"]) == (told[-1], "61" if talked else "0")
    # Two begun minutes.
    assert bool(leg["price"]) is talked


@pytest.mark.parametrize(("after", "ends"), [(3, "canceled"), (30, "completed")])
def test_who_hangs_up_ends_the_second_call(virtual: VirtualWorld, after: int, ends: str) -> None:
    async def ask() -> None:
        virtual.customer({"on": "say", "hang_up_after": after})
        calls = [{"outcome": "answers", "rings": 2, "talks": 600}]
        virtual.admin("PUT", f"/numbers/{PERSON}", {"calls": calls})
        virtual.place("<Say>One moment.</Say>" + PUT_THROUGH)

    virtual.live(ask)
    assert virtual.hooks("/leg")[-1].parameters["CallStatus"] == ends
    assert virtual.hooks("/dialled") == []


def test_the_second_call_is_ended_with_the_first_alone(virtual: VirtualWorld) -> None:
    answers: list[Any] = []

    async def ask() -> None:
        virtual.customer()
        calls = [{"outcome": "answers", "rings": 0, "talks": 600}]
        virtual.admin("PUT", f"/numbers/{PERSON}", {"calls": calls})
        parent = virtual.place(PUT_THROUGH).json()
        await virtual.clock.sleep(20)
        (leg,) = virtual.rest("GET", "/Calls.json", To=PERSON).json()["calls"]
        refused = virtual.rest("POST", f"/Calls/{leg['sid']}.json", Status="completed")
        answers.append((refused.status_code, refused.json()["code"]))
        virtual.rest("POST", f"/Calls/{parent['sid']}.json", Status="completed")

    virtual.live(ask)
    assert answers == [(400, 21220)]
    assert virtual.hooks("/leg")[-1].parameters["CallStatus"] == "completed"
