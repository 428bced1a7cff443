"""What customers say is understood, however the recogniser writes it down."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT, bare, found, own_answers, unpunctuated

ANSWERS = own_answers()
SPOKEN = [one for one in ANSWERS if "directives" in one and not one.get("as_written_only")]


def _name(one: dict[str, Any]) -> str:
    return one["text"][:60] or "(silence)"


@pytest.mark.parametrize("answer", [one for one in ANSWERS if "directives" in one], ids=_name)
def test_an_answer_yields_its_directives(answer: dict[str, Any]) -> None:
    assert found(understand(answer["text"], now=CALLED_AT)) == bare(answer["directives"])


@pytest.mark.parametrize("answer", SPOKEN, ids=_name)
def test_an_answer_without_punctuation_yields_the_same(answer: dict[str, Any]) -> None:
    heard = understand(unpunctuated(answer["text"]), now=CALLED_AT)
    assert found(heard) == bare(answer["directives"])


@pytest.mark.parametrize("answer", [one for one in ANSWERS if "priority" in one], ids=_name)
def test_an_answer_gets_its_priority(answer: dict[str, Any]) -> None:
    assert understand(answer["text"], now=CALLED_AT).priority == answer["priority"]


@pytest.mark.parametrize("answer", [one for one in ANSWERS if "sentiment" in one], ids=_name)
def test_an_answer_gets_its_sentiment(answer: dict[str, Any]) -> None:
    assert understand(answer["text"], now=CALLED_AT).sentiment == answer["sentiment"]
