"""Every failure of a request as a short, plain answer; nothing of its insides gets out."""

from __future__ import annotations

import structlog
from flask import Flask, Response, request
from gunicorn.http.errors import ParseException
from pymongo.errors import PyMongoError
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    InternalServerError,
    ServiceUnavailable,
)

from app.saying import Saying
from app.web import api
from app.web.api.problems import KINDS, Problem, in_words
from app.web.pages.failures import described, page_of_failure
from app.web.sessions import person_of_page_session
from app.web.words import told

log = structlog.get_logger()
_NOT_FOR_STAFF = {"link", "webhooks"}


def register(flask: Flask) -> None:
    """Fit error handling to the application."""
    flask.register_error_handler(HTTPException, _foreseen)
    flask.register_error_handler(Problem, _refused_by_an_operation)
    flask.register_error_handler(ParseException, _no_request)
    flask.register_error_handler(PyMongoError, _database_away)
    flask.register_error_handler(Exception, _unforeseen)


def _foreseen(error: HTTPException) -> Response:
    if isinstance(error, ClientDisconnected):
        # Too slow, or gone: see app/serving.py. Whoever is still there is told.
        log.info("the request did not arrive", route=_route())
        return _plain(told(Saying("Request Timeout: the request did not arrive in time.")), 408)
    if error.code in (403, 413):
        log.warning("refused", status=error.code, route=_route())
    if api.is_ours(request.path):
        return api.refused(error)
    if error.code and _is_for_a_page():
        return page_of_failure(error.code, described(error))
    return _plain(f"{error.name}: {described(error)}", error.code or 500)


def _refused_by_an_operation(problem: Problem) -> Response:
    """A page did or read something that the API refuses, and had no better answer."""
    log.info("refused", kind=problem.kind, route=_route())
    problem = in_words(problem)
    if _is_for_a_page():
        return page_of_failure(KINDS[problem.kind].status, problem.detail, problem.errors)
    says = " ".join([problem.detail, *(fault.detail for fault in problem.errors)])
    return _plain(says, KINDS[problem.kind].status)


def _no_request(error: ParseException) -> Response:
    """The rest of what is sent cannot be read, as chunks of no length."""
    log.info("the request cannot be read", route=_route(), why=type(error).__name__)
    bad = BadRequest(Saying("The body cannot be read as it was sent."))
    return api.refused(bad) if api.is_ours(request.path) else _foreseen(bad)


def _database_away(error: PyMongoError) -> Response:
    # 503 lets Twilio try a status callback again; see `callbacks`.
    log.error("the database is out of reach", why=type(error).__name__, route=_route())
    says = Saying("The database is out of reach. Try again in a moment.")
    if api.is_ours(request.path):
        return api.refused(ServiceUnavailable(says))
    return _plain(told(says), 503)


def _unforeseen(error: Exception) -> Response:
    log.error("request failed", route=_route(), exc_info=error)
    says = Saying("Something went wrong here. It has been logged.")
    if api.is_ours(request.path):
        return api.refused(InternalServerError(says))
    return page_of_failure(500, told(says)) if _is_for_a_page() else _plain(told(says), 500)


def _is_for_a_page() -> bool:
    """Does a browser show the answer as a page of its own, to who works here or may?

    Customers have pages of their own.
    """
    if "HX-Request" in request.headers or request.blueprint in _NOT_FOR_STAFF:
        return False
    if "text/html" not in request.accept_mimetypes.values():
        return False
    try:
        # The page tells somebody who is signed in in their own language.
        person_of_page_session()
    except PyMongoError:
        return False
    return True


def _route() -> str:
    # Not the path: there are ids and signed links in it.
    return request.url_rule.rule if request.url_rule else "none"


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status=status, content_type="text/plain; charset=utf-8")
