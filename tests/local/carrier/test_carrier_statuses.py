"""How calls progress: statuses in order, every outcome, and who answered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.carrier.carrier_world import CUSTOMER, World, assert_lasted, twiml, write_tone

EVERY_EVENT = ["initiated", "ringing", "answered", "completed"]
TALK = twiml('<Pause length="2"/>')
LONG_TALK = twiml('<Pause length="40"/>')


def callbacks(world: World, sid: str) -> list[tuple[str, str]]:
    return [
        (hook.parameters["SequenceNumber"], hook.parameters["CallStatus"])
        for hook in world.statuses(sid)
    ]


def test_an_answered_call_reports_every_status_in_order(world: World) -> None:
    world.customer()
    call = world.run(TALK, status_callback_event=EVERY_EVENT)
    assert callbacks(world, call.sid) == [
        ("0", "initiated"),
        ("1", "ringing"),
        ("2", "in-progress"),
        ("3", "completed"),
    ]


def test_without_subscription_only_the_end_is_reported(world: World) -> None:
    world.customer()
    assert callbacks(world, world.run(TALK).sid) == [("0", "completed")]


def test_a_status_callback_carries_the_documented_fields(world: World) -> None:
    world.customer()
    call = world.run(twiml('<Pause length="61"/>'), status_callback_event=EVERY_EVENT)
    ringing, final = world.statuses(call.sid)[1], world.statuses(call.sid)[-1]
    assert ringing.parameters["StirStatus"] == "A"
    assert ringing.parameters["CallbackSource"] == "call-progress-events"
    assert ringing.parameters["Direction"] == "outbound-api"
    assert ringing.parameters["ToCountry"] == "US"
    assert ringing.parameters["Called"] == CUSTOMER
    assert ringing.parameters["Timestamp"].endswith("+0000")
    assert "CallDuration" not in ringing.parameters
    assert 61 <= int(final.parameters["CallDuration"]) <= 64
    assert final.parameters["Duration"] == "2"
    assert final.parameters["SipResponseCode"] == "200"


@pytest.mark.parametrize(
    ("behaviour", "status", "sip_code"),
    [
        ({"outcome": "busy"}, "busy", "486"),
        ({"outcome": "no_answer"}, "no-answer", "487"),
        ({"outcome": "answers", "rings": 20}, "no-answer", "487"),
        ({"outcome": "fails"}, "failed", "503"),
        ({"outcome": "fails", "sip_code": 480}, "failed", "480"),
    ],
)
def test_a_call_nobody_takes_ends_without_asking_for_twiml(
    world: World, behaviour: dict[str, Any], status: str, sip_code: str
) -> None:
    world.customer(**behaviour)
    call = world.run(TALK)
    assert call.status == status
    assert call.duration == "0"
    assert call.price is None
    final = world.statuses(call.sid)[-1].parameters
    assert (final["CallStatus"], final["SipResponseCode"]) == (status, sip_code)
    assert world.product.at("/voice") == []


def test_a_number_nobody_has_fails_as_unreachable(world: World) -> None:
    call = world.run(TALK, to="+12025550188")
    assert call.status == "failed"
    assert world.statuses(call.sid)[-1].parameters["SipResponseCode"] == "404"


def test_each_call_to_a_number_takes_the_next_behaviour_and_the_last_repeats(world: World) -> None:
    world.admin.assign(CUSTOMER, [{"outcome": "busy"}, {"outcome": "answers"}])
    assert [world.run(TALK).status for _ in range(3)] == ["busy", "completed", "completed"]


def test_a_person_is_recognised_while_the_talk_goes_on(world: World) -> None:
    world.customer()
    call = world.run(LONG_TALK, **asynchronous_detection(world, "Enable"))
    (detection,) = world.product.at("/amd")
    assert detection.parameters["AnsweredBy"] == "human"
    assert detection.parameters["MachineDetectionDuration"] == "3000"
    assert "AnsweredBy" not in world.product.at("/voice")[0].parameters
    assert call.answered_by == "human"
    assert world.statuses(call.sid)[-1].parameters["AnsweredBy"] == "human"


@pytest.mark.parametrize(
    ("mode", "verdict", "milliseconds"),
    [("Enable", "machine_start", "4000"), ("DetectMessageEnd", "machine_end_beep", "9000")],
)
def test_voicemail_is_recognised(
    world: World, tmp_path: Any, mode: str, verdict: str, milliseconds: str
) -> None:
    greeting = write_tone(tmp_path / "greeting.wav", seconds=8)
    world.customer(outcome="voicemail", greeting=str(greeting), keeps_line=300)
    call = world.run(LONG_TALK, **asynchronous_detection(world, mode))
    (detection,) = world.product.at("/amd")
    assert detection.parameters["AnsweredBy"] == verdict
    assert detection.parameters["MachineDetectionDuration"] == milliseconds
    assert call.answered_by == verdict


def test_voicemail_hangs_up_when_it_has_waited_long_enough(world: World) -> None:
    world.customer(outcome="voicemail", keeps_line=9)
    assert_lasted(world.run(LONG_TALK), 10)


def test_detection_that_takes_too_long_says_unknown(world: World, tmp_path: Any) -> None:
    greeting = write_tone(tmp_path / "greeting.wav", seconds=8)
    world.customer(outcome="voicemail", greeting=str(greeting), keeps_line=300)
    settings = asynchronous_detection(world, "DetectMessageEnd")
    world.run(LONG_TALK, **settings, machine_detection_timeout=5)
    assert world.product.at("/amd")[0].parameters["AnsweredBy"] == "unknown"


def test_a_call_that_ends_first_leaves_detection_unknown(world: World) -> None:
    world.customer()
    detection = asynchronous_detection(world, "Enable")
    call = world.run(url=None, twiml=twiml("<Hangup/>"), **detection)
    assert world.product.await_webhooks("/amd")[0].parameters["AnsweredBy"] == "unknown"
    assert call.answered_by == "unknown"


def test_a_terse_person_may_be_taken_for_a_machine(world: World) -> None:
    world.customer(answered_by="machine_start")
    assert world.run(LONG_TALK, **asynchronous_detection(world, "Enable")).answered_by == (
        "machine_start"
    )


def test_synchronous_detection_delays_the_talk_and_tells_it_the_result(world: World) -> None:
    world.customer()
    call = world.run(TALK, machine_detection="Enable")
    assert world.product.at("/voice")[0].parameters["AnsweredBy"] == "human"
    assert_lasted(call, 5)


def test_a_call_longer_than_its_time_limit_is_cut(world: World) -> None:
    world.customer()
    assert_lasted(world.run(LONG_TALK, time_limit=7), 7)


def asynchronous_detection(world: World, mode: str) -> dict[str, str]:
    return {
        "machine_detection": mode,
        "async_amd": "true",
        "async_amd_status_callback": f"{world.product.url}/amd",
    }
