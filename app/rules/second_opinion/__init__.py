"""A second reader of a customer's words: what it is asked, and how far its answer is believed.

``masking`` hides codes and telephone numbers, ``asking`` words the question, ``schema`` is the
shape of the answer. ``opinion`` keeps what was really said (``spoken`` compares the quoted words,
``support`` the values) and holds it against our own reading. Nothing here changes an analysis: a
difference is for a person to look at.
"""

from __future__ import annotations

from app.rules.second_opinion.asking import instructions, message
from app.rules.second_opinion.masking import Sent, prepared
from app.rules.second_opinion.opinion import Difference, Opinion, checked, difference
from app.rules.second_opinion.schema import NonsenseError, schema

__all__ = [
    "Difference",
    "NonsenseError",
    "Opinion",
    "Sent",
    "checked",
    "difference",
    "instructions",
    "message",
    "prepared",
    "schema",
]
