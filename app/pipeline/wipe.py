"""Wiping: what is sealed in documents goes, and what it was about stays countable.

Kinds, states, times and confidences are not sealed and stay, for figures rest on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection

from app.models import sealing
from app.models.stored_values import Raw, values

_BATCH = 200


def wipe(
    collection: Collection[Raw],
    query: Mapping[str, Any],
    *,
    chosen: Callable[[str], bool] = lambda _: True,
    most: int | None = None,
) -> int:
    """Empty every sealed value of the documents that match, at the paths that are ``chosen``.

    Returns how many documents changed. A value is emptied only where it stands as it was read.
    """
    documents: Iterable[Raw] = collection.find(dict(query), batch_size=_BATCH)
    changed, found = 0, iter(documents)
    while batch := list(islice(found, _BATCH)):
        writes = []
        for document in batch:
            sealed = {
                path: value
                for path, value in values(document)
                if sealing.is_sealed(value) and chosen(path)
            }
            if sealed:
                emptied = {"$set": dict.fromkeys(sealed)}
                writes.append(UpdateOne({"_id": document["_id"], **sealed}, emptied))
        if writes:
            changed += collection.bulk_write(writes, ordered=False).modified_count
        if most is not None and changed >= most:
            break
    return changed
