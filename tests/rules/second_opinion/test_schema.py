"""The schema is made from the analysis' own tables, and nothing passes that does not fit it."""

from __future__ import annotations

import json

import jsonschema
import pytest

from app.rules.analysis import CHOICES, SLOTS, Kind
from app.rules.second_opinion.asking import MEANINGS
from app.rules.second_opinion.schema import MOST, NonsenseError, parse, schema
from tests.rules.second_opinion.answers import answer, directive


def objects(node):
    """Every schema of an object."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def test_every_kind_has_its_slots_and_every_slot_its_choices() -> None:
    kinds = {each["properties"]["kind"]["const"]: each for each in schema()["$defs"].values()}
    assert set(kinds) == {kind.value for kind in Kind} == {kind.value for kind in MEANINGS}
    for kind, names in SLOTS.items():
        properties = kinds[kind.value]["properties"]
        assert list(properties) == ["kind", "quote", *names, "condition"]
        for name in set(names) & set(CHOICES):
            assert tuple(properties[name]["anyOf"][0]["enum"]) == CHOICES[name]


def test_the_schema_keeps_to_what_strict_outputs_allow() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert len(list(objects(schema()))) == len(Kind) + 1
    for each in objects(schema()):
        assert each["additionalProperties"] is False
        assert set(each["required"]) == set(each["properties"])
    text = json.dumps(schema())
    for keyword in ("oneOf", "allOf", "maxLength", "pattern", "default", "discriminator"):
        assert f'"{keyword}"' not in text


def test_what_is_null_or_false_was_not_said() -> None:
    given = answer(directive("hand_over", "only to me", recipient="me", signature=False))
    (found,) = parse(given)
    assert (found.kind, found.quote, dict(found.slots)) == (
        Kind.HAND_OVER,
        "only to me",
        {"recipient": "me"},
    )


@pytest.mark.parametrize(
    "given",
    [
        "",
        "I'm sorry, I can't help with that.",
        "null",
        "[]",
        "{}",
        '{"directives": null}',
        '{"directives": [{"kind": "confirm"}]}',
        '{"directives": [{"kind": "explode", "quote": "yes", "condition": null}]}',
        '{"directives": [{"kind": "confirm", "quote": 5, "condition": null}]}',
        '{"directives": [], "note": "all confirmed"}',
        '{"directives": [{"kind": "confirm", "quote": "yes", "condition": null, "urgent": true}]}',
        answer(directive("avoid", "don't ring", action="explode")),
        answer(directive("contact", "ten minutes before", minutes="10")),
        answer(directive("access", "4519", code=4519)),
        "[" * 100_000,
        '{"directives": ' * 5_000,
        answer(*[directive("confirm", "yes")] * (MOST + 1)),
        '{"directives": [}',
        "\ud800",
    ],
)
def test_what_does_not_fit_is_nonsense_as_a_whole(given) -> None:
    with pytest.raises(NonsenseError) as caught:
        parse(given)
    assert given[:20] not in str(caught.value) or not given


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```\n", "\n```json\n{}\n  ```"])
def test_a_fence_around_the_answer_is_taken_off(fence) -> None:
    plain = answer(directive("cancel", "cancel it"))
    assert parse(fence.format(plain)) == parse(plain)
    with pytest.raises(NonsenseError):
        parse("here you are: " + fence.format(plain))


def test_what_fits_our_check_fits_the_schema_that_was_sent() -> None:
    good = answer(directive("leave_at", "in the shed", place="shed"), directive("confirm", "yes"))
    jsonschema.validate(json.loads(good), schema())
    assert len(parse(good)) == 2
