"""The personas' file: what it may say, and how wrong ones are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from local.carrier import personas
from local.carrier.exchange_parts import CarrierOptions
from local.carrier.persona_fields import PersonaError
from local.carrier.personas import load_personas
from tests.local.carrier.carrier_world import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    CUSTOMER,
    CarrierThread,
    Product,
    World,
    twiml,
    write_tone,
)

SHIPPED = Path(personas.__file__).with_name("personas.json")


def write(folder: Path, *described: dict[str, Any]) -> Path:
    path = folder / "personas.json"
    path.write_text(json.dumps({"personas": list(described)}))
    return path


def ada(*calls: Any, numbers: tuple[Any, ...] = (CUSTOMER,), **more: Any) -> dict[str, Any]:
    return {"name": "Ada", "numbers": list(numbers), "calls": list(calls), **more}


def answering(*steps: Any) -> dict[str, Any]:
    return ada({"outcome": "answers", "steps": list(steps)})


def test_a_persona_of_the_file_answers_its_number(
    tmp_path: Path, product: Product, options: CarrierOptions
) -> None:
    (tmp_path / "audio").mkdir()
    write_tone(tmp_path / "audio" / "door.wav", seconds=2)
    steps = [{"on": "gather", "press": "2"}, {"on": "record", "speak": "audio/door.wav"}]
    file = write(tmp_path, answering(*steps))
    carrier = CarrierThread(
        CarrierOptions(ACCOUNT_SID, AUTH_TOKEN, options.folder, 100, personas_file=file)
    )
    world = World(carrier, product)
    product.script["/menu"] = twiml('<Record action="/done"/>')
    world.run(twiml('<Gather numDigits="1" action="/menu"/>'))
    carrier.stop()
    assert product.at("/menu")[0].parameters["Digits"] == "2"
    assert product.at("/done")[0].parameters["RecordingDuration"] == "8"


@pytest.mark.parametrize(
    ("persona", "complaint"),
    [
        ({"numbers": []}, "a persona needs a name"),
        (ada(), "persona 'Ada': calls must be a list with at least one entry"),
        (ada({}), "persona 'Ada', calls[0]: outcome must be one of answers, "),
        (ada({"outcome": "sleeps"}), "not 'sleeps'"),
        (ada({"outcome": "busy"}, numbers=("123",)), "persona 'Ada': numbers has '123'"),
        (ada({"outcome": "busy"}, mood="sunny"), "persona 'Ada': unknown field 'mood'"),
        (ada({"outcome": "busy", "rings": "two"}), "calls[0]: rings must be a number from 0"),
        (ada({"outcome": "busy", "steps": [{}]}), "steps need the outcome 'answers'"),
        (ada({"outcome": "answers", "answered_by": "dog"}), "answered_by must be one of human"),
        (answering({"on": "dance"}), "steps[0]: on must be one of gather, record, say"),
        (answering({"on": "gather", "press": "A"}), "press may hold 0-9, * and #, not 'A'"),
        (answering({"on": "gather"}), "needs something to do, or silent: true"),
        (answering({"on": "gather", "press": "1", "silent": True}), "and not both"),
        (answering({"on": "gather", "press": "1", "words": "one"}), "exclude each other"),
        (answering({"on": "record", "words": "one"}), "steps[0]: unknown field 'words'"),
        (answering({"on": "record", "speak": "no.wav"}), "steps[0]: speak: "),
    ],
)
def test_a_wrong_persona_is_told_with_its_name_and_field(
    tmp_path: Path, persona: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(PersonaError) as refused:
        load_personas(write(tmp_path, persona))
    assert complaint in str(refused.value)


def test_the_shipped_personas_are_well_formed() -> None:
    assert load_personas(SHIPPED).by_name


def test_a_number_belongs_to_one_persona_only(tmp_path: Path) -> None:
    other = {**ada({"outcome": "busy"}), "name": "Grace"}
    with pytest.raises(PersonaError, match="two personas have the same number"):
        load_personas(write(tmp_path, ada({"outcome": "busy"}), other))


def test_speaking_into_a_menu_needs_the_words_that_are_heard(tmp_path: Path) -> None:
    write_tone(tmp_path / "door.wav", seconds=1)
    with pytest.raises(PersonaError, match="speak needs words"):
        load_personas(write(tmp_path, answering({"on": "gather", "speak": "door.wav"})))


@pytest.mark.parametrize(
    ("assignment", "complaint"),
    [
        ("Nobody", "there is no persona named 'Nobody'"),
        ([{"outcome": "flies"}], "assignment, calls"),
        ([], "calls must be a list with at least one entry"),
    ],
)
def test_a_wrong_assignment_is_refused(world: World, assignment: Any, complaint: str) -> None:
    with pytest.raises(requests.HTTPError, match=complaint):
        world.admin.assign(CUSTOMER, assignment)


def test_only_a_number_can_be_assigned(world: World) -> None:
    with pytest.raises(requests.HTTPError, match="is not a number like"):
        world.admin.assign("0123", [{"outcome": "busy"}])
