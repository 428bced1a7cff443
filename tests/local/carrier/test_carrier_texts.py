"""What becomes of texts, what customers answer, and how they stop them."""

from __future__ import annotations

from typing import Any

import pytest

from local.carrier.behaviour import TEXTS
from local.carrier.transport import Incoming
from tests.local.carrier.carrier_world import COMPANY, CUSTOMER, twiml
from tests.local.carrier.virtual_world import PRODUCT, VirtualWorld

SERVICE = "MG" + "0" * 32


def write(virtual: VirtualWorld, body: str, to: str = COMPANY) -> dict[str, Any]:
    text: dict[str, Any] = virtual.admin(
        "POST", "/inbound/messages", {"from": CUSTOMER, "to": to, "body": body}
    )
    return text


def answered(virtual: VirtualWorld, document: str | Incoming) -> None:
    """Let texts to the account be answered with this."""
    virtual.admin("PUT", "/account", {"sms_url": f"{PRODUCT}/text"})
    virtual.product.script["/text"] = document


@pytest.mark.parametrize(
    ("texts", "statuses", "code"),
    [
        ("delivered", ["queued", "sent", "delivered"], None),
        ("undelivered", ["queued", "sent", "undelivered"], 30003),
        ("landline", ["queued", "sent", "undelivered"], 30006),
        ("filtered", ["queued", "sent", "undelivered"], 30007),
        ("unregistered", ["queued", "failed"], 30034),
        ("no-receipt", ["queued", "sent"], None),
        ("stuck", ["queued"], None),
        ({"ends": "undelivered", "error_code": 30005, "after": 60}, None, 30005),
    ],
)
def test_a_number_decides_what_becomes_of_its_texts(
    virtual: VirtualWorld, texts: Any, statuses: list[str] | None, code: int | None
) -> None:
    fetched: dict[str, Any] = {}

    async def ask() -> None:
        virtual.admin("PUT", f"/numbers/{CUSTOMER}", {"texts": texts})
        sid = virtual.send().json()["sid"]
        await virtual.clock.sleep(120)
        fetched.update(virtual.rest("GET", f"/Messages/{sid}.json").json())

    virtual.live(ask)
    told = virtual.statuses("/sms")
    assert told == (statuses or ["queued", "sent", "undelivered"])
    assert (fetched["status"], fetched["error_code"]) == (told[-1], code)
    assert virtual.hooks("/sms")[-1].parameters.get("ErrorCode") == (str(code) if code else None)


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if text.refuse])
def test_some_numbers_get_no_texts_at_all(virtual: VirtualWorld, name: str) -> None:
    async def ask() -> None:
        virtual.admin("PUT", f"/numbers/{CUSTOMER}", {"texts": name})
        code = virtual.send().json()["code"]
        assert code == {"unsubscribed": 21610, "not-mobile": 21614}[name]
        assert virtual.place().status_code == 201

    virtual.live(ask)


