"""How the carrier asks: signatures, repetitions, time limits, and which address is signed."""

from __future__ import annotations

import base64
import time

import pytest
from werkzeug.wrappers import Response as Answer

from local.carrier.connection_override import OverrideError, read_override
from local.carrier.webhooks import signed_address
from tests.local.carrier.carrier_world import COMPANY, World, await_truth, twiml

TALK = twiml("<Say>Good morning.</Say>")


@pytest.mark.parametrize(
    ("address", "voice", "signed"),
    [
        ("https://product.example:8443/a?b=c", True, "https://product.example/a?b=c"),
        ("https://product.example:8443/a", False, "https://product.example:8443/a"),
        ("http://product.example:8080/a", True, "http://product.example:8080/a"),
        ("https://user:secret@product.example/a", True, "https://product.example/a"),
        ("https://product.example/a#rc=3", True, "https://product.example/a"),
        ("https://product.example/a/?b=%41%7E%27", True, "https://product.example/a/?b=%41%7E%27"),
        ("https://[::1]:8443/a", True, "https://[::1]/a"),
        ("https://product.example", True, "https://product.example/"),
    ],
)
def test_the_signed_address_drops_what_twilio_drops(
    address: str, *, voice: bool, signed: str
) -> None:
    assert signed_address(address, voice=voice) == signed


def test_an_address_is_sent_byte_for_byte_without_its_fragment(world: World) -> None:
    world.customer()
    call = world.run(TALK, url=f"{world.product.url}/voice?to=%2B1%20%41~&empty=#rc=2&rp=all")
    (hook,) = world.product.at("/voice")
    assert hook.signed
    sent = [
        entry["details"]["url"]
        for entry in world.admin.journal(call_sid=call.sid)
        if entry["kind"] == "webhook" and entry["details"]["purpose"] == "twiml"
    ]
    assert sent == [f"{world.product.url}/voice?to=%2B1%20%41~&empty="]


def test_a_user_name_in_an_address_becomes_basic_authentication(world: World) -> None:
    world.customer()
    url = world.product.url.replace("http://", "http://us%65r:pass@") + "/voice"
    world.run(TALK, url=url)
    (hook,) = world.product.at("/voice")
    assert hook.headers["Authorization"] == "Basic " + base64.b64encode(b"user:pass").decode()
    assert hook.signed


def test_a_first_document_may_be_asked_by_get(world: World) -> None:
    world.customer()
    world.run(TALK, method="GET")
    (hook,) = world.product.at("/voice")
    assert (hook.method, hook.parameters["From"]) == ("GET", COMPANY)
    assert hook.signed


def test_repetitions_carry_one_idempotency_token_and_others_their_own(world: World) -> None:
    world.customer()
    world.product.script["/voice"] = [500, 502, TALK]
    call = world.run(url=f"{world.product.url}/voice#rc=3&rp=5xx")
    hooks = world.product.at("/voice")
    tokens = {hook.headers["I-Twilio-Idempotency-Token"] for hook in hooks}
    assert (len(hooks), len(tokens)) == (3, 1)
    status = world.statuses(call.sid)[0].headers["I-Twilio-Idempotency-Token"]
    assert status not in tokens
    assert call.status == "completed"


@pytest.mark.parametrize(
    ("fragment", "status", "attempts"),
    [
        ("", 500, 1),
        ("#rc=2", 500, 1),
        ("#rc=2&rp=5xx", 500, 3),
        ("#rc=2&rp=4xx", 429, 3),
        ("#rc=2&rp=5xx", 429, 1),
        ("#rc=0&rp=all", 500, 1),
        ("#rc=1&rp=all", 404, 2),
    ],
)
def test_only_what_the_fragment_names_is_repeated(
    world: World, fragment: str, status: int, attempts: int
) -> None:
    world.customer()
    call = world.run(status, url=f"{world.product.url}/voice{fragment}")
    assert len(world.product.at("/voice")) == attempts
    assert call.status == "failed"


def test_a_product_that_cannot_be_reached_is_tried_twice(world: World) -> None:
    world.customer()
    call = world.run(url="http://127.0.0.1:9/voice")
    attempts = [
        entry["details"]["failure"]
        for entry in world.admin.journal(call_sid=call.sid)
        if entry["kind"] == "webhook" and entry["details"]["purpose"] == "twiml"
    ]
    assert attempts == ["ct", "ct"]
    assert world.failure(call.sid)["code"] == 11205


