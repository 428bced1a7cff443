"""Every kind of fault happens when it is asked for, is counted, and never happens otherwise."""

from __future__ import annotations

from collections import Counter

import pytest
import requests

from local.carrier.fault_plan import KINDS
from tests.local.carrier.carrier_world import COMPANY, CUSTOMER
from tests.local.carrier.virtual_world import ALL_STATUSES, AMD, EVERY_VERB, VirtualWorld


async def everything(virtual: VirtualWorld, speech: str, **rates: float) -> None:
    """A call through every verb, a text and a question, while that goes wrong."""
    virtual.customer({"on": "record", "speak": speech})
    virtual.disturb(**rates)
    for ask in (
        lambda: virtual.place(EVERY_VERB, **AMD),
        virtual.send,
        lambda: virtual.rest("GET", "/Calls.json"),
    ):
        try:
            ask()
        except requests.RequestException:
            continue


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_happens_is_counted_and_is_in_the_journal(
    virtual: VirtualWorld, speech: str, kind: str
) -> None:
    virtual.live(lambda: everything(virtual, speech, **{kind: 1.0}))
    noted = Counter(details["fault"] for details in virtual.kinds("fault"))
    assert virtual.injected[kind] >= 1
    assert noted == virtual.injected == {kind: virtual.injected[kind]}


def test_nothing_goes_wrong_at_rate_zero(virtual: VirtualWorld, speech: str) -> None:
    virtual.live(lambda: everything(virtual, speech, **dict.fromkeys(KINDS, 0.0)))
    assert (virtual.injected, virtual.kinds("fault")) == ({}, [])
    assert virtual.statuses() == ALL_STATUSES
    assert virtual.statuses("/sms") == ["queued", "sent", "delivered"]


@pytest.mark.parametrize("what", ["create", "message"])
@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [("500_before", 500, 0), ("503_before", 503, 0), ("500_after", 500, 1)],
)
def test_a_request_fails_before_or_after_it_was_accepted(
    virtual: VirtualWorld, what: str, fault: str, status: int, accepted: int
) -> None:
    async def ask() -> None:
        virtual.disturb(**{f"{what}_{fault}": 1.0})
        answer = virtual.place() if what == "create" else virtual.send()
        assert answer.status_code == status
        assert len(_made(virtual, what)) == accepted

    virtual.live(ask)


@pytest.mark.parametrize("what", ["create", "message"])
@pytest.mark.parametrize(
    ("fault", "seen"),
    [("answer_lost", requests.ConnectionError), ("hang", requests.ReadTimeout)],
)
def test_what_was_accepted_stays_so_when_the_answer_is_lost(
    virtual: VirtualWorld, what: str, fault: str, seen: type[Exception]
) -> None:
    async def ask() -> None:
        virtual.disturb(**{f"{what}_{fault}": 1.0})
        with pytest.raises(seen):
            virtual.place() if what == "create" else virtual.send()
        assert len(_made(virtual, what)) == 1

    virtual.live(ask)


def _made(virtual: VirtualWorld, what: str) -> list[dict[str, object]]:
    name = "calls" if what == "create" else "messages"
    found: list[dict[str, object]] = virtual.admin("GET", f"/{name}")[name]
    return found


@pytest.mark.parametrize(
    ("fault", "statuses", "code"),
    [
        ("message_undelivered", ["queued", "sent", "undelivered"], "30003"),
        ("message_failed", ["queued", "failed"], "30001"),
    ],
)
def test_texts_go_wrong(virtual: VirtualWorld, fault: str, statuses: list[str], code: str) -> None:
    async def ask() -> None:
        virtual.disturb(**{fault: 1.0})
        virtual.send()

    virtual.live(ask)
    assert virtual.statuses("/sms") == statuses
    assert virtual.hooks("/sms")[-1].parameters["ErrorCode"] == code


def test_a_text_is_refused_for_the_customer_stopped_them(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.disturb(message_unsubscribed=1.0)
        refused = virtual.send()
        assert (refused.status_code, refused.json()["code"]) == (400, 21610)

    virtual.live(ask)
    assert virtual.hooks("/sms") == []


@pytest.mark.parametrize(("fault", "status"), [("refuse_429", 429), ("fail_500_before", 500)])
def test_any_request_may_be_refused_unprocessed(
    virtual: VirtualWorld, fault: str, status: int
) -> None:
    async def ask() -> None:
        virtual.disturb(**{fault: 1.0})
        assert virtual.place().status_code == status
        assert virtual.rest("GET", "/Calls.json", To=CUSTOMER).status_code == status
        assert virtual.send(From=COMPANY).status_code == status
        assert virtual.admin("GET", "/calls")["calls"] == []

    virtual.live(ask)
