"""Whatever a recogniser may hand over: never an exception, always the shape, in bounded time.

UNDERSTAND_EXAMPLES=5000 draws so many transcripts instead of 300.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from app.rules.analysis import CHOICES, SLOTS, Kind, Priority, Sentiment
from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT, own_answers

EXAMPLES = int(os.environ.get("UNDERSTAND_EXAMPLES", "300"))
TIME = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
PHRASE = {"type": "string", "minLength": 1}
SLOT = {
    **{name: {"enum": list(values)} for name, values in CHOICES.items()},
    "start": TIME,
    "end": TIME,
    "date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "code": {"type": "string", "pattern": r"^[0-9A-Z#*]+$"},
    "phone": {"type": "string", "pattern": r"^\d+$"},
    "minutes": {"type": "integer", "minimum": 1},
    "signature": {"const": True},
    "id_check": {"const": True},
}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
ENTITIES = [
    *("person", "location", "address", "unit", "time"),
    *("date", "phone_number", "access_code", "item"),
]


def closed(properties: dict, required: list[str]) -> dict:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def directive(kind: Kind) -> dict:
    beside = {
        "kind": {"const": kind.value},
        "text": PHRASE,
        "confidence": SHARE,
        "span": {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": 2},
    }
    slots = {name: SLOT.get(name, PHRASE) for name in (*SLOTS[kind], "condition")}
    return closed({**beside, **slots}, ["kind", "text", "confidence", "span"])


SCHEMA = closed(
    {
        "directives": {"type": "array", "items": {"oneOf": [directive(kind) for kind in Kind]}},
        "instructions": {"type": "string"},
        "summary": PHRASE,
        "sentiment": {"enum": list(Sentiment)},
        "priority": {"enum": list(Priority)},
        "keywords": {"type": "array", "items": PHRASE, "maxItems": 8, "uniqueItems": True},
        "entities": {
            "type": "array",
            "items": closed(
                {"type": {"enum": ENTITIES}, "value": PHRASE, "confidence": SHARE},
                ["type", "value", "confidence"],
            ),
        },
        "confidence_score": SHARE,
        "needs_review": {"type": "boolean"},
    },
    ["directives", "instructions", "summary", "sentiment", "priority", "keywords", "entities",
     "confidence_score", "needs_review"],
)  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

WORDS = sorted({word for one in own_answers() for word in one["text"].split()})
NUMBERS = "zero oh one two double triple four five hundred half past quarter to noon 7 451 13:75 #"
SPOKEN = some.lists(some.sampled_from([*WORDS, *NUMBERS.split()]), max_size=60).map(" ".join)
SCRIPTS = "ب ט 日本語 ведро ελληνικά ไทย हिन्दी 한국어 🙂 ﬁ ǅ İ ß"
MARKUP = [
    *("<Say>leave", "it</Say>", "<script>", "{{x}}", "%s", "${a}", "&amp;", "\\n"),
    *('";', "--", "\x00", "\u202e", "\ud83d"),
]
MIXED = some.lists(
    some.one_of(
        some.sampled_from([*WORDS, *SCRIPTS.split(), *MARKUP]),
        some.integers(-(10**30), 10**30).map(str),
        some.text(max_size=8),
    ),
    max_size=40,
).map(" ".join)
LONG = some.tuples(SPOKEN, some.integers(1, 10_000)).map(
    lambda drawn: " ".join((drawn[0].split() * drawn[1])[:10_000])
)
ANY = some.one_of(some.text(max_size=400), SPOKEN, MIXED, LONG)
ZONES = some.sampled_from(["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
MOMENTS = some.builds(
    lambda minutes, zone: (
        datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ).astimezone(ZoneInfo(zone)),
    some.integers(0, 8 * 366 * 24 * 60),
    ZONES,
)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(text=ANY, now=MOMENTS, confidence=some.floats(0, 1))
@example("", CALLED_AT, 1.0)
@example("\x00" * 50, CALLED_AT, 0.0)
@example("<Say>cancel</Say> " * 2_000, CALLED_AT, 0.5)
def test_any_transcript_has_an_analysis_of_the_right_shape(text, now, confidence) -> None:
    found = understand(text, now=now, speech_confidence=confidence).as_dict()
    VALIDATOR.validate(json.loads(json.dumps(found)))
    if not found["directives"]:
        assert found["instructions"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"directives": [{"kind": "fly", "text": "x", "confidence": 1, "span": [0, 1]}]},
        {"directives": [{"kind": "cancel", "text": "x", "confidence": 2, "span": [0, 1]}]},
        {"directives": [{"kind": "cancel", "text": "x", "confidence": 1, "span": [0, 1],
                         "place": "porch"}]},
        {"summary": ""},
        {"keywords": ["a"] * 2},
    ],
)  # fmt: skip
def test_the_shape_refuses_what_is_not_of_it(wrong) -> None:
    right = understand("leave it on the porch", now=CALLED_AT).as_dict()
    VALIDATOR.validate(right)
    assert not VALIDATOR.is_valid({**right, **wrong})
