"""The table of events, its page, and the one example on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.rules.events import OF_MOVES, TYPES, Envelope, wants
from app.rules.events.examples import EXAMPLE
from app.rules.events.page import page
from app.rules.events.payloads import InstructionsData

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_table() -> None:
    written = (ROOT / "docs" / "webhooks.md").read_text()
    assert written == page(), "delauto webhooks document > docs/webhooks.md"
    for each in TYPES.values():
        assert f"| `{each.name}` | {each.version} | {each.meaning} |" in written
        assert f"### {each.data.__name__}" in written
        for field in each.data.model_fields:
            assert f"| `{field}` |" in written


def test_the_example_is_an_event() -> None:
    shown = page().split("```json\n")[1].split("```")[0]
    event = Envelope.model_validate_json(shown)
    assert event == EXAMPLE
    assert InstructionsData.model_validate(json.loads(shown)["data"])


def test_no_payload_takes_a_field_that_it_does_not_tell_of() -> None:
    for each in TYPES.values():
        with pytest.raises(ValidationError):
            each.data.model_validate({"customer_phone": "+14155550123"})


def test_every_event_says_what_it_means_in_a_sentence() -> None:
    for each in TYPES.values():
        assert each.meaning[0].isupper()
        assert not each.meaning.endswith(".")
        assert each.version >= 1


def test_every_type_is_written_somewhere() -> None:
    code = "\n".join(
        path.read_text()
        for folder in ("app/pipeline", "app/models")
        for path in (ROOT / folder).rglob("*.py")
    )
    of_moves = set(OF_MOVES.values())
    known = {"SUBSCRIPTION_DISABLED": "subscription.disabled", "TEST": "webhook.test"}
    by_name = {name for constant, name in known.items() if f"{constant}, data" in code}
    for name in set(TYPES) - of_moves - by_name:
        assert f'Note(type="{name}"' in code, name


@pytest.mark.parametrize(
    ("types", "name", "taken"),
    [
        (("*",), "call.completed", True),
        (("call.completed",), "call.completed", True),
        (("call.completed",), "delivery.completed", False),
        (("call.completed",), "webhook.test", True),
        (("call",), "call.completed", False),
    ],
)
def test_a_subscription_takes_what_it_names(types, name, taken) -> None:
    assert wants(types, name) is taken
