"""What is to be told of a document to the shipper's systems, kept on the document itself.

A note is written by the same update that makes it true, so that there is neither an event without
its cause nor a cause without its event. ``app.pipeline.publish`` turns notes into events.
"""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from mongoengine import DateTimeField, EmbeddedDocument, ObjectIdField, StringField

from app.rules.events import OF_MOVES, TYPES


class Note(EmbeddedDocument):
    """One event to be written; its id becomes the event's."""

    id = ObjectIdField(db_field="_id", default=ObjectId)
    """Its time of writing decides who hears of it: whoever subscribed before."""
    type = StringField(required=True, choices=tuple(TYPES))
    at = DateTimeField(required=True)
    """When it happened."""
    cause = StringField()
    """Why, in words of ours; nothing of a customer's."""


def told_of(machine: str, target: str, *, at: datetime, cause: str | None) -> tuple[Note, ...]:
    """What is told of a move by a table of states: one note, or none.

    Why a parcel went its way may be in a person's own words, which are kept out of it; why hearing
    from the customer ended is in ours.
    """
    name = OF_MOVES.get((machine, target))
    ours = cause if machine == "outreach" else None
    return (Note(type=name, at=at, cause=ours),) if name else ()
