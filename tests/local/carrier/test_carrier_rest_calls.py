"""Calls over REST, with Twilio's own client."""

from __future__ import annotations

import datetime

import pytest
import requests
from twilio.base.exceptions import (  # type: ignore[import-untyped, unused-ignore]
    TwilioRestException,
)
from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]

from tests.local.carrier.carrier_world import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    COMPANY,
    CUSTOMER,
    CheckedHttpClient,
    World,
    assert_lasted,
    await_truth,
    check_answer,
    twiml,
)

LONG_TALK = twiml('<Pause length="600"/>')
SHORT_TALK = twiml("<Say>Good morning.</Say>")


def test_a_created_call_is_queued_and_its_numbers_are_formatted(world: World) -> None:
    world.customer()
    call = world.client.calls.create(to=CUSTOMER, from_=COMPANY, twiml=SHORT_TALK)
    assert call.status == "queued"
    assert call.direction == "outbound-api"
    assert call.to_formatted == "(202) 555-0123"
    assert call.start_time is None


def test_a_finished_call_has_times_duration_and_price(world: World) -> None:
    world.customer()
    call = world.run(twiml('<Pause length="30"/>'))
    assert call.status == "completed"
    assert_lasted(call, 30)
    assert call.start_time <= call.end_time
    await_truth(lambda: world.client.calls(call.sid).fetch().price, "the price")
    (listed,) = world.client.calls.list()
    assert (listed.price, listed.price_unit) == ("-0.01400", "USD")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21201),
        ({"to": "5550123"}, 21211),
        ({"from_": ""}, 21213),
        ({"from_": "the company"}, 21212),
        ({"url": "ftp://product.example/voice"}, 21205),
        ({"url": "http://under_score.example/voice"}, 21205),
        ({"url": None}, 21205),
        ({"status_callback": "nowhere"}, 21205),
        ({"async_amd": "true", "machine_detection": "Enable"}, 21262),
        ({"timeout": 601}, 20001),
        ({"status_callback_event": ["answered", "finished"]}, 21626),
        ({"send_digits": "1"}, 20001),
    ],
)
def test_a_wrong_request_is_refused_with_twilios_code(
    world: World, changes: dict[str, object], code: int
) -> None:
    settings = {"to": CUSTOMER, "from_": COMPANY, "url": "http://product.example/voice", **changes}
    with pytest.raises(TwilioRestException) as refused:
        world.client.calls.create(**{k: v for k, v in settings.items() if v is not None})
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert world.admin.calls() == []


def test_an_unknown_call_is_not_found(world: World) -> None:
    with pytest.raises(TwilioRestException) as refused:
        world.client.calls("CA" + "0" * 32).fetch()
    assert (refused.value.code, refused.value.status) == (20404, 404)


def test_a_wrong_token_is_refused(world: World) -> None:
    stranger = Client(ACCOUNT_SID, "guessed", http_client=CheckedHttpClient(world.carrier.url))
    with pytest.raises(TwilioRestException) as refused:
        stranger.calls("CA" + "0" * 32).fetch()
    assert (refused.value.code, refused.value.status) == (20003, 401)


@pytest.mark.parametrize("path", ["/_carrier/journal", "/_carrier/calls"])
def test_admin_routes_demand_the_token_too(world: World, path: str) -> None:
    assert requests.get(world.carrier.url + path, timeout=10).status_code == 401


def test_a_queued_or_ringing_call_can_be_canceled(world: World) -> None:
    world.customer(rings=90)
    sid = world.place(SHORT_TALK, timeout=600)
    world.await_status(sid, "ringing")
    assert world.client.calls(sid).update(status="canceled").status == "canceled"
    (final,) = world.product.await_webhooks("/status")
    assert final.parameters["CallStatus"] == "canceled"
    assert world.product.at("/voice") == []


def test_a_call_in_progress_can_be_hung_up(world: World) -> None:
    world.customer()
    sid = world.place(LONG_TALK)
    world.await_status(sid, "in-progress")
    world.client.calls(sid).update(status="completed")
    assert world.await_status(sid, "completed").duration is not None


def test_canceling_leaves_a_call_in_progress_alone(world: World) -> None:
    world.customer()
    sid = world.place(LONG_TALK)
    world.await_status(sid, "in-progress")
    assert world.client.calls(sid).update(status="canceled").status == "in-progress"


def test_a_call_in_progress_can_be_given_another_document(world: World) -> None:
    world.customer()
    sid = world.place(LONG_TALK)
    world.await_status(sid, "in-progress")
    world.product.await_webhooks("/voice")
    world.product.script["/other"] = twiml("<Say>Something else.</Say>")
    world.client.calls(sid).update(url=f"{world.product.url}/other")
    assert world.await_status(sid, "completed").status == "completed"
    assert len(world.product.at("/other")) == 1


