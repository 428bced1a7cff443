"""Each TwiML verb, as the product hears back from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twilio.twiml.voice_response import (  # type: ignore[import-untyped, unused-ignore]
    Gather,
    VoiceResponse,
)
from werkzeug.wrappers import Response as Answer

from tests.local.carrier.carrier_world import World, assert_lasted, twiml, write_tone

MENU = '<Gather numDigits="1" action="/menu"><Say>Press a key.</Say></Gather>'


def entered(world: World, sid: str) -> list[dict[str, str]]:
    assert world.client.calls(sid).fetch().status == "completed"
    return [dict(hook.parameters) for hook in world.product.at("/menu")]


def test_prompts_take_their_time_and_a_document_without_more_ends_the_call(world: World) -> None:
    world.customer()
    prompts = '<Say loop="2">' + "a" * 70 + '</Say><Pause length="3"/><Pause/>'
    call = world.run(twiml(prompts))
    assert_lasted(call, 14)
    assert world.verbs(call.sid) == ["Say", "Pause", "Pause"]


def test_play_fetches_the_sound_and_lasts_as_long(world: World, tmp_path: Path) -> None:
    world.customer()
    sound = write_tone(tmp_path / "hello.wav", seconds=7).read_bytes()
    world.product.script["/hello.wav"] = Answer(sound, content_type="audio/wav")
    call = world.run(twiml("<Play>/hello.wav</Play>"))
    assert_lasted(call, 7)
    assert world.product.at("/hello.wav")[0].method == "GET"


def test_a_sound_that_is_not_there_fails_the_call(world: World) -> None:
    world.customer()
    world.product.script["/hello.wav"] = 404
    call = world.run(twiml("<Play>/hello.wav</Play>"))
    assert call.status == "failed"
    assert world.failure(call.sid)["code"] == 11200


def test_a_key_interrupts_the_prompt_and_goes_to_the_action(world: World) -> None:
    world.customer({"on": "gather", "press": "2", "after": 2})
    long_menu = f'<Gather numDigits="1" action="/menu"><Say>{"a" * 700}</Say></Gather>'
    call = world.run(twiml(long_menu))
    assert entered(world, call.sid)[0]["Digits"] == "2"
    assert_lasted(call, 2)


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ('numDigits="4"', "1234567", "1234"),
        ("", "42#7", "42"),
        ("", "42", "42"),
        ('finishOnKey="*"', "4#2*", "4#2"),
        ('finishOnKey=""', "42#", "42#"),
    ],
)
def test_keys_are_collected_until_enough_the_finish_key_or_silence(
    world: World, attributes: str, pressed: str, digits: str
) -> None:
    world.customer({"on": "gather", "press": pressed})
    call = world.run(twiml(f'<Gather action="/menu" {attributes}/>'))
    assert entered(world, call.sid)[0]["Digits"] == digits


@pytest.mark.parametrize(
    "step",
    [
        {"on": "gather", "silent": True},
        {"on": "gather", "press": "#"},
        {"on": "gather", "press": "1", "after": 60},
        {"on": "gather", "words": "all fine"},
    ],
)
def test_without_input_a_gather_falls_through_to_the_next_verb(
    world: World, step: dict[str, Any]
) -> None:
    world.customer(step)
    call = world.run(twiml(f"{MENU}<Redirect>/nothing</Redirect>"))
    assert world.product.at("/menu") == []
    assert len(world.product.at("/nothing")) == 1
    assert call.sid


def test_without_input_the_action_is_asked_when_it_wants_to_be(world: World) -> None:
    world.customer()
    call = world.run(twiml('<Gather action="/menu" actionOnEmptyResult="true"/>'))
    assert world.product.at("/menu")[0].parameters["CallSid"] == call.sid


def test_the_default_action_is_the_document_itself(world: World) -> None:
    world.customer({"on": "gather", "press": "1"})
    world.product.script["/voice"] = [twiml("<Gather numDigits='1'/>"), twiml("<Hangup/>")]
    world.run(url=f"{world.product.url}/voice?step=one")
    assert [hook.parameters.get("Digits") for hook in world.product.at("/voice")] == [None, "1"]


def test_speech_arrives_as_words_with_a_confidence(world: World) -> None:
    world.customer({"on": "gather", "words": "leave it at the door", "confidence": 0.75})
    call = world.run(twiml('<Gather input="dtmf speech" speechTimeout="2" action="/menu"/>'))
    heard = entered(world, call.sid)[0]
    assert heard["SpeechResult"] == "leave it at the door"
    assert float(heard["Confidence"]) == 0.75
    assert "Digits" not in heard


def test_a_key_answers_a_gather_for_keys_or_speech(world: World) -> None:
    world.customer({"on": "gather", "press": "3"})
    call = world.run(twiml('<Gather input="dtmf speech" numDigits="1" action="/menu"/>'))
    assert entered(world, call.sid)[0]["Digits"] == "3"


def test_an_action_may_be_asked_by_get(world: World) -> None:
    world.customer({"on": "gather", "press": "1"})
    document = twiml('<Gather numDigits="1" method="GET" action="/menu?for=you%20%2F"/>')
    call = world.run(document)
    (hook,) = world.product.at("/menu")
    assert hook.method == "GET"
    assert hook.parameters["for"] == "you /"
    assert entered(world, call.sid)[0]["Digits"] == "1"


@pytest.mark.parametrize(("barge_in", "seconds"), [("true", 3), ("false", 51)])
def test_words_interrupt_a_prompt_unless_that_is_forbidden(
    world: World, barge_in: str, seconds: int
) -> None:
    world.customer({"on": "gather", "words": "fine", "after": 2})
    attributes = f'input="speech" speechTimeout="1" bargeIn="{barge_in}" action="/menu"'
    call = world.run(twiml(f"<Gather {attributes}><Say>{'a' * 700}</Say></Gather>"))
    assert entered(world, call.sid)[0]["SpeechResult"] == "fine"
    assert_lasted(call, seconds)


def test_what_twilios_own_builder_writes_is_executed(world: World) -> None:
    world.customer({"on": "gather", "press": "2"})
    response = VoiceResponse()
    greeting = response.say(voice="Polly.Joanna", language="en-US")
    greeting.break_(strength="weak", time="200ms")
    menu = Gather(num_digits=1, action="/menu", timeout=4, finish_on_key="")
    menu.say("Two, please.")
    response.append(menu)
    call = world.run(str(response))
    assert entered(world, call.sid)[0]["Digits"] == "2"


def test_steps_are_taken_one_gather_after_the_other(world: World) -> None:
    world.customer({"on": "gather", "press": "9"}, {"on": "gather", "press": "1"})
    world.product.script["/menu"] = [twiml(MENU), twiml("<Hangup/>")]
    call = world.run(twiml(MENU))
    assert [fields["Digits"] for fields in entered(world, call.sid)] == ["9", "1"]


def test_a_customer_may_hang_up_during_a_prompt(world: World) -> None:
    world.customer({"on": "gather", "press": "2"}, {"on": "say", "hang_up_after": 4})
    world.product.script["/menu"] = twiml(f"<Say>{'a' * 700}</Say><Redirect>/after</Redirect>")
    call = world.run(twiml(MENU))
    assert call.status == "completed"
    assert_lasted(call, 5)
    assert world.product.at("/after") == []


def test_redirect_goes_on_with_another_document_relative_to_this_one(world: World) -> None:
    world.customer()
    world.product.script["/deep/voice"] = twiml('<Redirect method="GET">next?a=1</Redirect>')
    world.product.script["/deep/next"] = twiml("<Hangup/>")
    world.run(url=f"{world.product.url}/deep/voice")
    assert world.product.at("/deep/next")[0].method == "GET"


@pytest.mark.parametrize("ending", ["<Hangup/>", "<Reject/>", '<Reject reason="busy"/>'])
def test_hangup_and_reject_end_the_call_there(world: World, ending: str) -> None:
    world.customer()
    call = world.run(twiml(f"{ending}<Redirect>/after</Redirect>"))
    assert call.status == "completed"
    assert world.product.at("/after") == []


def test_dial_connects_a_person_and_reports_to_its_action(world: World) -> None:
    world.customer()
    call = world.run(twiml('<Dial action="/menu">+12025550177</Dial>'))
    assert entered(world, call.sid)[0]["DialCallStatus"] == "completed"
    assert_lasted(call, 20)


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ('<Record maxlength="60"/>', "<Record> has no attribute 'maxlength', meant 'maxLength'?"),
        ("<say>Hello</say>", "unknown element <say>, meant <Say>?"),
        ("<Shout>Hello</Shout>", "unknown element <Shout>"),
        ("<Gather><Record/></Gather>", "<Record> may not stand in <Gather>"),
        ('<Gather timeout="soon"/>', "<Gather timeout='soon'> is not allowed"),
        ('<Pause length="1">wait</Pause>', "<Pause> may not contain text"),
        ("<Redirect/>", "<Redirect> is empty"),
    ],
)
def test_what_twilio_would_silently_ignore_fails_the_call_loudly(
    world: World, capfd: pytest.CaptureFixture[str], inner: str, reason: str
) -> None:
    world.customer()
    fallback = f"{world.product.url}/fallback"
    call = world.run(twiml(f"<Say>Hello.</Say>{inner}"), fallback_url=fallback)
    assert call.status == "failed"
    assert world.failure(call.sid) == {"code": 12200, "reason": reason}
    assert reason in capfd.readouterr().err
    assert world.verbs(call.sid) == []
    assert world.product.at("/fallback") == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (twiml("<!--" + "x" * 65536 + "-->"), 11750),
        ("Good morning", 12100),
        ("<Response><Say>", 12100),
        (' <?xml version="1.0"?><Response/>', 12100),
        ('<!DOCTYPE Response [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>', 12100),
        (Answer(twiml(""), content_type="text/html"), 12300),
        (Answer("out of order", status=503), 11200),
    ],
)
def test_an_answer_that_is_no_twiml_leads_to_the_fallback(
    world: World, answer: Any, code: int
) -> None:
    world.customer()
    world.product.script["/fallback"] = twiml("<Say>One moment.</Say>")
    call = world.run(answer, fallback_url=f"{world.product.url}/fallback")
    assert call.status == "completed"
    fallback = world.product.at("/fallback")[0].parameters
    assert (fallback["ErrorCode"], fallback["ErrorUrl"]) == (
        str(code),
        f"{world.product.url}/voice",
    )


def test_without_a_fallback_such_an_answer_fails_the_call(world: World) -> None:
    world.customer()
    call = world.run("Good morning")
    assert call.status == "failed"
    assert world.failure(call.sid)["code"] == 12100
