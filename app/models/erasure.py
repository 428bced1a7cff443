"""That somebody was erased: the proof, which leads back to nobody."""

from __future__ import annotations

from mongoengine import BinaryField, DateTimeField, DictField, Document, StringField


class Erasure(Document):
    """One erasure. By the number given again, it can be shown that it was this one."""

    meta = {"collection": "erasures", "auto_create_index": False, "strict": False}
    number = BinaryField(required=True)
    """``NumberKey.digest`` of the number."""
    begun_at = DateTimeField(required=True)
    ended_at = DateTimeField()
    """Absent while it is not finished: run it again."""
    by = StringField(required=True)
    """Who ran it, as the audit log knows them."""
    gone = DictField()
    """How many documents, versions of objects, and copies at the network, by where they were."""
