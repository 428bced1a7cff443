"""Pushes: to each device once, the newest version alone, again where that may help."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from app.errors import PermanentError
from app.gateways.web_push import WebPush
from app.gateways.webhook_posts import WebhookPosts
from app.models import Agent, Circuit, Delivery, PushMessage, database, sealing
from app.pipeline import circuit, devices, push, sweep
from app.pipeline.devices import Browser as Subscribed
from app.rules import vapid
from app.rules.pushes import worthless_at
from tests import factories
from tests.factories import NOW
from tests.push_service import Browser, PushService, push_service

PRIVATE = vapid.new_private_key()
KEY = vapid.public_key(PRIVATE)


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    with push_service() as made:
        yield made


@pytest.fixture
def gateway() -> WebPush:
    return sending()


def sending(seconds: float = 60.0) -> WebPush:
    """What waits so long for a push service."""
    posts = WebhookPosts(to_loopback=True, seconds=seconds)
    return WebPush(PRIVATE, "mailto:operator@harbour.example", posts)


def device(service: PushService, agent: Agent, key: str = KEY) -> Browser:
    """A browser of the agent's that has subscribed."""
    browser = service.browser(key)
    given = browser.subscription
    devices.subscribe(agent, Subscribed(given["endpoint"], **given["keys"]), key=key, now=NOW)
    return browser


def told(agent: Agent, of: Delivery | None = None, version: int = 1, **fields) -> PushMessage:
    """Something the agent was told of a delivery."""
    of = of or factories.delivery(agent_id=agent.pk, route={"sequence": 12}, status="assigned")
    of.modify(set__analysis_version=version)
    basics = {
        "tenant_id": agent.tenant_id, "agent_id": agent.pk, "kind": "instructions",
        "delivery_id": of.pk, "version": version, "text": "Code 4519#.", "sent_at": NOW,
    }  # fmt: skip
    return PushMessage(**{**basics, **fields}).save()


def pushed(message: PushMessage, gateway, now: datetime = NOW) -> PushMessage:
    push.push(message.pk, gateway, clock=lambda: now, luck=lambda: 0.5)
    return message.reload()


def test_each_device_of_an_agent_is_sent_what_they_were_told_once(service, gateway) -> None:
    agent = factories.agent()
    telephone, tablet = device(service, agent), device(service, agent)
    message = told(agent)
    for _ in range(3):
        pushed(message, gateway)
    assert telephone.texts == tablet.texts == ["Stop 12: new instructions"]
    assert (message.status, len(message.taken_by), message.tries) == ("sent", 2, 1)
    assert [step.target for step in message.history] == ["sending", "sent"]


def test_a_lock_screen_shows_which_stop_and_nothing_of_anybody(service, gateway) -> None:
    whose = factories.customer(name="Priya Example")
    agent = factories.agent(language="fr", name="Dana Driver")
    browser = device(service, agent)
    of = factories.delivery(
        agent_id=agent.pk, route={"sequence": 3}, customer=whose, reference="R-1042",
        address="12 Mill Lane",
    )  # fmt: skip
    message = told(agent, of, version=7)
    pushed(message, gateway)
    (got,) = browser.got
    assert got.content == {
        "delivery": str(of.pk), "version": 7, "text": "Arrêt 3 : nouvelles consignes",
        "language": "fr", "told_at": "2026-03-10T10:00:00+00:00",
    }  # fmt: skip
    plain = json.dumps(got.content)
    for hidden in ("Priya", "Dana", "4519", "Mill", "R-1042", whose.phone[1:]):
        assert hidden not in plain
    assert got.headers["topic"] == str(of.pk)


@pytest.mark.parametrize(
    ("hours", "urgency"), [(1, "high"), (2, "high"), (3, "normal"), (-1, "high")]
)
def test_a_near_stop_is_urgent_and_all_of_them_last_until_they_are_worthless(
    service, gateway, hours, urgency
) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    at = NOW + timedelta(hours=hours)
    pushed(told(agent, factories.delivery(agent_id=agent.pk, scheduled_time=at)), gateway)
    (got,) = browser.got
    assert got.headers["urgency"] == urgency
    assert int(got.headers["ttl"]) == (hours + 2) * 3600


