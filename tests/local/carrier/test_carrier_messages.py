"""Text messages: stored, reported as delivered, never really sent."""

from __future__ import annotations

import time

import pytest
from twilio.base.exceptions import (  # type: ignore[import-untyped, unused-ignore]
    TwilioRestException,
)

from tests.local.carrier.carrier_world import COMPANY, CUSTOMER, World


def test_a_message_is_queued_sent_and_delivered(world: World) -> None:
    sent = world.client.messages.create(
        to=CUSTOMER, from_=COMPANY, body="A parcel.", status_callback=f"{world.product.url}/sms"
    )
    assert sent.status == "queued"
    hooks = world.product.await_webhooks("/sms", 3)
    assert [hook.parameters["MessageStatus"] for hook in hooks] == ["queued", "sent", "delivered"]
    assert {hook.parameters["MessageSid"] for hook in hooks} == {sent.sid}
    fetched = world.client.messages(sent.sid).fetch()
    assert (fetched.status, fetched.body, fetched.num_segments) == ("delivered", "A parcel.", "1")
    assert fetched.date_sent is not None


def test_messages_are_listed_newest_first_and_by_number(world: World) -> None:
    first = world.client.messages.create(to=CUSTOMER, from_=COMPANY, body="One")
    second = world.client.messages.create(
        to="+12025550111", messaging_service_sid="MG" + "0" * 32, body="é" * 71
    )
    assert second.num_segments == "2"
    assert [message.sid for message in world.client.messages.list()] == [second.sid, first.sid]
    assert [message.sid for message in world.client.messages.list(to=CUSTOMER)] == [first.sid]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "me"}, 21211),
        ({"from_": ""}, 21603),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
def test_a_wrong_message_is_refused_with_twilios_code(
    world: World, changes: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        world.client.messages.create(**{"to": CUSTOMER, "from_": COMPANY, "body": "Hi", **changes})
    assert refused.value.code == code


def test_an_unknown_message_is_not_found(world: World) -> None:
    with pytest.raises(TwilioRestException) as refused:
        world.client.messages("SM" + "0" * 32).fetch()
    assert refused.value.code == 20404


def test_a_message_that_is_over_can_be_deleted_once(world: World) -> None:
    sent = world.client.messages.create(to=CUSTOMER, from_=COMPANY, body="A parcel.")
    deadline = time.monotonic() + 20
    while world.client.messages(sent.sid).fetch().status != "delivered":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert world.client.messages(sent.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        world.client.messages(sent.sid).delete()
    assert gone.value.code == 20404
    assert world.client.messages.list() == []
