"""Telephone numbers become unreadable in the database, and so do the network's reports of them.

Stop the product meanwhile: neither the former version nor this one knows both forms. What was
sealed before, as Fernet tokens, is sealed anew on the way; back, it becomes tokens again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.database import Database

from app.models import numbers, sealing
from app.models.numbers import NumberKey
from app.models.sealing import UnreadableError
from app.models.stored_values import Raw, values

Mongo = Database[dict[str, Any]]
INDEXES = [
    # Whose words are to go.
    IndexModel([("words_wiped_at", ASCENDING), ("scheduled_time", ASCENDING)])
]
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "agents": ("phone",),
    "call_logs": ("from_number", "to_number", "customer_phone"),
    "consents": ("phone",),
    "customers": ("phone",),
    "inbound_messages": ("from_number",),
    "messages": ("from_number", "to_number"),
    "suppressions": ("phone",),
}
_REPORTS: Mapping[str, str] = {
    "call_logs": "webhook_events",
    "messages": "webhook_events",
    "inbound_messages": "data",
}
_WORDS = ("SpeechResult", "UnstableSpeechResult", "Body")
"""What was sealed one by one within a report."""
_ANALYSES = {
    "call_logs": ("ai_analysis",),
    "corrections": ("after", "before"),
    "deliveries": ("analysis", "analysis_history"),
    "recordings": ("ai_analysis",),
    "replies": ("analysis",),
}
_IN_ANALYSIS = {
    **{
        name: f"AnalysisRecord.{name}" for name in ("instructions", "keywords", "quotes", "summary")
    },
    **{
        f"{where}.{name}": f"DirectiveRecord.{name}"
        for where in ("directives", "proposed")
        for name in ("slots", "text", "wording")
    },
    "entities.value": "EntityRecord.value",
}
_SEALED: dict[str, dict[str, str]] = {
    "call_logs": {"said": "CallLog.said", "transcription": "CallLog.transcription"},
    "corrections": {"why": "Correction.why"},
    "inbound_messages": {"body": "InboundMessage.body"},
    "messages": {"body": "Message.body"},
    "push_messages": {"text": "PushMessage.text"},
    "recordings": {
        "segments": "Recording.segments",
        "transcription.text": "Transcription.text",
        "transcription.translation": "Transcription.translation",
        **{
            f"second_opinion.proposed.{name}": f"DirectiveRecord.{name}"
            for name in ("slots", "text", "wording")
        },
    },
    "replies": {"text": "Reply.text"},
    "reviews": {"note": "Review.note"},
}
for _name, _places in _ANALYSES.items():
    for _place in _places:
        _SEALED.setdefault(_name, {}).update(
            {f"{_place}.{path}": label for path, label in _IN_ANALYSIS.items()}
        )
LABELS: Mapping[str, Mapping[str, str]] = _SEALED
"""What was sealed until then: for each collection and path, without indexes, the field's label."""
_INSTRUCTIONS = "Preferences.delivery_instructions"
_TOKEN = re.compile(r"enc:gAAAAA[\w-]{90,}=*")
_INDEX = re.compile(r"\.\d+(?=\.|$)")
_NOT_IN_NAMES = re.compile(r"[.$\0]")
_BATCH = 200
_Change = Iterator[tuple[str, Any]]
"""What is to be set in a document, by path."""


def up(db: Mongo) -> None:
    """Make the key for numbers, then change document by document; what is changed stays.

    Raises RuntimeError at the end where FIELD_ENCRYPTION_KEY did not open everything.
    """
    db.deliveries.create_indexes(INDEXES)
    db.retention_reports.create_index([("at", DESCENDING)])
    db.erasures.create_index([("number", ASCENDING)])
    _refuse_a_second_key(db)
    key = NumberKey.made_in(db)
    unreadable = _everywhere(db, lambda name, document: _forth(key, name, document))
    if unreadable:
        raise RuntimeError(
            f"{unreadable} documents hold what FIELD_ENCRYPTION_KEY does not open: add the former "
            "key behind a comma and run this again; all others are done"
        )


