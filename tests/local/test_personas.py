"""The shipped customers are playable, and between them behave in every way the demo shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.rules.analysis import Kind
from local.carrier.personas import CallBehaviour, load_personas

CARRIER = Path(__file__).resolve().parents[2] / "local" / "carrier"
ANSWERS: list[dict[str, Any]] = json.loads((CARRIER / "answers.json").read_text())
BY_NAME = load_personas(CARRIER / "personas.json").by_name


def pressed(call: CallBehaviour) -> str:
    return "".join(step.press for step in call.steps if step.on == "gather")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: Path(answer["file"]).stem)
def test_each_answer_has_a_customer_who_speaks_it_when_recorded(answer: dict[str, Any]) -> None:
    call = BY_NAME[Path(answer["file"]).stem].calls[0]
    spoken = [step.speak for step in call.steps if step.on == "record"]
    assert call.outcome == "answers"
    assert pressed(call) in {"2", ""}
    assert spoken == [CARRIER / answer["file"]]


def test_answers_are_telephone_audio_and_small() -> None:
    files = sorted((CARRIER / "audio").glob("*.wav"))
    assert sum(file.stat().st_size for file in files) < 1_700_000
    for file in files:
        head = file.read_bytes()[:36]
        form, channels = (
            int.from_bytes(head[20:22], "little"),
            int.from_bytes(head[22:24], "little"),
        )
        assert (form, channels, int.from_bytes(head[24:28], "little")) == (7, 1, 8000), file.name


def test_the_table_names_each_answer_once_with_known_directives() -> None:
    assert len({answer["file"] for answer in ANSWERS}) == len(ANSWERS) >= 28
    assert len({answer["voice"] for answer in ANSWERS}) >= 10
    kinds = {directive["kind"] for answer in ANSWERS for directive in answer["directives"]}
    assert kinds == {kind.value for kind in Kind}


def test_a_customer_who_presses_nothing_waits_through_two_menus_before_talking() -> None:
    waits = [step.on for step in BY_NAME["home-after-six"].calls[0].steps]
    assert waits == ["gather", "gather", "record"]


def test_customers_fail_to_answer_in_each_way_and_then_some_do() -> None:
    outcomes = {name: [call.outcome for call in BY_NAME[name].calls] for name in BY_NAME}
    assert outcomes["busy-then-answers"] == ["busy", "answers"]
    assert outcomes["no-answer-then-answers"] == ["no_answer", "answers"]
    assert outcomes["never-answers"] == ["no_answer"]
    assert outcomes["voicemail"] == ["voicemail"]
    assert pressed(BY_NAME["presses-9-twice"].calls[0]) == "99"
    assert pressed(BY_NAME["wrong-key-then-2"].calls[0]) == "72"


def test_the_customer_who_hangs_up_while_recorded_has_finished_speaking() -> None:
    step = next(s for s in BY_NAME["take-to-my-office"].calls[0].steps if s.on == "record")
    assert step.speak is not None
    seconds = step.speak.stat().st_size / 8000
    assert step.hang_up_after is not None
    assert step.hang_up_after > step.after + seconds


def test_further_customers_speak_each_further_answer() -> None:
    further = json.loads((CARRIER / "more_answers.json").read_text())
    spoken = {step.speak for each in BY_NAME.values() for call in each.calls for step in call.steps}
    assert {CARRIER / answer["file"] for answer in further} <= spoken
    assert {answer["language"] for answer in further} == {"en", "es", "fr", "de"}


def test_further_customers_press_what_the_script_offers_or_answer_otherwise() -> None:
    keys = {name: pressed(BY_NAME[name].calls[0]) for name in BY_NAME}
    chosen = [keys[name] for name in ("keypad-only", "another-day", "asks-for-a-person")]
    assert chosen == ["41", "321", "0"]
    recorded = [step.press for step in BY_NAME["opt-out-while-recorded"].calls[0].steps]
    assert recorded == ["2", "9", "9"]
    assert BY_NAME["calls-back"].calls[0].calls_back is not None
    assert BY_NAME["answers-by-text"].texts[0].reply
    assert BY_NAME["stops-by-text"].texts[0].reply == "STOP"
    assert BY_NAME["blocked-by-the-network"].calls[0].error_code == 32017


def test_the_demonstration_has_the_customers_of_the_first_file_alone() -> None:
    listed = json.loads((CARRIER / "personas.json").read_text())["personas"]
    assert len(listed) == 49 < len(BY_NAME)
