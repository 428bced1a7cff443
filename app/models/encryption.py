"""What customers said is encrypted in the database; this is the field that does it.

How is in ``sealing``. Values from before it, Fernet tokens that begin with ``enc:``, stay readable.
"""

from __future__ import annotations

import json
from typing import Any

from bson.binary import Binary
from mongoengine.base import BaseField

from app.models import sealing
from app.models.sealing import UnreadableError


class EncryptedField(BaseField):
    """Any JSON value, unreadable in the database; absent and empty values stay as they are.

    Reading raises PermanentError where none of the keys fits, where the value was altered, and
    where it was moved here from a field of another name. It is known by the names of its class and
    its own: renaming either needs a migration.
    """

    @property
    def label(self) -> str:
        """For which field its values are sealed."""
        return f"{self.owner_document.__name__}.{self.name}"

    def to_mongo(self, value: Any) -> Any:
        if value is None or value == "" or sealing.is_sealed(value):
            return value
        return sealing.ring().seal(sealing.packed(value), sealing.place(self.label))

    def prepare_query_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002
        # Updates come through here. (Equality never matches: every encryption differs.)
        return self.to_mongo(value)

    def to_python(self, value: Any) -> Any:
        if sealing.is_sealed(value):
            return self._opened(value)
        if not sealing.is_legacy(value):
            return value
        try:
            return json.loads(sealing.ring().open_legacy(value))
        except UnreadableError:
            # These are a customer's own words: of the tokens themselves, the migration that
            # replaced them left none.
            return value

    def _opened(self, value: Binary) -> Any:
        if sealing.place_of(value) != sealing.place(self.label):
            raise UnreadableError("a sealed value stands in another field than its own")
        return json.loads(sealing.ring().open(value))