def down(db: Mongo) -> None:
    """Write numbers and reports as they were.

    The key stays: what was kept of erased numbers can be compared by it alone.
    """
    present = db.deliveries.index_information()
    for index in INDEXES:
        if index.document["name"] in present:
            db.deliveries.drop_index(index.document["name"])
    db.retention_reports.drop_indexes()
    db.erasures.drop_indexes()
    if db[numbers.COLLECTION].find_one() is not None:
        key = NumberKey.of(db)
        _everywhere(db, lambda name, document: _back(key, name, document))


def _refuse_a_second_key(db: Mongo) -> None:
    if db[numbers.COLLECTION].find_one() is None and any(
        numbers.is_number((db[name].find_one({path: {"$type": "binData"}}) or {}).get(path))
        for name, paths in NUMBERS.items()
        for path in paths
    ):
        raise RuntimeError(
            "numbers are sealed and the collection data_keys is gone: restore it from a backup"
        )


def _everywhere(db: Mongo, change: Callable[[str, Raw], _Change]) -> int:
    """Change every document; returns of how many something could not be read."""
    unreadable = 0
    for name in sorted({*NUMBERS, *LABELS, *_REPORTS}):
        documents = db[name].find(batch_size=_BATCH).sort("_id")
        while batch := list(islice(documents, _BATCH)):
            writes = []
            for document in batch:
                try:
                    changes = dict(change(name, document))
                except UnreadableError:
                    unreadable += 1
                    continue
                if changes:
                    writes.append(UpdateOne({"_id": document["_id"]}, {"$set": changes}))
            if writes:
                db[name].bulk_write(writes, ordered=False)
    return unreadable


def _forth(key: NumberKey, name: str, document: Raw) -> _Change:
    for path in NUMBERS.get(name, ()):
        if isinstance(number := document.get(path), str) and number:
            yield path, key.seal(number)
    for path, report in _reports(name, document):
        if isinstance(report, dict):
            plain = {each: _words(value) for each, value in report.items()}
            yield path, _sealed(plain, _label(name))
    for path, label, value in _labelled(name, document):
        if isinstance(value, str) and sealing.is_legacy(value):
            yield path, _sealed(_words(value), label)
    standing: Any = (document.get("preferences") or {}).get("delivery_instructions")
    if name == "customers" and isinstance(standing, str) and standing:
        yield "preferences.delivery_instructions", _sealed(standing, _INSTRUCTIONS)


def _back(key: NumberKey, name: str, document: Raw) -> _Change:
    for path in NUMBERS.get(name, ()):
        if numbers.is_number(document.get(path)):
            yield path, key.open(document[path])
    for path, report in _reports(name, document):
        if sealing.is_sealed(report):
            plain = json.loads(sealing.ring().open(report))
            yield path, {_NOT_IN_NAMES.sub("_", each): _token(each, plain[each]) for each in plain}
    for path, _, value in _labelled(name, document):
        if sealing.is_sealed(value):
            yield path, sealing.ring().seal_legacy(sealing.ring().open(value))
    standing: Any = (document.get("preferences") or {}).get("delivery_instructions")
    if name == "customers" and sealing.is_sealed(standing):
        opened = json.loads(sealing.ring().open(standing))
        yield "preferences.delivery_instructions", opened


def _reports(name: str, document: Raw) -> Iterator[tuple[str, Any]]:
    if _REPORTS.get(name) == "data":
        yield "data", document.get("data")
    elif name in _REPORTS:
        for index, event in enumerate(document.get("webhook_events") or ()):
            yield f"webhook_events.{index}.data", event.get("data")


def _label(name: str) -> str:
    return "InboundMessage.data" if name == "inbound_messages" else "WebhookEvent.data"


def _labelled(name: str, document: Raw) -> Iterator[tuple[str, str, Any]]:
    known = LABELS.get(name, {})
    for path, value in values(document):
        label = known.get(_INDEX.sub("", path))
        if label is not None:
            yield path, label, value


def _sealed(plain: Any, label: str) -> Any:
    return sealing.ring().seal(sealing.packed(plain), sealing.place(label))


def _words(value: Any) -> Any:
    """A token opened; what is none, as it is: a customer may have written its beginning."""
    if isinstance(value, str) and _TOKEN.fullmatch(value):
        return json.loads(sealing.ring().open_legacy(value))
    return value


def _token(name: str, value: Any) -> Any:
    return sealing.ring().seal_legacy(sealing.packed(value)) if name in _WORDS else value
