"""All that is kept about one telephone number, wherever it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from app.models import database, numbers, sealing
from app.models.stored_values import Raw

_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "customers": ("phone",),
    "call_logs": ("to_number", "from_number", "customer_phone"),
    "bridged_calls": ("customer_phone", "person_phone"),
    "messages": ("to_number", "from_number"),
    "inbound_messages": ("from_number",),
    "consents": ("phone",),
    "suppressions": ("phone",),
}
_ABOUT_A_DELIVERY = (
    "recordings", "messages", "replies", "push_messages", "reviews", "corrections", "call_logs",
    "proofs", "bridged_calls",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """Documents by collection, as they are stored."""

    number: str
    documents: Mapping[str, list[Raw]] = field(default_factory=dict)

    def of(self, name: str) -> list[Raw]:
        """Those of one collection."""
        return list(self.documents.get(name, ()))

    def ids(self, name: str) -> list[Any]:
        """Their ids."""
        return [each["_id"] for each in self.of(name)]

    def values(self, name: str, path: str) -> list[Any]:
        """What stands in one field of them, where it is there."""
        return [each[path] for each in self.of(name) if each.get(path)]

    @property
    def all_ids(self) -> set[ObjectId]:
        """Of everything, as jobs and objects' names carry them."""
        return {each for name in self.documents for each in self.ids(name)}


def held(number: str) -> Held:
    """What the database keeps about a number in E.164, in every company.

    What was said about a delivery belongs to its customer, whoever said it. Raises PyMongoError.
    """
    db, stored = database(), numbers.sealed(number)
    documents: dict[str, dict[Any, Raw]] = {}

    def take(name: str, query: Mapping[str, Any]) -> None:
        kept = documents.setdefault(name, {})
        kept.update({each["_id"]: each for each in db[name].find(dict(query))})

    for name, fields in _NUMBERS.items():
        take(name, {"$or": [{each: stored} for each in fields]})
    people = {"$in": list(documents["customers"])}
    take("deliveries", {"customer_id": people})
    about = {"$in": list(documents["deliveries"])}
    for name in _ABOUT_A_DELIVERY:
        take(name, {"delivery_id": about})
    take("call_logs", {"$or": [{"covers": about}, {"customer_id": people}]})
    take("bridged_calls", {"customer_id": people})
    take("replies", {"customer_id": people})
    take("recordings", {"call_log_id": {"$in": list(documents["call_logs"])}})
    take("inbound_messages", {"reply_id": {"$in": list(documents["replies"])}})
    take("events", {"$or": [{"delivery_id": about}, {"customer_id": people}]})
    take("event_postings", {"event_id": {"$in": list(documents["events"])}})
    caused = ("call_logs", "recordings", "replies", "push_messages", "bridged_calls")
    sources = [each for name in caused for each in documents[name]]
    take("reviews", {"source_id": {"$in": sources}})
    take("jobs_dead", {"document_id": {"$in": sources}})
    return Held(number, {name: list(found.values()) for name, found in documents.items()})


def readable(stored: Any) -> Any:
    """A stored value with all that is sealed opened, for people to read."""
    if sealing.is_sealed(stored):
        return json.loads(sealing.ring().open(stored))
    if isinstance(stored, Mapping):
        return {name: readable(value) for name, value in stored.items()}
    if isinstance(stored, list):
        return [readable(each) for each in stored]
    return numbers.opened(stored)


def pictures_of(found: Held) -> Iterator[Raw]:
    """The proofs whose picture is still kept."""
    return (each for each in found.of("proofs") if each.get("storage_key"))


def audio_of(found: Held) -> Iterator[Raw]:
    """The recordings whose audio is still kept."""
    return (each for each in found.of("recordings") if each.get("storage_key"))
