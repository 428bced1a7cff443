"""The call script: every scene leads somewhere, and the law is kept on every way through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.rules.call_script import (
    PROMPTS,
    SCENES,
    START,
    Effect,
    for_machine,
    next_scene,
    said_when,
    words,
)


def following(scene: str) -> set[str]:
    here = SCENES[scene]
    return {*(here.keys or {}).values(), here.other, here.silent, here.recorded} - {None}


def test_every_scene_that_is_named_exists_and_every_scene_can_be_reached() -> None:
    seen, front = set(), {START, "voicemail"}
    while front:
        scene = front.pop()
        seen.add(scene)
        front |= following(scene) - seen
    assert seen == set(SCENES)


def test_every_prompt_exists_and_is_used() -> None:
    assert {prompt for scene in SCENES.values() for prompt in scene.say} == set(PROMPTS)


def test_nobody_is_recorded_before_the_notice() -> None:
    assert "notice" in SCENES[START].say
    assert SCENES[START].say.index("notice") > SCENES[START].say.index("greeting")
    assert not SCENES[START].records


def test_the_company_is_named_first() -> None:
    assert "{company}" in PROMPTS[SCENES[START].say[0]]


def test_never_again_is_asked_twice() -> None:
    assert next_scene(START, "9") == "opt-out"
    assert SCENES["opt-out"].effect is None
    assert next_scene("opt-out", "9") == "opted-out"
    assert SCENES["opted-out"].effect is Effect.OPT_OUT
    assert next_scene("opt-out", "1") == "menu"


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (["1"], "confirmed"),
        (["2"], "instructions"),
        (["*", "1"], "confirmed"),
        (["7", "1"], "confirmed"),
        (["7", "7"], "instructions"),
        (["9", "5", "1"], "confirmed"),
    ],
)
def test_keys_lead_where_they_should(keys, end) -> None:
    scene = START
    for key in keys:
        scene = next_scene(scene, key)
    assert scene == end


def test_a_machine_is_never_recorded() -> None:
    for scene in SCENES:
        assert not SCENES[for_machine(scene)].records


def test_silence_ends_the_call_in_a_bounded_number_of_steps() -> None:
    scene, steps = START, 0
    while SCENES[scene].silent:
        scene, steps = SCENES[scene].silent, steps + 1
        assert steps < 5
    assert scene == "nothing"


@pytest.mark.parametrize(
    ("day", "end", "said"),
    [
        (0, None, "today around 9:30 AM"),
        (1, None, "tomorrow around 9:30 AM"),
        (3, None, "on Friday, March 13 around 9:30 AM"),
        (0, 90, "today between 9:30 AM and 11 AM"),
    ],
)
def test_when_is_said_as_people_say_it(day, end, said) -> None:
    start = datetime(2026, 3, 10, 13, 30, tzinfo=UTC) + timedelta(days=day)
    until = start + timedelta(minutes=end) if end else None
    assert said_when(start, until, "America/New_York", date(2026, 3, 10)) == said


def test_words_are_filled_in() -> None:
    text = " ".join(words(START, company="Smith & Söhne", callback="1 2", when="today"))
    assert "Smith & Söhne" in text
    assert "{" not in text