def test_texts_differ_one_by_one_and_the_last_repeats(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.admin("PUT", f"/numbers/{CUSTOMER}", {"texts": ["undelivered", "delivered"]})
        for _ in range(3):
            virtual.send(StatusCallback="")
            await virtual.clock.sleep(60)
        found = virtual.rest("GET", "/Messages.json", To=CUSTOMER).json()["messages"]
        assert [each["status"] for each in found] == ["delivered", "delivered", "undelivered"]

    virtual.live(ask)


def test_a_text_that_waits_too_long_expires(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.admin("PUT", f"/numbers/{CUSTOMER}", {"texts": "stuck"})
        assert virtual.send(ValidityPeriod="3600").status_code == 201
        assert virtual.send(ValidityPeriod="99999").status_code == 400

    virtual.live(ask, then=4000)
    queued, failed = virtual.hooks("/sms")
    assert failed.parameters["ErrorCode"] == "30036"
    assert failed.at - queued.at == pytest.approx(3600)


def test_a_text_through_a_service_is_accepted_first(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        sent = virtual.send(From="", MessagingServiceSid=SERVICE).json()
        assert (sent["status"], sent["from"]) == ("accepted", None)

    virtual.live(ask)
    assert virtual.statuses("/sms") == ["accepted", "queued", "sent", "delivered"]
    assert virtual.hooks("/sms")[0].parameters["MessagingServiceSid"] == SERVICE


def test_texts_are_listed_by_day(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.send()
        await virtual.clock.sleep(2 * 86400)
        second = virtual.send().json()["sid"]
        await virtual.clock.sleep(60)
        day = {"DateSent>": "2027-01-17", "To": CUSTOMER}
        found = virtual.rest("GET", "/Messages.json", **day).json()["messages"]
        assert [each["sid"] for each in found] == [second]

    virtual.live(ask)


def test_a_customers_text_is_told_and_answered(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        answered(virtual, twiml("<Message>Thank you &amp; goodbye</Message>"))
        write(virtual, "Leave it with my neighbour")
        await virtual.clock.sleep(60)
        reply, received = virtual.admin("GET", "/messages")["messages"]
        assert (reply["direction"], reply["to"]) == ("outbound-reply", CUSTOMER)
        assert (reply["body"], reply["status"]) == ("Thank you & goodbye", "delivered")
        assert (received["direction"], received["status"]) == ("inbound", "received")

    virtual.live(ask)
    (hook,) = virtual.hooks("/text")
    assert hook.parameters["Body"] == "Leave it with my neighbour"
    assert (hook.parameters["From"], hook.parameters["To"]) == (CUSTOMER, COMPANY)
    assert (hook.parameters["SmsStatus"], hook.parameters["NumMedia"]) == ("received", "0")
    assert "OptOutType" not in hook.parameters


@pytest.mark.parametrize(
    "document", [Incoming(204), twiml(""), twiml("<Redirect>/more</Redirect>")]
)
def test_a_text_need_not_be_answered(virtual: VirtualWorld, document: str | Incoming) -> None:
    async def ask() -> None:
        answered(virtual, document)
        write(virtual, "Hello")

    virtual.live(ask)
    assert virtual.kinds("application_error") == virtual.kinds("text_sent") == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (Incoming(500), 11200),
        (Incoming(200, b"hello", {"content-type": "text/plain"}), 12300),
        (twiml("<Say>Hello</Say>"), 12200),
        (twiml("<Message/>"), 12200),
    ],
)
def test_a_wrong_answer_to_a_text_is_told(
    virtual: VirtualWorld, document: str | Incoming, code: int
) -> None:
    async def ask() -> None:
        answered(virtual, document)
        write(virtual, "Hello")

    virtual.live(ask)
    assert [error["code"] for error in virtual.kinds("application_error")] == [code]


def test_who_stops_texts_gets_none_until_they_start_them(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        answered(virtual, twiml("<Message>You are off the list.</Message>"))
        write(virtual, " stop ")
        await virtual.clock.sleep(60)
        refused = virtual.send()
        assert (refused.status_code, refused.json()["code"]) == (400, 21610)
        assert virtual.send(From="", MessagingServiceSid=SERVICE).json()["code"] == 21610
        assert virtual.send(From="+12025550111", StatusCallback="").status_code == 201
        write(virtual, "Start")
        await virtual.clock.sleep(60)
        assert virtual.send(StatusCallback="").status_code == 201

    virtual.live(ask)
    assert [hook.parameters["OptOutType"] for hook in virtual.hooks("/text")] == ["STOP", "START"]
    assert len(virtual.kinds("text_refused")) == 1
    assert len(virtual.kinds("automatic_reply")) == 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("UNSUBSCRIBE", "STOP"),
        ("Quit", "STOP"),
        ("optout", "STOP"),
        ("unstop", "START"),
        ("Info", "HELP"),
        ("stop calling me", None),
        ("please stop", None),
    ],
)
def test_only_a_word_alone_is_a_keyword(virtual: VirtualWorld, body: str, kind: str | None) -> None:
    async def ask() -> None:
        answered(virtual, twiml(""))
        write(virtual, body)

    virtual.live(ask)
    assert virtual.hooks("/text")[0].parameters.get("OptOutType") == kind


def test_who_gets_a_text_may_write_back(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        answered(virtual, twiml(""))
        texts = {"reply": "1", "reply_after": 30}
        virtual.admin("PUT", f"/numbers/{CUSTOMER}", {"texts": texts})
        virtual.send()

    virtual.live(ask)
    (hook,) = virtual.hooks("/text")
    assert (hook.parameters["Body"], hook.parameters["To"]) == ("1", COMPANY)
    assert hook.at == pytest.approx(32)


def test_stopping_survives_a_restart(virtual: VirtualWorld) -> None:
    async def stop() -> None:
        write(virtual, "STOP")

    async def ask() -> None:
        assert virtual.send().json()["code"] == 21610

    virtual.live(stop)
    virtual.live(ask)
