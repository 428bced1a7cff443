"""One transaction around any number of reads and writes of documents.

mongoengine knows nothing of sessions; PyMongo's ``ClientSession.bind`` puts all that a thread asks
of the database within the transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

import mongoengine
from mongoengine.errors import MongoEngineException
from pymongo import WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

Result = TypeVar("Result")
_within: ContextVar[bool] = ContextVar("within a transaction", default=False)


def in_transaction(work: Callable[[], Result]) -> Result:
    """Run ``work`` so that all it writes comes true, or nothing.

    It runs again where another transaction was faster, for two minutes at most, so it must do
    nothing but read and write documents, which it loads itself. What it raises undoes what it
    wrote. Within another transaction it is part of that one.
    """
    if _within.get():
        return work()

    def bound(session: ClientSession) -> Result:
        token = _within.set(True)
        try:
            with session.bind(end_session=False):
                return work()
        except MongoEngineException as error:
            raise _cause(error) from error
        finally:
            _within.reset(token)

    with mongoengine.get_connection().start_session() as session:
        result: Result = session.with_transaction(
            bound, read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
        )
    return result


def within_transaction() -> bool:
    """Is the calling thread within ``in_transaction``?"""
    return _within.get()


def suited(collection: Collection) -> Collection:  # type: ignore[type-arg]
    """The collection as it may be used here: within a transaction no write has its own concern."""
    return collection.with_options(write_concern=WriteConcern()) if _within.get() else collection


def _cause(error: Exception) -> Exception:
    """What lies behind mongoengine's error, where it says that the transaction may run again."""
    cause = error.__context__
    if isinstance(cause, PyMongoError) and cause.has_error_label("TransientTransactionError"):
        return cause
    return error
