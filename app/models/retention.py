"""What the nightly job took away: a report for whoever must show that it did."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, DictField, Document


class RetentionReport(Document):
    """One run over the whole installation."""

    meta = {"collection": "retention_reports", "auto_create_index": False, "strict": False}
    at = DateTimeField(required=True)
    ended_at = DateTimeField()
    kept = DictField()
    """Days by class, as configured then; absent: for ever."""
    gone = DictField()
    """How many documents, or objects' versions, by class."""
    failed = DictField()
    """Why a class was not finished, by class; it is tried again."""
    more = BooleanField(default=False)
    """There was more than one run takes; the next goes on."""
