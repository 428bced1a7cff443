"""Pages do and read what the API does and reads: the same rules, audit log and transactions.

A page asks for an operation of ``app.web.api`` by its name, without the way over the network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from bson import ObjectId
from flask import request

from app.rules.permissions import Permission, Reach
from app.saying import Saying
from app.web import request_id
from app.web.api import OPERATIONS, once, parsing, serving
from app.web.api.asking import Ask
from app.web.api.callers import caller_of_person
from app.web.api.operations import JSON, Operation
from app.web.api.problems import Problem, in_words, not_found
from app.web.guard import person_here
from app.web.here import runtime_here


@lru_cache(maxsize=1)
def _operations() -> Mapping[str, Operation]:
    return {operation.name: operation for operation in OPERATIONS}


@contextmanager
def _in_the_readers_language() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise in_words(problem) from problem


@_in_the_readers_language()
def ask(
    name: str,
    /,
    *,
    path: Mapping[str, str | ObjectId] | None = None,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    text: str | None = None,
    version: int | str | None = None,
    key: str | None = None,
) -> Any:
    """What the operation of this name answers to who opened this page: its pydantic model, or None.

    ``path`` holds ids (what is no id is not found), ``query`` and ``body`` what JSON would hold,
    ``text`` the body of what takes no JSON,
    ``version`` the one that was shown, for what changes only that. ``key`` is that of a form: who
    sends it twice does it once, and is answered the same. Raises ``Problem`` where the API would
    answer with one, also for who may not: catch it where the page can say something better than
    the page of errors does; it is told in the reader's language.
    """
    operation = _operations()[name]
    caller = caller_of_person(person_here())
    reach = Reach.ALL if operation.may is None else caller.needs(operation.may)
    ids = {each: _id(value) for each, value in (path or {}).items()}
    asked: dict[str, Any] = dict(ids)
    if operation.query is not None:
        asked["query"] = parsing.query_given(operation.query, query or {})
    if operation.media != JSON:
        asked["text"] = text or ""
    given = text or json.dumps(body or {}, default=_plain)
    if operation.media == JSON and operation.body is not None:
        asked["body"] = parsing.body_given(operation.body, given)
    actor = caller.actor.id
    done = serving.perform(
        operation,
        Ask(
            caller=caller,
            reach=reach,
            now=datetime.now(UTC),
            runtime=runtime_here(),
            request_id=request_id.current() or None,
            if_match="*" if version is None else f'"{version}"',
            address=request.remote_addr,
            agent=request.user_agent.string[:200] or None,
            key=once.Key.of(caller.tenant_id, actor, key, name, given) if key else None,
        ),
        asked,
    )
    if done.again and operation.answer is not None:
        return operation.answer.model_validate_json(done.answered.text)
    return done.content


def may(permission: Permission) -> bool:
    """May who opened this page do this, to whichever records?"""
    return caller_of_person(person_here()).reach(permission) is not None


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _id(value: str | ObjectId) -> ObjectId:
    if not ObjectId.is_valid(value):
        raise not_found(Saying("There is nothing of this id."))
    return ObjectId(value)
