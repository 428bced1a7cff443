"""What an answer is about by the look of its words alone: a second voice, which only asks a person.

The readers know grammar, and do not know what they do not know. A linear model of one to three
words, one for each kind, fitted by ``python -m tools.evaluation.fit_likeness`` on labelled answers,
has no idea of grammar and reads far worse; but where the two differ, the readers are wrong six
times as often as elsewhere (``docs/decisions/0012-a-second-voice.md``). It never makes or drops a
directive.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from app.rules.analysis import Kind

LONGEST = 3
"""Words in a feature."""
MISSING, STRANGE = 0.5, 0.05
"""A kind that is likelier than the first and was not read, or was read and is less likely than the
second, is worth a person's ear. Chosen by cross-validation on the answers of the fit."""
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Model:
    """The bias of each kind, and by feature the weight for each kind it matters to."""

    bias: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]


@cache
def fitted() -> Model:
    """The model that comes with the product."""
    text = resources.files(__package__).joinpath("likeness.json").read_text("utf-8")
    return Model(**json.loads(text))


def features(plain: str) -> frozenset[str]:
    """All runs of one to ``LONGEST`` words of an answer in plain form."""
    words = _WORD.findall(plain)
    return frozenset(
        " ".join(words[at : at + length])
        for length in range(1, LONGEST + 1)
        for at in range(len(words) - length + 1)
    )


def likeness(plain: str, model: Model) -> dict[Kind, float]:
    """The chance, 0 to 1, that an answer in plain form asks for something of each kind."""
    odds = dict(model.bias)
    for feature in sorted(features(plain)):
        for kind, weight in model.weights.get(feature, {}).items():
            odds[kind] += weight
    return {Kind(kind): 1 / (1 + math.exp(-each)) for kind, each in odds.items()}


def differs(plain: str, kinds: Collection[Kind], model: Model | None = None) -> bool:
    """Whether the words look as if something else were asked for than these kinds.

    A yes beside anything else asks for nothing, and is not missed.
    """
    looks = likeness(plain, model or fitted())
    if set(kinds) - {Kind.CONFIRM}:
        looks.pop(Kind.CONFIRM, None)
    return any(
        chance < STRANGE if kind in kinds else chance > MISSING for kind, chance in looks.items()
    )
