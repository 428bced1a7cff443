"""How every route of the API is served: who, how often, may they, what, once, and told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from flask import Response, current_app, request
from pydantic import BaseModel

from app.errors import PermanentError, TransientError
from app.pipeline import api_keys
from app.pipeline.audit import Actor
from app.rules.permissions import Reach
from app.saying import Saying
from app.web import access_log, request_id
from app.web.api import once, parsing
from app.web.api.allowance import Allowance, Counter
from app.web.api.asking import Ask, Reply
from app.web.api.callers import Caller, caller_of, caller_of_page
from app.web.api.operations import JSON, PREFIX, Operation
from app.web.api.problems import Problem, of_error
from app.web.here import runtime_here

_NOBODY = Caller("", Actor("user", "", "nobody"), {}, None, None, None)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an operation."""

    answered: once.Answered
    content: BaseModel | None
    """What is told, before it became text; absent where it was kept from an earlier request."""
    again: bool
    """Is it the answer that was kept?"""


def view(operation: Operation) -> Callable[..., Response]:
    """What Flask calls for one route."""

    def serve(**path: ObjectId) -> Response:
        request.max_content_length = operation.largest
        now = datetime.now(UTC)
        caller, headers = _let_in(operation, now)
        reach = Reach.ALL if operation.may is None else _permitted(operation, caller, headers)
        asked = _asked(operation)
        ask = Ask(
            caller=caller,
            reach=reach,
            now=now,
            runtime=runtime_here(),
            request_id=request_id.current() or None,
            if_match=_version_given(operation),
            address=request.remote_addr,
            agent=request.user_agent.string[:200] or None,
            key=_key(operation, caller),
        )
        done = perform(operation, ask, {**path, **asked})
        answered = done.answered
        answer = Response(answered.text, answered.status, content_type=JSON)
        if answered.status == 204:
            del answer.headers["Content-Type"]
        answer.headers.update(answered.headers)
        answer.headers.update(headers)
        if done.again:
            answer.headers["Idempotency-Replayed"] = "true"
        if not operation.changes and "ETag" in answer.headers:
            answer.headers["Cache-Control"] = "private, no-cache"
            answer.make_conditional(request)
        return answer

    serve.__name__ = operation.name
    return serve


def _let_in(operation: Operation, now: datetime) -> tuple[Caller, dict[str, str]]:
    """Who asks, and what the headers tell of their allowance."""
    settings = runtime_here().settings
    by_address = Allowance("address", request.remote_addr or "", *settings.address_allowance)
    if operation.anyone:
        return _NOBODY, _counter().take(by_address)
    try:
        caller = caller_of_page() or caller_of(request.headers.get("Authorization"), now)
    except Problem as problem:
        problem.headers = {**problem.headers, **_counter().take(by_address)}
        raise
    access_log.note_caller(f"{caller.actor.kind}:{caller.actor.id}")
    policy = "user" if caller.allowance is None else "key"
    requests, seconds = caller.allowance or settings.user_allowance
    headers = _counter().take(Allowance(policy, caller.actor.id, requests, seconds))
    if policy == "key":
        api_keys.noted_use(ObjectId(caller.actor.id), now)
    return caller, headers


def _counter() -> Counter:
    found: Counter = current_app.extensions["delauto.counter"]
    return found


def _permitted(operation: Operation, caller: Caller, headers: Mapping[str, str]) -> Reach:
    if operation.may is None:
        return Reach.ALL
    try:
        return caller.needs(operation.may)
    except Problem as problem:
        problem.headers = {**problem.headers, **headers}
        raise


def _asked(operation: Operation) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if operation.query is not None:
        asked["query"] = parsing.query(operation.query, request.args)
    elif request.args:
        parsing.no_query(request.args)
    if operation.media != JSON:
        asked["text"] = parsing.text(request, operation.media)
    elif operation.body is not None:
        asked["body"] = parsing.body(operation.body, request)
    return asked


def _version_given(operation: Operation) -> str | None:
    given = request.headers.get("If-Match")
    if operation.versioned and not given:
        raise Problem("version-required", Saying("The header If-Match is missing."))
    return given


def perform(operation: Operation, ask: Ask, asked: dict[str, Any]) -> Done:
    """Do what is asked by somebody who may, in its transaction, and wake whom it concerns.

    ``asked`` holds what the handler takes: the ids of the path, ``query``, ``body`` or ``text``.
    Raises Problem.
    """
    woken: list[Reply] = []

    def work() -> once.Answered:
        woken.clear()
        fresh = replace(ask, noted=[])
        reply = operation.handler(fresh, **asked)
        if not isinstance(reply, Reply):
            reply = Reply(reply)
        fresh.write_notes()
        woken.append(reply)
        return _text(operation, reply, asked.get("query"))

    try:
        if not operation.changes or not operation.transactional:
            answered, again = work(), False
        else:
            answered, again = once.once(ask.tenant_id, ask.key, work, ask.now)
    except PermanentError as error:
        raise Problem("conflict", of_error(error)) from error
    except TransientError as error:
        raise Problem("unavailable", of_error(error), headers={"Retry-After": "2"}) from error
    for reply in woken:
        if reply.wake:
            ask.runtime.waker.enqueue_all(reply.wake)
    return Done(answered, woken[-1].content if woken and not again else None, again)


def _key(operation: Operation, caller: Caller) -> once.Key | None:
    given = request.headers.get(once.HEADER)
    if given is None or not operation.kept or not caller.tenant_id:
        return None
    return once.Key.of(
        caller.tenant_id,
        caller.actor.id,
        given,
        operation.name,
        request.full_path,
        request.get_data(cache=True),
    )


def _text(operation: Operation, reply: Reply, query: BaseModel | None) -> once.Answered:
    status = reply.status or operation.status
    headers = dict(reply.headers)
    if reply.location:
        headers["Location"] = PREFIX + reply.location
    if reply.content is None:
        return once.Answered(status, "", headers)
    if version := getattr(reply.content, "version", None):
        headers["ETag"] = f'"{version}"'
    wanted = getattr(query, "fields", None)
    if not wanted:
        return once.Answered(status, reply.content.model_dump_json() + "\n", headers)
    plain = reply.content.model_dump(mode="json", include=parsing.selection(operation, wanted))
    return once.Answered(status, json.dumps(plain, ensure_ascii=False) + "\n", headers)
