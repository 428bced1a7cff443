"""What is known of a delivery before its customer speaks, and whether a name is theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from difflib import SequenceMatcher

from app.rules.directives.lexicon import TITLE


@dataclass(frozen=True, slots=True)
class Known:
    """Facts beside the moment of the call; each may be absent.

    ``day`` is the delivery's local day, ``start`` and ``end`` the window it was promised for,
    ``name`` the customer's, and ``usual_place`` where their parcels are left, with its preposition.
    """

    day: date | None = None
    start: time | None = None
    end: time | None = None
    name: str = ""
    usual_place: str = ""

    def hours(self) -> tuple[int, int] | None:
        """The promised window in minutes after midnight; None where it is not known whole."""
        if self.start is None or self.end is None or self.end <= self.start:
            return None
        return _minutes(self.start), _minutes(self.end)


NOTHING = Known()
_TITLED = re.compile(rf"^(?P<title>{TITLE})\.? ")
_ALIKE, _PERHAPS = 0.8, 0.55
"""How much of two names must agree, by difflib's ratio: where nothing else tells that it is the
customer's, and where the sentence does. "Catherine" and "Kathryn" are 0.5, "Priya" and "Freya" 0.6,
"Okafor" and "Okafer" 0.83."""
_SOUNDS = (("ph", "f"), ("ck", "k"), ("gh", "g"), ("th", "t"), ("wr", "r"), ("kn", "n"))
_LETTERS = str.maketrans("cqzvy", "kksfi")


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def alike(one: str, other: str, *, least: float = _ALIKE) -> bool:
    """Whether two single names may be one, misheard: nearly the same letters, or consonants."""
    if min(len(one), len(other)) < 3:
        return one == other
    return SequenceMatcher(None, one, other).ratio() >= least or _bones(one) == _bones(other) != ""


def _bones(name: str) -> str:
    """The consonants of a name as they sound, where there are at least three."""
    for letters, sound in _SOUNDS:
        name = name.replace(letters, sound)
    bones = re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]|[aeiouhw]", "", name.translate(_LETTERS)))
    bones = bones.replace("i", "")
    return bones if len(bones) > 2 else ""


def is_customer(said: str, name: str) -> bool:
    """Whether a recipient is the customer: their first name, or all of it.

    "Mr Nair" need not be Priya Nair; a title counts only where the name is kept with it.
    """
    spoken, full = said.lower(), " ".join(name.lower().split())
    if not full or not spoken:
        return False
    if titled := _TITLED.match(f"{spoken} "):
        own = _TITLED.match(f"{full} ")
        return own is not None and own["title"] == titled["title"] and _all_alike(spoken, full)
    first = _TITLED.sub("", f"{full} ").split()[:1]
    words = spoken.split()
    return (
        bool(first) and alike(words[0], first[0]) and (len(words) == 1 or _all_alike(spoken, full))
    )


def _all_alike(spoken: str, full: str) -> bool:
    return all(any(alike(word, one) for one in full.split()) for word in spoken.split())


def resembles(said: str, name: str) -> bool:
    """Whether words that stand where a name does may be the customer's: "I'm not Freya"."""
    names = [one for one in _TITLED.sub("", f"{name.lower()} ").split() if len(one) > 1]
    spoken = _TITLED.sub("", f"{said.lower()} ").split()
    return bool(spoken) and any(
        alike(word, one, least=_PERHAPS) for word in spoken for one in names
    )