def test_a_product_that_is_too_slow_is_given_up(world: World) -> None:
    world.customer()

    def slow(_hook: object) -> str:
        time.sleep(0.4)
        return TALK

    call = world.run(slow, url=f"{world.product.url}/voice#rt=100")
    assert call.status == "failed"
    assert world.failure(call.sid)["code"] == 11200


def test_a_bad_fragment_is_noted_and_the_defaults_hold(world: World) -> None:
    world.customer()
    call = world.run(TALK, url=f"{world.product.url}/voice#rc=9")
    assert call.status == "completed"
    warnings = [e for e in world.admin.journal(call_sid=call.sid) if e["kind"] == "warning"]
    assert warnings[0]["details"]["code"] == 11243


def test_a_fragment_sets_limits_in_seconds() -> None:
    override = read_override("ct=2000&rt=5000&tt=9000&rc=3&rp=5xx,ct,rt&e=ashburn")
    assert (override.connect, override.read, override.total) == (2.0, 5.0, 9.0)
    assert override.retries == 3
    assert override.retry_on == {"5xx", "ct", "rt"}


@pytest.mark.parametrize("fragment", ["rc=6", "ct=1", "rp=6xx", "hello", "colour=red", "rc=x"])
def test_a_fragment_that_is_not_well_formed_is_an_error(fragment: str) -> None:
    with pytest.raises(OverrideError):
        read_override(fragment)


def test_status_callbacks_may_fail_without_harm(world: World) -> None:
    world.customer()
    world.product.script["/status"] = 500
    assert world.run(TALK).status == "completed"


def test_a_refused_signature_shows_in_the_journal(world: World) -> None:
    world.customer()
    call = world.run(Answer("forbidden", status=403))
    refused = [
        entry["details"]["purpose"]
        for entry in world.admin.journal(call_sid=call.sid)
        if entry["kind"] == "webhook" and not entry["details"]["signature_ok"]
    ]
    assert refused == ["twiml"]


def test_the_journal_can_be_read_by_number(world: World) -> None:
    world.customer()
    world.run(TALK)
    world.run(TALK, to="+12025550111")
    await_truth(lambda: len(world.product.at("/status")) == 2, "both status callbacks")
    numbers = {entry["to_number"] for entry in world.admin.journal(to="+12025550111")}
    assert numbers == {"+12025550111"}


@pytest.mark.parametrize(
    ("status", "method", "keeps_form"),
    [(301, "GET", False), (302, "GET", False), (307, "POST", True)],
)
def test_a_redirected_post_loses_its_form_unless_the_status_keeps_it(
    world: World, *, status: int, method: str, keeps_form: bool
) -> None:
    world.customer()
    world.product.script["/moved"] = TALK
    call = world.run(Answer(status=status, headers={"Location": "/moved?a=b"}))
    (hook,) = world.product.at("/moved")
    assert (hook.method, hook.signed) == (method, True)
    assert ("CallSid" in hook.parameters) == keeps_form
    assert call.status == "completed"


def test_addresses_that_lead_in_circles_are_given_up(world: World) -> None:
    world.customer()
    call = world.run(Answer(status=302, headers={"Location": "/voice"}))
    assert len(world.product.at("/voice")) == 5
    assert (call.status, world.failure(call.sid)["code"]) == ("failed", 11200)


def test_all_repetitions_together_have_the_total_limit(world: World) -> None:
    world.customer()

    def slow(_hook: object) -> int:
        time.sleep(0.25)
        return 500

    call = world.run(slow, url=f"{world.product.url}/voice#rc=5&rp=5xx&tt=600")
    assert 2 <= len(world.product.at("/voice")) <= 3
    assert call.status == "failed"


def test_nothing_is_waited_for_longer_than_fifteen_seconds() -> None:
    longest = read_override("tt=15000&rt=15000&ct=10000&rc=5")
    assert (longest.total, longest.read, longest.connect) == (15.0, 15.0, 10.0)
    assert read_override("").total == 15.0
    with pytest.raises(OverrideError):
        read_override("tt=15001")