def test_a_call_in_progress_can_be_given_twiml_itself(world: World) -> None:
    world.customer()
    sid = world.place(LONG_TALK)
    await_truth(lambda: "Pause" in world.verbs(sid), "the pause")
    world.client.calls(sid).update(twiml=twiml("<Hangup/>"))
    world.await_status(sid, "completed")
    assert world.verbs(sid) == ["Pause", "Hangup"]


@pytest.mark.parametrize(
    "change", [{"status": "completed"}, {"status": "canceled"}, {"twiml": "<Response/>"}]
)
def test_a_finished_call_cannot_be_changed(world: World, change: dict[str, str]) -> None:
    world.customer()
    sid = world.run(SHORT_TALK).sid
    with pytest.raises(TwilioRestException) as refused:
        world.client.calls(sid).update(**change)
    assert refused.value.code == 21220


def test_only_a_finished_call_can_be_deleted(world: World) -> None:
    world.customer()
    sid = world.place(LONG_TALK)
    with pytest.raises(TwilioRestException) as refused:
        world.client.calls(sid).delete()
    assert refused.value.code == 20009
    world.await_status(sid, "in-progress")
    world.client.calls(sid).update(status="completed")
    world.await_status(sid, "completed")
    assert world.client.calls(sid).delete()
    assert world.client.calls.list() == []


def test_calls_are_found_by_number_status_and_time(world: World) -> None:
    world.customer()
    answered = world.run(SHORT_TALK).sid
    unreachable = world.run(SHORT_TALK, to="+12025550111").sid
    now = datetime.datetime.now(datetime.UTC)
    hour = datetime.timedelta(hours=1)

    def found(**filters: object) -> list[str]:
        return [call.sid for call in world.client.calls.list(**filters)]

    assert found() == [unreachable, answered]
    assert found(to=CUSTOMER) == [answered]
    assert found(from_=COMPANY, status="failed") == [unreachable]
    assert found(start_time_after=now - hour) == [unreachable, answered]
    assert found(start_time_before=now - hour) == []
    assert found(end_time_after=now + hour) == []
    assert found(start_time=now.date()) == [unreachable, answered]


def test_pages_hold_every_call_once_even_while_new_ones_come(world: World) -> None:
    made = [world.place(SHORT_TALK, to="+12025550111") for _ in range(5)]
    page = world.client.calls.page(page_size=2)
    seen = [call.sid for call in page]
    world.place(SHORT_TALK, to="+12025550111")
    while (page := page.next_page()) is not None:
        seen += [call.sid for call in page]
    assert seen == made[::-1]
    assert len(world.client.calls.list(page_size=2)) == 6


def test_the_page_before_is_the_one_that_was_left(world: World) -> None:
    for _ in range(5):
        world.place(SHORT_TALK, to="+12025550111")
    first = world.client.calls.page(page_size=2)
    begun = [call.sid for call in first]
    again = first.next_page().previous_page()
    assert [call.sid for call in again] == begun


def test_an_account_sees_only_itself(world: World) -> None:
    url = f"{world.carrier.url}/2010-04-01/Accounts/AC{'9' * 32}/Calls.json"
    response = requests.get(url, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=10)
    check_answer("GET", url, response.status_code, response.content)
    assert response.status_code == 404


def test_a_lost_answer_still_makes_the_call(world: World) -> None:
    world.customer()
    world.admin.faults(lose_create_answer=1)
    with pytest.raises(requests.ConnectionError):
        world.place(SHORT_TALK)
    assert len(world.client.calls.list(to=CUSTOMER)) == 1
    faults = [entry["details"] for entry in world.admin.journal() if entry["kind"] == "fault"]
    assert [fault["fault"] for fault in faults] == ["lose_create_answer"]


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("refuse_429", 429, 20429), ("fail_500_before", 500, 20500)]
)
def test_a_refused_request_makes_no_call_and_the_next_one_passes(
    world: World, fault: str, status: int, code: int
) -> None:
    world.customer()
    world.admin.faults(**{fault: 1})
    with pytest.raises(TwilioRestException) as refused:
        world.place(SHORT_TALK)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert world.admin.calls() == []
    world.place(SHORT_TALK)


def test_an_unknown_fault_is_refused(world: World) -> None:
    with pytest.raises(requests.HTTPError, match="unknown fault 'lose_everything'"):
        world.admin.faults(lose_everything=1)
