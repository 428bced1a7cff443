"""How sure a directive is: the chance that its kind and all its slots are right.

A logistic model of four features, fitted by ``python -m tools.evaluation.fit_certainty`` on 1,360
labelled answers as they are read now and 520 of them as they were read before the rules were
taught from them (2,220 directives in all), and cross-validated by answer; the figures stand in
``docs/decisions/0010-extractor-libraries.md``. The coefficients are data: whoever teaches the room
much more should fit them anew.
"""

from __future__ import annotations

import math
import re
from types import MappingProxyType

from app.rules.directives.answer import Heard
from app.rules.directives.reading import Reading

BIAS = 2.71
WEIGHTS = MappingProxyType(
    {"strength": 0.95, "left": -1.70, "condition": -0.88, "free_words": -0.72}
)
"""``strength`` is the reader's own figure, in tenths from 0.9; ``left`` the share of the clause's
letters that nobody could use; ``condition`` and ``free_words`` are one where a
slot holds a condition, or words of the customer's own choice."""
_FREE = frozenset({"place", "recipient", "address", "hazard", "entrance"})
_DEAF = 0.4
"""What remains of the certainty where the recogniser was not sure at all."""


def certainty(one: Reading, heard: Heard, speech_confidence: float) -> float:
    """Return how sure a reading is, 0 to 1; what was badly heard is less sure."""
    said = features(one, heard)
    odds = BIAS + sum(WEIGHTS[name] * value for name, value in said.items())
    speech = min(max(speech_confidence, 0.0), 1.0)
    return (_DEAF + (1 - _DEAF) * speech) / (1 + math.exp(-odds))


def features(one: Reading, heard: Heard) -> dict[str, float]:
    """Return what tells how sure a reading is, by the names of ``WEIGHTS``."""
    return {
        "strength": 10 * (one.confidence - 0.9),
        "left": _left(one, heard),
        "condition": float("condition" in one.slots),
        "free_words": float(bool(_FREE & set(one.slots))),
    }


def _left(one: Reading, heard: Heard) -> float:
    if one.clause >= len(heard.rests):
        return 0.0
    rest = heard.rests[one.clause]
    return min(1.0, len(re.sub(r"[_ ,]", "", rest)) / max(1, len(rest)))