def test_the_round_is_believed_more_than_the_plan(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    of = factories.delivery(agent_id=agent.pk, route={"eta": NOW + timedelta(minutes=20)})
    pushed(told(agent, of), gateway)
    assert browser.got[0].headers["urgency"] == "high"


def test_what_has_no_number_in_the_round_is_a_stop(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    pushed(told(agent, factories.delivery(agent_id=agent.pk), kind="nothing_heard"), gateway)
    assert browser.texts == ["News about a stop"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_the_others_are_not(
    service, gateway, status
) -> None:
    agent = factories.agent()
    old, new = device(service, agent), device(service, agent)
    old.statuses = [status]
    message = pushed(told(agent), gateway)
    assert (message.status, new.texts) == ("sent", ["Stop 12: new instructions"])
    assert [each.subscription["endpoint"] for each in agent.reload().push_devices] == [new.endpoint]
    old.statuses = [410]
    pushed(told(agent), gateway)
    assert old.asked == 1


def test_where_the_only_device_is_gone_there_is_nowhere_to_send(service, gateway) -> None:
    agent = factories.agent()
    device(service, agent).statuses = [410]
    assert pushed(told(agent), gateway).status == "nowhere"
    assert agent.reload().push_devices == []


def test_an_agent_without_a_device_is_told_all_the_same(service, gateway) -> None:
    assert pushed(told(factories.agent()), gateway).status == "nowhere"


def test_without_a_key_of_ours_nothing_is_sent_and_nothing_waits(service) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    assert pushed(told(agent), None).status == "nowhere"
    assert browser.asked == 0


def test_a_device_that_knows_another_key_of_ours_is_not_asked(service, gateway) -> None:
    agent = factories.agent()
    before = device(service, agent, vapid.public_key(vapid.new_private_key()))
    assert pushed(told(agent), gateway).status == "nowhere"
    assert before.asked == 0


def test_what_was_not_taken_is_sent_again_ever_later_to_that_device_alone(service, gateway) -> None:
    agent = factories.agent()
    good, bad = device(service, agent), device(service, agent)
    bad.statuses = [500, 502, 201]
    message = pushed(told(agent), gateway)
    assert (message.status, message.next_push_at) == ("to_send", NOW + timedelta(seconds=5))
    assert message.errors == ["127.0.0.1: status 500"]
    assert pushed(message, gateway, NOW + timedelta(seconds=4)).tries == 1
    later = NOW + timedelta(seconds=5)
    message = pushed(message, gateway, later)
    assert message.next_push_at == later + timedelta(seconds=15)
    message = pushed(message, gateway, message.next_push_at)
    assert (message.status, good.asked, bad.asked) == ("sent", 1, 3)
    assert bad.texts == ["Stop 12: new instructions"]
    moves = [step.target for step in message.history]
    assert moves == ["sending", "to_send"] * 2 + ["sending", "sent"]


def test_who_does_not_answer_is_asked_again(service) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    browser.delay = 1.0
    message = pushed(told(agent), sending(seconds=0.3))
    assert (message.status, message.errors) == ("to_send", ["127.0.0.1: no answer in time"])


def test_a_push_service_that_wants_us_to_wait_is_waited_for(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    browser.statuses, browser.answer_headers = [429, 201], {"Retry-After": "600"}
    message = pushed(told(agent), gateway)
    assert message.next_push_at == NOW + timedelta(minutes=10)
    assert circuit.opens_at(circuit.pushes("127.0.0.1")) is None
    assert pushed(message, gateway, message.next_push_at).status == "sent"


@pytest.mark.parametrize(("status", "why"), [(413, "it is too large"), (400, "status 400")])
def test_what_will_never_be_taken_is_a_persons_business(service, gateway, status, why) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    browser.statuses = [status]
    message = told(agent)
    with pytest.raises(PermanentError, match=why):
        pushed(message, gateway)
    assert (message.reload().status, agent.reload().push_devices != []) == ("given_up", True)
    assert pushed(message, gateway).status == "given_up"
    assert browser.asked == 1


def test_one_device_that_refuses_is_no_matter_where_another_takes_it(service, gateway) -> None:
    agent = factories.agent()
    good, bad = device(service, agent), device(service, agent)
    bad.statuses = [413]
    message = pushed(told(agent), gateway)
    assert (message.status, message.errors) == ("sent", ["127.0.0.1: it is too large"])
    assert good.asked == 1


def test_it_is_tried_until_nobody_could_make_use_of_it(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    browser.statuses = [503]
    message = told(agent)
    end = worthless_at(NOW + timedelta(hours=3), NOW)
    now, seen = NOW, []
    while message.reload().status == "to_send":
        Circuit.objects.delete()
        pushed(message, gateway, now)
        seen.append(now)
        now = message.next_push_at
    assert message.status == "given_up"
    assert end - timedelta(hours=4) < seen[-1] < end == NOW + timedelta(hours=5)
    assert browser.asked == len(seen) > 5


def test_an_older_version_is_never_sent_after_a_newer_one(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    first = told(agent)
    of = Delivery.of("default", pk=first.delivery_id).get()
    second = told(agent, of, version=2)
    pushed(second, gateway)
    pushed(first, gateway)
    assert [each.content["version"] for each in browser.got] == [2]
    assert (first.reload().status, second.reload().status) == ("needless", "sent")


def test_an_older_one_that_waits_to_be_tried_again_is_overtaken_for_good(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    browser.statuses = [500, 201]
    first = pushed(told(agent), gateway)
    of = Delivery.of("default", pk=first.delivery_id).get()
    second = pushed(told(agent, of, version=2), gateway)
    assert (first.reload().status, second.status) == ("needless", "sent")
    pushed(first, gateway, NOW + timedelta(hours=1))
    assert [each.content["version"] for each in browser.got] == [2]


def test_a_newer_one_waits_while_an_older_one_is_on_its_way(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    first = told(agent, status="sending", claimed_at=NOW - timedelta(seconds=1))
    of = Delivery.of("default", pk=first.delivery_id).get()
    second = pushed(told(agent, of, version=2), gateway)
    assert (second.status, browser.asked) == ("to_send", 0)
    assert second.next_push_at == NOW + timedelta(seconds=5)
    # Whoever sent the older one died: it is not waited for any longer.
    later = NOW + push.LEASE
    assert pushed(second, gateway, later).status == "sent"
    assert pushed(first, gateway, later).status == "needless"


def test_another_stop_of_the_same_agent_waits_for_nothing(service, gateway) -> None:
    agent = factories.agent()
    device(service, agent)
    told(agent, status="sending", claimed_at=NOW)
    assert pushed(told(agent), gateway).status == "sent"


def test_what_was_claimed_is_not_sent_by_another_until_its_sender_is_dead(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    message = told(agent, status="sending", claimed_at=NOW)
    almost = NOW + push.LEASE - timedelta(seconds=1)
    assert pushed(message, gateway, almost).status == "sending"
    assert browser.asked == 0
    assert pushed(message, gateway, NOW + push.LEASE).status == "sent"
    assert browser.asked == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"set__status": "completed"}, "needless"),
        ({"set__status": "cancelled"}, "needless"),
        ({"set__agent_id": ObjectId()}, "needless"),
    ],
)
def test_what_is_nobodys_business_any_more_is_not_sent(service, gateway, changes, status) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    message = told(agent)
    Delivery.of("default", pk=message.delivery_id).update_one(**changes)
    assert pushed(message, gateway).status == status
    assert browser.asked == 0


def test_what_was_acknowledged_meanwhile_is_not_sent(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    assert pushed(told(agent, acknowledged_at=NOW), gateway).status == "needless"
    assert browser.asked == 0


def test_an_agent_who_may_not_log_in_any_more_is_sent_nothing(service, gateway) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    agent.modify(set__is_active=False)
    assert pushed(told(agent), gateway).status == "nowhere"
    assert browser.asked == 0


def test_a_push_service_that_answers_nobody_is_left_alone_for_a_while(service, gateway) -> None:
    name = circuit.pushes("127.0.0.1")
    for _ in range(3):
        agent = factories.agent()
        device(service, agent).statuses = [500]
        pushed(told(agent), gateway)
    assert circuit.opens_at(name) == NOW + circuit.FIRST_PAUSE
    agent = factories.agent()
    browser = device(service, agent)
    message = pushed(told(agent), gateway)
    assert (message.status, message.tries, browser.asked) == ("to_send", 0, 0)
    after = NOW + circuit.FIRST_PAUSE
    assert pushed(message, gateway, after).status == "sent"
    assert circuit.opens_at(name) is None


def test_a_key_of_ours_that_nobody_accepts_stops_all_and_loses_nothing(service, gateway) -> None:
    messages, browsers = [], []
    for _ in range(3):
        agent = factories.agent()
        browsers.append(device(service, agent))
        browsers[-1].statuses = [403, 201]
        messages.append(pushed(told(agent), gateway))
    standing = Circuit.objects(name=circuit.pushes("127.0.0.1")).get()
    assert (standing.state, standing.code) == ("open", "push-refused")
    assert circuit.close(standing.name)
    for message in messages:
        assert pushed(message, gateway, message.next_push_at).status == "sent"
    assert all(len(each.got) == 1 for each in browsers)


def test_the_sweep_finds_what_was_told_and_not_pushed(settings) -> None:
    agent, later = factories.agent(), datetime.now(NOW.tzinfo) + timedelta(hours=1)

    def found(message: PushMessage) -> list[str]:
        rules = [rule for rule in sweep.RULES if rule.model is PushMessage]
        return [
            rule.name
            for rule in rules
            for each in sweep.stuck(rule, now=later, patience=1, limit=10)
            if each.document_id == message.pk
        ]

    assert found(told(agent)) == ["told, not pushed"]
    assert found(told(agent, status="sending", claimed_at=NOW)) == ["push begun, no end noted"]
    assert found(told(agent, next_push_at=later + timedelta(hours=1))) == []
    for status in ("sent", "nowhere", "needless", "given_up"):
        assert found(told(agent, status=status)) == []
    before = told(agent)
    database().push_messages.update_one({"_id": before.pk}, {"$unset": {"status": ""}})
    assert found(before) == []


def test_where_a_device_is_stays_unreadable_in_the_database(service) -> None:
    agent = factories.agent()
    browser = device(service, agent)
    stored = database().agents.find_one({"_id": agent.pk})
    (kept,) = stored["push_devices"]
    assert sealing.is_sealed(kept["subscription"])
    assert browser.endpoint not in str(stored)
    assert agent.reload().push_devices[0].subscription["endpoint"] == browser.endpoint
