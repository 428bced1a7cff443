"""The call script: every scene leads somewhere, and the law is kept on every way through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.analysis import Kind
from app.rules.call_script import (
    ENTRANCES,
    MOST_ANSWERS,
    REPEAT,
    SCENES,
    START,
    Step,
    after_key,
    after_silence,
    agreed,
    for_machine,
    next_days,
    somebody_there,
    start_for,
)
from app.rules.call_script.page import page
from app.rules.call_script.scenes import MOST_AGAIN, WRONG_NUMBER
from app.rules.call_script.script import NOTIFICATION
from app.rules.call_script.speaking import said_number, said_when
from app.rules.call_script.texts import LANGUAGES, language, seconds

KEYS = "0123456789*#"
DAYS = (date(2026, 3, 11), date(2026, 3, 12), date(2026, 3, 13))


def after(scene: str, *keys: str) -> str:
    step = Step(scene)
    for key in keys:
        step = after_key(step, key, days=DAYS).to
    return step.scene


def meanings(scene: str, key: str) -> list[tuple[Kind, dict]]:
    move = after_key(Step(scene), key, days=DAYS)
    return [(each.kind, dict(each.slots)) for each in move.choice.means]


def test_every_scene_that_is_named_exists_and_every_scene_can_be_reached() -> None:
    seen, front = set(), set(ENTRANCES)
    while front:
        scene = front.pop()
        seen.add(scene)
        front |= SCENES[scene].following() - seen
    assert seen == set(SCENES)


def test_every_text_is_said_somewhere() -> None:
    said = {prompt for scene in SCENES.values() for prompt in (*scene.say, *scene.ask)}
    said |= {
        prompt
        for scene in SCENES.values()
        for choice in scene.choices.values()
        for prompt in choice.reply
    }
    said |= {"unclear", "one_moment", "sorry"}
    said |= {f"{prompt}_several" for prompt in ("greeting", "inbound")}
    for code in LANGUAGES:
        assert set(language(code).prompts) == said, code


def test_the_company_is_named_first_however_a_call_begins() -> None:
    for entrance in ("greeting", "notification", "inbound", "inbound-unknown", "voicemail"):
        for code in LANGUAGES:
            assert "{company}" in language(code).prompts[SCENES[entrance].say[0]]


def test_the_notice_stands_right_before_every_beep_where_no_key_can_skip_it() -> None:
    for scene in SCENES.values():
        if scene.records:
            assert scene.say[0] == "notice"
            assert not scene.asks


def test_the_notice_comes_before_the_question_wherever_words_are_listened_to_first() -> None:
    for entrance in ENTRANCES:
        if SCENES[entrance].speech:
            assert "notice" in SCENES[entrance].say
            assert "notice" not in SCENES[entrance].ask


def test_a_bare_yes_confirms_only_what_was_asked_with_a_yes_or_no() -> None:
    for name, scene in SCENES.items():
        if scene.speech == "menu":
            assert agreed(Step(name)).to == Step("all-fine")
        elif scene.speech:
            assert scene.agreed is None
    assert after("all-fine", "1") == "confirmed"
    assert after("all-fine", "2", "3") == "another-day"


def test_a_wrong_number_may_be_said_wherever_a_menu_is_put() -> None:
    for name, scene in SCENES.items():
        if scene.speech == "menu":
            assert after(name, WRONG_NUMBER) == "wrong-number"
            assert meanings(name, WRONG_NUMBER) == [(Kind.WRONG_NUMBER, {})]


def test_a_notification_neither_records_nor_listens_to_words() -> None:
    seen, front = set(), {NOTIFICATION}
    while front:
        scene = front.pop()
        seen.add(scene)
        front |= SCENES[scene].following() - seen
    assert not {scene for scene in seen if SCENES[scene].records or SCENES[scene].speech}
    assert start_for("outbound", "package_notification") == NOTIFICATION


WINDOW = datetime(2026, 9, 23, 21, 30, tzinfo=UTC), datetime(2026, 9, 23, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_notification_lasts_less_than_a_minute_whatever_is_pressed(code) -> None:
    start, end = WINDOW
    values = {
        "company": "Harbour Parcels of Springfield",
        "callback": said_number(language(code), "+14155550100", "+12125550123"),
        "when": said_when(language(code), start, end, "UTC", date(2026, 9, 1)),
    }

    def lasts(scene: str) -> float:
        here = SCENES[scene]
        spoken = language(code)
        said = sum(seconds(spoken.say(prompt, values)) for prompt in (*here.say, *here.ask))
        waited = here.patience if here.asks else 0
        ways = [
            sum(seconds(spoken.prompts[prompt]) for prompt in choice.reply) + lasts(choice.to)
            for choice in here.choices.values()
        ]
        ways += [lasts(here.unanswered)] if here.unanswered else []
        return said + waited + max(ways, default=0)

    assert lasts(NOTIFICATION) < 60


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_message_for_a_machine_lasts_less_than_half_a_minute(code) -> None:
    spoken = language(code)
    values = {"company": "Harbour Parcels", "callback": "4 1 5, 5 5 5, 0 1 0 0", "when": "today"}
    assert 10 < seconds(spoken.say("voicemail", values)) < 30
    assert spoken.prompts["voicemail"].count("{callback}") == 2


def test_never_again_holds_from_the_first_key_and_can_be_taken_back_once() -> None:
    for scene, here in SCENES.items():
        if here.choices and scene != "opt-out":
            assert meanings(scene, "9") == [(Kind.OPT_OUT, {})], scene
            assert "opt_out" in SCENES[after(scene, "9")].say
    assert after("opt-out", "9") == "opted-out"
    assert after_silence(Step("opt-out")).scene == "opted-out"
    back = after_key(Step("opt-out"), "1")
    assert (back.to.scene, back.choice.takes_back) == ("menu", Kind.OPT_OUT)


def test_nine_during_a_recording_is_an_opt_out_star_repeats_and_any_other_key_is_done() -> None:
    assert after("instructions", "9") == "opt-out"
    assert after("instructions", REPEAT) == "instructions"
    for key in "012345678#":
        assert after("instructions", key) == "thanks"


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (["1"], "confirmed"),
        (["2"], "instructions"),
        (["3", "2", "1"], "day-kept"),
        (["3", "2", "2", "3", "1"], "day-kept"),
        (["3", "4"], "instructions"),
        (["4", "1"], "keypad-more"),
        (["4", "1", "1", "5"], "keypad-more"),
        (["0"], "transfer"),
        (["*", "1"], "confirmed"),
        (["7", "1"], "confirmed"),
        (["7", "7"], "instructions"),
        (["*", "*", "*"], "instructions"),
        (["9", "1", "1"], "confirmed"),
    ],
)
def test_keys_lead_where_they_should(keys, end) -> None:
    assert after(START, *keys) == end
    assert after("inbound", *keys) == end


def test_the_day_that_was_chosen_is_the_day_that_is_read_back_and_kept() -> None:
    chosen = after_key(Step("another-day"), "2", days=DAYS).to
    assert chosen == Step("day-chosen", day=DAYS[1])
    assert after_silence(chosen).day == DAYS[1]
    kept = after_key(after_silence(chosen), "1")
    assert kept.to == Step("day-kept", day=DAYS[1])
    assert kept.choice.keeps_day


def test_a_day_that_is_not_on_offer_cannot_be_chosen() -> None:
    assert after_key(Step("another-day"), "3", days=DAYS[:2]).choice is None


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("1", [(Kind.LEAVE_AT, {"place": "front door"})]),
        ("2", [(Kind.LEAVE_WITH, {"recipient": "neighbor"})]),
        ("3", [(Kind.LEAVE_AT, {"place": "safe place"}), (Kind.HANDLING, {"note": "conceal"})]),
        ("4", [(Kind.HAND_OVER, {"recipient": "me"})]),
        ("5", [(Kind.CONTACT, {"channel": "text", "when": "on_arrival"})]),
    ],
)
def test_keys_alone_say_what_words_would(key, meant) -> None:
    assert meanings("keypad", key) == meant
    assert meanings("brief-keypad", key) == meant


def test_a_machine_is_never_waited_for_nor_recorded() -> None:
    for scene in SCENES:
        assert SCENES[for_machine(Step(scene)).scene].ends


def silent_way(scene: str) -> Iterator[str]:
    step = Step(scene)
    while not SCENES[step.scene].ends:
        here = SCENES[step.scene]
        step = Step(here.unanswered) if here.transfers else after_silence(step)
        yield step.scene


@pytest.mark.parametrize("scene", SCENES)
def test_silence_ends_the_call_after_at_most_two_more_questions_of_a_kind(scene) -> None:
    way = [scene]
    for one in silent_way(scene):
        way.append(one)
        assert len(way) < 12
    assert all(way.count(one) <= 1 + MOST_AGAIN for one in way)
    assert SCENES[way[-1]].ends


def test_silence_at_the_menu_leads_to_the_beep_and_then_tells_what_happens() -> None:
    assert list(silent_way(START)) == ["greeting", "instructions", "unheard", "nothing"]


@given(
    st.sampled_from([START, NOTIFICATION, "inbound", "inbound-unknown"]),
    st.lists(st.sampled_from([*KEYS, ""]), min_size=120, max_size=120),
)
def test_whatever_is_pressed_the_call_ends_and_nothing_is_asked_more_than_three_times_in_a_row(
    start, pressed
) -> None:
    step, answers, in_a_row = Step(start), 0, 0
    for key in pressed:
        scene = SCENES[step.scene]
        if scene.ends:
            return
        if scene.transfers:
            following = Step(scene.unanswered)
        elif key:
            following = after_key(step, key, days=DAYS, answers=answers).to
            answers += 1
        else:
            following = after_silence(step)
        in_a_row = in_a_row + 1 if following.scene == step.scene else 0
        assert in_a_row <= MOST_AGAIN
        assert following.again <= MOST_AGAIN
        step = following
    assert answers <= MOST_ANSWERS + 1
    assert SCENES[step.scene].ends


@given(
    st.builds(
        Step,
        st.sampled_from(sorted(SCENES)),
        st.integers(0, MOST_AGAIN),
        st.sampled_from(LANGUAGES),
        st.none() | st.dates(),
    )
)
def test_a_step_survives_being_an_address(step) -> None:
    assert Step.read(str(step)) == step
    assert str(step).replace("-", "").replace(".", "").isalnum()


@pytest.mark.parametrize(
    "text", ["", "Greeting", "a/b", "menu.x", "menu.1.de.2026-13-01", "a" * 99]
)
def test_what_is_no_step_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"step|month"):
        Step.read(text)


def test_the_first_words_are_those_of_the_direction_and_the_basis() -> None:
    assert start_for("outbound") == START
    assert start_for("inbound") == start_for("inbound", "package_notification") == "inbound"


def test_the_days_on_offer_leave_out_sundays_and_quiet_days() -> None:
    friday = date(2026, 12, 18)
    assert next_days(friday, []) == (date(2026, 12, 19), date(2026, 12, 21), date(2026, 12, 22))
    quiet = ["2026-12-21", "2026-12-22", "2026-12-24", "2026-12-25"]
    assert next_days(friday, quiet) == (
        date(2026, 12, 19),
        date(2026, 12, 23),
        date(2026, 12, 26),
    )
    every = [(friday + timedelta(days=n)).isoformat() for n in range(80)]
    assert next_days(friday, every) == ()


@pytest.mark.parametrize(
    ("hours", "clock", "there"),
    [
        ("09:00-17:00", "08:59", False),
        ("09:00-17:00", "09:00", True),
        ("09:00-17:00", "17:00", False),
        (None, "03:00", True),
        ("whenever", "12:00", False),
    ],
)
def test_somebody_answers_the_telephone_inside_the_hours(hours, clock, there) -> None:
    assert somebody_there(hours, datetime.fromisoformat(f"2026-03-10T{clock}")) is there


def test_the_page_about_the_script_is_the_script() -> None:
    written = Path(__file__).parents[2] / "docs" / "call-script.md"
    assert written.read_text(encoding="utf-8") == page(), "run: delauto script document > docs/…"


def test_the_page_shows_every_scene_and_every_text() -> None:
    text = page()
    for scene in SCENES.values():
        assert f"### {scene.title}\n" in text
    for code in LANGUAGES:
        for prompt in language(code).prompts.values():
            assert prompt in text
