"""The scanner: looks through everything for traces of somebody, and says where they are.

It reads what is stored, not documents: every collection with all that is sealed opened, every
version of every object, and whatever else is handed to it (Redis, files of logs).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import phonenumbers
from bson import ObjectId

from app.gateways.bucket import Bucket
from app.models import database, numbers, sealing
from app.models.sealing import UnreadableError

_SHORTEST = 5
_OVERLAP = 200


@dataclass(slots=True)
class Traces:
    """Where something was found, and how much was looked at."""

    found: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)


class Scanner:
    """Looks for a number in each way it may be written, and for other words."""

    def __init__(self, number: str, words: Iterable[str] = ()) -> None:
        self._number = number
        self._needles = sorted({*written(number), *(each.casefold() for each in words if each)})
        self.traces = Traces()

    def database(self) -> None:
        """Every document of every collection, and every name in it. Raises PyMongoError."""
        db = database()
        for name in sorted(db.list_collection_names()):
            if name.startswith("system."):
                continue
            for document in db[name].find():
                self._note(f"collection {name}", " ".join(_texts(document)))

    def bucket(self, bucket: Bucket) -> None:
        """Every version of every object: its name, what is written beside it, and its bytes."""
        for each in bucket.versions():
            self._note("objects' names", each.key)
            if not each.deleted:
                with bucket.reading(each.key, each.version) as content:
                    self._note("objects", " ".join([*content.metadata, *content.metadata.values()]))
                    self.pieces("objects", content.pieces)

    def pieces(self, where: str, pieces: Iterable[bytes]) -> None:
        """Bytes in pieces, at whose seams nothing is missed."""
        last = ""
        for piece in pieces:
            text = last + piece.decode("utf-8", "replace")
            self._note(where, text)
            last = text[-_OVERLAP:]

    def _note(self, where: str, text: str) -> None:
        self.traces.looked_at[where] += 1
        lowered = text.casefold()
        if any(each in lowered for each in self._needles):
            self.traces.found[where] += 1


def written(number: str) -> set[str]:
    """The ways in which a number may be written, as parts of longer texts."""
    forms = {number.removeprefix("+")}
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return forms
    for style in (
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
    ):
        forms.add(phonenumbers.format_number(parsed, style).casefold())
    forms.add(phonenumbers.national_significant_number(parsed))
    return {each for each in forms if len(each) >= _SHORTEST}


def _texts(stored: Any) -> Iterator[str]:
    if isinstance(stored, dict):
        for name, value in stored.items():
            yield str(name)
            yield from _texts(value)
    elif isinstance(stored, list):
        for each in stored:
            yield from _texts(each)
    elif sealing.is_sealed(stored):
        yield from _opened(stored)
    elif numbers.is_number(stored):
        yield numbers.opened(stored)
    elif isinstance(stored, bytes):
        yield stored.decode("utf-8", "replace")
    elif isinstance(stored, str):
        yield stored
    elif isinstance(stored, int | float | ObjectId):
        yield str(stored)


def _opened(stored: Any) -> Iterator[str]:
    try:
        plain = sealing.ring().open(stored)
    except UnreadableError:
        return
    try:
        yield from _texts(json.loads(plain))
    except ValueError:
        # Not JSON: a key.
        return
