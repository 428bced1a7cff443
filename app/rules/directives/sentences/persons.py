"""Turns the customer's "I" into "the customer", as another person says it to the driver."""

from __future__ import annotations

import re

_MODALS = "can|could|will|would|may|might|must|shall|should|had|did|was|never|ever"
_SHORT = {"'m": "is", "'re": "is", "'ve": "has", "'ll": "will", "'d": "would"}
_IRREGULAR = {
    "am": "is", "are": "is", "were": "was", "have": "has", "do": "does", "don't": "doesn't",
    "aren't": "isn't", "haven't": "hasn't", "go": "goes", "weren't": "wasn't",
}  # fmt: skip
_SUBJECT = re.compile(
    r"\b(?:i|we)(?P<short>'m|'re|'ve|'ll|'d)?\b(?P<next> [a-z]+(?:'t)?)?", re.IGNORECASE
)
_OWN = re.compile(r"\b(?:my|our)\b", re.IGNORECASE)
_OBJECT = re.compile(r"\b(?:me|us)\b", re.IGNORECASE)


def of_the_customer(words: str) -> str:
    """English words with the customer in the third person: "the customer is not home"."""
    said = _SUBJECT.sub(_subject, words.replace("’", "'"))
    return _OBJECT.sub("the customer", _OWN.sub("the customer's", said))


def _subject(match: re.Match[str]) -> str:
    following = match["next"] or ""
    if match["short"]:
        return f"the customer {_SHORT[match['short'].lower()]}{following}"
    return f"the customer {_third(following[1:])}" if following else "the customer"


def _third(verb: str) -> str:
    if re.fullmatch(rf"(?:{_MODALS})|\w+n't|\w{{3,}}ed", verb) and verb not in _IRREGULAR:
        return verb
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"
