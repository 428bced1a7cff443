"""Answers in bounded time, whatever MongoDB and Redis do.

Twilio gives up on a webhook after 15 seconds, and a caller hears silence for as long as it waits.
A route that speaks to a caller is made with ``spoken``, one that takes a report with ``reported``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps

import pymongo
import structlog
from bson import ObjectId
from flask import Blueprint, Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from pymongo.errors import ConnectionFailure, NetworkTimeout, PyMongoError
from werkzeug.exceptions import HTTPException

from app import callbacks, queues
from app.crash_points import reach
from app.pipeline import ledger, live_call
from app.pipeline.ledger import Change
from app.pipeline.live_call import Found
from app.queues import WakeUp
from app.web import twiml
from app.web.breaker import Breaker
from app.web.here import runtime_here
from app.web.together import Together

log = structlog.get_logger()
SPOKEN_SECONDS = 3.0
"""All that MongoDB is given while a caller waits for the next words."""
REPORTED_SECONDS = 3.0
"""The same for a report: after a 503 Twilio brings it again, all tries within 15 seconds."""
_WAKING_SECONDS = 1.5
"""What a wake-up waits for those before it."""
MOST_TRIES = 3
_DATABASE = "delauto.database"
_WAKING = "delauto.waking"
_READER = "delauto.reader"
_WAKER = "delauto.waker"
_WRITER = "delauto.writer"
_KEYS = re.compile(r"[0-9*#]{1,16}")
_AS_LETTERS = str.maketrans("*#", "sp")
_AS_KEYS = str.maketrans("sp", "*#")


class DatabaseAwayError(PyMongoError):
    """The database did not answer others a moment ago, and is not asked now."""


class StrangerError(Exception):
    """A call that names an attempt of ours and is not its call: it is to be hung up."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Give MongoDB so many seconds for everything within.

    Raises PyMongoError; at once, where the database did not answer several requests before.
    """
    breaker: Breaker = current_app.extensions[_DATABASE]
    if not breaker.allows():
        raise DatabaseAwayError("the database was out of reach a moment ago")
    g.database_until = time.monotonic() + seconds
    try:
        with pymongo.timeout(seconds):
            yield
    except PyMongoError as error:
        if error.timeout or isinstance(error, ConnectionFailure):
            breaker.failed()
        raise
    except HTTPException:
        breaker.worked()
        raise
    else:
        breaker.worked()


def spoken(view: Callable[..., str]) -> Callable[..., Response]:
    """Make a route of a function that returns TwiML.

    Where it cannot answer, the caller hears "one moment" and is led to the same address with the
    number of tries and the keys pressed in it; after MOST_TRIES a goodbye. Never an error, but for
    a request that is none of ours.
    """

    @wraps(view)
    def answer(**parts: str) -> Response:
        try:
            with bounded(SPOKEN_SECONDS):
                document = view(**parts)
        except HTTPException:
            raise
        except StrangerError:
            document = "<Response><Hangup/></Response>"
        except PyMongoError as error:
            log.error("cannot answer the caller now", why=type(error).__name__)  # noqa: TRY400
            document = twiml.one_moment(again())
        except Exception:
            log.exception("cannot answer the caller")
            document = twiml.one_moment(again())
        return Response(document, content_type=twiml.CONTENT_TYPE)

    return answer


def reported(view: Callable[..., None]) -> Callable[..., Response]:
    """Make a route of a function that takes a report: answers 204, or 503 where it was not kept."""

    @wraps(view)
    def answer(**parts: str) -> Response:
        try:
            with bounded(REPORTED_SECONDS):
                reach("webhook-begin")
                view(**parts)
        except StrangerError:
            log.warning("a report about a call that is not the attempt's")
        reach("webhook-answered")
        return Response(status=204)

    return answer


def tries() -> int:
    """How often this step was tried before."""
    said = request.args.get("try", "0")
    return min(int(said), MOST_TRIES) if said.isdecimal() and said.isascii() else MOST_TRIES


def pressed() -> str:
    """The keys pressed: of this request, or of the one that this is another try of."""
    digits = request.form.get("Digits")
    if digits is not None:
        return digits
    keys = request.args.get("keys", "").translate(_AS_KEYS)
    return keys if _KEYS.fullmatch(keys) else ""


def again() -> str | None:
    """This address once more, with the number of tries and the keys in it; None after the last."""
    if tries() >= MOST_TRIES:
        return None
    keys = pressed()
    query = f"?try={tries() + 1}"
    if _KEYS.fullmatch(keys):
        query += f"&keys={keys.translate(_AS_LETTERS)}"
    path = request.path.removeprefix(callbacks.PREFIX)
    return callbacks.absolute(runtime_here().settings.public_url, path + query)


def write_with_others(change: Change) -> bool:
    """Write a change to a call in one trip with those of other requests; see ``ledger.Writer``."""
    writer: Together[Change, bool] = current_app.extensions[_WRITER]
    return writer.ask(change, seconds=_left())


def find_with_others(call_id: ObjectId) -> Found | None:
    """Read a call and its delivery in one trip with those of other requests."""
    reader: Together[ObjectId, Found | None] = current_app.extensions[_READER]
    return reader.ask(call_id, seconds=_left())


def _left() -> float:
    """The seconds left of those that ``bounded`` gave."""
    until: float = g.database_until
    return max(0.0, until - time.monotonic())


def wake(job: queues.Job, document_id: ObjectId, call_id: str) -> None:
    """Wake a worker for what is saved, if Redis takes it at once; else the sweep will."""
    breaker: Breaker = current_app.extensions[_WAKING]
    if not breaker.allows():
        return
    waker: Together[WakeUp, bool] = current_app.extensions[_WAKER]
    try:
        taken = waker.ask(WakeUp(job, document_id, call_id), seconds=_WAKING_SECONDS)
    except NetworkTimeout:
        taken = False
    if taken:
        breaker.worked()
    else:
        breaker.failed()


def _enqueue(wake_ups: Sequence[WakeUp]) -> list[bool]:
    return [runtime_here().waker.enqueue_all(wake_ups)] * len(wake_ups)


def hang_up(call_id: ObjectId, correlation_id: str) -> None:
    """Have the strangers of a call ended."""
    wake(queues.HANG_UP, call_id, correlation_id)


def fit(blueprint: Blueprint) -> None:
    """Give each application that uses the blueprint breakers of its own."""

    @blueprint.record
    def _(state: BlueprintSetupState) -> None:
        state.app.extensions[_READER] = Together(live_call.find)
        state.app.extensions[_WAKER] = Together(_enqueue)
        state.app.extensions[_WRITER] = Together(ledger.write)
        state.app.extensions[_DATABASE] = Breaker(rest=1.0, most=3)
        state.app.extensions[_WAKING] = Breaker(rest=5.0)
