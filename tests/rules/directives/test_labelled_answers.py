"""Answers that others labelled: the labelled examples, and the demo's own customers."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT, LABELLED, ROOT, bare, found, lines_of

EXAMPLES = LABELLED / "instructions-dev.jsonl"
DEMO = ROOT / "local" / "carrier" / "answers.json"
FLOOR = 0.97
"""Directive F1 on the labelled examples, slightly under what is reached."""


@pytest.fixture(scope="module")
def examples() -> list[dict[str, Any]]:
    if not EXAMPLES.exists():
        pytest.skip(f"no labelled examples at {EXAMPLES}; set DELAUTO_SHARED")
    return lines_of(EXAMPLES)


def _moment(example: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(example["now"]).replace(tzinfo=ZoneInfo(example["tz"]))


def test_the_labelled_examples_are_understood(examples: list[dict[str, Any]]) -> None:
    right = heard = labelled = 0
    for example in examples:
        got = Counter(found(understand(example["text"], now=_moment(example))))
        want = Counter(bare(example["directives"]))
        right += (got & want).total()
        heard += got.total()
        labelled += want.total()
    assert 2 * right / (heard + labelled) >= FLOOR


@pytest.mark.parametrize("judgement", ["sentiment", "priority"])
def test_the_labelled_examples_are_judged(examples: list[dict[str, Any]], judgement: str) -> None:
    judged = [example for example in examples if example.get(judgement)]
    right = sum(
        understand(example["text"], now=_moment(example)).as_dict()[judgement] == example[judgement]
        for example in judged
    )
    assert right / len(judged) >= 0.95


def _demo_answers() -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads(DEMO.read_text(encoding="utf-8"))
    return answers


@pytest.mark.parametrize("answer", _demo_answers(), ids=lambda one: one["file"])
def test_every_answer_of_the_demo_is_understood(answer: dict[str, Any]) -> None:
    heard = understand(answer["text"], now=CALLED_AT)
    without = ("date",) if "date_words" in answer else ()
    wanted = answer["directives"]
    assert found(heard, without=without) == bare(wanted)
